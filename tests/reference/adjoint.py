"""The exact gradient of a loss by the adjoint of the event-driven dynamics.

a = dL/dV and b = dL/dI, the change of the loss per change of the state at time t. Between events, with g = dL/dy,

    da/dt = a/tau_mem - g amplitude exp(-rate t)        db/dt = b/tau_syn - a/tau_mem

are solved backward from a(t_end) = b(t_end) = 0, and a_o gains g_o at each sample of o. At a spike of n (- before it,
+ after it), a small delay dt of the spike moves the state just after it by

    dV_n = -I_n+ / tau_mem_n dt     dV_j = -W[n, j] / tau_mem_j dt (j != n)     dI_j = W[n, j] / tau_syn_j dt

and since I_n+ = I_n- + W[n, n], the spike time has the gradient

    dL/dt_spike = sum_j W[n, j] (b_j+ / tau_syn_j - a_j+ / tau_mem_j) - a_n+ I_n- / tau_mem_n + direct

with j over all targets, n too. What reaches j after a delay counts with the a_j+ and b_j+ of its arrival. `direct` is
what the readout itself owes to the time of this spike. A raise of V_n brings the spike forward by dV_n / (dV_n/dt) and
is then wiped out by the reset, so

    a_n- = -dL/dt_spike / (dV_n/dt)-        (dV_n/dt)- = (I_n- - threshold_n) / tau_mem_n

Where a threshold adapts, c = dL/dA with dc/dt = c/tau_adapt joins them. A later spike leaves A higher by 1 / tau_adapt
per ms; V crosses threshold + beta A with the slope of both, and a raise of A puts the spike off by beta / slope:

    dL/dt_spike += c_n+ / tau_adapt        slope = (dV/dt)- + beta A- / tau_adapt        c_n- = c_n+ - beta a_n-

with I- - threshold - beta A- for tau_mem dV/dt-. All other a and b pass unchanged, and dL/dW[n, j] gains b_j+. With
a = -tau_mem lambda_V and b = -tau_syn lambda_I these are the equations of Wunderlich & Pehle (2021), here for time
constants that differ between neurons.
"""

from typing import Any, NamedTuple

import numpy as np

from tests.reference.event_driven import INPUT, Event, Flat, Net, Trace, flatten, response, simulate
from tests.reference.readouts import LOSS_FUNCTIONS, Readout, Sample, read_out, stepwise_loss


def gradient(*example: Any, **options: Any) -> tuple[float, np.ndarray, dict[tuple[str, str], np.ndarray]]:
    """What `gradients` gives, but for the gradient by the delays."""
    return gradients(*example, **options)[:3]


def gradients(
    net: Net,
    input_spikes: list[np.ndarray],
    t_end: float,
    readout: str,
    loss: str,
    target: Any,
    *,
    scale: float = 1.0,
    weight_tau: float | None = None,
    spike_drive: dict[str, np.ndarray] | None = None,
    stepwise: bool = False,
) -> tuple[float, np.ndarray, dict[tuple[str, str], np.ndarray], dict[tuple[str, str], np.ndarray]]:
    """Loss of one example and its exact gradient with respect to all weights, for fixed numbers of spikes.

    Where neurons spike at one instant and one projects to the other, the loss has a kink; the gradient is then that of
    the side on which neither has yet received the other's spike.

    Parameters
    ----------
    net, input_spikes, t_end
        As for `simulate`.
    readout, loss, target, scale, weight_tau
        As for `loss`.
    spike_drive
        Layer -> a number per neuron, added to lambda_V just before each of its spikes: a regularisation of rates.
    stepwise
        The loss is that of every time (`stepwise_loss`), and not that of the readout.

    Returns
    -------
    value, y, grads, by_delays
        The loss, the readout values of shape (n_outputs,), and the gradient, with the keys and shapes of
        ``net.weights``; and that with respect to the delays [1/ms], W (b / tau_syn - a / tau_mem) at each arrival.
    """
    flat = flatten(net)
    trace = simulate(net, input_spikes, t_end)
    if stepwise:
        value, read = stepwise_loss(net, trace, readout, loss, target, scale=scale)
        dy = np.zeros_like(read.y)
    else:
        read = read_out(net, trace, readout, weight_tau)
        value, dy = LOSS_FUNCTIONS[loss](read.y, target, scale)
    drive = np.zeros_like(flat.tau_mem)
    for layer, values in (spike_drive or {}).items():
        drive[flat.slices[layer]] = values
    of_weights, of_delays = _backward(flat, trace, read, dy, drive)

    def by_pair(grad_input: np.ndarray, grad: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
        return {
            (source, target): (grad_input if source == INPUT else grad[flat.slices[source]])[:, flat.slices[target]]
            for source, target in net.weights
        }

    return value, read.y, by_pair(*of_weights), by_pair(*of_delays)


class _Source(NamedTuple):
    """The particular solution (a, b) = (p, q) exp(-rate t) of the adjoint, from an integral in the readout."""

    p: np.ndarray
    q: np.ndarray
    rate: float


def _source(flat: Flat, read: Readout, g: np.ndarray) -> _Source:
    """Solve for the particular solution, from dL/dy laid out over all neurons."""
    p = g * read.amplitude * flat.tau_mem / (1 + read.rate * flat.tau_mem)
    q = p / flat.tau_mem * flat.tau_syn / (1 + read.rate * flat.tau_syn)
    return _Source(p, q, read.rate)


def _backward(
    flat: Flat, trace: Trace, read: Readout, dy: np.ndarray, drive: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Run the adjoint from the end to the first event, and collect the gradients of weights and of delays.

    Each is that of the synapses from the inputs and that of those between neurons.
    """
    grad_input, grad = np.zeros_like(flat.w_input), np.zeros_like(flat.w)
    late_input, late = np.zeros_like(flat.w_input), np.zeros_like(flat.w)
    g = np.zeros_like(flat.tau_mem)
    g[flat.output] = dy
    source = _source(flat, read, g)
    a, b, c, t = np.zeros_like(g), np.zeros_like(g), np.zeros_like(g), trace.t_end
    by_arrivals: dict[tuple[int, int], float] = {}  # (event, neuron) -> gradient of its spike time by what came later
    for k in range(len(trace.events), -1, -1):
        samples = sorted((x for x in read.samples if x.segment == k), key=lambda x: -x.time)
        if k < len(trace.events):
            event = trace.events[k]
            a, b = _retreat(flat, source, (a, b), t, event.time)
            c = c * np.exp((event.time - t) / flat.tau_adapt)
            t = event.time
            np.add.at(grad_input, event.inputs, np.where(flat.d_input[event.inputs] == 0, b, 0))
            grad[event.neurons] += np.where(flat.d[event.neurons] == 0, b, 0)
            later = b / flat.tau_syn - a / flat.tau_mem  # what a later jump of the current does
            np.add.at(late_input, event.inputs, np.where(flat.d_input == 0, flat.w_input * later, 0)[event.inputs])
            late[event.neurons] += np.where(flat.d == 0, flat.w * later, 0)[event.neurons]
            for arrival in event.arrivals:
                weights, concerned = flat.row(arrival)
                (grad_input if arrival.cause < 0 else grad)[arrival.source] += np.where(concerned, b, 0)
                change = np.where(concerned, weights, 0) @ later
                (late_input if arrival.cause < 0 else late)[arrival.source] += np.where(concerned, weights * later, 0)
                key = (arrival.cause, arrival.source)
                by_arrivals[key] = by_arrivals.get(key, 0.0) + float(change)
            direct = _direct_gradient(flat, event, samples, dy) + _first_spike_gradient(flat, k, event, read, dy)
            direct += np.array([by_arrivals.pop((k, int(n)), 0.0) for n in event.neurons])
            a, c = _undo_spikes(flat, event, (a, b, c), direct)
            a[event.neurons] -= flat.tau_mem[event.neurons] * drive[event.neurons]  # a = -tau_mem lambda_V
        for sample in samples:
            a, b = _retreat(flat, source, (a, b), t, sample.time)
            c = c * np.exp((sample.time - t) / flat.tau_adapt)
            t = sample.time
            a[flat.output.start + sample.output] += dy[sample.output] if sample.gradient is None else sample.gradient
    return (grad_input, grad), (late_input, late)


def _retreat(
    flat: Flat, source: _Source, after: tuple[np.ndarray, np.ndarray], t: float, t_to: float
) -> tuple[np.ndarray, np.ndarray]:
    """Solve the adjoint (a, b) from t back to t_to, with no event or sample between.

    Less the particular solution, (a, b) is homogeneous: toward smaller t it follows tau_mem da = -a and
    tau_syn db = -b + (tau_syn / tau_mem) a, so that a reaches b by the same K(s) by which I reaches V.
    """
    s, now, then = t - t_to, np.exp(-source.rate * t), np.exp(-source.rate * t_to)
    a, b = after[0] - source.p * now, after[1] - source.q * now
    b = b * np.exp(-s / flat.tau_syn) + a * response(s, flat.tau_mem, flat.tau_syn)
    a = a * np.exp(-s / flat.tau_mem)
    return a + source.p * then, b + source.q * then


def _undo_spikes(
    flat: Flat, event: Event, after: tuple[np.ndarray, np.ndarray, np.ndarray], direct: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (a, c) before an event, from (a, b, c) after it and the direct gradient of each spike time."""
    (a, b, c), n = after, event.neurons
    raised = flat.beta[n] * event.a_before[n]
    # tau_mem times the slope at which V meets the threshold
    excess = event.i_before[n] - flat.threshold[n] - raised + raised * flat.tau_mem[n] / flat.tau_adapt[n]
    if np.any(excess <= 0):
        raise ValueError(f"a neuron only grazes its threshold at t = {event.time} ms: no gradient")
    by_targets = np.where(flat.d == 0, flat.w, 0)[n] @ (b / flat.tau_syn - a / flat.tau_mem)
    spike_time_gradient = by_targets - a[n] * event.i_before[n] / flat.tau_mem[n] + direct
    spike_time_gradient += np.where(flat.beta[n] != 0, c[n] / flat.tau_adapt[n], 0)
    a, c = a.copy(), c.copy()
    a[n] = -spike_time_gradient * flat.tau_mem[n] / excess
    c[n] -= flat.beta[n] * a[n]
    return a, c


def _direct_gradient(flat: Flat, event: Event, samples: list[Sample], dy: np.ndarray) -> np.ndarray:
    """Gradient of the loss with respect to the time of each spike of an event, by what the readout samples there.

    An output that rises until an inhibitory spike turns it is at its maximum at the time of that spike, so that a delay
    of the spike raises the maximum with the slope of V before it. (At a smooth maximum the slope, and this, is 0.)
    Spikes at one instant share the effect as they share the jump.
    """
    direct = np.zeros(event.neurons.size)
    for sample in samples:
        o = flat.output.start + sample.output
        weights = flat.w[event.neurons, o]
        if sample.time == event.time and weights.any():
            slope = (event.i_before[o] - event.v_before[o]) / flat.tau_mem[o]
            direct += dy[sample.output] * slope * weights / weights.sum()
    return direct


def _first_spike_gradient(flat: Flat, k: int, event: Event, read: Readout, dy: np.ndarray) -> np.ndarray:
    """Gradient of the loss by the time of each spike of event k that is the first of its output (y is minus it)."""
    direct = np.zeros(event.neurons.size)
    for index, n in enumerate(event.neurons):
        o = int(n) - flat.output.start
        if read.first_spikes.get(o) == k:
            direct[index] -= dy[o]
    return direct

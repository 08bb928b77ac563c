"""What is read from the outputs of a trace, and the losses on it.

Each readout is a linear functional of the output voltages, once the time of each maximum is known, or of spike times:

    y_o = amplitude * integral_0^t_end exp(-rate t) V_o(t) dt  +  sum over samples of o of V_o(t_sample)
    y_o = -(time of the first spike of o), or -t_end where o is silent
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.special import log_softmax, softmax

from tests.reference.event_driven import Flat, Net, Trace, advance, flatten, time_to_maximum

READOUTS = ("avg_var", "sum_var", "avg_var_exp_weight", "max_var", "var")  # of LI outputs
SPIKE_READOUTS = ("first_spike_time",)  # of LIF outputs
LOSSES = ("cross_entropy", "mean_square", "relative_mean_square")
EARLY_ALPHA, EARLY_TAU = 0.1, 7.0  # strength and scale (ms) of the pull on the first spike of the class
DELTA = 3.0  # the lead that the relative mean square asks for, in the unit of the readout


class Sample(NamedTuple):
    """V of one output taken at one time [ms], in the segment that ends with event number ``segment``.

    ``gradient`` is the loss's by this V, where it is not that of the output's y.
    """

    output: int
    time: float
    segment: int
    gradient: float | None = None


@dataclass(frozen=True)
class Readout:
    """Readout values ``y``, of shape (n_outputs,), and how they depend on the outputs (see the module).

    ``first_spikes`` holds, for each output that y reads the first spike of, the number of the event with that spike.
    """

    y: np.ndarray
    amplitude: float
    rate: float
    samples: list[Sample]
    first_spikes: dict[int, int] = field(default_factory=dict)


def read_out(net: Net, trace: Trace, readout: str, weight_tau: float | None = None) -> Readout:
    """Read the output voltages of a trace.

    Parameters
    ----------
    readout
        ``"avg_var"``, the mean of V over the trial; ``"sum_var"``, its integral [ms]; ``"avg_var_exp_weight"``, the
        mean of exp(-t / weight_tau) V; ``"max_var"``, the maximum of V; or ``"var"``, V at the end; of LIF
        outputs ``"first_spike_time"``, minus the time of the first spike.
    weight_tau
        Time constant of the weighting [ms], by default the duration of the trial.
    """
    flat, t_end = flatten(net), trace.t_end
    if readout == "avg_var":
        return _integral(flat, trace, 1 / t_end, 0.0)
    if readout == "sum_var":
        return _integral(flat, trace, 1.0, 0.0)
    if readout == "avg_var_exp_weight":
        return _integral(flat, trace, 1 / t_end, 1 / (t_end if weight_tau is None else weight_tau))
    if readout == "max_var":
        return _maximum(flat, trace)
    if readout == "first_spike_time":
        return _first_spikes(flat, trace)
    if readout == "var":
        y = trace.v_end[flat.output]
        return Readout(y, 0.0, 0.0, [Sample(o, t_end, len(trace.events)) for o in range(y.size)])
    raise ValueError(f"unknown readout {readout!r}")


def _integral(flat: Flat, trace: Trace, amplitude: float, rate: float) -> Readout:
    """Integrate amplitude exp(-rate t) V of the outputs over the trial.

    Both equations of motion are integrated by parts after they are multiplied by exp(-rate t): the integral of the
    current follows from its jumps and its final value, and that of V from the integral of the current and the final V.
    """
    out = flat.output
    tau_mem, tau_syn = flat.tau_mem[out], flat.tau_syn[out]
    jumps = np.zeros_like(tau_mem)
    for event in trace.events:
        jumps += np.exp(-rate * event.time) * (event.i_after - event.i_before)[out]
    decay = np.exp(-rate * trace.t_end)
    i_integral = tau_syn * (jumps - decay * trace.i_end[out]) / (1 + rate * tau_syn)
    v_integral = (i_integral - tau_mem * decay * trace.v_end[out]) / (1 + rate * tau_mem)
    return Readout(amplitude * v_integral, amplitude, rate, [])


NODES = 12  # of a Gauss-Legendre rule in each segment: exact to rounding for a few ms of smooth losses


def stepwise_loss(
    net: Net,
    trace: Trace,
    readout: str,
    loss: str,
    target: int | Callable[[float], np.ndarray],
    *,
    scale: float = 1.0,
) -> tuple[float, Readout]:
    """The integral of w(t) l(V(t)) over the trial, l a loss and w what the readout makes of the time t.

    Parameters
    ----------
    readout
        ``"avg_var"`` (w = 1 / t_end, as of ``"var"``), ``"sum_var"`` (1) or ``"avg_var_exp_weight"``.
    loss, scale
        As for `loss`.
    target
        The label, or values (n_outputs,) as a function of the time.

    Returns
    -------
    value, read
        The loss, and its samples with their gradients; `read.y` is what the readout itself would give.
    """
    flat, t_end = flatten(net), trace.t_end
    out = flat.output
    tau_mem, tau_syn = flat.tau_mem[out], flat.tau_syn[out]
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    value, samples = 0.0, []
    t, v, i = 0.0, np.zeros_like(tau_mem), np.zeros_like(tau_mem)
    for k, t_stop in enumerate([*(event.time for event in trace.events), t_end]):
        for node, weight in zip(nodes, weights, strict=True):
            s = (node + 1) / 2 * (t_stop - t)
            at = {"sum_var": 1.0, "avg_var_exp_weight": np.exp(-(t + s) / t_end) / t_end}.get(readout, 1 / t_end)
            share = at * weight * (t_stop - t) / 2
            wanted = target(t + s) if callable(target) else target
            found, gradient = LOSS_FUNCTIONS[loss](advance(v, i, s, tau_mem, tau_syn)[0], wanted, scale)
            value += share * found
            samples += [Sample(o, float(t + s), k, float(share * g)) for o, g in enumerate(gradient)]
        if k < len(trace.events):
            t, v, i = t_stop, trace.events[k].v_after[out], trace.events[k].i_after[out]
    return value, Readout(read_out(net, trace, readout).y, 0.0, 0.0, samples)


def _maximum(flat: Flat, trace: Trace) -> Readout:
    """Find the maximum of each output: at t = 0, inside a segment, or at the end of one (where I may jump)."""
    out = flat.output
    tau_mem, tau_syn = flat.tau_mem[out], flat.tau_syn[out]
    y, time, segment = np.zeros_like(tau_mem), np.zeros_like(tau_mem), np.zeros(tau_mem.size, int)
    t, v, i = 0.0, np.zeros_like(tau_mem), np.zeros_like(tau_mem)
    ends = [(event.time, event.v_before) for event in trace.events] + [(trace.t_end, trace.v_end)]
    for k, (t_stop, v_stop) in enumerate(ends):
        s = time_to_maximum(v, i, tau_mem, tau_syn)
        inside = s < t_stop - t
        s = np.where(inside, s, 0.0)
        top = np.where(inside, advance(v, i, s, tau_mem, tau_syn)[0], v_stop[out])
        higher = top > y
        y, segment = np.where(higher, top, y), np.where(higher, k, segment)
        time = np.where(higher, np.where(inside, t + s, t_stop), time)
        if k < len(trace.events):
            t, v, i = t_stop, trace.events[k].v_after[out], trace.events[k].i_after[out]
    samples = [Sample(o, float(time[o]), int(segment[o])) for o in range(y.size)]
    return Readout(y, 0.0, 0.0, samples)


def _first_spikes(flat: Flat, trace: Trace) -> Readout:
    """Find the first spike of each output."""
    first: dict[int, int] = {}
    for k, event in enumerate(trace.events):
        for n in event.neurons:
            if flat.output.start <= n < flat.output.stop:
                first.setdefault(int(n) - flat.output.start, k)
    y = np.full(flat.output.stop - flat.output.start, -trace.t_end)
    for o, k in first.items():
        y[o] = -trace.events[k].time
    return Readout(y, 0.0, 0.0, [], first)


def _cross_entropy(y: np.ndarray, label: int, scale: float) -> tuple[float, np.ndarray]:
    """Cross-entropy of softmax(scale * y) against a label, and its gradient with respect to y."""
    one_hot = np.eye(y.size)[label]
    return -float(log_softmax(scale * y)[label]), scale * (softmax(scale * y) - one_hot)


def _early_cross_entropy(y: np.ndarray, label: int, scale: float) -> tuple[float, np.ndarray]:
    """Cross-entropy of spike times (y is minus them), and EARLY_ALPHA (exp(t / EARLY_TAU) - 1) for the label's t."""
    value, dy = _cross_entropy(y, label, scale)
    late = EARLY_ALPHA * np.exp(-y[label] / EARLY_TAU)
    dy[label] -= late / EARLY_TAU
    return value + float(late) - EARLY_ALPHA, dy


def _mean_square(y: np.ndarray, target: np.ndarray, scale: float) -> tuple[float, np.ndarray]:
    """Mean over the outputs of (y - target)**2, and its gradient with respect to y (``scale`` plays no part)."""
    return float(np.mean((y - target) ** 2)), 2 * (y - target) / y.size


def _relative_mean_square(y: np.ndarray, label: int, scale: float) -> tuple[float, np.ndarray]:
    """Mean over the other outputs of (lead of the label - DELTA)**2, and its gradient (``scale`` plays no part)."""
    others = np.arange(y.size) != label
    error = np.where(others, y[label] - y - DELTA, 0.0)
    dy = -2 * error / others.sum()
    dy[label] = -dy.sum()
    return float((error**2).sum() / others.sum()), dy


LOSS_FUNCTIONS: dict[str, Callable] = {
    "cross_entropy": _cross_entropy,
    "early_cross_entropy": _early_cross_entropy,
    "mean_square": _mean_square,
    "relative_mean_square": _relative_mean_square,
}


def loss(
    net: Net,
    trace: Trace,
    readout: str,
    loss: str,
    target: int | np.ndarray,
    *,
    scale: float = 1.0,
    weight_tau: float | None = None,
) -> tuple[float, np.ndarray]:
    """Loss of one example.

    Parameters
    ----------
    readout, weight_tau
        As for `read_out`.
    loss
        ``"cross_entropy"``, of the softmax of ``scale * y``; ``"mean_square"``, of y itself; or
        ``"relative_mean_square"``, of the lead of the label's y over the others less `DELTA`.
    target
        The label; for the mean square, values of shape (n_outputs,).
    scale
        Factor on y before the softmax.

    Returns
    -------
    value, y
        The loss, and the readout values, of shape (n_outputs,).
    """
    y = read_out(net, trace, readout, weight_tau).y
    return LOSS_FUNCTIONS[loss](y, target, scale)[0], y

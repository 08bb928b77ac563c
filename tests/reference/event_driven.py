"""Exact event-driven reference of small LIF networks and of their EventProp gradient, in float64.

Everything here is evaluated in closed form between events, so the only errors are those of rounding. It shares no
code with the engine it checks.

Dynamics
--------
Voltages are dimensionless and times are in ms. Between events, for each neuron,

    tau_mem dV/dt = -V + I        tau_syn dI/dt = -I        V(0) = I(0) = 0

A LIF neuron n whose V reaches its threshold from below spikes: V_n -> 0, and I_j -> I_j + W[n, j] for each target j
at the same instant, its own I included if it projects to itself. There is no delay and no refractory period. An input
spike adds its row of weights to I in the same way. A leaky integrator (LI, threshold None) never spikes.

Over s ms without events, with K the response of V to a unit current at s = 0,

    V(s) = V(0) exp(-s/tau_mem) + I(0) K(s)        I(s) = I(0) exp(-s/tau_syn)
    K(s) = tau_syn / (tau_syn - tau_mem) (exp(-s/tau_syn) - exp(-s/tau_mem))   ->   (s/tau) exp(-s/tau)

Readouts
--------
Each readout is a linear functional of the output voltages, once the time of each maximum is known:

    y_o = amplitude * integral_0^t_end exp(-rate t) V_o(t) dt  +  sum over samples of o of V_o(t_sample)

Adjoint
-------
a = dL/dV and b = dL/dI, the change of the loss per change of the state at time t. Between events, with g = dL/dy,

    da/dt = a/tau_mem - g amplitude exp(-rate t)        db/dt = b/tau_syn - a/tau_mem

are solved backward from a(t_end) = b(t_end) = 0, and a_o gains g_o at each sample of o. At a spike of n (- before it,
+ after it), a small delay dt of the spike moves the state just after it by

    dV_n = -I_n+ / tau_mem_n dt     dV_j = -W[n, j] / tau_mem_j dt (j != n)     dI_j = W[n, j] / tau_syn_j dt

and since I_n+ = I_n- + W[n, n], the spike time has the gradient

    dL/dt_spike = sum_j W[n, j] (b_j+ / tau_syn_j - a_j+ / tau_mem_j) - a_n+ I_n- / tau_mem_n + direct

with j over all targets, n too. `direct` is what the readout itself owes to the time of this spike. A raise of V_n
brings the spike forward by dV_n / (dV_n/dt) and is then wiped out by the reset, so

    a_n- = -dL/dt_spike / (dV_n/dt)-        (dV_n/dt)- = (I_n- - threshold_n) / tau_mem_n

All other a and b pass unchanged, and dL/dW[n, j] gains b_j+. With a = -tau_mem lambda_V and b = -tau_syn lambda_I these
are the equations of Wunderlich & Pehle (2021), here for time constants that differ between neurons.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import exprel, log_softmax, softmax

INPUT = "input"
READOUTS = ("avg_var", "sum_var", "avg_var_exp_weight", "max_var", "var")
LOSSES = ("cross_entropy", "mean_square")

# Threshold crossings closer than this (ms) are one event: neurons with equal drive must not be ordered by rounding.
SIMULTANEOUS = 1e-12
# Newton approaches even a grazing crossing, where it only halves the error at each step, in fewer steps than this.
MAX_NEWTON_STEPS = 200


@dataclass(frozen=True)
class Layer:
    """A population of equal neurons.

    Parameters
    ----------
    name
        Name, as used in the keys of ``Net.weights``.
    size
        Number of neurons.
    tau_mem, tau_syn
        Membrane and synaptic time constants [ms]; they may be equal.
    threshold
        Spike threshold, above 0, or None for leaky integrators (the output).
    """

    name: str
    size: int
    tau_mem: float
    tau_syn: float
    threshold: float | None = None


@dataclass(frozen=True)
class Net:
    """A network: hidden LIF layers in any graph, and one LI layer as the output.

    Parameters
    ----------
    layers
        Populations; exactly one has the threshold None.
    n_inputs
        Number of external inputs.
    weights
        ``weights[source, target][i, j]`` is the jump of I of neuron j of the target at a spike of neuron i of the
        source. The source is ``"input"`` or the name of a LIF layer; a layer may target itself.
    """

    layers: list[Layer]
    n_inputs: int
    weights: dict[tuple[str, str], np.ndarray]

    def __post_init__(self) -> None:
        """Refuse a net that the equations do not cover."""
        if sum(layer.threshold is None for layer in self.layers) != 1:
            raise ValueError("a net needs exactly one LI layer, as its output")
        if any(layer.threshold is not None and layer.threshold <= 0 for layer in self.layers):
            raise ValueError("thresholds must be above 0")
        if len({INPUT, *(layer.name for layer in self.layers)}) != len(self.layers) + 1:
            raise ValueError(f"layers must have names that differ, and none is {INPUT!r}")
        sources = {INPUT: self.n_inputs} | {x.name: x.size for x in self.layers if x.threshold is not None}
        targets = {x.name: x.size for x in self.layers}
        for (source, target), weights in self.weights.items():
            if weights.shape != (sources.get(source), targets.get(target)):
                raise ValueError(f"weights {source!r} -> {target!r} of shape {weights.shape} do not fit the net")


class Spike(NamedTuple):
    """A spike: its time [ms], the neuron's index in its layer, and its I just before the spike."""

    time: float
    neuron: int
    current: float


class Event(NamedTuple):
    """An instant at which currents jump, by input spikes or by spikes of neurons, with the state around it.

    ``inputs`` are indices of inputs, repeated if an input spikes twice at once; ``neurons`` and the states ``*_before``
    and ``*_after``, each of shape (n_neurons,), count the neurons of all layers in a row.
    """

    time: float
    inputs: np.ndarray
    neurons: np.ndarray
    v_before: np.ndarray
    i_before: np.ndarray
    v_after: np.ndarray
    i_after: np.ndarray


@dataclass(frozen=True)
class Trace:
    """All that happened in a simulation.

    Parameters
    ----------
    t_end
        Duration [ms].
    events
        Events in the order of time.
    spikes
        Spikes of each layer in the order of time (none for the output).
    v_end, i_end
        State at ``t_end``, each of shape (n_neurons,).
    """

    t_end: float
    events: list[Event]
    spikes: dict[str, list[Spike]]
    v_end: np.ndarray
    i_end: np.ndarray


class Sample(NamedTuple):
    """V of one output taken at one time [ms], in the segment that ends with event number ``segment``."""

    output: int
    time: float
    segment: int


@dataclass(frozen=True)
class Readout:
    """Readout values ``y``, of shape (n_outputs,), and how they depend on the output voltages (see the module).

    A readout of spike times would list here what y owes directly to the time of each spike, and `_direct_gradient`
    would pass it on.
    """

    y: np.ndarray
    amplitude: float
    rate: float
    samples: list[Sample]


@dataclass(frozen=True)
class _Flat:
    """The net as arrays over the neurons of all layers in a row, n in all."""

    slices: dict[str, slice]
    tau_mem: np.ndarray  # (n,) [ms]
    tau_syn: np.ndarray  # (n,) [ms]
    threshold: np.ndarray  # (n,), infinite for LI
    w_input: np.ndarray  # (n_inputs, n)
    w: np.ndarray  # (n, n)
    output: slice


def _flatten(net: Net) -> _Flat:
    """Lay the layers of a net out in a row."""
    sizes = [layer.size for layer in net.layers]
    ends = np.cumsum(sizes)
    slices = {x.name: slice(int(end) - x.size, int(end)) for x, end in zip(net.layers, ends, strict=True)}
    w_input, w = np.zeros((net.n_inputs, ends[-1])), np.zeros((ends[-1], ends[-1]))
    for (source, target), weights in net.weights.items():
        block = w_input if source == INPUT else w[slices[source]]
        block[:, slices[target]] = weights
    return _Flat(
        slices=slices,
        tau_mem=np.repeat([float(x.tau_mem) for x in net.layers], sizes),
        tau_syn=np.repeat([float(x.tau_syn) for x in net.layers], sizes),
        threshold=np.repeat([np.inf if x.threshold is None else float(x.threshold) for x in net.layers], sizes),
        w_input=w_input,
        w=w,
        output=next(slices[x.name] for x in net.layers if x.threshold is None),
    )


# Solution between events


def _response(s: np.ndarray | float, tau_mem: np.ndarray, tau_syn: np.ndarray) -> np.ndarray:
    """K(s): V at s ms after a unit jump of I, in a form that holds for equal time constants and cannot overflow."""
    gap = np.abs(1 / tau_mem - 1 / tau_syn)
    return s / tau_mem * np.exp(-s / np.maximum(tau_mem, tau_syn)) * exprel(-gap * s)


def _advance(
    v: np.ndarray, i: np.ndarray, s: np.ndarray | float, tau_mem: np.ndarray, tau_syn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """State (V, I) after s ms [broadcast] without events."""
    return v * np.exp(-s / tau_mem) + i * _response(s, tau_mem, tau_syn), i * np.exp(-s / tau_syn)


def _time_to_maximum(v: np.ndarray, i: np.ndarray, tau_mem: np.ndarray, tau_syn: np.ndarray) -> np.ndarray:
    """Time [ms] from now to the maximum of V, infinite where V falls or only rises toward 0 from below.

    dV/dt = 0 where V(s) = I(s), which is expm1(d s)/d = q with d = 1/tau_mem - 1/tau_syn, q = tau_syn (1 - V/I). Of the
    two ways in which V can turn, it is a maximum if V rises now, that is if I > V.
    """
    rising = (i > v) & (i > 0)
    d = 1 / tau_mem - 1 / tau_syn
    q = tau_syn * (1 - v / np.where(rising, i, 1.0))
    x = np.where(rising, d * q, 0.0)
    turns = rising & (x > -1)
    x = np.where(turns, x, 0.0)
    ratio = np.where(x == 0, 1.0, np.log1p(x) / np.where(x == 0, 1.0, x))
    return np.where(turns, q * ratio, np.inf)


def _time_to_crossing(
    v: np.ndarray, i: np.ndarray, threshold: np.ndarray, tau_mem: np.ndarray, tau_syn: np.ndarray
) -> np.ndarray:
    """Time [ms] from now to where V, known to get there, first reaches the threshold.

    V is concave up to and beyond its maximum, so Newton's method started on the left stays on the left, where it
    approaches the root from one side: once V reaches the threshold within rounding, the steps end.
    """
    s = np.zeros_like(v)
    for _ in range(MAX_NEWTON_STEPS):
        v_s, i_s = _advance(v, i, s, tau_mem, tau_syn)
        missing = threshold - v_s
        if np.all(missing <= 0):
            return s
        step = np.where(missing > 0, tau_mem * missing / np.where(missing > 0, i_s - v_s, 1.0), 0.0)
        if np.all(s + step == s):
            return s
        s = s + step
    raise RuntimeError("no convergence to a threshold crossing")


def _next_spikes(flat: _Flat, v: np.ndarray, i: np.ndarray, span: float) -> tuple[float, np.ndarray]:
    """Time [ms] from now to the next spike within ``span`` ms, and the neurons that spike then (none: no spike)."""
    # dV/dt > 0 at the threshold needs I > threshold there, and so now, because I decays.
    near = np.flatnonzero(i > flat.threshold)
    tau_mem, tau_syn, threshold = flat.tau_mem[near], flat.tau_syn[near], flat.threshold[near]
    top = np.minimum(_time_to_maximum(v[near], i[near], tau_mem, tau_syn), span)
    reaches = _advance(v[near], i[near], top, tau_mem, tau_syn)[0] >= threshold
    near = near[reaches]
    if near.size == 0:
        return span, near
    s = _time_to_crossing(v[near], i[near], threshold[reaches], tau_mem[reaches], tau_syn[reaches])
    return float(s.min()), near[s <= s.min() + SIMULTANEOUS]


# Simulation


def simulate(net: Net, input_spikes: list[np.ndarray], t_end: float, max_events: int = 100_000) -> Trace:
    """Simulate a net from rest at t = 0.

    Neurons that spike at one instant are reset together, and then their jumps are added up. A spike of a neuron at the
    very time of an input spike comes before it.

    Parameters
    ----------
    net
        The network.
    input_spikes
        Spike times of each input [ms], none below 0; those after ``t_end`` are left out.
    t_end
        Duration [ms].
    max_events
        Give up beyond this number of events: recurrent excitation may run away.
    """
    flat = _flatten(net)
    n = flat.tau_mem.size
    pending = _input_events(net, input_spikes, t_end)
    t, v, i = 0.0, np.zeros(n), np.zeros(n)
    events: list[Event] = []
    while len(events) <= max_events:
        t_input, inputs = pending[0] if pending else (t_end, np.empty(0, int))
        s, neurons = _next_spikes(flat, v, i, t_input - t)
        v, i = _advance(v, i, s, flat.tau_mem, flat.tau_syn)
        if neurons.size:
            t, inputs = min(t + s, t_input), inputs[:0]
        elif pending:
            t, inputs = pending.pop(0)
        else:
            return Trace(t_end, events, _spikes_by_layer(flat, events), v, i)
        events.append(_jump(flat, t, inputs, neurons, (v, i)))
        v, i = events[-1].v_after, events[-1].i_after
    raise RuntimeError(f"more than {max_events} events by t = {t} ms")


def _input_events(net: Net, input_spikes: list[np.ndarray], t_end: float) -> list[tuple[float, np.ndarray]]:
    """Times of input spikes in order, and the inputs that spike at each."""
    if len(input_spikes) != net.n_inputs:
        raise ValueError(f"{len(input_spikes)} lists of input spikes for {net.n_inputs} inputs")
    times = np.concatenate([np.asarray(x, float).ravel() for x in input_spikes] + [np.empty(0)])
    source = np.repeat(np.arange(net.n_inputs), [np.size(x) for x in input_spikes])
    if np.any(times < 0):
        raise ValueError("input spikes before t = 0")
    return [(float(t), source[times == t]) for t in np.unique(times) if t <= t_end]


def _jump(
    flat: _Flat, t: float, inputs: np.ndarray, neurons: np.ndarray, state: tuple[np.ndarray, np.ndarray]
) -> Event:
    """Reset the neurons that spike, and pass all spikes on to their targets."""
    v, i = state
    v_after = v.copy()
    v_after[neurons] = 0.0
    i_after = i + flat.w_input[inputs].sum(axis=0) + flat.w[neurons].sum(axis=0)
    return Event(t, inputs, neurons, v, i, v_after, i_after)


def _spikes_by_layer(flat: _Flat, events: list[Event]) -> dict[str, list[Spike]]:
    """Sort the spikes of neurons by layer."""
    return {
        name: [
            Spike(event.time, int(n) - where.start, float(event.i_before[n]))
            for event in events
            for n in event.neurons
            if where.start <= n < where.stop
        ]
        for name, where in flat.slices.items()
    }


# Readouts and losses


def read_out(net: Net, trace: Trace, readout: str, weight_tau: float | None = None) -> Readout:
    """Read the output voltages of a trace.

    Parameters
    ----------
    readout
        ``"avg_var"``, the mean of V over the trial; ``"sum_var"``, its integral [ms]; ``"avg_var_exp_weight"``, the
        mean of exp(-t / weight_tau) V; ``"max_var"``, the maximum of V; or ``"var"``, V at the end.
    weight_tau
        Time constant of the weighting [ms], by default the duration of the trial.
    """
    flat, t_end = _flatten(net), trace.t_end
    if readout == "avg_var":
        return _integral(flat, trace, 1 / t_end, 0.0)
    if readout == "sum_var":
        return _integral(flat, trace, 1.0, 0.0)
    if readout == "avg_var_exp_weight":
        return _integral(flat, trace, 1 / t_end, 1 / (t_end if weight_tau is None else weight_tau))
    if readout == "max_var":
        return _maximum(flat, trace)
    if readout == "var":
        y = trace.v_end[flat.output]
        return Readout(y, 0.0, 0.0, [Sample(o, t_end, len(trace.events)) for o in range(y.size)])
    raise ValueError(f"unknown readout {readout!r}")


def _integral(flat: _Flat, trace: Trace, amplitude: float, rate: float) -> Readout:
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


def _maximum(flat: _Flat, trace: Trace) -> Readout:
    """Find the maximum of each output: at t = 0, inside a segment, or at the end of one (where I may jump)."""
    out = flat.output
    tau_mem, tau_syn = flat.tau_mem[out], flat.tau_syn[out]
    y, time, segment = np.zeros_like(tau_mem), np.zeros_like(tau_mem), np.zeros(tau_mem.size, int)
    t, v, i = 0.0, np.zeros_like(tau_mem), np.zeros_like(tau_mem)
    ends = [(event.time, event.v_before) for event in trace.events] + [(trace.t_end, trace.v_end)]
    for k, (t_stop, v_stop) in enumerate(ends):
        s = _time_to_maximum(v, i, tau_mem, tau_syn)
        inside = s < t_stop - t
        s = np.where(inside, s, 0.0)
        top = np.where(inside, _advance(v, i, s, tau_mem, tau_syn)[0], v_stop[out])
        higher = top > y
        y, segment = np.where(higher, top, y), np.where(higher, k, segment)
        time = np.where(higher, np.where(inside, t + s, t_stop), time)
        if k < len(trace.events):
            t, v, i = t_stop, trace.events[k].v_after[out], trace.events[k].i_after[out]
    samples = [Sample(o, float(time[o]), int(segment[o])) for o in range(y.size)]
    return Readout(y, 0.0, 0.0, samples)


def _cross_entropy(y: np.ndarray, label: int, scale: float) -> tuple[float, np.ndarray]:
    """Cross-entropy of softmax(scale * y) against a label, and its gradient with respect to y."""
    one_hot = np.eye(y.size)[label]
    return -float(log_softmax(scale * y)[label]), scale * (softmax(scale * y) - one_hot)


def _mean_square(y: np.ndarray, target: np.ndarray, scale: float) -> tuple[float, np.ndarray]:
    """Mean over the outputs of (y - target)**2, and its gradient with respect to y (``scale`` plays no part)."""
    return float(np.mean((y - target) ** 2)), 2 * (y - target) / y.size


_LOSSES: dict[str, Callable] = {"cross_entropy": _cross_entropy, "mean_square": _mean_square}


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
        ``"cross_entropy"``, of the softmax of ``scale * y``, or ``"mean_square"``, of y itself.
    target
        The label for the cross-entropy; values of shape (n_outputs,) for the mean square.
    scale
        Factor on y before the softmax.

    Returns
    -------
    value, y
        The loss, and the readout values, of shape (n_outputs,).
    """
    y = read_out(net, trace, readout, weight_tau).y
    return _LOSSES[loss](y, target, scale)[0], y


# Adjoint


def gradient(
    net: Net,
    input_spikes: list[np.ndarray],
    t_end: float,
    readout: str,
    loss: str,
    target: int | np.ndarray,
    *,
    scale: float = 1.0,
    weight_tau: float | None = None,
) -> tuple[float, np.ndarray, dict[tuple[str, str], np.ndarray]]:
    """Loss of one example and its exact gradient with respect to all weights, for fixed numbers of spikes.

    Where neurons spike at one instant and one projects to the other, the loss has a kink; the gradient is then that of
    the side on which neither has yet received the other's spike.

    Parameters
    ----------
    net, input_spikes, t_end
        As for `simulate`.
    readout, loss, target, scale, weight_tau
        As for `loss`.

    Returns
    -------
    value, y, grads
        The loss, the readout values of shape (n_outputs,), and the gradient, with the keys and shapes of
        ``net.weights``.
    """
    flat = _flatten(net)
    trace = simulate(net, input_spikes, t_end)
    read = read_out(net, trace, readout, weight_tau)
    value, dy = _LOSSES[loss](read.y, target, scale)
    grad_input, grad = _backward(flat, trace, read, dy)
    grads = {
        (source, target): (grad_input if source == INPUT else grad[flat.slices[source]])[:, flat.slices[target]]
        for source, target in net.weights
    }
    return value, read.y, grads


class _Source(NamedTuple):
    """The particular solution (a, b) = (p, q) exp(-rate t) of the adjoint, from an integral in the readout."""

    p: np.ndarray
    q: np.ndarray
    rate: float


def _source(flat: _Flat, read: Readout, g: np.ndarray) -> _Source:
    """Solve for the particular solution, from dL/dy laid out over all neurons."""
    p = g * read.amplitude * flat.tau_mem / (1 + read.rate * flat.tau_mem)
    q = p / flat.tau_mem * flat.tau_syn / (1 + read.rate * flat.tau_syn)
    return _Source(p, q, read.rate)


def _backward(flat: _Flat, trace: Trace, read: Readout, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run the adjoint from the end to the first event, and collect dL/dw_input and dL/dw."""
    grad_input, grad = np.zeros_like(flat.w_input), np.zeros_like(flat.w)
    g = np.zeros_like(flat.tau_mem)
    g[flat.output] = dy
    source = _source(flat, read, g)
    a, b, t = np.zeros_like(g), np.zeros_like(g), trace.t_end
    for k in range(len(trace.events), -1, -1):
        samples = sorted((x for x in read.samples if x.segment == k), key=lambda x: -x.time)
        if k < len(trace.events):
            event = trace.events[k]
            a, b = _retreat(flat, source, (a, b), t, event.time)
            t = event.time
            np.add.at(grad_input, event.inputs, b)
            grad[event.neurons] += b
            a = _undo_spikes(flat, event, (a, b), _direct_gradient(flat, event, samples, dy))
        for sample in samples:
            a, b = _retreat(flat, source, (a, b), t, sample.time)
            t = sample.time
            a[flat.output.start + sample.output] += dy[sample.output]
    return grad_input, grad


def _retreat(
    flat: _Flat, source: _Source, after: tuple[np.ndarray, np.ndarray], t: float, t_to: float
) -> tuple[np.ndarray, np.ndarray]:
    """Solve the adjoint (a, b) from t back to t_to, with no event or sample between.

    Less the particular solution, (a, b) is homogeneous: toward smaller t it follows tau_mem da = -a and
    tau_syn db = -b + (tau_syn / tau_mem) a, so that a reaches b by the same K(s) by which I reaches V.
    """
    s, now, then = t - t_to, np.exp(-source.rate * t), np.exp(-source.rate * t_to)
    a, b = after[0] - source.p * now, after[1] - source.q * now
    b = b * np.exp(-s / flat.tau_syn) + a * _response(s, flat.tau_mem, flat.tau_syn)
    a = a * np.exp(-s / flat.tau_mem)
    return a + source.p * then, b + source.q * then


def _undo_spikes(flat: _Flat, event: Event, after: tuple[np.ndarray, np.ndarray], direct: np.ndarray) -> np.ndarray:
    """Return a before an event, from (a, b) after it and the direct gradient of each spike time."""
    (a, b), n = after, event.neurons
    excess = event.i_before[n] - flat.threshold[n]  # tau_mem dV/dt at the threshold
    if np.any(excess <= 0):
        raise ValueError(f"a neuron only grazes its threshold at t = {event.time} ms: no gradient")
    by_targets = flat.w[n] @ (b / flat.tau_syn - a / flat.tau_mem)
    spike_time_gradient = by_targets - a[n] * event.i_before[n] / flat.tau_mem[n] + direct
    a = a.copy()
    a[n] = -spike_time_gradient * flat.tau_mem[n] / excess
    return a


def _direct_gradient(flat: _Flat, event: Event, samples: list[Sample], dy: np.ndarray) -> np.ndarray:
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

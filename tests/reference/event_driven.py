"""Exact event-driven simulation of small LIF networks, in float64; `readouts` reads them, `adjoint` has the gradient.

Everything here is evaluated in closed form between events, so the only errors are those of rounding. It shares no
code with the engine it checks.

Dynamics
--------
Voltages are dimensionless and times are in ms. Between events, for each neuron,

    tau_mem dV/dt = -V + I        tau_syn dI/dt = -I        tau_adapt dA/dt = -A        V(0) = I(0) = A(0) = 0

A LIF neuron n whose V reaches its threshold + beta A_n from below spikes: V_n -> 0, A_n -> A_n + 1, and
I_j -> I_j + W[n, j] for each target j at the same instant, or after the delay of the synapse, its own I included if it
projects to itself. There is no
refractory period. An input spike adds its row of weights to I in the same way. A leaky integrator (LI, threshold None)
never spikes.

Over s ms without events, with K the response of V to a unit current at s = 0,

    V(s) = V(0) exp(-s/tau_mem) + I(0) K(s)        I(s) = I(0) exp(-s/tau_syn)
    K(s) = tau_syn / (tau_syn - tau_mem) (exp(-s/tau_syn) - exp(-s/tau_mem))   ->   (s/tau) exp(-s/tau)
"""

from bisect import insort
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import exprel

INPUT = "input"

# Threshold crossings closer than this (ms) are one event: neurons with equal drive must not be ordered by rounding.
SIMULTANEOUS = 1e-12
# Newton approaches even a grazing crossing, where it only halves the error at each step, in fewer steps than this.
MAX_NEWTON_STEPS = 200
# Width (ms) of the intervals in which a crossing of a sinking threshold is looked for.
BRACKET = 0.1


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
    beta, tau_adapt
        What the adaptation adds to the threshold per spike, and its time constant [ms]; a plain LIF has beta 0.
    """

    name: str
    size: int
    tau_mem: float
    tau_syn: float
    threshold: float | None = None
    beta: float = 0.0
    tau_adapt: float = 100.0


@dataclass(frozen=True)
class Net:
    """A network: hidden LIF layers in any graph, and one output: the LI layer, or a LIF layer that is named.

    Parameters
    ----------
    layers
        Populations; exactly one has the threshold None, or none where `output` names a LIF layer.
    n_inputs
        Number of external inputs.
    weights
        ``weights[source, target][i, j]`` is the jump of I of neuron j of the target at a spike of neuron i of the
        source. The source is ``"input"`` or the name of a LIF layer; a layer may target itself.
    output
        The LIF layer that is read; the LI layer where it is left out.
    delays
        Delay of each synapse [ms], with the keys and shapes of `weights`; 0 where a key is missing.
    """

    layers: list[Layer]
    n_inputs: int
    weights: dict[tuple[str, str], np.ndarray]
    output: str = ""
    delays: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a net that the equations do not cover."""
        names = [layer.name for layer in self.layers if (layer.name == self.output) or (layer.threshold is None)]
        if len(names) != 1:
            raise ValueError("a net needs exactly one output: an LI layer, or the LIF layer that is named")
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
    """A spike: its time [ms], the neuron's index in its layer, and its I and A just before the spike."""

    time: float
    neuron: int
    current: float
    adaptation: float = 0.0


class Arrival(NamedTuple):
    """What a spike adds to its targets after a delay [ms]: of a neuron in event number `cause`, or of an input (-1)."""

    source: int
    delay: float
    cause: int


class Event(NamedTuple):
    """An instant at which currents jump, by input spikes or by spikes of neurons, with the state around it.

    ``arrivals`` are delayed spikes; ``inputs`` are indices of inputs, repeated if an input spikes twice at once;
    ``neurons`` and the states ``*_before`` and ``*_after`` (V, I and the adaptation A), each of shape (n_neurons,),
    count the neurons of all layers in a row.
    """

    time: float
    inputs: np.ndarray
    neurons: np.ndarray
    v_before: np.ndarray
    i_before: np.ndarray
    v_after: np.ndarray
    i_after: np.ndarray
    arrivals: tuple[Arrival, ...]
    a_before: np.ndarray


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


@dataclass(frozen=True)
class Flat:
    """The net as arrays over the neurons of all layers in a row, n in all."""

    slices: dict[str, slice]
    tau_mem: np.ndarray  # (n,) [ms]
    tau_syn: np.ndarray  # (n,) [ms]
    threshold: np.ndarray  # (n,), infinite for LI
    beta: np.ndarray  # (n,)
    tau_adapt: np.ndarray  # (n,) [ms]
    w_input: np.ndarray  # (n_inputs, n)
    w: np.ndarray  # (n, n)
    output: slice
    d_input: np.ndarray  # (n_inputs, n) [ms]
    d: np.ndarray  # (n, n) [ms]

    def row(self, arrival: Arrival) -> tuple[np.ndarray, np.ndarray]:
        """The weights of the source of an arrival, and which of them its delay concerns."""
        w, d = (self.w_input, self.d_input) if arrival.cause < 0 else (self.w, self.d)
        return w[arrival.source], d[arrival.source] == arrival.delay


def flatten(net: Net) -> Flat:
    """Lay the layers of a net out in a row."""
    sizes = [layer.size for layer in net.layers]
    ends = np.cumsum(sizes)
    slices = {x.name: slice(int(end) - x.size, int(end)) for x, end in zip(net.layers, ends, strict=True)}
    w_input, w = np.zeros((net.n_inputs, ends[-1])), np.zeros((ends[-1], ends[-1]))
    d_input, d = np.zeros_like(w_input), np.zeros_like(w)
    for values, of_inputs, of_neurons in ((net.weights, w_input, w), (net.delays, d_input, d)):
        for (source, target), block in values.items():
            rows = of_inputs if source == INPUT else of_neurons[slices[source]]
            rows[:, slices[target]] = block
    return Flat(
        slices=slices,
        tau_mem=np.repeat([float(x.tau_mem) for x in net.layers], sizes),
        tau_syn=np.repeat([float(x.tau_syn) for x in net.layers], sizes),
        threshold=np.repeat([np.inf if x.threshold is None else float(x.threshold) for x in net.layers], sizes),
        beta=np.repeat([float(x.beta) for x in net.layers], sizes),
        tau_adapt=np.repeat([float(x.tau_adapt) for x in net.layers], sizes),
        w_input=w_input,
        w=w,
        d_input=d_input,
        d=d,
        output=slices[net.output] if net.output else next(slices[x.name] for x in net.layers if x.threshold is None),
    )


# Solution between events


def response(s: np.ndarray | float, tau_mem: np.ndarray, tau_syn: np.ndarray) -> np.ndarray:
    """K(s): V at s ms after a unit jump of I, in a form that holds for equal time constants and cannot overflow."""
    gap = np.abs(1 / tau_mem - 1 / tau_syn)
    return s / tau_mem * np.exp(-s / np.maximum(tau_mem, tau_syn)) * exprel(-gap * s)


def advance(
    v: np.ndarray, i: np.ndarray, s: np.ndarray | float, tau_mem: np.ndarray, tau_syn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """State (V, I) after s ms [broadcast] without events."""
    return v * np.exp(-s / tau_mem) + i * response(s, tau_mem, tau_syn), i * np.exp(-s / tau_syn)


def time_to_maximum(v: np.ndarray, i: np.ndarray, tau_mem: np.ndarray, tau_syn: np.ndarray) -> np.ndarray:
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
        v_s, i_s = advance(v, i, s, tau_mem, tau_syn)
        missing = threshold - v_s
        if np.all(missing <= 0):
            return s
        step = np.where(missing > 0, tau_mem * missing / np.where(missing > 0, i_s - v_s, 1.0), 0.0)
        if np.all(s + step == s):
            return s
        s = s + step
    raise RuntimeError("no convergence to a threshold crossing")


def _next_spikes(flat: Flat, v: np.ndarray, i: np.ndarray, a: np.ndarray, span: float) -> tuple[float, np.ndarray]:
    """Time [ms] from now to the next spike within ``span`` ms, and the neurons that spike then (none: no spike)."""
    s, neurons = _next_plain_spikes(flat, v, i, span)
    if not flat.beta.any():
        return s, neurons
    found = {int(n): s for n in neurons if flat.beta[n] == 0}
    found |= _adaptive_spikes(flat, v, i, a, span)
    if not found:
        return span, np.zeros(0, int)
    first = min(found.values())
    return first, np.array([n for n, at in found.items() if at <= first + SIMULTANEOUS], int)


def _adaptive_spikes(flat: Flat, v: np.ndarray, i: np.ndarray, a: np.ndarray, span: float) -> dict[int, float]:
    """Neuron -> time [ms] from now at which its voltage crosses its sinking threshold, by bracketing and Brent."""
    found: dict[int, float] = {}
    grid = np.linspace(0.0, span, max(2, int(np.ceil(span / BRACKET)) + 1))
    for n in np.flatnonzero(flat.beta):

        def excess(s: np.ndarray | float, n: int = int(n)) -> np.ndarray:
            voltage = advance(v[n], i[n], s, flat.tau_mem[n], flat.tau_syn[n])[0]
            return voltage - flat.threshold[n] - flat.beta[n] * a[n] * np.exp(-np.asarray(s) / flat.tau_adapt[n])

        above = np.flatnonzero(excess(grid) >= 0)
        if len(above) and above[0] > 0:
            found[int(n)] = float(brentq(excess, grid[above[0] - 1], grid[above[0]], xtol=1e-14, rtol=1e-15))
        elif len(above):
            found[int(n)] = 0.0
    return found


def _next_plain_spikes(flat: Flat, v: np.ndarray, i: np.ndarray, span: float) -> tuple[float, np.ndarray]:
    """The same where thresholds stand still."""
    # dV/dt > 0 at the threshold needs I > threshold there, and so now, because I decays.
    near = np.flatnonzero((i > flat.threshold) & (flat.beta == 0))
    tau_mem, tau_syn, threshold = flat.tau_mem[near], flat.tau_syn[near], flat.threshold[near]
    top = np.minimum(time_to_maximum(v[near], i[near], tau_mem, tau_syn), span)
    reaches = advance(v[near], i[near], top, tau_mem, tau_syn)[0] >= threshold
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
    flat = flatten(net)
    n = flat.tau_mem.size
    pending = _input_events(net, flat, input_spikes, t_end)
    t, v, i, a = 0.0, np.zeros(n), np.zeros(n), np.zeros(n)
    events: list[Event] = []
    while len(events) <= max_events:
        t_input, inputs, arrivals = pending[0] if pending else (t_end, (), ())
        s, neurons = _next_spikes(flat, v, i, a, t_input - t)
        v, i = advance(v, i, s, flat.tau_mem, flat.tau_syn)
        a = a * np.exp(-s / flat.tau_adapt)
        if neurons.size:
            t, inputs, arrivals = min(t + s, t_input), (), ()
            _send(flat, pending, t, neurons, len(events), t_end)
        elif pending:
            t, inputs, arrivals = pending.pop(0)
        else:
            return Trace(t_end, events, _spikes_by_layer(flat, events), v, i)
        events.append(_jump(flat, t, np.array(inputs, int), neurons, arrivals, (v, i, a)))
        v, i = events[-1].v_after, events[-1].i_after
        a = a.copy()
        a[neurons] += 1
    raise RuntimeError(f"more than {max_events} events by t = {t} ms")


Pending = list[tuple[float, tuple[int, ...], tuple[Arrival, ...]]]


def _send(flat: Flat, pending: Pending, t: float, neurons: np.ndarray, cause: int, t_end: float) -> None:
    """Note when the delayed part of spikes at t will arrive."""
    for n in neurons:
        for delay in np.unique(flat.d[n][flat.d[n] > 0]):
            if t + delay <= t_end:
                insort(pending, (float(t + delay), (), (Arrival(int(n), float(delay), cause),)))


def _input_events(net: Net, flat: Flat, input_spikes: list[np.ndarray], t_end: float) -> Pending:
    """Times of input spikes in order, the inputs that spike at each, and what arrives of them later."""
    if len(input_spikes) != net.n_inputs:
        raise ValueError(f"{len(input_spikes)} lists of input spikes for {net.n_inputs} inputs")
    times = np.concatenate([np.asarray(x, float).ravel() for x in input_spikes] + [np.empty(0)])
    source = np.repeat(np.arange(net.n_inputs), [np.size(x) for x in input_spikes])
    if np.any(times < 0):
        raise ValueError("input spikes before t = 0")
    pending: Pending = [(float(t), tuple(source[times == t].tolist()), ()) for t in np.unique(times) if t <= t_end]
    for t, i in zip(times, source, strict=True):
        for delay in np.unique(flat.d_input[i][flat.d_input[i] > 0]):
            if t + delay <= t_end:
                insort(pending, (float(t + delay), (), (Arrival(int(i), float(delay), -1),)))
    return pending


def _jump(
    flat: Flat,
    t: float,
    inputs: np.ndarray,
    neurons: np.ndarray,
    arrivals: tuple[Arrival, ...],
    state: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Event:
    """Reset the neurons that spike, and pass all spikes on to their targets."""
    v, i, a = state
    v_after = v.copy()
    v_after[neurons] = 0.0
    at_once = np.where(flat.d_input == 0, flat.w_input, 0)[inputs], np.where(flat.d == 0, flat.w, 0)[neurons]
    i_after = i + at_once[0].sum(axis=0) + at_once[1].sum(axis=0)
    for weights, concerned in map(flat.row, arrivals):
        i_after = i_after + np.where(concerned, weights, 0)
    return Event(t, inputs, neurons, v, i, v_after, i_after, arrivals, a)


def _spikes_by_layer(flat: Flat, events: list[Event]) -> dict[str, list[Spike]]:
    """Sort the spikes of neurons by layer."""
    return {
        name: [
            Spike(event.time, int(n) - where.start, float(event.i_before[n]), float(event.a_before[n]))
            for event in events
            for n in event.neurons
            if where.start <= n < where.stop
        ]
        for name, where in flat.slices.items()
    }

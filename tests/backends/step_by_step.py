"""What a document computes, step by step in numpy: the order of `spikeloom.genn`, and none of the engine's code."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

import spikeloom.spec as sp
from spikeloom.genn.batch import BatchData, SpikeData
from tests.reference.wiring import wiring


@dataclass
class Trace:
    """One example: spikes per step (population -> (steps, neurons) counts), voltages after each step, the readout."""

    spikes: dict[str, np.ndarray] = field(default_factory=dict)
    voltages: dict[str, np.ndarray] = field(default_factory=dict)
    y: np.ndarray | None = None


@dataclass
class _State:
    """A population between two steps."""

    v: np.ndarray
    refractory_steps: np.ndarray
    adaptation: np.ndarray | float = 0.0
    before: np.ndarray | float = 0.0  # spikes of the step before
    readout: list[np.ndarray] = field(default_factory=list)  # the voltage of each step, before a reset
    spiked: list[np.ndarray] = field(default_factory=list)


def simulate(document: sp.Document, counts: np.ndarray) -> Trace:
    """One example of a document without learning.

    Parameters
    ----------
    counts
        Input spikes, (timesteps, input neurons).
    """
    network, simulation = document.network, document.experiment.simulation
    dt, timesteps = simulation.dt, simulation.timesteps
    sizes = {name: int(np.prod(shape)) for name, shape in sp.infer_shapes(document).items()}
    ways = {c.name: _way(c, sp.infer_shapes(document), dt) for c in network.connections}
    currents = {c.name: np.zeros(sizes[c.target]) for c in network.connections}
    states = {
        p.name: _State(np.full(sizes[p.name], p.neuron.v), np.zeros(sizes[p.name], int), getattr(p.neuron, "a", 0.0))
        for p in network.populations
        if not p.neuron.is_input
    }
    input_name = network.inputs[0].name
    before = {name: np.zeros(size) for name, size in sizes.items()}
    trace = Trace({name: np.zeros((timesteps, size)) for name, size in sizes.items()})
    trace.voltages = {name: np.zeros((timesteps, sizes[name])) for name in states}
    for step in range(timesteps):
        arrived = {name: np.zeros(size) for name, size in sizes.items()}
        for connection in network.connections:
            currents[connection.name] += ways[connection.name].arriving(before[connection.source])
            synapse, neuron = connection.synapse, network.population(connection.target).neuron
            if isinstance(synapse, sp.Delta):
                arrived[connection.target] += currents[connection.name]
                currents[connection.name] = np.zeros(sizes[connection.target])
            else:
                arrived[connection.target] += gain(neuron, synapse.tau, dt) * currents[connection.name]
                currents[connection.name] = currents[connection.name] * np.exp(-dt / synapse.tau)
        for population in network.populations:
            name = population.name
            if name == input_name:
                before[name] = counts[step].astype(float)
            else:
                before[name] = _advance(population.neuron, states[name], arrived[name], dt)
                trace.voltages[name][step] = states[name].v
            trace.spikes[name][step] = before[name]
    output = network.outputs[0]
    trace.y = read_out(output.neuron.readout, states[output.name], dt)
    return trace


@dataclass
class _Way:
    """The weights of a connection by delay in steps, and the spikes that are under way."""

    weights: dict[int, np.ndarray]
    sent: list[np.ndarray] = field(default_factory=list)

    def arriving(self, spikes: np.ndarray) -> np.ndarray:
        """What arrives in this step, where `spikes` were emitted in the step before."""
        self.sent.append(spikes)
        parts = [self.sent[-1 - d] @ w for d, w in self.weights.items() if d < len(self.sent)]
        return np.sum([np.zeros(next(iter(self.weights.values())).shape[1]), *parts], axis=0)


def _way(connection: sp.Connection, shapes: dict[str, tuple[int, ...]], dt: float) -> _Way:
    connectivity = connection.connectivity
    wired = wiring(connectivity, shapes[connection.source], shapes[connection.target])
    weights = wired.dense(_values(connectivity.weights, wired.shape))
    delays = np.rint(wired.each(_values(connectivity.delay, wired.shape)) / dt)
    return _Way({int(d): np.where(delays == d, weights, 0.0) for d in np.unique(delays)})


def _values(initialiser: sp.Initialiser, shape: tuple[int, ...]) -> np.ndarray:
    if isinstance(initialiser, sp.Constant):
        return np.full(shape, initialiser.value)
    assert isinstance(initialiser, sp.Array)
    return np.asarray(initialiser.values(), dtype=float)


def gain(neuron: sp.Neuron, tau_syn: float, dt: float) -> float:
    """What a unit current that decays with `tau_syn` adds to a membrane over a step."""
    if isinstance(neuron, sp.IF):
        return tau_syn * (1 - np.exp(-dt / tau_syn))
    tau_mem = neuron.tau_mem
    if tau_mem == tau_syn:
        return dt / tau_mem * np.exp(-dt / tau_mem)
    return tau_syn / (tau_mem - tau_syn) * (np.exp(-dt / tau_mem) - np.exp(-dt / tau_syn))


def _advance(neuron: sp.Neuron, state: _State, current: np.ndarray, dt: float) -> np.ndarray:
    decay = 1.0 if isinstance(neuron, sp.IF) else np.exp(-dt / neuron.tau_mem)
    if getattr(neuron, "scale_i", False):
        current = (1 - decay) * current
    bias = dt * neuron.bias if isinstance(neuron, sp.IF) else (1 - decay) * neuron.bias
    integrated = decay * state.v + current + bias
    if isinstance(neuron, sp.LI):
        state.v = integrated
        state.readout.append(state.v.copy())
        return np.zeros(len(state.v))
    threshold = neuron.v_thresh
    if isinstance(neuron, sp.ALIF):
        state.adaptation = np.exp(-dt / neuron.tau_adapt) * state.adaptation + state.before
        threshold = threshold + neuron.beta * state.adaptation
    held = state.refractory_steps > 0
    state.refractory_steps[held] -= 1
    state.v = integrated if neuron.integrate_during_refrac else np.where(held, state.v, integrated)
    state.readout.append(state.v.copy())
    spiked = (state.v >= threshold) & (state.refractory_steps == 0)
    state.before = spiked.astype(float)
    lowered = state.v - (neuron.v_thresh - neuron.v_reset)
    state.v = np.where(spiked, lowered if neuron.relative_reset else neuron.v_reset, state.v)
    state.refractory_steps[spiked] = round(neuron.tau_refrac / dt)
    state.spiked.append(spiked)
    return spiked.astype(float)


def read_out(readout: sp.Readout, state: _State, dt: float) -> np.ndarray:  # noqa: PLR0911
    """A readout from all steps at once."""
    v, spiked = np.array(state.readout), np.array(state.spiked)
    steps = np.arange(len(v))[:, None]
    match readout:
        case sp.AvgVar():
            return v.mean(axis=0)
        case sp.SumVar():
            return v.sum(axis=0)
        case sp.AvgVarExpWeight():
            return (np.exp(-readout.local_t_scale * steps / len(v)) * v).mean(axis=0)
        case sp.MaxVar():
            return v.max(axis=0)
        case sp.VarReadout():
            return state.v
        case sp.SpikeCount():
            return spiked.sum(axis=0)
        case sp.FirstSpikeTime():
            first = np.where(spiked.any(axis=0), spiked.argmax(axis=0), len(v))
            return -first * dt
    raise NotImplementedError(readout.type)


def counts_of(data: BatchData, population: str, example: int, timesteps: int, neurons: int) -> np.ndarray:
    """The input spikes of an example as `simulate` takes them."""
    spikes: SpikeData = data.spikes[population]
    where = slice(spikes.offsets[example], spikes.offsets[example + 1])
    counts = np.zeros((timesteps, neurons))
    inside = spikes.steps[where] < timesteps
    np.add.at(counts, (spikes.steps[where][inside], spikes.ids[where][inside]), 1)
    return counts

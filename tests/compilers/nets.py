"""Small random networks as documents for the engine and as nets for the event-driven reference, spike for spike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import spikeloom.spec as sp
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from tests.reference.event_driven import Layer, Net
from tests.reference.wiring import Wiring, wiring

OUTPUT = ("hidden0", "output")  # the last pair of a net with one hidden layer
GRID = 0.5  # ms: input spikes lie on it, so that every timestep that divides it represents them exactly


@dataclass(frozen=True)
class Case:
    """An architecture: sizes of the hidden layers, which of them are recurrent, and their time constants (ms)."""

    hidden: tuple[int, ...] = (8,)
    recurrent: tuple[int, ...] = ()
    n_inputs: int = 6
    n_outputs: int = 3
    tau_mem: tuple[float, ...] = (20.0, 15.0, 25.0)  # per layer, the output's last
    tau_syn: tuple[float, ...] = (5.0, 4.0, 6.0)
    threshold: float = 1.0
    spiking_output: bool = False
    t_end: float = 30.0
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)  # of layers with more than one dimension
    connect: dict[tuple[str, str], Callable[[], sp.Connectivity]] = field(default_factory=dict)  # where not dense
    mean: float = 1.0  # of the weights from the input
    drawn_delays: dict[tuple[str, str], float] = field(default_factory=dict)  # the longest, ms; one for each synapse
    thresholds: dict[str, float] = field(default_factory=dict)  # of layers whose threshold is another
    adapting: dict[str, tuple[float, float]] = field(default_factory=dict)  # beta and tau_adapt (ms) of hidden layers

    @property
    def layers(self) -> list[str]:
        return ["input", *(f"hidden{k}" for k in range(len(self.hidden))), "output"]

    @property
    def sizes(self) -> dict[str, int]:
        return dict(zip(self.layers, (self.n_inputs, *self.hidden, self.n_outputs), strict=True))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        forward = list(zip(self.layers[:-1], self.layers[1:], strict=True))
        return forward + [(f"hidden{k}", f"hidden{k}") for k in self.recurrent]

    def threshold_of(self, layer: str) -> float:
        return self.thresholds.get(layer, self.threshold)

    def taus(self, layer: str) -> tuple[float, float]:
        k = len(self.hidden) if layer == "output" else int(layer.removeprefix("hidden"))
        k = -1 if layer == "output" else k
        return self.tau_mem[k], self.tau_syn[k]


@dataclass
class Draw:
    """Random weights, input spike times (ms, one array per input) and a target.

    Weights (and delays, ms) have the shape that the connectivity gives them; `wired` says what they connect.
    """

    weights: dict[tuple[str, str], np.ndarray]
    times: list[np.ndarray]
    label: int
    target: np.ndarray
    connectivity: dict[tuple[str, str], sp.Connectivity] = field(default_factory=dict)
    wired: dict[tuple[str, str], Wiring] = field(default_factory=dict)


def draw(case: Case, seed: int) -> Draw:
    """One random example for a case."""
    rng = np.random.default_rng(seed)
    weights, connectivity, wired = {}, {}, {}
    for pair in case.pairs:
        source, target = pair
        mean, sd = (case.mean, 0.5) if source == "input" else (0.6, 0.5)
        if target == "output" and case.spiking_output:
            mean = 1.2
        if source == target:
            mean, sd = -0.2, 0.2
        connectivity[pair] = case.connect[pair]() if pair in case.connect else sp.Dense(0.0)
        wired[pair] = wiring(connectivity[pair], *(case.shapes.get(end, (case.sizes[end],)) for end in pair))
        weights[pair] = rng.normal(mean, sd, wired[pair].shape)
        if not connectivity[pair].trained:
            weights[pair][:] = 1 / np.prod(connectivity[pair].pool_size)  # type: ignore[attr-defined]
        if pair in case.drawn_delays:
            delays = rng.integers(0, case.drawn_delays[pair] / GRID + 1, wired[pair].shape) * GRID
            delays.flat[0] = case.drawn_delays[pair]  # rings are as long in each draw, so that one build serves all
            connectivity[pair].delay = sp.Array(delays)
    grid = np.arange(1, int(0.7 * case.t_end / GRID))
    times = [np.sort(rng.choice(grid, 3, replace=False)) * GRID for _ in range(case.n_inputs)]
    label, values = int(rng.integers(case.n_outputs)), rng.normal(0.3, 0.3, case.n_outputs)
    return Draw(weights, times, label, values, connectivity, wired)


def reference_net(case: Case, drawn: Draw) -> Net:
    """The case for the event-driven reference."""
    layers = []
    for name in case.layers[1:]:
        tau_mem, tau_syn = case.taus(name)
        silent = name == "output" and not case.spiking_output
        threshold = None if silent else case.threshold_of(name)
        layers.append(Layer(name, case.sizes[name], tau_mem, tau_syn, threshold, *case.adapting.get(name, (0.0,))))
    weights = {pair: wired.dense(drawn.weights[pair]) for pair, wired in drawn.wired.items()}
    delays = {pair: wired.each(_delays(drawn.connectivity[pair])) for pair, wired in drawn.wired.items()}
    return Net(layers, case.n_inputs, weights, "output" if case.spiking_output else "", delays)


def _delays(connectivity: sp.Connectivity) -> Any:
    delay = connectivity.delay
    return delay.value if isinstance(delay, sp.Constant) else delay.values()  # type: ignore[attr-defined]


def document(case: Case, drawn: Draw, dt: float, readout: str, loss: Any, **learning: Any) -> sp.Document:
    """The case as a document under EventProp; `learning` are further options of it."""
    with sp.Network() as net:
        sp.Population("spike_input", case.shapes.get("input", case.n_inputs), name="input")
        for name in case.layers[1:-1]:
            options: dict[str, Any] = {"tau_mem": case.taus(name)[0], "v_thresh": case.threshold_of(name)}
            neuron: sp.Neuron = sp.LIF(**options)
            if name in case.adapting:
                beta, tau_adapt = case.adapting[name]
                neuron = sp.ALIF(beta=beta, tau_adapt=tau_adapt, relative_reset=False, **options)
            sp.Population(neuron, case.shapes.get(name, case.sizes[name]), name)
        output: dict[str, Any] = {"tau_mem": case.taus("output")[0], "readout": readout}
        read = sp.LIF(v_thresh=case.threshold, **output) if case.spiking_output else sp.LI(**output)
        sp.Population(read, case.n_outputs, name="output")
        for source, target in case.pairs:
            connectivity = drawn.connectivity[source, target].model_copy(deep=True)
            if connectivity.trained:
                connectivity.weight = sp.Array(drawn.weights[source, target])  # type: ignore[attr-defined]
            sp.Connection(source, target, connectivity, sp.Exponential(case.taus(target)[1]))
    rule = sp.EventProp(loss=loss, **{"max_spikes": 64} | learning)
    experiment = sp.Experiment(simulation=sp.Simulation(dt=dt, example_time=case.t_end), learning=rule)
    return sp.Document(net, experiment)


def data(drawn: Draw, dt: float) -> BatchData:
    """The example for the engine: a spike at time t is emitted in the step that ends at t."""
    ids = np.repeat(np.arange(len(drawn.times)), [len(times) for times in drawn.times])
    steps = np.round(np.concatenate(drawn.times) / dt).astype(int) - 1
    spikes = spike_data(1, np.zeros(len(ids), int), steps, ids)
    labels, targets = np.array([drawn.label], np.int32), drawn.target[None, :]
    return BatchData({"input": spikes}, {"labels": labels, "targets": targets})


class Engine:
    """A case on the embedded engine, in double precision, one build for all draws and timesteps."""

    def __init__(self, case: Case, drawn: Draw, dt: float, readout: str, loss: Any, **learning: Any) -> None:
        self.compiled: CompiledNetwork = compile_document(document(case, drawn, dt, readout, loss, **learning))
        schedules = self.compiled.schedules
        self.runtime = EmbeddedRuntime(self.compiled.model, schedules, threads=1, precision="double")
        self.use(drawn)

    def use(self, drawn: Draw) -> None:
        """Take the weights of another draw, whose synapses and delays are the same."""
        for (source, target), weights in drawn.weights.items():
            if not drawn.connectivity[source, target].trained:
                continue
            self.runtime.set(f"{source}_{target}", "g", weights)  # the document's arrays are single precision

    def loss(self, batch: BatchData) -> tuple[float, np.ndarray]:
        """Loss and readout of the one example."""
        result = self.runtime.run("evaluate", batch, [np.array([0])], timesteps=self.compiled.timesteps)
        return float(result.results["loss"][0, 0]), result.results["y"][0]

    def gradients(self, batch: BatchData) -> dict[tuple[str, str], np.ndarray]:
        """Gradients of what is trained by (source, target)."""
        self.runtime.run("train", batch, [np.array([0])], timesteps=self.compiled.timesteps)
        synapses = [self.compiled.model.synapses[name] for name in self.compiled.gradients]
        return {(s.source, s.target): self.runtime.gradient(s.name, "Gradient") for s in synapses}

    def differences(
        self, batch: BatchData, pair: tuple[str, str], weights: np.ndarray, step: float = 1e-5
    ) -> np.ndarray:
        """Central differences of the loss by the weights of a pair of layers, which are now `weights`."""
        found, name = np.zeros_like(weights), "_".join(pair)
        for place in np.ndindex(weights.shape):
            ends = []
            for sign in (1, -1):
                moved = weights.copy()
                moved[place] += sign * step
                self.runtime.set(name, "g", moved)
                ends.append(self.loss(batch)[0])
            found[place] = (ends[0] - ends[1]) / (2 * step)
        self.runtime.set(name, "g", weights)
        return found

"""Small random networks as documents for the engine and as nets for the event-driven reference, spike for spike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import spikeloom.spec as sp
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from tests.reference.event_driven import Layer, Net

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

    def taus(self, layer: str) -> tuple[float, float]:
        k = len(self.hidden) if layer == "output" else int(layer.removeprefix("hidden"))
        k = -1 if layer == "output" else k
        return self.tau_mem[k], self.tau_syn[k]


@dataclass
class Draw:
    """Random weights, input spike times (ms, one array per input) and a target."""

    weights: dict[tuple[str, str], np.ndarray]
    times: list[np.ndarray]
    label: int
    target: np.ndarray


def draw(case: Case, seed: int) -> Draw:
    """One random example for a case."""
    rng = np.random.default_rng(seed)
    weights = {}
    for source, target in case.pairs:
        mean, sd = (1.0, 0.5) if source == "input" else (0.6, 0.5)
        if target == "output" and case.spiking_output:
            mean = 1.2
        if source == target:
            mean, sd = -0.2, 0.2
        weights[source, target] = rng.normal(mean, sd, (case.sizes[source], case.sizes[target]))
    grid = np.arange(1, int(0.7 * case.t_end / GRID))
    times = [np.sort(rng.choice(grid, 3, replace=False)) * GRID for _ in range(case.n_inputs)]
    return Draw(weights, times, int(rng.integers(case.n_outputs)), rng.normal(0.3, 0.3, case.n_outputs))


def reference_net(case: Case, drawn: Draw) -> Net:
    """The case for the event-driven reference."""
    layers = []
    for name in case.layers[1:]:
        tau_mem, tau_syn = case.taus(name)
        silent = name == "output" and not case.spiking_output
        layers.append(Layer(name, case.sizes[name], tau_mem, tau_syn, None if silent else case.threshold))
    return Net(layers, case.n_inputs, drawn.weights, "output" if case.spiking_output else "")


def document(case: Case, drawn: Draw, dt: float, readout: str, loss: Any, **learning: Any) -> sp.Document:
    """The case as a document under EventProp; `learning` are further options of it."""
    with sp.Network() as net:
        sp.Population("spike_input", case.n_inputs, name="input")
        for name in case.layers[1:-1]:
            sp.Population(sp.LIF(tau_mem=case.taus(name)[0], v_thresh=case.threshold), case.sizes[name], name=name)
        output: dict[str, Any] = {"tau_mem": case.taus("output")[0], "readout": readout}
        neuron = sp.LIF(v_thresh=case.threshold, **output) if case.spiking_output else sp.LI(**output)
        sp.Population(neuron, case.n_outputs, name="output")
        for source, target in case.pairs:
            weight = sp.Array(drawn.weights[source, target])
            sp.Connection(source, target, sp.Dense(weight), sp.Exponential(case.taus(target)[1]))
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
        for (source, target), weights in drawn.weights.items():
            self.runtime.set(f"{source}_{target}", "g", weights)  # the document's arrays are single precision

    def loss(self, batch: BatchData) -> tuple[float, np.ndarray]:
        """Loss and readout of the one example."""
        result = self.runtime.run("evaluate", batch, [np.array([0])], timesteps=self.compiled.timesteps)
        return float(result.results["loss"][0, 0]), result.results["y"][0]

    def gradients(self, batch: BatchData) -> dict[tuple[str, str], np.ndarray]:
        """Gradients by (source, target)."""
        self.runtime.run("train", batch, [np.array([0])], timesteps=self.compiled.timesteps)
        synapses = self.compiled.model.synapses.values()
        return {(s.source, s.target): self.runtime.gradient(s.name, "Gradient") for s in synapses}

"""Runs of the digits and of small built networks, shared by the tests of the engine."""

from __future__ import annotations

import numpy as np

import spikeloom.spec as sp
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.backends.interface import JobResult
from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from spikeloom.run import Session

HIDDEN = 20


def digits(
    *,
    learning: sp.Learning | None = None,
    hidden: sp.Neuron | None = None,
    names: tuple[str, str, str] = ("input", "hidden", "output"),
    connections: tuple[str, str, str] = ("in", "recurrent", "out"),
    weights: float = 1.0,
    **training: object,
) -> sp.Document:
    """A small recurrent network on the digits."""
    first, middle, last = names
    with sp.Network() as net:
        sp.Population("spike_input", name=first)
        sp.Population(hidden or sp.LIF(tau_mem=20.0), HIDDEN, name=middle)
        sp.Population(sp.LI(tau_mem=20.0, readout="avg_var"), name=last)
        normal = sp.Normal(0.5 * weights, 0.4 * weights)
        sp.Connection(first, middle, sp.Dense(normal), sp.Exponential(5.0), connections[0])
        sp.Connection(middle, middle, sp.Dense(sp.Normal(-0.05, 0.1)), sp.Exponential(5.0), connections[1])
        sp.Connection(middle, last, sp.Dense(sp.Uniform(-0.4, 0.4)), sp.Exponential(5.0), connections[2])
    settings = {"epochs": 2, "batch_size": 32, "seed": 3} | training
    return sp.Document(
        net,
        sp.Experiment(
            dataset="digits",
            simulation=sp.Simulation(dt=1.0, example_time=30.0),
            learning=learning or sp.EventProp(optimiser=sp.Adam(0.005)),
            training=sp.Training(**settings),
        ),
    )


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    """Whether two sets of arrays agree to the last bit."""
    assert first.keys() == second.keys()
    return all(first[name].tobytes() == second[name].tobytes() for name in first)


class Built:
    """A document on the engine, one level below `Session`."""

    def __init__(self, document: sp.Document, *, threads: int = 2, precision: str = "float", seed: int = 3) -> None:
        self.compiled: CompiledNetwork = compile_document(document)
        self.runtime = EmbeddedRuntime(
            self.compiled.model,
            self.compiled.schedules,
            seed=seed,
            shards=document.experiment.training.num_shards,
            threads=threads,
            precision=precision,
        )

    def run(self, schedule: str, data: BatchData, batches: list, *, step: int = 1, **settings) -> JobResult:
        """Run batches of example numbers; with ``update`` they are batches `step` and on of the training."""
        batches = [np.asarray(batch, dtype=np.int64) for batch in batches]
        dynamic = self.compiled.dynamic(step, [max(1, len(batch)) for batch in batches])
        steps = self.compiled.timesteps
        return self.runtime.run(schedule, data, batches, dynamic=dynamic, timesteps=steps, **settings)

    def weights(self) -> dict[str, np.ndarray]:
        """All that a checkpoint holds."""
        return {name: self.runtime.get(ref.group, ref.var) for name, ref in self.compiled.checkpointed.items()}


def trained(examples: dict[str, BatchData], threads: int = 2, *, validate: bool = False, **training) -> dict:
    """Weights and the optimiser's state after two epochs, with the history under ``history``."""
    session = Session(digits(**training), threads=threads)
    history = session.train(examples["train"], examples["validation"] if validate else None)
    figures = [[m.loss, m.accuracy, m.validation_loss, m.validation_accuracy] for m in history]
    return session.state() | {"history": np.array(figures)}


def failing(loss: str = "sparse_categorical_crossentropy") -> Built:
    """Six inputs, each with one hidden neuron of its own; the output reads them all."""
    with sp.Network() as net:
        sp.Population("spike_input", 6, name="input")
        sp.Population(sp.LIF(tau_mem=20.0), 6, name="hidden")
        sp.Population(sp.LI(tau_mem=20.0, readout="avg_var"), 2, name="output")
        sp.Connection("input", "hidden", sp.Dense(sp.Array(np.eye(6) * 4)), sp.Exponential(5.0), "in")
        sp.Connection("hidden", "output", sp.Dense(sp.Array(np.zeros((6, 2)))), sp.Exponential(5.0), "out")
    learning = sp.EventProp(loss=loss, optimiser=sp.SGD(0.1))
    simulation = sp.Simulation(dt=1.0, example_time=20.0)
    return Built(sp.Document(net, sp.Experiment(simulation=simulation, learning=learning)))


# In example e, input e spikes in step 2 e + 1 and again four steps later.
EVENTS = spike_data(
    6, np.repeat(np.arange(6), 2), (2 * np.arange(6)[:, None] + [1, 5]).ravel(), np.repeat(np.arange(6), 2)
)
EVENT_DATA = BatchData({"input": EVENTS}, {"labels": np.zeros(6, np.int32)})

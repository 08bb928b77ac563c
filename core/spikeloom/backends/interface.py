"""What every backend gives: a runtime for a GeNN model and its schedules, and the plain data that go in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from spikeloom.genn.batch import BatchData

KEPT = ("Sign", "Delay")  # what a synapse that moves keeps of the pair of neurons that it leaves


@dataclass(frozen=True)
class RecordSpikes:
    """Record the spikes of a population."""

    population: str


@dataclass(frozen=True)
class CountSpikes:
    """Count the spikes of each neuron of a population."""

    population: str


@dataclass(frozen=True)
class RecordVar:
    """Record a variable of chosen neurons (all: None) at the end of each step of a phase.

    `population` may be a connection: `neurons` then are its synapses. A variable that lags some steps behind is filed
    that much earlier (`late`).
    """

    population: str
    variable: str
    neurons: tuple[int, ...] | None = None
    phase: int = 0
    late: int = 0


@dataclass
class Recording:
    """What was recorded of some examples.

    Parameters
    ----------
    spikes
        Population -> for each recorded example the pair (steps, ids), int32.
    variables
        Recorder -> float64 (examples, timesteps, neurons).
    counts
        Population -> the number of spikes of each neuron, int32 (examples, neurons).
    """

    spikes: dict[str, list[tuple[np.ndarray, np.ndarray]]] = field(default_factory=dict)
    variables: dict[RecordVar, np.ndarray] = field(default_factory=dict)
    counts: dict[str, np.ndarray] = field(default_factory=dict)


Recorder = RecordSpikes | CountSpikes | RecordVar


@dataclass
class JobResult:
    """What came of a job: `Read` keys -> arrays (examples done, ...), how many batches were done, recordings.

    `spike_counts` has the number of spikes of each population in each example, (examples done,); a backend that does
    not count gives none.
    """

    results: dict[str, np.ndarray]
    batches_done: int
    examples_done: int
    recording: Recording
    spike_counts: dict[str, np.ndarray] = field(default_factory=dict)


class Runtime(Protocol):
    """A built model: load data, run batches, read and write variables."""

    def run(
        self,
        schedule: str,
        data: BatchData,
        batches: Sequence[np.ndarray],
        *,
        timesteps: int,
        update: bool = False,
        dynamic: Mapping[tuple[str, str], np.ndarray] | None = None,
        record: Sequence[Recorder] = (),
        recorded: np.ndarray | None = None,
        epoch: int = 0,
    ) -> JobResult:
        """Run `schedule` over `batches` (arrays of example numbers), each example for `timesteps` steps."""
        ...

    def get(self, group: str, variable: str) -> np.ndarray:
        """A copy of a variable that outlives a batch: (pre, post) for synapses, (size,) for neurons."""
        ...

    def set(self, group: str, variable: str, values: np.ndarray) -> None:
        """Write a variable that outlives a batch."""
        ...

    def rewire(self, name: str, pre: np.ndarray, post: np.ndarray, fresh: np.ndarray) -> None:
        """Let the synapses of a sparse synapse population lead elsewhere; those that are `fresh` start anew."""
        ...

    def stop(self) -> None:
        """Ask a running job, from another thread, to end after the batch at hand."""
        ...


ShouldCancel = Callable[[], bool]

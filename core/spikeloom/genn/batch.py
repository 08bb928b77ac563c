"""A data set as the schedule's ops find it: input spikes and per-example values, as flat arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class SpikeData:
    """The input spikes of a data set for one population, sorted by example and step.

    Parameters
    ----------
    offsets
        int64, (examples + 1,): example e has the spikes ``offsets[e]:offsets[e + 1]``.
    steps, ids
        int32, (spikes,): the step and the neuron of each spike.
    """

    offsets: np.ndarray
    steps: np.ndarray
    ids: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, examples: np.ndarray) -> SpikeData:
        """The spikes of some examples, in the order given."""
        starts, lengths = self.offsets[examples], np.diff(self.offsets)[examples]
        offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        chosen = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
        return SpikeData(offsets, self.steps[chosen], self.ids[chosen])


@dataclass
class BatchData:
    """A data set as a backend takes it: spikes per input population, and arrays (examples, ...) per `SetVar` key."""

    spikes: Mapping[str, SpikeData]
    values: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        if self.spikes:
            return len(next(iter(self.spikes.values())))
        return len(next(iter(self.values.values()), ()))

    def take(self, examples: np.ndarray | range) -> BatchData:
        """Some examples, by their numbers, in the order given."""
        chosen = np.asarray(examples, dtype=np.int64)
        spikes = {name: found.take(chosen) for name, found in self.spikes.items()}
        return BatchData(spikes, {key: np.asarray(values)[chosen] for key, values in self.values.items()})

    def resolved(self, batches: Sequence[np.ndarray]) -> tuple[BatchData, list[np.ndarray]]:
        """The data that hold the examples themselves, and the batches by the numbers that the examples have there."""
        return self, list(batches)


@dataclass
class BatchView(BatchData):
    """Some examples of other data, of which nothing is copied but `values`.

    Parameters
    ----------
    whole, numbers
        The other data, and which of their examples these are.
    """

    whole: BatchData = field(kw_only=True)
    numbers: np.ndarray = field(kw_only=True)

    @classmethod
    def of(cls, whole: BatchData, numbers: np.ndarray) -> BatchView:
        """The examples of `whole` with these numbers."""
        values = {key: np.asarray(array)[numbers] for key, array in whole.values.items()}
        return cls({}, values, whole=whole, numbers=numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, examples: np.ndarray | range) -> BatchData:
        """Some examples, copied."""
        chosen = np.asarray(examples, dtype=np.int64)
        values = {key: np.asarray(array)[chosen] for key, array in self.values.items()}
        return BatchData(self.whole.take(self.numbers[chosen]).spikes, values)

    def resolved(self, batches: Sequence[np.ndarray]) -> tuple[BatchData, list[np.ndarray]]:
        """Those of `whole`."""
        return self.whole, [self.numbers[batch] for batch in batches]

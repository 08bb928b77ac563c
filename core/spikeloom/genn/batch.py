"""A data set as the schedule's ops find it: input spikes and per-example values, as flat arrays."""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass
class BatchData:
    """A data set as a backend takes it: spikes per input population, and arrays (examples, ...) per `SetVar` key."""

    spikes: Mapping[str, SpikeData]
    values: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.spikes.values())))

"""Recorded spikes: their times as they were measured, before they are put into timesteps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikeloom.data.spikes import distinct, join
from spikeloom.genn.batch import SpikeData

SPIKES_AT_ONCE = 2**16  # as many as stay in cache


@dataclass(frozen=True)
class Events:
    """The spikes of examples, one flat array of each property.

    Parameters
    ----------
    offsets
        int64, (examples + 1,): example e has the spikes ``offsets[e]:offsets[e + 1]``, in any order.
    times
        (spikes,), ms; of a type that holds them exactly.
    ids
        int32, (spikes,): the neuron of each spike.
    """

    offsets: np.ndarray
    times: np.ndarray
    ids: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, examples: np.ndarray) -> Events:
        """The spikes of some examples, in the order given."""
        # `SpikeData` picks in the same way, whatever its steps are.
        chosen = SpikeData(self.offsets, self.times, self.ids).take(examples)
        return Events(chosen.offsets, chosen.steps, chosen.ids)

    def part(self, first: int, last: int) -> Events:
        """The examples from `first` on and before `last`; nothing is copied."""
        offsets = self.offsets[first : last + 1]
        inside = slice(int(offsets[0]), int(offsets[-1]))
        return Events(offsets - offsets[0], self.times[inside], self.ids[inside])

    def joined(self, other: Events) -> Events:
        """These examples and the others."""
        offsets = np.concatenate([self.offsets, other.offsets[1:] + self.offsets[-1]])
        times, ids = (np.concatenate(pair) for pair in ((self.times, other.times), (self.ids, other.ids)))
        return Events(offsets, times, ids)


def one_after_the_other(parts: Sequence[Events]) -> Events:
    """The examples of all parts."""
    if len(parts) == 1:
        return parts[0]
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Events(offsets, *(np.concatenate([getattr(part, name) for part in parts]) for name in ("times", "ids")))


def in_steps(events: Events, dt: float, timesteps: int) -> SpikeData:
    """The spikes in timesteps: one at time t is emitted in step ``floor(t / dt)``.

    Those after the last step are left out, and several of a neuron in one step are one: a neuron spikes at most once
    in a step.
    """
    parts = [_in_steps(events.part(first, last), dt, timesteps) for first, last in portions(events)]
    return join(parts)


def portions(events: Events) -> list[tuple[int, int]]:
    """Ranges of examples, each with as many spikes as are worked on at once, or a single example."""
    ends = np.searchsorted(events.offsets, np.arange(0, events.offsets[-1], SPIKES_AT_ONCE)[1:])
    cuts = np.unique(np.concatenate([[0], ends, [len(events)]]))
    return list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)) or [(0, 0)]


def _in_steps(events: Events, dt: float, timesteps: int) -> SpikeData:
    examples = np.repeat(np.arange(len(events), dtype=np.int32), np.diff(events.offsets))
    steps = events.times.astype(np.float64)
    steps /= dt
    steps += 1e-9  # keeps a time that is a multiple of dt in its own step however it was rounded
    return distinct(len(events), examples, steps, events.ids, timesteps)

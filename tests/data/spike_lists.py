"""Spikes as lists that people read: (time, neuron) of each example."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeloom.data import Events
from spikeloom.data.transforms import Surroundings, transformed
from spikeloom.spec import Transform

Lists = list[list[tuple[float, int]]]


def events_of(lists: Lists, kind: Any = np.float64) -> Events:
    """Spikes from lists."""
    offsets = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    flat = [spike for train in lists for spike in train]
    return Events(offsets, np.array([t for t, _ in flat], kind), np.array([i for _, i in flat], np.int32))


def lists_of(events: Events) -> Lists:
    """Spikes as sorted lists."""
    pairs = list(zip(np.round(events.times, 9).tolist(), events.ids.tolist(), strict=True))
    return [sorted(pairs[a:b]) for a, b in zip(events.offsets[:-1], events.offsets[1:], strict=True)]


def drawn(seed: int, shape: tuple[int, ...], examples: int = 12, most: int = 60, kind: Any = np.float64) -> Events:
    """Spikes in no order within 100 ms; the first example, the last and one in the middle have none."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, most, examples)
    lengths[[0, examples // 2, -1]] = 0
    count = int(lengths.sum())
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    ids = rng.integers(0, np.prod(shape), count).astype(np.int32)
    return Events(offsets, rng.uniform(0, 100, count).astype(kind), ids)


def done(transform: Transform, events: Events, shape: tuple[int, ...], labels: Any = None, seed: int = 0) -> Events:
    """What becomes of them."""
    around = Surroundings(shape, None if labels is None else np.asarray(labels), 100.0, np.random.default_rng(seed))
    return transformed(transform, events, around)

"""Events that stand alone are dropped."""

from __future__ import annotations

from math import prod

import numpy as np

from spikeloom.data.events import Events, portions
from spikeloom.data.transforms.columns import kept, pixels_of
from spikeloom.data.transforms.transformed import Surroundings, transformed
from spikeloom.spec import Denoise

NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1))  # rows and columns away


@transformed.register
def _(transform: Denoise, events: Events, around: Surroundings) -> Events:
    survive = np.zeros(len(events.ids), bool)
    for first, last in portions(events):
        inside = slice(int(events.offsets[first]), int(events.offsets[last]))
        survive[inside] = _accompanied(events.part(first, last), transform.filter_time, around.shape)
    return kept(events.offsets, events.times, events.ids, survive)


def _accompanied(events: Events, filter_time: float, shape: tuple[int, ...]) -> np.ndarray:
    """Whether each event has another one beside it, not long before it."""
    times = events.times.astype(np.float64)
    examples = np.repeat(np.arange(len(events)), np.diff(events.offsets))
    rows, columns, _ = pixels_of(events.ids.astype(np.int64), shape)
    count, pixels = len(times), prod(shape[:2])
    # Events by example and time; those of the same time in the order in which they were given.
    order = np.arange(count)
    if ((np.diff(times) < 0) & (np.diff(examples) == 0)).any():
        order = np.lexsort((times, examples))
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    # A line of events for each pixel of each example, one line after the other, by time within a line.
    line = examples * pixels + rows * shape[1] + columns
    keys = np.sort(line * count + rank)
    found = np.zeros(count, bool)
    for down, right in NEIGHBOURS:
        there = (rows + down >= 0) & (rows + down < shape[0]) & (columns + right >= 0) & (columns + right < shape[1])
        beside = (line + down * shape[1] + right)[there]
        at = np.searchsorted(keys, beside * count + rank[there]) - 1
        before, when = np.divmod(keys[np.maximum(at, 0)], count)
        found[there] |= (at >= 0) & (before == beside) & (times[order[when]] + filter_time > times[there])
    return found

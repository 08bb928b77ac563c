"""Two examples of a class in one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spikeloom.data.events import Events
from spikeloom.data.transforms.columns import as_floats, ends_of, ids_of, kept, merged, pixels_of, spread, totals
from spikeloom.data.transforms.transformed import PLACE, Surroundings, transformed
from spikeloom.errors import UserError
from spikeloom.spec import Blend


@transformed.register
def _(transform: Blend, events: Events, around: Surroundings) -> Events:
    if around.labels is None:
        message = "'blend' blends examples of the same class, and the examples have none"
        raise UserError(message, place=PLACE, hint="Leave it out.")
    events = replace(events, times=as_floats(events.times))
    others = partners(around.labels, around.rng)
    mine = np.flatnonzero((around.rng.random(len(events)) < transform.share) & (others >= 0))
    blended = np.zeros(len(events), bool)
    blended[mine] = True
    stay = halved(len(events.ids), around.rng) | spread(events, ~blended)
    other = _half(events, others[mine], around.rng)
    other = _moved(other, _away(events, mine, others[mine], around.shape), around.shape)
    counts = np.zeros(len(events), np.int64)
    counts[mine] = np.diff(other.offsets)
    return merged(kept(events.offsets, events.times, events.ids, stay), replace(other, offsets=ends_of(counts)))


def partners(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each example another one of its class, all as likely; -1 where there is none."""
    order = np.argsort(labels, kind="stable")
    _, first, of_class, sizes = np.unique(labels[order], return_index=True, return_inverse=True, return_counts=True)
    size, start = sizes[of_class], first[of_class]
    # So many places further in its class, and around: never back to itself.
    further = 1 + (rng.random(len(labels)) * (size - 1)).astype(np.int64)
    chosen = order[start + (np.arange(len(labels)) - start + further) % size]
    found = np.empty(len(labels), np.int64)
    found[order] = np.where(size > 1, chosen, -1)
    return found


def halved(count: int, rng: np.random.Generator) -> np.ndarray:
    """True or false, each as likely."""
    drawn = np.frombuffer(rng.bytes((count + 7) // 8), np.uint8)
    return np.unpackbits(drawn, count=count).view(bool)


def _half(events: Events, examples: np.ndarray, rng: np.random.Generator) -> Events:
    """About half of the spikes of some examples."""
    starts, counts = events.offsets[examples], np.diff(events.offsets)[examples]
    offsets = ends_of(counts)
    numbers = np.flatnonzero(halved(int(offsets[-1]), rng))
    after = np.searchsorted(numbers, offsets).astype(np.int64)
    numbers += np.repeat(starts - offsets[:-1], np.diff(after))
    return Events(after, events.times[numbers], events.ids[numbers])


def _away(events: Events, mine: np.ndarray, others: np.ndarray, shape: tuple[int, ...]) -> list[np.ndarray]:
    """How far the centre of mass of each example is from that of another: in time, and along the axes of space."""
    if len(shape) == 1:
        axes = [events.times, events.ids]
    else:
        axes = [events.times, *pixels_of(events.ids, shape)[:2]]
    counts = np.diff(events.offsets)
    silent = (counts[mine] == 0) | (counts[others] == 0)  # has no centre
    centres = [totals(events, axis) / np.maximum(counts, 1) for axis in axes]
    return [np.where(silent, 0.0, centre[mine] - centre[others]) for centre in centres]


def _moved(events: Events, away: list[np.ndarray], shape: tuple[int, ...]) -> Events:
    """Each example later, and further along the axes of space; without what leaves these."""
    times = events.times + spread(events, away[0].astype(events.times.dtype))
    moves = [spread(events, np.rint(axis).astype(np.int32)) for axis in away[1:]]
    if len(shape) == 1:
        ids = events.ids + moves[0]
        return kept(events.offsets, times, ids, ids.view(np.uint32) < shape[0])
    rows, columns, channels = pixels_of(events.ids, shape)
    rows, columns = rows + moves[0], columns + moves[1]
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    return kept(events.offsets, times, ids_of(rows, columns, channels, shape), inside)

"""Two examples of a class in one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spikeloom.data.events import Events, one_after_the_other, portions
from spikeloom.data.transforms.columns import as_floats, ends_of, ids_of, kept, pixels_of, totals
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
    blended = (around.rng.random(len(events)) < transform.share) & (others >= 0)
    # Each example is made of two stretches of spikes: its own, and the other's, which is empty where none is blended.
    stretches = np.stack([np.arange(len(events)), np.where(blended, others, 0)], axis=1).ravel()
    counts = np.diff(events.offsets)[stretches]
    counts[1::2] *= blended
    moves = _away(events, stretches, around.shape)
    parts = []
    for first, last in portions(events):  # so many at a time as stay in cache
        few = slice(2 * first, 2 * last)
        coin = np.repeat(blended[first:last], counts[few][::2] + counts[few][1::2])
        stay = halved(len(coin), around.rng) | ~coin
        starts = events.offsets[stretches[few]]
        parts.append(_blended(events, stay, starts, counts[few], [axis[few] for axis in moves], around.shape))
    return one_after_the_other(parts)


def _blended(
    events: Events,
    stay: np.ndarray,
    starts: np.ndarray,
    counts: np.ndarray,
    moves: list[np.ndarray],
    shape: tuple[int, ...],
) -> Events:
    """The examples that are made of these stretches, two each, each stretch moved, without what does not stay."""
    ends, numbers = ends_of(counts), np.flatnonzero(stay)
    after = np.searchsorted(numbers, ends).astype(np.int64)
    lengths = np.diff(after)
    numbers += np.repeat(starts - ends[:-1], lengths)
    later, *further = (np.repeat(axis, lengths) for axis in moves)
    times, ids = events.times[numbers], events.ids[numbers]
    times += later.astype(times.dtype)
    ids, inside = _beside(ids, further, shape)
    return kept(after[::2], times, ids, inside)


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


def _away(events: Events, stretches: np.ndarray, shape: tuple[int, ...]) -> list[np.ndarray]:
    """How far each stretch is moved, in time and along the axes of space: none, then onto the one before it."""
    space = [events.ids] if len(shape) == 1 else list(pixels_of(events.ids, shape)[:2])
    counts = np.diff(events.offsets)
    mine, others = stretches[::2], stretches[1::2]
    silent = (counts[mine] == 0) | (counts[others] == 0)  # has no centre
    found = []
    for number, axis in enumerate((events.times, *space)):
        centres = totals(events, axis) / np.maximum(counts, 1)
        moves = np.where(silent, 0.0, centres[mine] - centres[others])
        both = np.zeros(len(stretches), np.int32 if number else np.float64)
        both[1::2] = np.rint(moves) if number else moves
        found.append(both)
    return found


def _beside(ids: np.ndarray, moves: list[np.ndarray], shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Neurons so much further along the axes of space, and which of them there are."""
    if len(shape) == 1:
        ids += moves[0]
        return ids, ids.view(np.uint32) < shape[0]
    rows, columns, channels = pixels_of(ids, shape)
    rows, columns = rows + moves[0], columns + moves[1]
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    return ids_of(rows, columns, channels, shape), inside

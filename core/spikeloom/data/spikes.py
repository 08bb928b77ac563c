"""Spikes of a data set as backends take them: sorted by example and step, one flat array each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spikeloom.errors import UserError
from spikeloom.genn.batch import SpikeData


def spike_data(
    count: int, examples: np.ndarray, steps: np.ndarray, ids: np.ndarray, timesteps: int | None = None
) -> SpikeData:
    """Sort spikes given as parallel arrays; those outside the first `timesteps` steps are left out."""
    if timesteps is not None:
        examples, steps, ids = _inside(examples, steps, ids, timesteps)
    widths = _widths(count, steps, ids)
    if widths is not None:
        return _of_keys(np.sort(_keys(examples, steps, ids, widths)), count, widths)
    order = np.lexsort((ids, steps, examples))
    offsets = np.concatenate(([0], np.cumsum(np.bincount(examples, minlength=count)))).astype(np.int64)
    return SpikeData(offsets, steps[order].astype(np.int32), ids[order].astype(np.int32))


def distinct(count: int, examples: np.ndarray, steps: np.ndarray, ids: np.ndarray, timesteps: int) -> SpikeData:
    """Sort spikes given as parallel arrays, as `spike_data` does; several of a neuron in one step are one.

    Steps may be fractions: of a number, the whole part counts.
    """
    widths = count.bit_length(), (timesteps - 1).bit_length(), int(ids.max(initial=0)).bit_length()
    if sum(widths) > 64:
        examples, steps, ids = _inside(examples, steps, ids, timesteps)
        return _distinct_slowly(spike_data(count, examples, steps.astype(np.int64), ids))
    outside = ~((steps >= 0) & (steps < timesteps))
    keys = _keys(examples, np.clip(steps, 0, timesteps - 1), ids, widths)
    lost = int(np.count_nonzero(outside))
    if lost:  # they get the largest of all keys, which no spike has, and lie behind the others
        keys[np.flatnonzero(outside)] = ~keys.dtype.type(0)
    keys.sort()
    keys = keys[: len(keys) - lost]
    fresh = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    return _of_keys(keys[np.flatnonzero(fresh)], count, widths)


def _distinct_slowly(spikes: SpikeData) -> SpikeData:
    """Each spike once, whatever their numbers are."""
    examples = np.repeat(np.arange(len(spikes)), np.diff(spikes.offsets))
    fresh = np.ones(len(spikes.ids), bool)
    fresh[1:] = (np.diff(examples) > 0) | (np.diff(spikes.steps) > 0) | (np.diff(spikes.ids) > 0)
    numbers = np.flatnonzero(fresh)
    offsets = np.searchsorted(numbers, spikes.offsets).astype(np.int64)
    return SpikeData(offsets, spikes.steps[numbers], spikes.ids[numbers])


def _inside(
    examples: np.ndarray, steps: np.ndarray, ids: np.ndarray, timesteps: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The spikes of the first `timesteps` steps."""
    inside = (steps >= 0) & (steps < timesteps)
    if inside.all():
        return examples, steps, ids
    # By their numbers: a mask without any order is ten times as slow.
    numbers = np.flatnonzero(inside)
    return examples[numbers], steps[numbers], ids[numbers]


def _widths(count: int, steps: np.ndarray, ids: np.ndarray) -> tuple[int, int, int] | None:
    """How many bits an example, a step and a neuron take; None where one number does not hold all three."""
    if steps.min(initial=0) < 0 or ids.min(initial=0) < 0:
        return None
    widths = count.bit_length(), int(steps.max(initial=0)).bit_length(), int(ids.max(initial=0)).bit_length()
    return widths if sum(widths) <= 64 else None


def _keys(examples: np.ndarray, steps: np.ndarray, ids: np.ndarray, widths: tuple[int, int, int]) -> np.ndarray:
    """One number for each spike, which sorts by example, then step, then neuron; the smaller, the faster."""
    kind: Any = np.uint32 if sum(widths) <= 32 else np.uint64
    keys: Any = examples.astype(kind)
    keys <<= kind(widths[1])
    keys |= steps.astype(kind)
    keys <<= kind(widths[2])
    keys |= ids.astype(kind)
    return np.asarray(keys)


def _of_keys(keys: np.ndarray, count: int, widths: tuple[int, int, int]) -> SpikeData:
    """The spikes of sorted keys, of which nothing is left."""
    kind: Any = keys.dtype.type
    ids = (keys & kind(2 ** widths[2] - 1)).astype(np.int32)
    keys >>= kind(widths[2])
    steps = (keys & kind(2 ** widths[1] - 1)).astype(np.int32)
    offsets = np.searchsorted(keys, np.arange(count + 1, dtype=kind) << kind(widths[1]))
    return SpikeData(offsets.astype(np.int64), steps, ids)


def join(parts: Sequence[SpikeData]) -> SpikeData:
    """The examples of several parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(part.offsets[-1] for part in parts)])
    offsets = [part.offsets[:-1] + start for part, start in zip(parts, starts, strict=False)]
    return SpikeData(
        np.concatenate([*offsets, starts[-1:]]).astype(np.int64),
        np.concatenate([np.zeros(0, np.int32), *(part.steps for part in parts)]),
        np.concatenate([np.zeros(0, np.int32), *(part.ids for part in parts)]),
    )


def from_dense(spikes: np.ndarray, timesteps: int | None = None) -> SpikeData:
    """Spikes from an array (examples, timesteps, neurons) whose nonzero elements are spikes."""
    spikes = np.asarray(spikes)
    if spikes.ndim != 3:
        raise UserError(
            f"an array of shape {spikes.shape} was found, expected (examples, timesteps, neurons)", place="x"
        )
    if spikes.dtype.kind == "f" and np.isnan(spikes).any():
        raise UserError("the spikes hold NaN", place="x")
    examples, steps, ids = np.nonzero(spikes)
    return spike_data(len(spikes), examples, steps, ids, timesteps)


def from_events(events: Sequence[tuple[np.ndarray, np.ndarray]], dt: float, timesteps: int | None = None) -> SpikeData:
    """Spikes from one (times in ms, neurons) pair of arrays per example."""
    pairs = [_event_arrays(pair, f"x[{number}]") for number, pair in enumerate(events)]
    examples = np.repeat(np.arange(len(pairs)), [len(times) for times, _ in pairs])
    times = np.concatenate([np.zeros(0), *(times for times, _ in pairs)])
    # An empty list has no type of its own.
    ids = np.concatenate([np.zeros(0, int), *(ids for _, ids in pairs if len(ids))])
    if not np.isfinite(times).all():
        raise UserError("a spike time is NaN or infinite", place="x")
    if not np.issubdtype(ids.dtype, np.integer):
        raise UserError(f"neuron numbers of type {ids.dtype} were found, expected integers", place="x")
    # Further away than any timestep that 32 bits can number; a larger number would wrap around.
    steps = np.clip(np.floor(times / dt + 1e-9), -1, 2**31 - 1).astype(np.int64)
    return spike_data(len(pairs), examples, steps, ids, timesteps)


def _event_arrays(pair: Any, place: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        times, ids = (np.asarray(array) for array in pair)
    except (TypeError, ValueError):
        raise UserError(
            f"{type(pair).__name__} found, expected a pair (times, neurons) of arrays", place=place
        ) from None
    if times.shape != ids.shape or times.ndim != 1:
        raise UserError(
            f"times of shape {times.shape} and neurons of shape {ids.shape} were found, "
            "expected two arrays of one length",
            place=place,
        )
    if times.dtype.kind not in "biuf":
        raise UserError(f"times of type {times.dtype} were found, expected numbers", place=place)
    return times.astype(float), ids


def check_spikes(spikes: SpikeData, neurons: int) -> None:
    """Check spikes that were made by hand before a backend reads them where they lie.

    Raises
    ------
    UserError
        Where the arrays do not fit together, or a spike is of a neuron that is not there.
    """
    offsets, steps, ids = spikes.offsets, spikes.steps, spikes.ids
    for array in (offsets, steps, ids):
        if np.ndim(array) != 1 or not np.issubdtype(array.dtype, np.integer):
            raise UserError("offsets, steps and ids must be arrays of integers with one axis", place="x")
    if len(steps) != len(ids):
        raise UserError(f"{len(steps)} steps and {len(ids)} ids were found, expected as many", place="x")
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(ids) or (np.diff(offsets) < 0).any():
        raise UserError(f"offsets must rise from 0 to {len(ids)}, the number of spikes", place="x")
    if not len(ids):
        return
    wrong = ids[(ids < 0) | (ids >= neurons)]
    if len(wrong):
        raise UserError(f"a spike of neuron {wrong[0]} was found, the input has {neurons}", place="x")
    if steps.min() < 0:
        raise UserError(f"a spike in step {steps.min()} was found", place="x")
    examples = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    unsorted = np.flatnonzero((np.diff(steps) < 0) & (np.diff(examples) == 0))
    if len(unsorted):
        raise UserError(f"the spikes of example {examples[unsorted[0]]} are not in the order of their steps", place="x")

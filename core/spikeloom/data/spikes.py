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
        inside = (steps >= 0) & (steps < timesteps)
        examples, steps, ids = examples[inside], steps[inside], ids[inside]
    order = _order(count, examples, steps, ids)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(examples, minlength=count)))).astype(np.int64)
    return SpikeData(offsets, steps[order].astype(np.int32), ids[order].astype(np.int32))


def distinct(count: int, examples: np.ndarray, steps: np.ndarray, ids: np.ndarray, timesteps: int) -> SpikeData:
    """Sort spikes given as parallel arrays, as `spike_data` does; several of a neuron in one step are one."""
    inside = (steps >= 0) & (steps < timesteps)
    ids = ids[inside].astype(np.int64)
    neurons = int(ids.max(initial=0)) + 1
    # One number for each spike, which sorts by example, then step, then neuron.
    order = np.sort((examples[inside] * timesteps + steps[inside].astype(np.int64)) * neurons + ids)
    order = order[np.diff(order, prepend=-1) > 0]
    of_step, ids = np.divmod(order, neurons)
    offsets = np.searchsorted(of_step, np.arange(count + 1) * timesteps)
    return SpikeData(offsets.astype(np.int64), (of_step % timesteps).astype(np.int32), ids.astype(np.int32))


def _order(count: int, examples: np.ndarray, steps: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """The order by example, then step, then neuron.

    Where the spikes come in the order of examples and neurons, as encoders make them, and the pair (example, step) fits
    16 bits, it is found by counting, ten times as fast.
    """
    last = int(steps.max(initial=0)) + 1
    if count * last < 2**16 and len(ids) and steps.min() >= 0:
        ahead, within = np.diff(examples), np.diff(ids)
        if ((ahead > 0) | ((ahead == 0) & (within >= 0))).all():
            return np.argsort((examples * last + steps).astype(np.uint16), kind="stable")
    return np.lexsort((ids, steps, examples))


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

"""Spikes of a data set as backends take them: sorted by example and step, one flat array each."""

from __future__ import annotations

from collections.abc import Sequence

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
    order = np.lexsort((ids, steps, examples))
    offsets = np.concatenate(([0], np.cumsum(np.bincount(examples, minlength=count)))).astype(np.int64)
    return SpikeData(offsets, steps[order].astype(np.int32), ids[order].astype(np.int32))


def from_dense(spikes: np.ndarray, timesteps: int | None = None) -> SpikeData:
    """Spikes from an array (examples, timesteps, neurons) whose nonzero elements are spikes."""
    spikes = np.asarray(spikes)
    if spikes.ndim != 3:
        raise UserError(
            f"an array of shape {spikes.shape} was found, expected (examples, timesteps, neurons)", place="x"
        )
    examples, steps, ids = np.nonzero(spikes)
    return spike_data(len(spikes), examples, steps, ids, timesteps)


def from_events(events: Sequence[tuple[np.ndarray, np.ndarray]], dt: float, timesteps: int | None = None) -> SpikeData:
    """Spikes from one (times in ms, neurons) pair of arrays per example."""
    lengths = []
    for number, (times, ids) in enumerate(events):
        if np.shape(times) != np.shape(ids) or np.ndim(times) != 1:
            raise UserError(
                f"times of shape {np.shape(times)} and neurons of shape {np.shape(ids)} were found, "
                "expected two arrays of one length",
                place=f"x[{number}]",
            )
        lengths.append(len(times))
    examples = np.repeat(np.arange(len(events)), lengths)
    times = np.concatenate([np.asarray(pair[0], float) for pair in events]) if len(events) else np.zeros(0)
    ids = np.concatenate([np.asarray(pair[1]) for pair in events]) if len(events) else np.zeros(0, int)
    if not np.isfinite(times).all():
        raise UserError("a spike time is NaN or infinite", place="x")
    if len(ids) and not np.issubdtype(ids.dtype, np.integer):
        raise UserError(f"neuron numbers of type {ids.dtype} were found, expected integers", place="x")
    steps = np.floor(times / dt + 1e-9).astype(np.int64)
    return spike_data(len(events), examples, steps, ids, timesteps)

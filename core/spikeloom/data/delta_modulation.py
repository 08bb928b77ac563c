"""Values over time as spikes wherever they have moved by a threshold."""

from __future__ import annotations

import numpy as np

from spikeloom.data.encoders import ROUNDING, spikes_of, steps_of
from spikeloom.data.spikes import distinct, join
from spikeloom.genn.batch import SpikeData
from spikeloom.spec import DeltaModulation

SPIKES_AT_ONCE = 2**22


@spikes_of.register
def _(
    encoder: DeltaModulation, x: np.ndarray, dt: float, timesteps: int, rng: np.random.Generator | None = None
) -> SpikeData:
    moved = (x - x[:, :1]) / encoder.threshold
    crossed = crossings(moved)
    total = np.abs(crossed).sum()
    if total > SPIKES_AT_ONCE and len(x) > 1:
        half = len(x) // 2
        return join([spikes_of(encoder, part, dt, timesteps, rng) for part in (x[:half], x[half:])])
    examples, samples, signals = np.nonzero(crossed)
    there = crossed[examples, samples, signals]
    counts = np.abs(there)
    reached = np.cumsum(crossed, axis=1)[examples, samples, signals]
    examples, samples, signals, up, last = (
        np.repeat(part, counts) for part in (examples, samples, signals, there > 0, reached - there)
    )
    number = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts) + 1  # from 1, of those in one sample
    level = last + np.where(up, number, -number)
    before, after = moved[examples, samples - 1, signals], moved[examples, samples, signals]
    share = np.clip((level - before) / (after - before), 0.0, 1.0)
    steps = steps_of((samples - 1 + share) * encoder.sample_time, dt)
    return distinct(len(x), examples, steps, 2 * signals + up, timesteps)


def crossings(moved: np.ndarray) -> np.ndarray:
    """How many thresholds each sample is above (or below, negative) the last one that was reached before it.

    Parameters
    ----------
    moved
        (examples, samples, signals), in units of the threshold; 0 in the first sample.
    """
    crossed = np.zeros(moved.shape, np.int64)
    reached = np.zeros((moved.shape[0], moved.shape[2]))
    for sample in range(1, moved.shape[1]):
        away = moved[:, sample] - reached
        crossed[:, sample] = np.trunc(away + np.copysign(ROUNDING, away))
        reached += crossed[:, sample]
    return crossed

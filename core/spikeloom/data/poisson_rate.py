"""Numbers as rates of Poisson trains."""

from __future__ import annotations

import numpy as np

from spikeloom.data.encoders import spikes_of
from spikeloom.data.spikes import distinct, join
from spikeloom.genn.batch import SpikeData
from spikeloom.spec import PoissonRate

SPIKES_AT_ONCE = 2**22


@spikes_of.register
def _(
    encoder: PoissonRate, x: np.ndarray, dt: float, timesteps: int, rng: np.random.Generator | None = None
) -> SpikeData:
    """As many spikes as a Poisson process has, each in any of the timesteps: less to draw than a number per step."""
    if rng is None:
        rng = np.random.default_rng(0)
    expected = np.clip(x, 0.0, 1.0) * (encoder.max_rate * dt * timesteps / 1000.0)
    if expected.sum() > SPIKES_AT_ONCE and len(x) > 1:
        half = len(x) // 2
        return join([spikes_of(encoder, part, dt, timesteps, rng) for part in (x[:half], x[half:])])
    counts = rng.poisson(expected)
    examples, ids = (np.repeat(axis, counts.ravel()) for axis in np.indices(x.shape).reshape(2, -1))
    steps = rng.integers(0, timesteps, len(ids), dtype=np.int32)
    return distinct(len(x), examples, steps, ids, timesteps)

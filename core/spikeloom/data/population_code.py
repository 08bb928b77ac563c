"""Numbers as the activity of neurons with Gaussian receptive fields."""

from __future__ import annotations

import numpy as np

from spikeloom.data.encoders import encode, spikes_of
from spikeloom.genn.batch import SpikeData
from spikeloom.spec import PopulationCode


@spikes_of.register
def _(
    encoder: PopulationCode, x: np.ndarray, dt: float, timesteps: int, rng: np.random.Generator | None = None
) -> SpikeData:
    return encode(encoder.encoder, activations(encoder, x), dt, timesteps, rng=rng)


def activations(encoder: PopulationCode, x: np.ndarray) -> np.ndarray:
    """How active each neuron is, in 0..1: (examples, values, neurons) of x (examples, values)."""
    distances = (x[..., None] - encoder.centres) / encoder.standard_deviation
    return np.exp(-0.5 * distances**2)

"""Intensities to spike times, after the encoders of a document."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from spikeloom.data.spikes import join, spike_data
from spikeloom.errors import UserError
from spikeloom.genn.batch import SpikeData
from spikeloom.spec import Encoder, LinearLatency, LogLatency

VALUES_AT_ONCE = 2**20


def encode(encoder: Encoder, x: np.ndarray, dt: float, timesteps: int, largest: float = 1.0) -> SpikeData:
    """Spikes of a data set.

    Parameters
    ----------
    x
        (examples, ...), intensities in [0, `largest`]; the sample's axes are flattened, C order.
    dt
        Timestep in ms. A spike at time t is emitted in step ``floor(t / dt)``; those after the last step are left out.
    largest
        What stands for full intensity.
    """
    x = np.asarray(x)
    flat = x.reshape(len(x), int(np.prod(x.shape[1:])))
    # A part at a time: the spike times of a whole data set may be larger than memory.
    rows = max(1, VALUES_AT_ONCE // max(1, flat.shape[1]))
    parts = [
        _encode(encoder, flat[start : start + rows] / largest, dt, timesteps) for start in range(0, len(flat), rows)
    ]
    return join(parts)


def _encode(encoder: Encoder, x: np.ndarray, dt: float, timesteps: int) -> SpikeData:
    x = np.asarray(x, dtype=np.float64)
    if not np.isfinite(x).all():
        raise UserError("the data hold NaN or infinity", place="x")
    times = spike_times(encoder, x)
    examples, ids = np.nonzero(np.isfinite(times))
    # The tolerance keeps a time that is a multiple of dt in its own step however it was rounded.
    steps = np.floor(times[examples, ids] / dt + 1e-9).astype(np.int64)
    return spike_data(len(x), examples, steps, ids, timesteps)


@singledispatch
def spike_times(encoder: Encoder, x: np.ndarray) -> np.ndarray:
    """Time (ms) of the one spike of each value of x (examples, neurons); infinite where there is none."""
    raise UserError(f"no implementation of encoder '{encoder.type}'", place="experiment.dataset.encoder")


@spike_times.register
def _(encoder: LinearLatency, x: np.ndarray) -> np.ndarray:
    times = encoder.min_time + (1.0 - np.clip(x, 0.0, 1.0)) * (encoder.max_time - encoder.min_time)
    return np.where(x > encoder.threshold, times, np.inf)


@spike_times.register
def _(encoder: LogLatency, x: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        times = encoder.tau_eff * np.log(x / (x - encoder.threshold))
    return np.where(x > encoder.threshold, np.minimum(times, encoder.max_time), np.inf)

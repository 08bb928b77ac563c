"""Intensities to spike times, after the encoders of a document."""

from __future__ import annotations

from functools import singledispatch
from math import prod

import numpy as np

from spikeloom.data.spikes import distinct, join, spike_data
from spikeloom.errors import UserError
from spikeloom.genn.batch import SpikeData
from spikeloom.spec import Encoder, LinearLatency, LogLatency, ThresholdCrossing

VALUES_AT_ONCE = 2**20
ROUNDING = 1e-9  # of a timestep


def encode(
    encoder: Encoder,
    x: np.ndarray,
    dt: float,
    timesteps: int,
    largest: float = 1.0,
    rng: np.random.Generator | None = None,
) -> SpikeData:
    """Spikes of a data set.

    Parameters
    ----------
    x
        (examples, ...), intensities in [0, `largest`]; the sample's axes are flattened, C order.
    dt
        Timestep in ms. A spike at time t is emitted in step ``floor(t / dt)``; those after the last step are left out.
    largest
        What stands for full intensity.
    rng
        What an encoder draws from that draws; always the same numbers where there is none.

    Raises
    ------
    UserError
        If a value is not finite, or the encoder cannot take examples of this shape.
    """
    x = np.asarray(x)
    made = prod(encoder.input_shape(x.shape[1:]))
    axes = x.shape[1:2] if encoder.over_time else ()
    flat = x.reshape(len(x), *axes, prod(x.shape[1 + len(axes) :]))
    rng = np.random.default_rng(0) if rng is None and encoder.draws else rng
    # A part at a time: the spike times of a whole data set may be larger than memory.
    rows = max(1, VALUES_AT_ONCE // max(1, prod(flat.shape[1:]), made))
    parts = [
        _encode(encoder, flat[start : start + rows] / largest, dt, timesteps, rng)
        for start in range(0, len(flat), rows)
    ]
    return join(parts) if parts else _encode(encoder, flat, dt, timesteps, rng)


def _encode(encoder: Encoder, x: np.ndarray, dt: float, timesteps: int, rng: np.random.Generator | None) -> SpikeData:
    x = np.asarray(x, dtype=np.float64)
    gain = getattr(encoder, "gain", 1.0)  # one of the user's own may have none
    if gain != 1.0:
        x = np.minimum(gain * x, 1.0)
    if not np.isfinite(x).all():
        raise UserError("the data hold NaN or infinity", place="x")
    return spikes_of(encoder, x, dt, timesteps, rng)


@singledispatch
def spikes_of(
    encoder: Encoder, x: np.ndarray, dt: float, timesteps: int, rng: np.random.Generator | None = None
) -> SpikeData:
    """The spikes of x; where there is no more to say, one of each value at its `spike_times`.

    Parameters
    ----------
    x
        float64, (examples, values), within 0..1; (examples, samples, signals) for an encoder of values over time.
    rng
        What it draws from, where it draws.
    """
    times = spike_times(encoder, x)
    examples, ids = np.nonzero(np.isfinite(times))
    steps = steps_of(times[examples, ids], dt)
    return spike_data(len(x), examples, steps, ids, timesteps)


def steps_of(times: np.ndarray, dt: float) -> np.ndarray:
    """The timestep of each time (ms)."""
    # The tolerance keeps a time that is a multiple of dt in its own step however it was rounded.
    return np.asarray(np.floor(times / dt + ROUNDING).astype(np.int64))


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


@spikes_of.register
def _(
    encoder: ThresholdCrossing, x: np.ndarray, dt: float, timesteps: int, rng: np.random.Generator | None = None
) -> SpikeData:
    levels = np.searchsorted(encoder.thresholds, x, side="right")  # how many thresholds each value has reached
    before = np.zeros_like(levels)
    before[:, 1:] = levels[:, :-1]
    rows, pixels = np.nonzero(levels != before)
    now, then = levels[rows, pixels], before[rows, pixels]
    crossed = np.abs(now - then)
    examples, pixels = np.repeat(rows, crossed), np.repeat(pixels, crossed)
    # The thresholds between both values, one after the other; those that fall come after all that rise.
    first = np.minimum(now, then) + np.where(now < then, encoder.neurons // 2, 0)
    ids = np.repeat(first - np.cumsum(crossed) + crossed, crossed) + np.arange(len(examples))
    steps = steps_of(pixels * encoder.pixel_time, dt)
    cue = np.arange(np.ceil(x.shape[1] * encoder.pixel_time / dt - ROUNDING), timesteps).astype(np.int64)
    return distinct(
        len(x),
        np.concatenate([examples, np.repeat(np.arange(len(x)), len(cue))]),
        np.concatenate([steps, np.tile(cue, len(x))]),
        np.concatenate([ids, np.full(len(x) * len(cue), encoder.neurons)]),
        timesteps,
    )

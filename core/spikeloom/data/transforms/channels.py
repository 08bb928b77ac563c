"""Transforms of channels in a row, as the papers on spoken digits use them."""

from __future__ import annotations

import numpy as np

from spikeloom.data.events import Events
from spikeloom.data.transforms.columns import as_floats, kept, spread
from spikeloom.data.transforms.normals import normals
from spikeloom.data.transforms.transformed import Surroundings, transformed
from spikeloom.spec import ChannelJitter, ChannelShift, DelayLine


@transformed.register
def _(transform: ChannelShift, events: Events, around: Surroundings) -> Events:
    moves = around.rng.integers(-transform.most, transform.most + 1, len(events), np.int32)
    return _moved(events, spread(events, moves), around.shape[0])


@transformed.register
def _(transform: ChannelJitter, events: Events, around: Surroundings) -> Events:
    moves = np.rint(normals(around.rng, len(events.ids)) * transform.sd).astype(np.int32)
    return _moved(events, moves, around.shape[0])


def _moved(events: Events, moves: np.ndarray, channels: int) -> Events:
    ids = events.ids + moves
    # What is below 0 is very large without a sign: one comparison for both ends.
    return kept(events.offsets, events.times, ids, ids.view(np.uint32) < channels)


@transformed.register
def _(transform: DelayLine, events: Events, around: Surroundings) -> Events:
    times, copies, channels = as_floats(events.times), transform.copies, around.shape[-1]
    later = (np.arange(copies) * transform.delay).astype(times.dtype)
    place, channel = np.divmod(events.ids, np.int32(channels))
    ids = (place * np.int32(channels * copies) + channel)[:, None] + np.arange(copies, dtype=np.int32) * channels
    return Events(events.offsets * copies, (times[:, None] + later).ravel(), ids.astype(np.int32).ravel())

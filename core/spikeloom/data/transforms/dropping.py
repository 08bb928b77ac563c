"""Spikes left out at random, and spikes added at random."""

from __future__ import annotations

from math import prod

import numpy as np

from spikeloom.data.events import Events
from spikeloom.data.transforms.columns import as_floats, kept, merged, pixels_of, spread
from spikeloom.data.transforms.transformed import Surroundings, transformed
from spikeloom.spec import DropEvent, DropEventByArea, DropEventByTime, UniformNoise


@transformed.register
def _(transform: DropEvent, events: Events, around: Surroundings) -> Events:
    stay = around.rng.random(len(events.ids), np.float32) >= np.float32(transform.p)
    return kept(events.offsets, events.times, events.ids, stay)


@transformed.register
def _(transform: DropEventByTime, events: Events, around: Surroundings) -> Events:
    if not transform.share:
        return events
    last = np.zeros(len(events))
    filled = np.flatnonzero(np.diff(events.offsets))
    if len(filled):
        last[filled] = np.maximum.reduceat(events.times, events.offsets[filled])
    length = transform.share * last
    start = around.rng.random(len(events)) * (last - length)
    dropped = (events.times >= spread(events, start)) & (events.times <= spread(events, start + length))
    return kept(events.offsets, events.times, events.ids, ~dropped)


@transformed.register
def _(transform: DropEventByArea, events: Events, around: Surroundings) -> Events:
    # Channels in a row are an image of one row, all of which is dropped.
    image = len(around.shape) > 1
    shape = around.shape if image else (1, *around.shape)
    size = (int(transform.share * shape[0]) if image else 1, int(transform.share * shape[1]))
    rows, columns, _ = pixels_of(events.ids, shape)
    top, left = (around.rng.integers(0, shape[axis] - size[axis] + 1, len(events), np.int32) for axis in (0, 1))
    down, right = rows - spread(events, top), columns - spread(events, left)
    dropped = (down >= 0) & (down < size[0]) & (right >= 0) & (right < size[1])
    return kept(events.offsets, events.times, events.ids, ~dropped)


@transformed.register
def _(transform: UniformNoise, events: Events, around: Surroundings) -> Events:
    count = transform.spikes * len(events)
    times = as_floats(events.times)
    drawn = (around.rng.random(count, times.dtype.type) * around.duration).astype(times.dtype)
    ids = around.rng.integers(0, prod(around.shape), count, np.int32)
    return merged(
        Events(events.offsets, times, events.ids), Events(np.arange(len(events) + 1) * transform.spikes, drawn, ids)
    )

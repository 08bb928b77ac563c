"""Transforms of time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spikeloom.data.events import Events
from spikeloom.data.transforms.columns import as_floats, kept, spread
from spikeloom.data.transforms.normals import normals
from spikeloom.data.transforms.transformed import Surroundings, transformed
from spikeloom.spec import RandomTimeShift, TimeCrop, TimeJitter, TimeScaling, TimeSkew


@transformed.register
def _(transform: TimeScaling, events: Events, around: Surroundings) -> Events:
    return replace(events, times=events.times.astype(np.float64) * transform.factor)


@transformed.register
def _(transform: TimeCrop, events: Events, around: Surroundings) -> Events:
    times = events.times.astype(np.float64)
    return kept(
        events.offsets, times - transform.start, events.ids, (times >= transform.start) & (times < transform.stop)
    )


@transformed.register
def _(transform: TimeJitter, events: Events, around: Surroundings) -> Events:
    times = as_floats(events.times)
    moves = normals(around.rng, len(times))
    moves *= transform.sd
    return replace(events, times=times + moves)


@transformed.register
def _(transform: TimeSkew, events: Events, around: Surroundings) -> Events:
    times = as_floats(events.times)
    factors = around.rng.uniform(transform.min_factor, transform.max_factor, len(events))
    offsets = around.rng.uniform(transform.min_offset, transform.max_offset, len(events))
    factors, offsets = (spread(events, drawn.astype(times.dtype)) for drawn in (factors, offsets))
    return replace(events, times=factors * times + offsets)


@transformed.register
def _(transform: RandomTimeShift, events: Events, around: Surroundings) -> Events:
    times = as_floats(events.times)
    moves = around.rng.uniform(-transform.most, transform.most, len(events)).astype(times.dtype)
    return replace(events, times=times + spread(events, moves))

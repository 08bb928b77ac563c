"""Transforms of images: parts, coarser ones, mirrored and jittered ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spikeloom.data.events import Events
from spikeloom.data.spikes import distinct
from spikeloom.data.transforms.columns import as_floats, ids_of, kept, pixels_of, spread
from spikeloom.data.transforms.normals import normals
from spikeloom.data.transforms.transformed import Surroundings, transformed
from spikeloom.spec import Crop, Downsample, MergePolarities, RandomFlip, SpatialJitter

ROUNDING = 1e-9  # of a bin: a time that is a multiple of it stays in its own, however it was rounded
MOST_BINS = 2**31 - 1


@transformed.register
def _(transform: Crop, events: Events, around: Surroundings) -> Events:
    rows, columns, channels = pixels_of(events.ids, around.shape)
    top, left = transform.place(around.shape)
    rows, columns = rows - top, columns - left
    inside = (rows >= 0) & (rows < transform.rows) & (columns >= 0) & (columns < transform.columns)
    ids = ids_of(rows, columns, channels, transform.shape_after(around.shape))
    return kept(events.offsets, events.times, ids, inside)


@transformed.register
def _(transform: Downsample, events: Events, around: Surroundings) -> Events:
    after, axes = transform.shape_after(around.shape), transform.axes(around.shape)
    # The axes of space, that of polarities where they are merged, and what is left.
    place = list(np.unravel_index(events.ids, around.shape))
    place[:axes] = [along // transform.factor for along in place[:axes]]
    if transform.merge_polarities:
        place[-1] = np.zeros_like(place[-1])
    ids = np.ravel_multi_index(place, after).astype(np.int32)
    if not transform.time_bin:
        return replace(events, ids=ids)
    bins = events.times.astype(np.float64) / transform.time_bin + ROUNDING
    each_once = distinct(len(events), spread(events, np.arange(len(events))), bins, ids, MOST_BINS)
    return Events(each_once.offsets, each_once.steps * transform.time_bin, each_once.ids)


@transformed.register
def _(transform: MergePolarities, events: Events, around: Surroundings) -> Events:
    return replace(events, ids=events.ids // 2)


@transformed.register
def _(transform: RandomFlip, events: Events, around: Surroundings) -> Events:
    rows, columns, channels = pixels_of(events.ids, around.shape)
    drawn = [
        around.rng.random(len(events)) < chance
        for chance in (transform.up_down, transform.left_right, transform.polarity)
    ]
    up_down, left_right, polarity = (spread(events, flips) for flips in drawn)
    rows = np.where(up_down, around.shape[0] - 1 - rows, rows)
    columns = np.where(left_right, around.shape[1] - 1 - columns, columns)
    channels = np.where(polarity, 1 - channels, channels)
    return replace(events, ids=ids_of(rows, columns, channels, around.shape))


@transformed.register
def _(transform: SpatialJitter, events: Events, around: Surroundings) -> Events:
    rows, columns, channels = pixels_of(events.ids, around.shape)
    moves = np.rint(normals(around.rng, (2, len(events.ids))) * transform.sd).astype(np.int32)
    rows, columns = rows + moves[0], columns + moves[1]
    inside = (rows >= 0) & (rows < around.shape[0]) & (columns >= 0) & (columns < around.shape[1])
    return kept(events.offsets, as_floats(events.times), ids_of(rows, columns, channels, around.shape), inside)

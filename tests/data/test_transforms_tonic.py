"""Transforms that draw nothing, against tonic's own of the same name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.data.spike_lists import done, lists_of

import spikeloom as sl
from spikeloom.data import Events

tonic = pytest.importorskip("tonic.transforms")

HEIGHT, WIDTH = 12, 16
SHAPE, SENSOR = (HEIGHT, WIDTH, 2), (WIDTH, HEIGHT, 2)
KIND = np.dtype([("x", np.int64), ("y", np.int64), ("t", np.float64), ("p", np.int64)])


def recordings(seed: int = 0, count: int = 5) -> list[np.ndarray]:
    """Recordings of an event camera, sorted by time, from 20 ms on; neighbours are likely."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        size = int(rng.integers(200, 400))
        events = np.zeros(size, KIND)
        events["t"] = np.sort(rng.uniform(20, 200, size))
        centre = np.cumsum(rng.integers(-1, 2, (size, 2)), axis=0) + rng.integers(-2, 3, (size, 2))
        events["y"], events["x"] = centre[:, 0] % HEIGHT, centre[:, 1] % WIDTH
        events["p"] = rng.integers(0, 2, size)
        # Every pixel at the edge once, long after: tonic takes the size from the events that there are.
        found.append(np.concatenate([events, np.array([(WIDTH - 1, HEIGHT - 1, 500.0, 0)], KIND)]))
    return found


def ours(events: list[np.ndarray], shape: tuple[int, ...] = SHAPE) -> Events:
    """The same spikes with our numbers of neurons."""
    offsets = np.cumsum([0, *map(len, events)]).astype(np.int64)
    flat = np.concatenate(events)
    ids = np.ravel_multi_index((flat["y"], flat["x"], flat["p"]), shape).astype(np.int32)
    return Events(offsets, flat["t"].copy(), ids)


@pytest.mark.parametrize(
    ("mine", "theirs", "shape"),
    [
        (sl.Crop(rows=6, columns=10), lambda: tonic.CenterCrop(SENSOR, (10, 6)), (6, 10, 2)),
        (sl.Denoise(filter_time=7.0), lambda: tonic.Denoise(filter_time=7.0), SHAPE),
        (sl.Denoise(filter_time=1.0), lambda: tonic.Denoise(filter_time=1.0), SHAPE),
        (sl.MergePolarities(), tonic.MergePolarities, (HEIGHT, WIDTH, 1)),
        (sl.Downsample(factor=4), lambda: tonic.Downsample(spatial_factor=0.25), (3, 4, 2)),
        (sl.TimeScaling(factor=0.5), lambda: tonic.Downsample(time_factor=0.5), SHAPE),
        (
            sl.TimeSkew(min_factor=1.5, max_factor=1.5, min_offset=3.0, max_offset=3.0),
            lambda: tonic.TimeSkew(coefficient=1.5, offset=3.0),
            SHAPE,
        ),
        (sl.RandomFlip(left_right=1.0), lambda: tonic.RandomFlipLR(SENSOR, p=1.0), SHAPE),
        (sl.RandomFlip(left_right=0.0, up_down=1.0), lambda: tonic.RandomFlipUD(SENSOR, p=1.0), SHAPE),
        (sl.RandomFlip(left_right=0.0, polarity=1.0), lambda: tonic.RandomFlipPolarity(p=1.0), SHAPE),
        (sl.DropEventByTime(share=0.0), lambda: tonic.DropEventByTime(duration_ratio=0.0), SHAPE),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_it_does_what_tonics_does(mine: sl.Transform, theirs: Any, shape: tuple[int, ...]) -> None:
    given = recordings()
    expected = [theirs()(events.copy()) for events in given]
    assert mine.shape_after(SHAPE) == shape
    found = done(mine, ours(given), SHAPE)
    assert len(found.ids)
    assert lists_of(found) == lists_of(ours(expected, shape))


def test_a_part_of_the_time_is_tonics_moved_to_0() -> None:
    given = recordings()
    expected = [tonic.CropTime(min=50.0, max=120.0)(events) for events in given]
    for events in expected:
        events["t"] -= 50.0
    assert lists_of(done(sl.TimeCrop(start=50.0, stop=120.0), ours(given), SHAPE)) == lists_of(ours(expected))


def test_what_draws_leaves_as_many_spikes_as_tonics() -> None:
    given = recordings(count=60)
    pairs = (
        (sl.DropEvent(p=0.3), tonic.DropEvent(p=0.3)),
        (sl.DropEventByTime(share=0.3), tonic.DropEventByTime(duration_ratio=0.3)),
        (sl.DropEventByArea(share=0.5), tonic.DropEventByArea(SENSOR, area_ratio=0.5)),
        (sl.UniformNoise(spikes=40), tonic.UniformNoise(SENSOR, n=40)),
    )
    np.random.seed(0)  # noqa: NPY002 - what tonic draws from
    for mine, theirs in pairs:
        ratio = len(done(mine, ours(given), SHAPE).ids) / sum(len(theirs(events.copy())) for events in given)
        assert 0.9 < ratio < 1.1, mine.type

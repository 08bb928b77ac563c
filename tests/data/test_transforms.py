"""Transforms of spikes: what each does to examples, whatever their number, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.data.spike_lists import done, drawn, events_of, lists_of

import spikeloom as sl
from spikeloom.data import Events
from spikeloom.data.transforms import Surroundings, apply
from spikeloom.data.transforms.normals import normals
from spikeloom.spec.problem import Refused

CHANNELS = (40,)
IMAGE = (6, 8, 2)
EVERY = [
    (transform, shape)
    for cls in sl.Transform.types().values()
    if cls.__module__.startswith("spikeloom.")
    for transform in [cls(rows=3, columns=4) if cls is sl.Crop else cls()]
    for shape in (CHANNELS, IMAGE)
]
LABELS = np.arange(12) % 3


def applies(transform: sl.Transform, shape: tuple[int, ...]) -> bool:
    try:
        transform.shape_after(shape)
    except Refused:
        return False
    return True


FITTING = [(transform, shape) for transform, shape in EVERY if applies(transform, shape)]


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(("transform", "shape"), FITTING, ids=lambda value: getattr(value, "type", str(value)))
def test_every_transform_leaves_sound_examples_of_its_shape(transform: sl.Transform, shape: Any, kind: Any) -> None:
    given = drawn(0, shape, kind=kind)
    before = (given.offsets.copy(), given.times.copy(), given.ids.copy())
    found = done(transform, given, shape, LABELS)
    assert len(found) == len(given)
    assert found.offsets[0] == 0 and found.offsets[-1] == len(found.times) == len(found.ids)
    assert (np.diff(found.offsets) >= 0).all()
    assert (found.offsets.dtype, found.ids.dtype) == (np.int64, np.int32)
    assert found.times.dtype in (np.float32, np.float64) and np.isfinite(found.times).all()
    assert found.ids.min() >= 0 and found.ids.max() < np.prod(transform.shape_after(shape))
    again = done(transform, given, shape, LABELS)
    assert lists_of(again) == lists_of(found)
    for mine, kept in zip((given.offsets, given.times, given.ids), before, strict=True):
        np.testing.assert_array_equal(mine, kept)  # others may still have them


@pytest.mark.parametrize(("transform", "shape"), FITTING, ids=lambda value: getattr(value, "type", str(value)))
def test_what_draws_draws_otherwise_with_another_seed(transform: sl.Transform, shape: Any) -> None:
    if isinstance(transform, sl.RandomFlip):
        transform = sl.RandomFlip(left_right=0.5)
    one, other = (lists_of(done(transform, drawn(1, shape), shape, LABELS, seed)) for seed in (1, 2))
    assert (one != other) == transform.draws


@pytest.mark.parametrize(("transform", "shape"), FITTING, ids=lambda value: getattr(value, "type", str(value)))
def test_no_examples_and_examples_without_spikes(transform: sl.Transform, shape: Any) -> None:
    nothing = Events(np.zeros(1, np.int64), np.zeros(0), np.zeros(0, np.int32))
    assert len(done(transform, nothing, shape, np.zeros(0, int))) == 0
    silent = Events(np.zeros(4, np.int64), np.zeros(0), np.zeros(0, np.int32))
    assert len(done(transform, silent, shape, np.zeros(3, int))) == 3


def test_transforms_of_images_refuse_channels_and_the_other_way_round() -> None:
    refused = {(transform.type, len(shape)) for transform, shape in EVERY if not applies(transform, shape)}
    of_images = {"crop", "denoise", "merge_polarities", "random_flip", "spatial_jitter"}
    assert refused == {(name, 1) for name in of_images} | {("channel_shift", 3), ("channel_jitter", 3)}


@pytest.mark.parametrize("at_once", [1, 100, 2**18])
def test_several_are_done_one_after_the_other_whatever_is_done_at_once(monkeypatch: Any, at_once: int) -> None:
    monkeypatch.setattr("spikeloom.data.events.SPIKES_AT_ONCE", at_once)
    several = [sl.Downsample(factor=2), sl.Crop(rows=2, columns=3), sl.MergePolarities(), sl.TimeCrop(10.0, 80.0)]
    given, shape = drawn(4, IMAGE), IMAGE
    found = apply(several, given, Surroundings(shape, None, 100.0, np.random.default_rng(0)))
    for transform in several:
        given, shape = done(transform, given, shape), transform.shape_after(shape)
    assert lists_of(found) == lists_of(given) and len(found.ids)


@pytest.mark.parametrize("at_once", [1, 100, 2**18])
def test_a_blend_finds_its_class_whatever_is_done_at_once(monkeypatch: Any, at_once: int) -> None:
    monkeypatch.setattr("spikeloom.data.events.SPIKES_AT_ONCE", at_once)
    given = drawn(4, CHANNELS)
    around = Surroundings(CHANNELS, LABELS, 100.0, np.random.default_rng(0))
    found = apply([sl.ChannelShift(most=0), sl.Blend(share=1.0), sl.TimeCrop(0.0, 1e6)], given, around)
    assert all(mine != other for mine, other in zip(lists_of(found)[1:6], lists_of(given)[1:6], strict=True))


# -- time -------------------------------------------------------------------------------------------------------------


def test_a_part_of_the_time_begins_at_0() -> None:
    given = events_of([[(9.9, 0), (10.0, 1), (15.0, 2), (20.0, 3)], [], [(12.5, 4)]])
    assert lists_of(done(sl.TimeCrop(start=10.0, stop=20.0), given, CHANNELS)) == [[(0, 1), (5, 2)], [], [(2.5, 4)]]


def test_jitter_has_its_standard_deviation_and_moves_each_spike_alone() -> None:
    given = events_of([[(50.0, 1)] * 20_000])
    moves = done(sl.TimeJitter(sd=3.0), given, CHANNELS).times - 50.0
    assert abs(moves.mean()) < 0.1 and abs(moves.std() - 3.0) < 0.1
    assert len(np.unique(moves)) > 10_000


def test_jitter_is_normally_distributed() -> None:
    found = normals(np.random.default_rng(0), 200_000)
    for bound, share in ((0.0, 0.5), (1.0, 0.841345), (2.0, 0.977250), (3.0, 0.998650), (-2.0, 0.022750)):
        assert abs((found < bound).mean() - share) < 0.004
    assert abs(found.std() - 1) < 0.005


def test_an_example_is_skewed_as_a_whole() -> None:
    given = events_of([[(10.0, 0), (20.0, 1), (40.0, 2)]] * 300)
    found = done(sl.TimeSkew(min_factor=0.5, max_factor=2.0, min_offset=-3.0, max_offset=3.0), given, CHANNELS)
    times = found.times.reshape(-1, 3)
    factors = (times[:, 1] - times[:, 0]) / 10
    np.testing.assert_allclose((times[:, 2] - times[:, 1]) / 20, factors)
    offsets = times[:, 0] - 10 * factors
    for values, least, most in ((factors, 0.5, 2.0), (offsets, -3.0, 3.0)):
        assert least <= values.min() < least + 0.05 * (most - least)
        assert most - 0.05 * (most - least) < values.max() <= most


def test_an_example_is_shifted_as_a_whole() -> None:
    given = events_of([[(10.0, 0), (20.0, 1)]] * 300)
    times = done(sl.RandomTimeShift(most=5.0), given, CHANNELS).times.reshape(-1, 2)
    np.testing.assert_allclose(times[:, 1] - times[:, 0], 10)
    assert 4.5 < np.abs(times[:, 0] - 10).max() <= 5.0


# -- space ------------------------------------------------------------------------------------------------------------


def pixel(row: int, column: int, channel: int = 0, shape: tuple[int, ...] = IMAGE) -> int:
    return int(np.ravel_multi_index((row, column, channel), shape))


@pytest.mark.parametrize(("top", "left", "first"), [(None, None, (1, 2)), (0, None, (0, 2)), (3, 4, (3, 4))])
def test_a_crop_keeps_what_lies_in_it(top: Any, left: Any, first: tuple[int, int]) -> None:
    crop = sl.Crop(rows=3, columns=4, top=top, left=left)
    after = crop.shape_after(IMAGE)
    assert after == (3, 4, 2)
    corner, last = pixel(*first, 1), pixel(first[0] + 2, first[1] + 3, 0)
    found = lists_of(done(crop, events_of([[(1.0, corner), (2.0, last)]]), IMAGE))
    assert found == [[(1.0, pixel(0, 0, 1, after)), (2.0, pixel(2, 3, 0, after))]]
    everything = events_of([[(0.0, number) for number in range(96)]])
    assert len(done(crop, everything, IMAGE).ids) == 24


def test_a_crop_that_leaves_the_image_is_refused() -> None:
    with pytest.raises(Refused, match="7 rows found, but an example has the shape 6 x 8 x 2"):
        sl.Crop(rows=7, columns=2).shape_after(IMAGE)
    with pytest.raises(Refused, match="4 columns from 5 on found"):
        sl.Crop(rows=2, columns=4, left=5).shape_after(IMAGE)


def test_downsampling_merges_neighbours_and_times() -> None:
    given = events_of([[(0.0, pixel(0, 0, 1)), (4.9, pixel(1, 1, 1)), (5.0, pixel(0, 1, 1)), (7.0, pixel(5, 7, 0))]])
    plain = sl.Downsample(factor=2)
    assert plain.shape_after(IMAGE) == (3, 4, 2)
    after = [(0.0, 1), (4.9, 1), (5.0, 1), (7.0, pixel(2, 3, 0, (3, 4, 2)))]
    assert lists_of(done(plain, given, IMAGE)) == [after]
    binned = sl.Downsample(factor=2, time_bin=5.0, merge_polarities=True)
    assert binned.shape_after(IMAGE) == (3, 4, 1)
    assert lists_of(done(binned, given, IMAGE)) == [[(0.0, 0), (5.0, 0), (5.0, 11)]]


def test_channels_are_downsampled_too_and_a_remainder_stays() -> None:
    transform = sl.Downsample(factor=3)
    assert transform.shape_after((10,)) == (4,)
    assert lists_of(done(transform, events_of([[(0.0, 2), (1.0, 3), (2.0, 9)]]), (10,))) == [
        [(0.0, 0), (1.0, 1), (2.0, 3)]
    ]


def test_flips_go_with_whole_examples() -> None:
    given = events_of([[(0.0, pixel(1, 2, 0)), (1.0, pixel(5, 0, 1))]] * 400)
    flips = sl.RandomFlip(left_right=0.25, up_down=0.0, polarity=1.0)
    found = lists_of(done(flips, given, IMAGE))
    straight = [(0.0, pixel(1, 2, 1)), (1.0, pixel(5, 0, 0))]
    mirrored = [(0.0, pixel(1, 5, 1)), (1.0, pixel(5, 7, 0))]
    assert all(train in (straight, mirrored) for train in found)
    assert 60 < found.count(mirrored) < 140
    assert lists_of(done(sl.RandomFlip(left_right=0, up_down=1), given, IMAGE))[0] == [
        (0.0, pixel(4, 2, 0)),
        (1.0, pixel(0, 0, 1)),
    ]


def test_spatial_jitter_keeps_polarities_and_drops_what_leaves() -> None:
    shape = (41, 41, 2)
    given = events_of([[(1.0, pixel(20, 20, 1, shape))] * 5000, [(1.0, pixel(0, 20, 0, shape))] * 5000])
    found = done(sl.SpatialJitter(sd=2.0), given, shape)
    rows, columns, channels = np.unravel_index(found.ids, shape)
    first = slice(0, found.offsets[1])
    for axis in (rows[first], columns[first]):
        assert abs(axis.mean() - 20) < 0.2 and abs(axis.std() - 2) < 0.2
    assert (channels[first] == 1).all() and (channels[found.offsets[1] :] == 0).all()
    assert 0.52 < np.diff(found.offsets)[1] / 5000 < 0.67  # half, and those that are rounded to stay


# -- spikes left out, spikes added ------------------------------------------------------------------------------------


def denoised_by_hand(train: list[tuple[float, int]], filter_time: float) -> list[tuple[float, int]]:
    """What is left of an example."""
    stay = []
    for number, (time, event) in enumerate(train):
        row, column, _ = np.unravel_index(event, IMAGE)
        for other, (when, beside) in enumerate(train):
            other_row, other_column, _ = np.unravel_index(beside, IMAGE)
            earlier = (when, other) < (time, number)
            if earlier and when + filter_time > time and abs(row - other_row) + abs(column - other_column) == 1:
                stay.append((round(time, 9), event))
                break
    return sorted(stay)


@pytest.mark.parametrize("at_once", [30, 2**18])
def test_what_stands_alone_is_dropped(monkeypatch: Any, at_once: int) -> None:
    monkeypatch.setattr("spikeloom.data.events.SPIKES_AT_ONCE", at_once)
    given = drawn(5, IMAGE, examples=8, most=80)
    whole = Events(given.offsets, np.round(given.times / 4) * 4, given.ids)  # many at the same time
    for events in (given, whole):
        pairs = list(zip(events.times.tolist(), events.ids.tolist(), strict=True))
        trains = [pairs[a:b] for a, b in zip(events.offsets[:-1], events.offsets[1:], strict=True)]
        expected = [denoised_by_hand(train, 9.0) for train in trains]
        assert 0 < sum(map(len, expected)) < len(pairs)
        assert lists_of(done(sl.Denoise(filter_time=9.0), events, IMAGE)) == expected


def test_as_many_spikes_are_dropped_as_p_says() -> None:
    given = drawn(2, CHANNELS, examples=400)
    found = done(sl.DropEvent(p=0.3), given, CHANNELS)
    assert abs(len(found.ids) / len(given.ids) - 0.7) < 0.02
    assert all(set(few) <= set(all_) for few, all_ in zip(lists_of(found), lists_of(given), strict=True))
    assert len(done(sl.DropEvent(p=1.0), given, CHANNELS).ids) == 0
    assert lists_of(done(sl.DropEvent(p=0.0), given, CHANNELS)) == lists_of(given)


def test_the_interval_without_spikes_is_as_long_as_its_share() -> None:
    ramp = [(float(time), 0) for time in range(1001)]
    found = lists_of(done(sl.DropEventByTime(share=0.2), events_of([ramp] * 60), CHANNELS))
    starts = []
    for train in found:
        gone = sorted({time for time, _ in ramp} - {time for time, _ in train})
        assert 199 <= len(gone) <= 201 and gone[-1] - gone[0] == len(gone) - 1
        starts.append(gone[0])
    assert min(starts) < 150 and 650 < max(starts) <= 801
    assert lists_of(done(sl.DropEventByTime(share=0.0), events_of([ramp]), CHANNELS)) == [ramp]


@pytest.mark.parametrize(("shape", "box"), [((10, 20, 2), (4, 8, 2)), ((40,), (16,))])
def test_the_area_without_spikes_has_its_size_and_lies_anywhere(shape: Any, box: Any) -> None:
    every = [(0.0, number) for number in range(int(np.prod(shape)))]
    found = lists_of(done(sl.DropEventByArea(share=0.4), events_of([every] * 200), shape))
    corners = set()
    for train in found:
        gone = np.array(sorted({number for _, number in every} - {number for _, number in train}))
        places = np.array(np.unravel_index(gone, shape))
        assert tuple(places.max(axis=1) - places.min(axis=1) + 1) == box and len(gone) == np.prod(box)
        corners.add(tuple(places.min(axis=1)[: 2 if len(shape) > 1 else 1]))
    assert len(corners) > 20 or len(shape) == 1
    assert max(corner[-1] for corner in corners) == shape[1 if len(shape) > 1 else 0] - box[len(box) > 1]


def test_noise_is_added_evenly() -> None:
    given = drawn(3, CHANNELS, examples=200)
    found = done(sl.UniformNoise(spikes=50), given, CHANNELS)
    np.testing.assert_array_equal(np.diff(found.offsets), np.diff(given.offsets) + 50)
    for all_, mine in zip(lists_of(found), lists_of(given), strict=True):
        assert set(mine) <= set(all_)
    silent = Events(np.zeros(201, np.int64), np.zeros(0), np.zeros(0, np.int32))
    noise = done(sl.UniformNoise(spikes=50), silent, CHANNELS)
    assert np.bincount(noise.ids, minlength=40).min() > 150
    assert noise.times.min() >= 0 and 99 < noise.times.max() < 100 and abs(noise.times.mean() - 50) < 1.5


# -- channels ---------------------------------------------------------------------------------------------------------


def test_a_shift_moves_all_spikes_alike_and_drops_what_leaves() -> None:
    given = events_of([[(1.0, 0), (2.0, 20), (3.0, 39)]] * 500)
    found = lists_of(done(sl.ChannelShift(most=5), given, CHANNELS))
    moves = [dict(train)[2.0] - 20 for train in found]
    assert set(moves) == set(range(-5, 6))
    assert min(moves.count(move) for move in range(-5, 6)) > 20
    for train, move in zip(found, moves, strict=True):
        expected = [(1.0, move), (2.0, 20 + move), (3.0, 39 + move)]
        assert train == [spike for spike in expected if 0 <= spike[1] < 40]


def test_channel_jitter_moves_each_spike_alone() -> None:
    found = done(sl.ChannelJitter(sd=3.0), events_of([[(1.0, 20)] * 5000]), CHANNELS)
    assert len(found.ids) == 5000 and abs(found.ids.std() - 3) < 0.15 and abs(found.ids.mean() - 20) < 0.2


def test_a_delay_line_has_each_channel_again_later() -> None:
    transform = sl.DelayLine(copies=3, delay=10.0)
    assert transform.shape_after((40,)) == (120,)
    found = lists_of(done(transform, events_of([[(1.0, 7)], [], [(2.0, 39)]]), CHANNELS))
    assert found == [[(1.0, 7), (11.0, 47), (21.0, 87)], [], [(2.0, 39), (12.0, 79), (22.0, 119)]]


def test_a_delay_line_of_images_adds_channels_to_each_pixel() -> None:
    transform = sl.DelayLine(copies=2, delay=5.0)
    after = transform.shape_after(IMAGE)
    assert after == (6, 8, 4)
    found = lists_of(done(transform, events_of([[(0.0, pixel(3, 4, 1))]]), IMAGE))
    assert found == [[(0.0, pixel(3, 4, 1, after)), (5.0, pixel(3, 4, 3, after))]]


# -- blends -----------------------------------------------------------------------------------------------------------


def test_a_blend_has_half_of_both_and_the_centre_of_the_first() -> None:
    rng = np.random.default_rng(0)
    early = [(float(t), int(i)) for t, i in zip(rng.uniform(10, 30, 2000), rng.integers(10, 15, 2000), strict=True)]
    late = [(float(t), int(i)) for t, i in zip(rng.uniform(60, 80, 2000), rng.integers(25, 30, 2000), strict=True)]
    given = events_of([early, late])
    found = done(sl.Blend(share=1.0), given, CHANNELS, [4, 4])
    for number, (mine, other) in enumerate(((early, late), (late, early))):
        train = lists_of(found)[number]
        assert abs(len(train) - 2000) < 150
        assert abs(len(set(train) & {(round(t, 9), i) for t, i in mine}) - 1000) < 120
        times, channels = (np.array(values) for values in zip(*train, strict=True))
        assert abs(times.mean() - np.mean([t for t, _ in mine])) < 0.6
        assert abs(channels.mean() - np.mean([i for _, i in mine])) < 0.6
        # The other's spikes are there too, moved.
        away = np.mean([t for t, _ in mine]) - np.mean([t for t, _ in other])
        moved = {round(t + away, 5) for t, _ in other}
        assert abs(len({round(t, 5) for t in times} & moved) - 1000) < 120


def test_only_examples_of_the_same_class_are_blended_and_only_a_share() -> None:
    # The channels of a class tell it: 3 apart, so that a mix would show, whatever moved.
    labels = np.arange(600) % 3
    given = events_of([[(float(10 * n + label), 10 * label + n % 2 * 3) for n in range(8)] for label in labels])
    found = lists_of(done(sl.Blend(share=0.4), given, CHANNELS, labels))
    changed = [train != mine for train, mine in zip(found, lists_of(given), strict=True)]
    assert 200 < sum(changed) < 280
    for train, label in zip(found, labels, strict=True):
        assert {channel // 10 for _, channel in train} <= {label}


def test_an_example_alone_in_its_class_stays_as_it_is() -> None:
    given = drawn(0, CHANNELS, examples=4)
    assert lists_of(done(sl.Blend(share=1.0), given, CHANNELS, np.arange(4))) == lists_of(given)


def test_a_blend_of_images_moves_rows_and_columns_and_keeps_polarities() -> None:
    shape = (20, 20, 2)
    one = [(1.0, pixel(5, 5, 1, shape))] * 400
    other = [(1.0, pixel(12, 9, 1, shape))] * 400
    found = done(sl.Blend(share=1.0), events_of([one, other]), shape, [0, 0])
    assert set(found.ids[: found.offsets[1]].tolist()) == {pixel(5, 5, 1, shape)}
    assert abs(found.offsets[1] - 400) < 80


def test_a_blend_needs_classes() -> None:
    with pytest.raises(sl.UserError, match="same class, and the examples have none"):
        done(sl.Blend(), drawn(0, CHANNELS), CHANNELS)


# -- in documents -----------------------------------------------------------------------------------------------------


def test_what_does_not_fit_is_said_at_the_transform_before_anything_runs() -> None:
    with sl.Network() as network:
        sl.Population("spike_input", name="input")
        sl.Population(sl.LI(readout="avg_var"), name="output")
        sl.Connection("input", "output", sl.Dense(sl.Normal(0.1, 0.1)))
    dataset = sl.SpikeHDF5(channels=700, classes=20)
    document = sl.Document(network, sl.Experiment(dataset=dataset))
    dataset.transforms = [sl.Downsample(factor=10), sl.DelayLine(copies=4)]
    dataset.augmentation = [sl.ChannelShift(), sl.Blend()]
    assert [p for p in sl.validate(document) if p.severity == "error"] == []
    assert sl.infer_shapes(document)["input"] == (280,)
    dataset.transforms = [sl.Downsample(factor=10), sl.Crop()]
    found = [p for p in sl.validate(document) if p.severity == "error"]
    assert "experiment.dataset.transforms[1]" in [problem.place for problem in found]
    assert any("rows and columns" in problem.message and "70" in problem.message for problem in found)


def test_a_blend_of_examples_without_classes_is_refused_with_a_way_out() -> None:
    with sl.Network() as network:
        sl.Population("spike_input", name="input")
        sl.Population(sl.LI(readout="var"), name="output")
        sl.Connection("input", "output", sl.Dense(sl.Normal(0.1, 0.1)))
    dataset = sl.Pattern(augmentation=[sl.TimeJitter(), sl.Blend()])
    document = sl.Document(network, sl.Experiment(dataset=dataset, learning=sl.EProp(loss="mean_square_error")))
    found = [p for p in sl.validate(document) if "augmentation" in p.place]
    # And curves are the same in every epoch, whatever is done to them.
    assert [p.place for p in found] == ["experiment.dataset.augmentation[1]", "experiment.dataset.augmentation"]
    assert found[0].fix is not None and found[0].fix.removes and "classes" in found[0].message


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sl.TimeCrop(start=20.0, stop=10.0), "TimeCrop.stop: 10 found, expected more than start"),
        (lambda: sl.TimeSkew(min_factor=2.0), "TimeSkew.max_factor: 1.1 found, expected at least min_factor"),
        (lambda: sl.Downsample(time_bin=1e-6), "expected 0 or at least 0.001"),
        (lambda: sl.Blend(share=1.5), "expected a number from 0 to 1"),
    ],
)
def test_impossible_settings_are_refused(make: Any, message: str) -> None:
    with pytest.raises(sl.UserError) as raised:
        make()
    assert message in str(raised.value)

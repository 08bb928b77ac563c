"""Data sets, splits, encoders and the flat form of spikes."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.data import encode, from_dense, from_events, hold_out, load_dataset, spike_data, stratified
from spikeloom.data.digits import digits
from spikeloom.data.spikes import check_spikes
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData, SpikeData

# -- the digits -------------------------------------------------------------------------------------------------------


def test_the_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    expected, labels = load_digits(return_X_y=True)
    pixels, ours = digits()
    np.testing.assert_array_equal(pixels, expected)
    np.testing.assert_array_equal(ours, labels)
    assert (pixels.dtype, ours.dtype) == (np.float32, np.int32)


def test_the_digits_load_without_importing_scikit_learn(monkeypatch):
    """Its import takes longer than the first epoch of training."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
    digits()
    assert not any(name.startswith("sklearn") for name in sys.modules)


def test_the_digits_load_where_the_file_is_not_found(monkeypatch):
    """A later scikit-learn may keep it elsewhere; then scikit-learn itself is asked."""
    expected = digits()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for ours, theirs in zip(digits(), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


def test_the_splits_of_the_digits():
    splits = load_dataset(sp.Digits())
    train, test = splits["train"], splits["test"]
    assert (len(train), len(test)) == (1438, 359)
    assert train.x.shape == (1438, 8, 8)
    assert test.x.shape == (359, 8, 8)
    assert (train.x.dtype, train.labels.dtype) == (np.float32, np.int32)
    together = np.concatenate([train.x, test.x])
    assert (together.min(), together.max()) == (0, 1)
    pixels, labels = digits()
    # Every digit is in one of the splits, with its own label.
    rows = {row.tobytes(): label for row, label in zip(pixels / np.float32(16), labels, strict=True)}
    for arrays in splits.values():
        assert [rows[image.tobytes()] for image in arrays.x] == arrays.labels.tolist()
    assert len({image.tobytes() for image in together}) == len(rows)


def test_a_data_set_of_a_script_cannot_be_loaded():
    with pytest.raises(UserError, match="trains on arrays that only the script has"):
        load_dataset(sp.ArrayData())


# -- splits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5, 0.0, 1.0])
def test_a_stratified_split_takes_its_share_of_each_class(fraction):
    labels = np.repeat([3, 1, 7], [10, 25, 7])
    labels = np.random.default_rng(0).permutation(labels)
    rest, held = stratified(labels, fraction, seed=4)
    for label, size in ((3, 10), (1, 25), (7, 7)):
        assert (labels[held] == label).sum() == round(fraction * size)
    assert sorted([*rest, *held]) == list(range(42))
    assert (np.diff(rest) > 0).all()
    assert (np.diff(held) > 0).all()


@pytest.mark.parametrize(
    "split", [lambda seed: stratified(np.arange(200) % 4, 0.3, seed), lambda s: hold_out(200, 0.3, s)]
)
def test_a_split_is_fixed_by_its_seed(split):
    for first, again in zip(split(1), split(1), strict=True):
        np.testing.assert_array_equal(first, again)
    assert not np.array_equal(split(1)[1], split(2)[1])
    assert not np.array_equal(split(1)[1], np.arange(60))


@pytest.mark.parametrize(("fraction", "size"), [(0.0, 0), (0.1, 5), (0.25, 12), (0.999, 50)])
def test_hold_out_divides_all_examples(fraction, size):
    rest, held = hold_out(50, fraction, seed=0)
    assert len(held) == size
    assert sorted([*rest, *held]) == list(range(50))
    assert (np.diff(held) > 0).all()


def test_a_share_is_no_prefix_of_a_larger_one_by_accident():
    """Each class is shuffled: the held-out examples are not the first ones of their class."""
    labels = np.repeat(np.arange(5), 40)
    held = stratified(labels, 0.25, seed=0)[1]
    within = held % 40
    assert 12 < within.mean() < 27


# -- encoders ---------------------------------------------------------------------------------------------------------


def trains(spikes: SpikeData) -> list[list[tuple[int, int]]]:
    """(step, neuron) of each spike of each example."""
    pairs = list(zip(spikes.steps.tolist(), spikes.ids.tolist(), strict=True))
    return [pairs[a:b] for a, b in zip(spikes.offsets[:-1], spikes.offsets[1:], strict=True)]


def test_linear_latency_follows_its_formula():
    encoder = sp.LinearLatency(min_time=2.0, max_time=22.0, threshold=0.25)
    x = np.random.default_rng(0).random((40, 30))
    found = trains(encode(encoder, x, dt=0.5, timesteps=60))
    times = 2.0 + (1 - x) * 20.0
    for example in range(40):
        seen = np.flatnonzero(x[example] > 0.25)
        expected = sorted((int(times[example, n] / 0.5), int(n)) for n in seen)
        assert found[example] == expected


def test_linear_latency_at_its_ends():
    """The largest value first, values above it clipped; nothing at the threshold or below."""
    encoder = sp.LinearLatency(min_time=1.0, max_time=11.0, threshold=0.2)
    x = np.array([[1.0, 1.7, 0.5, 0.2, np.nextafter(0.2, 1), 0.0, -3.0]])
    assert trains(encode(encoder, x, dt=1.0, timesteps=20)) == [[(1, 0), (1, 1), (6, 2), (9, 4)]]
    whole = sp.LinearLatency(min_time=0.0, max_time=10.0, threshold=0.0)
    assert trains(encode(whole, np.array([[1e-9, 0.0]]), dt=1.0, timesteps=20)) == [[(9, 0)]]


def test_log_latency_follows_its_formula():
    encoder = sp.LogLatency(tau_eff=10.0, threshold=0.3, max_time=25.0)
    x = np.random.default_rng(1).random((40, 30))
    found = trains(encode(encoder, x, dt=0.5, timesteps=60))
    for example in range(40):
        expected = []
        for n, value in enumerate(x[example]):
            if value > 0.3:
                time = min(10.0 * np.log(value / (value - 0.3)), 25.0)
                expected.append((int(time / 0.5), n))
        assert found[example] == sorted(expected)
    assert any(step == 50 for train in found for step, _ in train)  # some were moved to max_time


def test_log_latency_at_its_ends():
    encoder = sp.LogLatency(tau_eff=20.0, threshold=0.2, max_time=15.0)
    x = np.array([[0.2, np.nextafter(0.2, 1), 0.1, 0.0, -1.0, 1.0]])
    first = int(20 * np.log(1 / 0.8))
    with np.errstate(all="raise"):
        assert trains(encode(encoder, x, dt=1.0, timesteps=40)) == [[(first, 5), (15, 1)]]


@pytest.mark.parametrize("dt", [0.1, 0.2, 0.3, 0.7, 1.0])
def test_times_that_are_multiples_of_the_timestep_stay_in_their_step(dt):
    """0.3 / 0.1 is 2.9999999999999996 in floating point, and yet a spike at 0.3 ms is one of step 3."""
    steps = np.arange(1, 200)
    events = [(steps * dt, np.zeros(199, int)), (np.cumsum(np.full(199, dt)), np.zeros(199, int))]
    for train in trains(from_events(events, dt)):
        assert [step for step, _ in train] == steps.tolist()
    encoder = sp.LinearLatency(min_time=0.0, max_time=200 * dt, threshold=0.0)
    x = 1 - steps[None, :] / 200
    assert [step for step, _ in trains(encode(encoder, x, dt, timesteps=400))[0]] == steps.tolist()


def test_times_within_a_step_belong_to_it():
    events = [(np.array([0.0, 0.05, 0.0999, 0.1001, 0.35]), np.arange(5))]
    assert trains(from_events(events, dt=0.1)) == [[(0, 0), (0, 1), (0, 2), (1, 3), (3, 4)]]


@pytest.mark.parametrize("encoder", [sp.LinearLatency(max_time=30.0), sp.LogLatency(max_time=30.0)])
def test_spikes_after_the_last_step_are_left_out(encoder):
    x = np.linspace(0.21, 1, 100)[None, :]
    whole, cut = encode(encoder, x, 1.0, 40), encode(encoder, x, 1.0, 10)
    assert cut.steps.max() == 9
    assert trains(cut)[0] == [pair for pair in trains(whole)[0] if pair[0] < 10]


def test_the_axes_of_a_sample_are_flattened_in_c_order():
    x = np.zeros((2, 3, 4))
    x[0, 1, 2] = x[1, 2, 0] = 1
    assert trains(encode(sp.LinearLatency(), x, 1.0, 30)) == [[(0, 6)], [(0, 8)]]


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("encoder", [sp.LinearLatency(), sp.LogLatency()])
def test_data_that_are_no_numbers_are_refused(encoder, value):
    with pytest.raises(UserError, match="the data hold NaN or infinity"):
        encode(encoder, np.array([[0.5, value]]), 1.0, 30)


def test_no_examples_and_no_spikes():
    assert trains(encode(sp.LinearLatency(), np.zeros((0, 5)), 1.0, 30)) == []
    assert trains(encode(sp.LinearLatency(), np.zeros((2, 5)), 1.0, 30)) == [[], []]


# -- spikes -----------------------------------------------------------------------------------------------------------


def test_spikes_are_sorted_by_example_step_and_neuron():
    examples, steps, ids = np.array([2, 0, 2, 0, 2, 0]), np.array([1, 5, 1, 5, 0, 2]), np.array([4, 3, 2, 3, 9, 9])
    found = spike_data(4, examples, steps, ids)
    assert trains(found) == [[(2, 9), (5, 3), (5, 3)], [], [(0, 9), (1, 2), (1, 4)], []]
    assert (found.offsets.dtype, found.steps.dtype, found.ids.dtype) == (np.int64, np.int32, np.int32)
    assert len(found) == 4
    assert len(BatchData({"input": found})) == 4


def test_dense_spikes_and_events_are_the_same_spikes():
    dense = np.random.default_rng(2).random((5, 20, 6)) < 0.2
    dense[3] = False
    flat = from_dense(dense)
    back = np.zeros_like(dense)
    for example, train in enumerate(trains(flat)):
        for step, neuron in train:
            back[example, step, neuron] = True
    np.testing.assert_array_equal(back, dense)
    events = []
    for example in dense:
        steps, ids = np.nonzero(example)
        order = np.random.default_rng(0).permutation(len(steps))
        events.append(((steps * 0.5 + 0.2)[order], ids[order]))
    assert trains(from_events(events, dt=0.5)) == trains(flat)


def test_events_of_plain_lists_with_silent_examples():
    events = [([1.5, 0.5], [0, 2]), ([], []), (np.array([]), np.array([])), ((3,), (1,))]
    assert trains(from_events(events, dt=1.0)) == [[(0, 2), (1, 0)], [], [], [(3, 1)]]
    assert trains(from_events([], dt=1.0)) == []
    assert trains(from_events([([], [])], dt=1.0)) == [[]]


def test_events_outside_an_example_are_left_out():
    events = [(np.array([-0.5, 0.0, 9.99, 10.0, 1e300, 5e9]), np.arange(6))]
    assert trains(from_events(events, dt=1.0, timesteps=10)) == [[(0, 1), (9, 2)]]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([(np.zeros(2), np.zeros(2, int)), (np.zeros(3), np.zeros(2, int))], r"x\[1\]: times of shape \(3,\)"),
        ([(np.zeros((2, 2)), np.zeros((2, 2), int))], r"x\[0\]: times of shape \(2, 2\)"),
        ([(1.0, 2)], r"x\[0\]: times of shape \(\)"),
        ([(np.array([np.nan]), np.array([0]))], "x: a spike time is NaN or infinite"),
        ([(np.array([np.inf]), np.array([0]))], "x: a spike time is NaN or infinite"),
        ([(np.array([1.0]), np.array([0.5]))], "x: neuron numbers of type float64 were found, expected integers"),
        ([(np.array(["a"]), np.array([0]))], r"x\[0\]: .*expected numbers"),
        ([np.zeros(3)], r"x\[0\]: .*expected a pair \(times, neurons\)"),
        ([5], r"x\[0\]: .*expected a pair \(times, neurons\)"),
        ([([0.5], [0]), None], r"x\[1\]: .*expected a pair \(times, neurons\)"),
    ],
)
def test_events_that_are_none_are_refused(events, message):
    with pytest.raises(UserError, match=f"^{message}"):
        from_events(events, dt=1.0)


@pytest.mark.parametrize("shape", [(), (3,), (3, 4), (3, 4, 5, 6)])
def test_dense_spikes_need_three_axes(shape):
    with pytest.raises(UserError, match=r"expected \(examples, timesteps, neurons\)"):
        from_dense(np.zeros(shape))


def test_nan_is_no_spike():
    with pytest.raises(UserError, match="x: the spikes hold NaN"):
        from_dense(np.array([[[0.0, np.nan]]]))


GOOD = {"offsets": [0, 2, 2, 3], "steps": [1, 4, 0], "ids": [2, 0, 1]}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({}, ""),
        ({"ids": [2, 0, 3]}, "a spike of neuron 3 was found, the input has 3"),
        ({"ids": [-1, 0, 1]}, "a spike of neuron -1 was found, the input has 3"),
        ({"steps": [4, 1, 0]}, "the spikes of example 0 are not in the order of their steps"),
        ({"steps": [-1, 4, 0]}, "a spike in step -1 was found"),
        ({"offsets": [0, 2, 1, 3]}, "offsets"),
        ({"offsets": [0, 2, 2, 4]}, "offsets"),
        ({"offsets": [1, 2, 2, 3]}, "offsets"),
        ({"offsets": []}, "offsets"),
        ({"steps": [1, 4]}, "2 steps and 3 ids"),
        ({"steps": [1.0, 4.0, 0.5]}, "integers"),
        ({"ids": [[2, 0, 1]]}, "integers"),
    ],
)
def test_flat_spikes_that_were_made_by_hand_are_checked(changed, message):
    """The engine reads them where they lie: a wrong offset would be memory that is not ours."""
    spikes = SpikeData(**{name: np.array(values) for name, values in (GOOD | changed).items()})
    if not message:
        check_spikes(spikes, 3)
        return
    with pytest.raises(UserError, match=message) as caught:
        check_spikes(spikes, 3)
    assert caught.value.place == "x"


def test_parts_of_a_data_set_are_encoded_as_the_whole(monkeypatch):
    """Encoders take a part at a time; how large it is changes nothing."""
    x = np.random.default_rng(0).random((50, 7, 3))
    whole = encode(sp.LinearLatency(max_time=30.0), x, 1.0, 25)
    monkeypatch.setattr("spikeloom.data.encoders.VALUES_AT_ONCE", 100)
    parts = encode(sp.LinearLatency(max_time=30.0), x, 1.0, 25)
    for name in ("offsets", "steps", "ids"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
        assert getattr(parts, name).dtype == getattr(whole, name).dtype


@pytest.mark.parametrize("timesteps", [10, 3000])
@pytest.mark.parametrize("shuffled", [False, True])
def test_spikes_are_sorted_however_many_steps_there_are(timesteps, shuffled):
    """Sorting by counting serves few steps, the general way all others; both give the same order."""
    rng = np.random.default_rng(1)
    examples = np.repeat(np.arange(40), 25)
    ids = np.tile(np.arange(25), 40)
    steps = rng.integers(0, timesteps, len(ids))
    order = rng.permutation(len(ids)) if shuffled else np.arange(len(ids))
    found = spike_data(40, examples[order], steps[order], ids[order])
    expected = sorted(zip(examples, steps, ids, strict=True))
    assert list(zip(np.repeat(np.arange(40), np.diff(found.offsets)), found.steps, found.ids, strict=True)) == expected

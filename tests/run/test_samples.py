"""Data sets as sequences, and anybody's sequences as data."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.run import samples
from tests.data.spike_files import CHANNELS, CLASSES, SIZES, write_folder

EVENT = np.dtype([("t", np.int64), ("x", np.int16), ("y", np.int16), ("p", bool)])


class Pairs:
    """What PyTorch calls a map-style data set."""

    def __init__(self, items: list[Any], **more: Any) -> None:
        self.items = items
        for name, value in more.items():
            setattr(self, name, value)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, number: int) -> Any:
        return self.items[number]


def model(shape: Any, encoder: str | None = None, classes: int = 2) -> sl.Model:
    """A network without a hidden population."""
    with sl.Network() as net:
        source, output = sl.Population("spike_input", shape), sl.Population(sl.LI(readout="avg_var"), classes)
        sl.Connection(source, output, sl.Dense(sl.Normal(0.1, 0.1)), sl.Exponential(5.0))
    return sl.Model(net, "eventprop", example_time=40.0, encoder=encoder, batch_size=4)


def test_its_docstring_is_true() -> None:
    (found,) = doctest.DocTestFinder().find(samples.load_samples, globs={"sl": sl})
    results = doctest.DocTestRunner().run(found)
    assert (results.attempted, results.failed) == (2, 0)


def test_a_data_set_is_a_sequence_of_pairs() -> None:
    parts = sl.load_samples("digits", validation_fraction=0.1)
    assert {name: len(part) for name, part in parts.items()} == {"train": 1294, "validation": 144, "test": 359}
    test = parts["test"]
    image, label = test[3]
    assert image.shape == test.shape == (8, 8)
    assert label == test.labels[3]
    assert test.class_names[label] == str(label)
    assert 0 <= image.min() <= image.max() <= 1
    assert [pair[1] for pair in test[:5]] == test.labels[:5].tolist()
    np.testing.assert_array_equal(test[-1][0], test[len(test) - 1][0])
    x, y = test.arrays()
    np.testing.assert_array_equal(x[3], image)
    np.testing.assert_array_equal(y, test.labels)
    with pytest.raises(IndexError, match="there are 359"):
        test[359]
    assert len(list(test)) == 359


def test_it_trains_as_it_is_and_as_arrays_do() -> None:
    train = sl.load_samples(sl.Digits())["train"]
    some = [train[k] for k in range(200)]
    one, other = model(64, "linear_latency", 10), model(64, "linear_latency", 10)
    one.train(some, epochs=2)
    other.train(np.stack([image for image, _ in some]), np.array([label for _, label in some]), epochs=2)
    np.testing.assert_array_equal(one.weights["input_output"], other.weights["input_output"])
    assert one.evaluate(some)["accuracy"] == other.evaluate(some)["accuracy"]


def test_recorded_spikes_are_times_and_neurons(tmp_path: Path) -> None:
    write_folder(tmp_path / "shd")
    dataset = sl.SpikeHDF5(channels=CHANNELS, classes=CLASSES, split=sl.HoldOut(0.5))
    parts = sl.load_samples(dataset, tmp_path)
    assert len(parts["train"]) + len(parts["test"]) == sum(SIZES.values())
    (times, ids), label = parts["train"][5]
    assert times.shape == ids.shape
    assert times.max(initial=0) < 61
    assert 0 <= label < CLASSES
    assert model(CHANNELS, classes=CLASSES).train(parts["train"], epochs=1)["loss"].shape == (1,)


def test_events_of_a_camera_are_put_into_rows_columns_and_polarities() -> None:
    rng = np.random.default_rng(0)
    items = []
    for number in range(8):
        events = np.zeros(30, EVENT)
        events["t"], events["p"] = np.sort(rng.integers(0, 40_000, 30)), rng.random(30) < 0.5
        events["x"], events["y"] = rng.integers(0, 5, 30), rng.integers(0, 3, 30)
        items.append((events, number % 2))
    trained = model((3, 5, 2))
    spikes = trained.predict(Pairs(items), sl.SpikeRecorder("input")).spikes["input"]
    for (events, _), train in zip(items, spikes, strict=True):
        expected = set(zip(events["t"] // 1000, (events["y"] * 5 + events["x"]) * 2 + events["p"], strict=True))
        assert set(zip(train.times.astype(int), train.neurons, strict=True)) == expected
    # The sensor's size, where the sequence says it, is (columns, rows, polarities).
    flat = model(30).predict(Pairs(items, sensor_size=(5, 3, 2)), sl.SpikeRecorder("input")).spikes["input"]
    for one, other in zip(spikes, flat, strict=True):
        np.testing.assert_array_equal(one.neurons, other.neurons)
    assert trained.train(Pairs(items), epochs=1)["accuracy"].shape == (1,)


def test_sounds_have_channels_alone() -> None:
    events = np.zeros(3, [("t", np.int64), ("x", np.int32), ("p", np.int32)])
    events["t"], events["x"], events["p"] = [0, 1500, 9999], [3, 0, 2], 1
    spikes = model(4).predict(Pairs([(events, 0)], sensor_size=(4, 1, 1)), sl.SpikeRecorder("input")).spikes["input"][0]
    assert list(zip(spikes.times, spikes.neurons, strict=True)) == [(0.0, 3), (1.0, 0), (9.0, 2)]


def test_frames_of_a_camera_are_spikes() -> None:
    frames = np.zeros((4, 2, 3, 5), np.int16)
    frames[1, 1, 2, 3] = 1
    spikes = model((3, 5, 2)).predict(
        [(np.concatenate([frames, np.zeros((36, 2, 3, 5))]), 1)], sl.SpikeRecorder("input")
    )
    train = spikes.spikes["input"][0]
    assert list(zip(train.times, train.neurons, strict=True)) == [(1.0, (2 * 5 + 3) * 2 + 1)]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([(np.zeros(3, [("time", int)]), 0)], r"x\[0\]: events with the fields time found, expected t, x"),
        ([(np.zeros((4, 4)), 0), (np.zeros((3, 4)), 0)], "arrays of different shapes"),
        ([(np.zeros(4), 0), 7], r"x\[1\]: something else found, expected a pair"),
        ([(np.zeros(4), 5)], "label 5 found"),
    ],
)
def test_what_is_no_such_sequence_is_said(items: list[Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        model(4, "linear_latency").train(Pairs(items))


def test_a_tonic_data_set_is_taken_as_it_is(tmp_path: Path) -> None:
    tonic = pytest.importorskip("tonic")
    folder = write_folder(tmp_path / "SHD")
    for name in ("train", "test"):
        (folder / f"shd_{name}.h5.zip").touch()
        with h5py.File(folder / f"shd_{name}.h5", "a") as file:
            if "extra/keys" not in file:
                file["extra/keys"] = [str(k).encode() for k in range(CLASSES)]
    dataset = tonic.datasets.SHD(save_to=str(tmp_path), train=True)
    dataset.sensor_size = (CHANNELS, 1, 1)
    history = model(CHANNELS, classes=CLASSES).train(dataset, epochs=1)
    assert np.isfinite(history["loss"]).all()


def test_labels_that_are_no_numbers_are_said() -> None:
    with pytest.raises(UserError, match="the label 'a' found, expected a whole number"):
        model(4, "linear_latency").train([(np.zeros(4), "a")])


def test_what_is_watched_may_be_pairs_too() -> None:
    some = [(np.full(4, k % 2 / 2 + 0.4), k % 2) for k in range(20)]
    assert np.isfinite(model(4, "linear_latency").train(some, epochs=1, validation_data=some)["validation_loss"]).all()

"""A data set that is looked at before anything runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.run.looking import Looker
from spikeloom.run.prepare import prepare
from tests.data.spike_files import CHANNELS, CLASSES, SIZES, write_folder


def looked(dataset: sl.Dataset | None, base: Any = None, **wanted: Any) -> tuple[Looker, list[dict[str, Any]]]:
    """A looker that has shown an example, and what it told."""
    heard: list[dict[str, Any]] = []
    experiment = sl.Experiment(dataset, sl.Simulation(1.0, 40.0), training=sl.Training(validation_fraction=0.1))
    looker = Looker(sl.Document(experiment=experiment), base, heard.append)
    looker.show(wanted)
    return looker, heard


def test_images_are_counted_and_shown_with_their_spikes() -> None:
    _, (facts, labels, sample) = looked(sl.Digits(encoder=sl.LinearLatency(max_time=25.0)), example=3)
    assert [len(labels[name]) for name in facts["splits"]] == list(facts["splits"].values())
    assert labels["train"][3] == sample["label"]
    assert facts["splits"] == {"train": 1294, "validation": 144, "test": 359}
    assert facts["shape"] == facts["spike_shape"] == [8, 8]
    assert facts["class_names"] == list("0123456789")
    assert [sum(counts) for counts in facts["balance"].values()] == list(facts["splits"].values())
    assert 10 < facts["spikes"] < 64
    assert sample["example"] == 3
    assert sample["input"].shape == (8, 8)
    bright = np.flatnonzero(sample["input"].ravel() > 0.2)
    assert sorted(sample["spikes.ids"].tolist()) == bright.tolist()
    assert sample["spikes.times"].max() <= 25


def test_it_shows_what_a_network_would_be_given() -> None:
    with sl.Network() as net:
        source, output = sl.Population("spike_input"), sl.Population(sl.LI(readout="avg_var"))
        sl.Connection(source, output, sl.Dense(0.1))
    dataset = sl.Digits(transforms=[sl.TimeScaling(0.5)], split=sl.KFold(5, 2))
    experiment = sl.Experiment(dataset, sl.Simulation(1.0, 40.0), training=sl.Training(validation_fraction=0.1))
    data = prepare(sl.Document(net, experiment))
    for split in ("train", "validation", "test"):
        _, (facts, _, sample) = looked(dataset, split=split, example=7)
        assert facts["splits"][split] == len(data[split])
        taken = data[split].take([7])
        assert sample["label"] == taken.values["labels"][0]
        steps = np.floor(sample["spikes.times"] + 1e-6).astype(int)
        order = np.lexsort((sample["spikes.ids"], steps))
        np.testing.assert_array_equal(steps[order], taken.spikes["input"].steps)
        np.testing.assert_array_equal(sample["spikes.ids"][order], taken.spikes["input"].ids)


def test_other_settings_are_shown_without_reading_the_files_again(tmp_path: Any) -> None:
    write_folder(tmp_path)
    dataset = sl.SpikeHDF5(folder=str(tmp_path), channels=CHANNELS, classes=CLASSES)
    looker, heard = looked(dataset)
    before = heard[-1]
    assert heard[0]["splits"]["test"] == SIZES["shd_test.h5"]
    (tmp_path / "shd_train.h5").unlink()
    slower = dataset.model_copy(update={"transforms": [sl.TimeScaling(2.0)]})
    looker.show({"dataset": slower.model_dump(mode="json"), "example": 0})
    np.testing.assert_allclose(heard[-1]["spikes.times"], 2 * before["spikes.times"], rtol=1e-6)
    np.testing.assert_allclose(heard[-1]["raw.times"], before["spikes.times"])
    # What is wrong is told, and what was shown stays to be asked for.
    looker.show({"split": "nothing"})
    assert heard[-1]["event"] == "message"
    assert "no split 'nothing'" in heard[-1]["text"]
    looker.show({"example": 10**9})
    assert heard[-1]["example"] == heard[-1]["examples"] - 1


def test_a_set_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UserError, match="was not found"):
        looked(sl.MNIST(folder="no such folder"))
    with pytest.raises(UserError, match="names no data set"):
        looked(None)


def test_patterns_are_shown() -> None:
    _, (facts, _, sample) = looked(sl.Pattern())
    assert facts["splits"]["train"] == 10
    assert facts["balance"] == {}
    assert len(sample["raw.times"]) > 100

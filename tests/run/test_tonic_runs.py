"""A document with each set of tonic's loads, is checked, compiles, and trains an epoch on small files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import spikeloom as sl
from spikeloom import examples
from spikeloom.cli.main import main
from spikeloom.errors import UserError
from spikeloom.run import Control
from spikeloom.run.prepare import prepare
from spikeloom.run.tasks import train
from spikeloom.spec import Document, check
from tests.data import tonic_files as files
from tests.data.tonic_files import needs_aedat

pytest.importorskip("tonic", reason="tonic is not installed")


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    for name in ("XDG_CONFIG_HOME", "SPIKELOOM_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


def document(dataset: sl.Dataset, folder: Path, example_time: float = 40.0, epochs: int = 1) -> Document:
    """A small network for a data set, saved beside its files and opened again."""
    with sl.Network() as network:
        source = sl.Population("spike_input", name="input")
        hidden = sl.Population(sl.LIF(), 16, "hidden")
        output = sl.Population(sl.LI(readout="avg_var"), name="output")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(0.5, 0.5)), sl.Exponential(5))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5))
    experiment = sl.Experiment(
        dataset=dataset,
        simulation=sl.Simulation(dt=1.0, example_time=example_time),
        learning=sl.EventProp(optimiser=sl.Adam(0.01)),
        training=sl.Training(epochs=epochs, batch_size=8, validation_fraction=0.1),
    )
    Document(network, experiment).save(folder / "d.snn")
    return Document.load(folder / "d.snn")


def learned(folder: Path) -> dict:
    return train(
        {"document": str(folder / "d.snn"), "run_dir": str(folder / "run"), "threads": 1}, lambda _: None, Control()
    )


SETS = [
    pytest.param(sl.NMNIST(), files.nmnist, 60, id="NMNIST"),
    pytest.param(sl.DVSGesture(), files.dvs_gesture, 110, id="DVSGesture"),
    pytest.param(sl.POKERDVS(), files.poker_dvs, 32, id="POKERDVS"),
    pytest.param(sl.SMNIST(neurons=11, step=0.05), files.smnist, 50, id="SMNIST"),
    pytest.param(sl.CIFAR10DVS(), files.cifar10_dvs, 100, id="CIFAR10DVS", marks=needs_aedat),
    pytest.param(sl.TonicDataset("DVSLip", classes=3), files.dvs_lip, 18, id="DVSLip"),
    pytest.param(sl.TonicDataset("ASLDVS", classes=3), files.asl_dvs, 30, id="ASLDVS"),
    pytest.param(sl.TonicDataset("NCALTECH101", classes=3), files.ncaltech101, 30, id="NCALTECH101"),
    pytest.param(
        sl.TonicDataset("NTIDIGITS18"),
        lambda folder: files.tidigits(folder / "n-tidigits.hdf5"),
        14,
        id="NTIDIGITS18",
    ),
    pytest.param(
        sl.TonicDataset("SHD"), lambda folder: files.heidelberg(folder, "shd", ("train", "test")), 40, id="SHD"
    ),
    pytest.param(
        sl.TonicDataset("SSC"),
        lambda folder: files.heidelberg(folder, "ssc", ("train", "valid", "test")),
        40,
        id="SSC",
    ),
]


@pytest.mark.parametrize(("dataset", "write", "examples"), SETS)
def test_a_document_trains_an_epoch(tmp_path, dataset, write: Callable[[Path], object], examples):
    folder = tmp_path / ("smnist" if dataset.tonic_class == "SMNIST" else dataset.tonic_class)
    write(folder)
    made = document(dataset, tmp_path)
    check(made)
    assert made.experiment.dataset == dataset
    parts = prepare(made)
    assert sum(len(part) for part in parts.values()) == examples
    assert parts.whole is not None and np.diff(parts.whole.spikes["events"].offsets).min() > 0
    result = learned(tmp_path)
    assert result["epochs"] == 1 and 0 <= result["test"]["accuracy"] <= 1


def test_suits_are_told_apart(tmp_path):
    files.poker_dvs(tmp_path / "POKERDVS", each=12)
    document(sl.POKERDVS(), tmp_path, example_time=15.0, epochs=25)
    assert learned(tmp_path)["test"]["accuracy"] > 0.8


def test_a_subject_is_left_out(tmp_path):
    files.dvs_gesture(tmp_path / "DVSGesture")
    parts = prepare(document(sl.DVSGesture(split=sl.LeaveOneGroupOut("subject", 10)), tmp_path))
    assert {name: len(part) for name, part in parts.items()} == {"train": 79, "validation": 9, "test": 22}
    with pytest.raises(UserError, match="no example of subject 3"):
        prepare(document(sl.DVSGesture(split=sl.LeaveOneGroupOut("subject", 3)), tmp_path))
    with pytest.raises(UserError, match="30 found, expected 0 to 29"):
        check(document(sl.DVSGesture(split=sl.LeaveOneGroupOut("subject", 30)), tmp_path))


def test_the_heidelberg_sets_own_validation_counts(tmp_path):
    files.heidelberg(tmp_path / "SSC", "ssc", ("train", "valid", "test"))
    made = document(sl.TonicDataset("SSC"), tmp_path)
    made.experiment.training.validation_fraction = 0.0
    parts = prepare(made)
    assert {name: len(part) for name, part in parts.items()} == {"train": 20, "validation": 20, "test": 20}


def test_smaller_pictures_train_too(tmp_path):
    files.nmnist(tmp_path / "NMNIST")
    made = document(sl.NMNIST(transforms=[sl.Downsample(2)]), tmp_path)
    assert sl.infer_shapes(made)["input"] == (17, 17, 2)
    assert learned(tmp_path)["epochs"] == 1


def test_a_set_of_which_only_a_part_is_there_is_told(tmp_path, capsys):
    files.poker_dvs(tmp_path / "POKERDVS")
    document(sl.POKERDVS(), tmp_path)
    assert main(["data", "info", str(tmp_path / "d.snn")]) == 0
    said = capsys.readouterr().out
    assert "16 examples" in said and "68 as published" in said and "clubs, hearts" in said


EXAMPLES = [
    ("dvs_gesture", files.dvs_gesture, 11),
    ("dvs_gesture_sparse", files.dvs_gesture, 11),
    ("nmnist", lambda folder: files.nmnist(folder, each=12), 10),
]


@pytest.mark.parametrize(("name", "write", "classes"), EXAMPLES)
def test_an_example_learns_a_small_set_in_its_format(tmp_path, name, write: Callable[[Path], object], classes):
    made = Document.load(examples.examples()[name])
    assert made.experiment.dataset.num_classes == classes
    write(tmp_path / made.experiment.dataset.tonic_class)
    made.experiment.simulation.example_time = 60.0  # as long as these recordings
    made.experiment.training.batch_size, made.experiment.training.epochs = 8, 20
    made.experiment.training.validation_fraction = 0.0
    made.save(tmp_path / "d.snn")
    check(Document.load(tmp_path / "d.snn"))
    assert learned(tmp_path)["test"]["accuracy"] > 4 / classes

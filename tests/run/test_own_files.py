"""Documents whose data are the user's own files: each kind is saved, opened, found right, and trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import inspect
from spikeloom.run import Control
from spikeloom.run.prepare import prepare
from spikeloom.run.tasks import train
from spikeloom.spec import Dataset, Document
from tests.data.own_files import dvs128, events, tone, write_image, write_wav


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("SPIKELOOM_CACHE", str(tmp_path / "cache"))


def arrays(folder: Path) -> Dataset:
    rng = np.random.default_rng(0)
    (folder / "arrays").mkdir()
    labels = np.arange(40) % 2
    x = 0.3 * rng.random((40, 6, 6))
    x[labels == 1, :3] += 0.7
    x[labels == 0, 3:] += 0.7
    np.savez(folder / "arrays" / "data.npz", x=x, y=labels)
    return sl.ArrayFile()


def dense_spikes(folder: Path) -> Dataset:
    rng = np.random.default_rng(0)
    (folder / "arrays").mkdir()
    labels = np.arange(40) % 2
    x = rng.random((40, 30, 6)) < np.where(labels[:, None, None] == (np.arange(6) < 3), 0.4, 0.0)
    np.savez(folder / "arrays" / "data.npz", x=x, y=labels)
    return sl.ArrayFile(encoder=None)


def images(folder: Path) -> Dataset:
    for number in range(40):
        pixels = np.zeros((6, 6), np.uint8)
        pixels[:3, :] = 255 * (number % 2)
        pixels[3:, :] = 255 * (1 - number % 2)
        write_image(folder / "images" / ("high", "low")[number % 2] / f"{number}.png", pixels)
    return sl.ImageFolder()


def sounds(folder: Path) -> Dataset:
    for number in range(40):
        sound = tone((300, 2500)[number % 2] * (1 + number / 400), 0.03)
        write_wav(folder / "sounds" / f"{('low', 'high')[number % 2]}_{number % 4}_{number}.wav", sound)
    return sl.AudioFolder(pattern="{label}_{speaker}_{take}.wav", channels=16, split=sl.LeaveOneGroupOut("speaker", 3))


def camera(folder: Path) -> Dataset:
    for number in range(40):
        t, x, y, p = events(60, number, rows=4, columns=8)
        path = folder / "events" / ("left", "right")[number % 2] / f"{number}.aedat"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dvs128(t, x // 2 + 4 * (number % 2), y, p))
    return sl.EventFolder()


def manifolds(folder: Path) -> Dataset:
    return sl.Randman(channels=20, classes=2, train_size=200, test_size=40, duration=30, dimensions=1)


def saved(folder: Path, dataset: Dataset) -> Document:
    with sl.Network() as network:
        source = sl.Population("spike_input", name="input")
        hidden = sl.Population(sl.LIF(), 20, "hidden")
        output = sl.Population(sl.LI(readout="avg_var"), name="output")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(1.0, 1.0)), sl.Exponential(5))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5))
    experiment = sl.Experiment(
        dataset=dataset,
        simulation=sl.Simulation(dt=1.0, example_time=50.0),
        learning=sl.EventProp(optimiser=sl.Adam(0.01)),
        training=sl.Training(epochs=10, batch_size=8, validation_fraction=0),
    )
    sl.Document(network, experiment).save(folder / "d.snn")
    return Document.load(folder / "d.snn")


KINDS = [arrays, dense_spikes, images, sounds, camera, manifolds]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_document_with_own_files_trains(tmp_path, kind):
    dataset = kind(tmp_path)
    dataset = inspect(dataset, tmp_path).applied(dataset)
    document = saved(tmp_path, dataset)
    assert document.experiment.dataset == dataset
    assert [problem for problem in sl.check(document) if problem.severity == "error"] == []
    parts = prepare(document)
    assert len(parts["train"]) + len(parts["test"]) in (40, 240)
    assert all(len(spikes.ids) > 100 for spikes in parts.whole.spikes.values())
    options = {"document": str(tmp_path / "d.snn"), "run_dir": str(tmp_path / "run"), "threads": 1}
    result = train(options, lambda event: None, Control())
    assert result["test"]["accuracy"] > 0.8
    assert sl.infer_shapes(document)["output"] == (2,)


def test_files_that_are_read_when_needed_train_alike(tmp_path, monkeypatch):
    document = saved(tmp_path, sounds(tmp_path).model_copy(update={"classes": 2}))
    options = {"document": str(tmp_path / "d.snn"), "threads": 1}
    results = []
    for number, small in enumerate((2**30, 0)):
        monkeypatch.setattr("spikeloom.data.audio_folder.SMALL", small)
        results.append(train(options | {"run_dir": str(tmp_path / str(number))}, lambda event: None, Control())["test"])
    assert results[0]["loss"] == results[1]["loss"]
    assert prepare(document).whole.store is not None  # kept on the disk


def test_a_speaker_is_left_out(tmp_path):
    document = saved(tmp_path, sounds(tmp_path).model_copy(update={"classes": 2}))
    assert len(prepare(document)["test"]) == 10

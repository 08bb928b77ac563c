"""A document whose data set is recorded spikes: it becomes batches, and EventProp learns it."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.run import Control
from spikeloom.run.prepare import prepare
from spikeloom.run.tasks import train
from spikeloom.spec import Document
from tests.data.spike_files import write_file

CLASSES, CHANNELS = 2, 20


def told_apart(size: int, seed: int) -> tuple[list, list, np.ndarray]:
    """Spikes of the lower channels for class 0, of the upper ones for class 1."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, size)
    times = [rng.uniform(0, 0.05, 15) for _ in labels]
    units = [rng.integers(0, CHANNELS // 2, 15) + label * CHANNELS // 2 for label in labels]
    return times, units, labels


@pytest.fixture
def document(tmp_path):
    """Saved beside its data."""
    for seed, name in enumerate(("shd_train.h5", "shd_test.h5")):
        write_file(tmp_path / "shd" / name, *told_apart(60, seed), kind=np.float32)
    with sl.Network() as network:
        source = sl.Population("spike_input", name="input")
        hidden = sl.Population(sl.LIF(), 20, "hidden")
        output = sl.Population(sl.LI(readout="avg_var"), name="output")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(1.0, 1.0)), sl.Exponential(5))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5))
    experiment = sl.Experiment(
        dataset=sl.SpikeHDF5(channels=CHANNELS, classes=CLASSES),
        simulation=sl.Simulation(dt=1.0, example_time=40.0),
        learning=sl.EventProp(optimiser=sl.Adam(0.01)),
        training=sl.Training(epochs=8, batch_size=10, validation_fraction=0.25),
    )
    made = Document(network, experiment)
    made.save(tmp_path / "d.snn")
    return Document.load(tmp_path / "d.snn")


def test_its_spikes_are_those_of_the_files(document):
    parts = prepare(document)
    assert {name: len(part) for name, part in parts.items()} == {"train": 45, "validation": 15, "test": 60}
    times, units, labels = told_apart(60, 1)
    spikes = parts["test"].take(range(60)).spikes["input"]
    np.testing.assert_array_equal(parts["test"].values["labels"], labels)
    for example in range(60):
        inside = slice(spikes.offsets[example], spikes.offsets[example + 1])
        found = list(zip(spikes.steps[inside].tolist(), spikes.ids[inside].tolist(), strict=True))
        seconds = times[example].astype(np.float32).astype(float)
        expected = {(int(s * 1000), u) for s, u in zip(seconds, units[example].tolist(), strict=True) if s < 0.04}
        assert found == sorted(expected)


def test_it_learns(document, tmp_path):
    options = {"document": str(tmp_path / "d.snn"), "run_dir": str(tmp_path / "run"), "threads": 1}
    result = train(options, lambda event: None, Control())
    assert result["test"]["accuracy"] > 0.9

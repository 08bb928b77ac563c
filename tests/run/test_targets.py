"""Targets instead of classes: what the run loop gets of them, and what is said where there is no accuracy."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.cli.main import main
from spikeloom.errors import UserError
from spikeloom.run import Control, Session, tasks
from spikeloom.run.arrays import batch_data
from spikeloom.run.folder import draw_curves
from spikeloom.run.prepare import prepare
from spikeloom.spec import Document
from spikeloom.worker.stream import plain
from tests.run.worker import DIGITS


def pattern(learning: Any = None, **fields: Any) -> Document:
    with sl.Network() as network:
        source = sl.Population("spike_input", name="input")
        hidden = sl.Population(sl.LIF(), 10, "hidden")
        output = sl.Population(sl.LI(readout="avg_var"), name="output")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(1.0, 0.5)), sl.Exponential(5))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5))
    simulation = sl.Simulation(dt=2.0, example_time=1000.0)
    return Document(network, sl.Experiment(dataset=sl.Pattern(**fields), simulation=simulation, learning=learning))


def test_a_pattern_becomes_spikes_and_targets_of_each_timestep():
    document = pattern(repeats=5)
    document.experiment.training.validation_fraction = 0.2
    parts = prepare(document)
    assert {name: len(part) for name, part in parts.items()} == {"train": 4, "validation": 1, "test": 1}
    for part in parts.values():
        assert list(part.values) == ["targets"]
        assert part.values["targets"].shape == (len(part), 500, 3)
        assert part.values["targets"].dtype == np.float32
        assert 900 < len(part.spikes["input"].ids) / len(part) < 1100  # 20 channels at 50 Hz for a second


def test_a_network_that_does_not_learn_runs_on_it(tmp_path, capsys):
    pattern().save(tmp_path / "d.snn")
    assert main(["evaluate", str(tmp_path / "d.snn"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (result["accuracy"], result["loss"], result["examples"]) == (None, None, 1)


def test_a_loss_without_curves_refuses_it_before_anything_runs(tmp_path):
    pattern("eventprop").save(tmp_path / "d.snn")
    with pytest.raises(UserError, match="are curves, and 'sparse_categorical_crossentropy' takes one target"):
        tasks.train({"document": str(tmp_path / "d.snn")}, lambda event: None, Control())


def test_targets_over_time_are_taken_from_a_script_for_a_rule_that_knows_them():
    document = pattern()
    document.network.population("hidden").neuron = sl.ALIF()
    compiled = Session(document).compiled
    x, y = [([1.0], [0])] * 4, np.ones((4, 500, 3))
    with pytest.raises(UserError, match=r"expected integer labels \(examples,\) or targets \(examples, 3\)"):
        batch_data(document, compiled, x, y)
    document.experiment.learning = sl.EProp(loss=sl.MeanSquareError(target_per_timestep=True))
    compiled = Session(document).compiled
    assert batch_data(document, compiled, x, y).values["targets"].shape == (4, 500, 3)
    assert (batch_data(document, compiled, x, y[:, 0]).values["targets"] == y).all()  # the same in every step
    with pytest.raises(UserError, match=r"targets \(examples, 500, 3\)"):
        batch_data(document, compiled, x, np.ones((4, 499, 3)))


# -- no classes, and so no accuracy ----------------------------------------------------------------------------------


@pytest.fixture
def without_labels(monkeypatch, tmp_path):
    """The digits' targets without their labels, for a mean-square loss; the path of the document."""
    document = Document.load(DIGITS)
    document.experiment.learning.loss = sl.MeanSquareError()
    document.experiment.training.validation_fraction = 0.1
    document.save(tmp_path / "d.snn")

    def targets_alone(*arguments: Any) -> Any:
        parts = prepare(*arguments)
        for part in parts.values():
            del part.values["labels"]
        return parts

    monkeypatch.setattr(tasks, "prepare", targets_alone)
    return tmp_path / "d.snn"


def test_training_tells_the_loss_instead(without_labels, tmp_path):
    events: list[dict[str, Any]] = []
    options = {"document": str(without_labels), "run_dir": str(tmp_path / "run"), "epochs": 2, "probe": {}}
    result = plain(tasks.train(options, events.append, Control()))
    assert result["test"] == {"accuracy": None, "loss": pytest.approx(0.1, abs=0.1)}
    assert result["train"]["accuracy"] is None and result["train"]["loss"] > 0
    assert result["validation"]["accuracy"] is None
    assert all(event["prediction"] is None for event in events if event["event"] == "example")
    log = (tmp_path / "run" / "log.txt").read_text()
    assert "nan" not in log and f"done: test loss {result['test']['loss']:.4f}" in log
    assert json.loads((tmp_path / "run" / "run.json").read_text())["result"]["test"]["accuracy"] is None


def test_the_command_says_the_loss(monkeypatch, capsys):
    from spikeloom.cli import evaluate, train

    figures = {"accuracy": None, "loss": 0.25}
    train._summarise({"test": figures, "train": figures, "epochs": 3, "seconds": 1.5, "run": "here"}, "")
    evaluate._summarise(figures | {"split": "test", "examples": 7})
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "test loss 0.2500 after 3 epochs in 1.5 s (training: loss 0.2500)",
        "run folder: here",
        "test loss 0.2500 (7 examples)",
    ]


def test_lines_about_epochs_leave_the_accuracy_out(capsys):
    from spikeloom.cli.display import Lines

    epoch = {"event": "epoch", "epoch": 1, "epochs": 1, "loss": 0.5, "accuracy": None, "validation_accuracy": None}
    Lines("x").show(epoch)
    Lines("x").show(epoch | {"accuracy": 0.75})
    assert capsys.readouterr().err.splitlines() == ["epoch 1/1  loss 0.5000", "epoch 1/1  loss 0.5000  accuracy 0.750"]


def test_the_picture_of_a_run_without_accuracy():
    nan = float("nan")
    history = [sl.EpochMetrics(n, 1.0 / n, nan, 2.0 / n, nan, 0.1) for n in (1, 2, 3)]
    assert draw_curves(history, "x").startswith(b"\x89PNG")

"""What the tasks of the worker compute: the same for any number of threads, and nothing from a run that was stopped."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spikeloom.errors import RunError, UserError
from spikeloom.run import Control
from spikeloom.run.tasks import describe, evaluate, train
from spikeloom.spec import Document
from tests.run.worker import DIGITS


def silent(event):
    """Hear nothing."""


def options(tmp_path, **more):
    return {"document": str(DIGITS), "run_dir": str(tmp_path / "run"), "epochs": 2, "threads": 1} | more


@pytest.fixture
def trained(tmp_path):
    """A run folder."""
    train(options(tmp_path), silent, Control())
    return tmp_path / "run"


def test_checkpoints_do_not_depend_on_threads_and_do_on_the_seed(tmp_path):
    files = []
    for number, changed in enumerate([{"threads": 1}, {"threads": 2}, {"seed": 1}]):
        train(options(tmp_path, run_dir=str(tmp_path / str(number)), **changed), silent, Control())
        files.append((tmp_path / str(number) / "checkpoints" / "last.safetensors").read_bytes())
    assert files[0] == files[1] != files[2]


def test_a_checkpoint_evaluates_as_the_run_did(trained):
    result = json.loads((trained / "run.json").read_text())["result"]
    found = evaluate({"document": str(DIGITS), "checkpoint": str(trained)}, silent, Control())
    assert found["accuracy"] == result["test"]["accuracy"]
    assert found["split"] == "test" and found["examples"] > 300
    again = evaluate({"document": str(trained / "document.snn"), "checkpoint": str(trained)}, silent, Control())
    assert again | {"seconds": 0} == found | {"seconds": 0}


def test_the_document_that_ran_has_the_options(trained):
    document = Document.load(trained / "document.snn")
    assert document.experiment.training.epochs == 2


def test_without_weights_it_says_so():
    events = []
    evaluate({"document": str(DIGITS)}, events.append, Control())
    (message,) = [event for event in events if event["event"] == "message"]
    assert "--checkpoint" in message["text"]


def test_a_stop_during_the_test_leaves_no_figure(tmp_path, monkeypatch):
    """Half of the examples are not the test split."""
    from spikeloom.run.session import Session

    control, whole = Control(), Session.tally

    def stopped_half_way(self, data, on_chunk=None):
        found = whole(self, data, on_chunk)
        if self.epoch == 2:
            control.stop()
        return found

    monkeypatch.setattr(Session, "tally", stopped_half_way)
    document = Document.load(DIGITS)
    document.experiment.training.validation_fraction = 0.0
    document.save(tmp_path / "d.snn")
    result = train(options(tmp_path, document=str(tmp_path / "d.snn")), silent, control)
    assert result["test"]["accuracy"] is None and result["stopped"] is True
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "stopped"


def test_a_picture_that_cannot_be_drawn_is_no_failure(tmp_path, monkeypatch):
    from spikeloom.run.folder import RunFolder

    def broken(self, title):
        raise ImportError("no fonts")

    monkeypatch.setattr(RunFolder, "draw_curves", broken)
    events = []
    train(options(tmp_path), events.append, Control())
    assert events[-1]["event"] == "result" and events[-1]["curves"] == ""
    assert "no fonts" in events[-2]["text"]
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "done"


def test_who_stops_in_time_and_lingers_may_draw_as_long_as_it_takes(tmp_path, monkeypatch):
    from spikeloom.run.folder import RunFolder

    control, course = Control(), []
    monkeypatch.setattr(RunFolder, "draw_curves", lambda self, title: course.append("drawn"))

    def spared():
        course.append("spared")
        control.stop()  # also ends the lingering

    def listener(event):
        if event["event"] == "epoch":
            control.stop()
        elif event["event"] == "lingering":
            course.append("lingering")

    control.on_linger(spared)
    train(options(tmp_path, linger=True), listener, control)
    assert course == ["spared", "drawn", "lingering", "spared"]


def test_what_moves_when_the_run_has_ended_is_none_of_its_settings(tmp_path):
    control, path = Control(), "experiment.learning.optimiser.alpha"

    def move(event):
        if event["event"] == "epoch" and event["epoch"] == 1:
            control.set(path, 0.025)
        elif event["event"] == "lingering":
            control.set(path, 0.03)
        elif event["event"] == "live" and event["value"] == 0.03:
            control.stop()

    train(options(tmp_path, linger=True), move, control)
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    assert [change["value"] for change in facts["live"]] == [0.025] and facts["status"] == "done"
    lines = (tmp_path / "run" / "log.txt").read_text().splitlines()
    (done,) = [number for number, line in enumerate(lines) if " done: " in line]
    assert [number > done for number, line in enumerate(lines) if path in line] == [False, True]
    assert f"after the run {path}: 0.025 -> 0.03" in lines[-1]


def test_an_evaluation_that_is_stopped_has_no_result():
    control, events = Control(), []
    control.stop()
    with pytest.raises(RunError):
        evaluate({"document": str(DIGITS)}, events.append, control)
    assert not any(event["event"] == "result" for event in events)


def test_wrong_checkpoints(tmp_path, trained):
    with pytest.raises(UserError, match="no such checkpoint"):
        evaluate({"document": str(DIGITS), "checkpoint": str(tmp_path / "none")}, silent, Control())
    document = Document.load(DIGITS)
    document.network.population("hidden").shape = (7,)
    document.save(tmp_path / "small.snn")
    with pytest.raises(UserError) as raised:
        evaluate({"document": str(tmp_path / "small.snn"), "checkpoint": str(trained)}, silent, Control())
    assert raised.value.place == str(trained)


def test_wrong_splits(tmp_path):
    with pytest.raises(UserError, match="did you mean 'test'"):
        evaluate({"document": str(DIGITS), "split": "tset"}, silent, Control())
    document = Document.load(DIGITS)
    document.experiment.training.validation_fraction = 0.0
    document.save(tmp_path / "d.snn")
    with pytest.raises(UserError, match="is empty") as raised:
        evaluate({"document": str(tmp_path / "d.snn"), "split": "validation"}, silent, Control())
    assert "validation_fraction" in raised.value.hint


def test_a_document_without_data_or_learning_leaves_no_folder(tmp_path):
    for field in ("dataset", "learning"):
        document = Document.load(DIGITS)
        setattr(document.experiment, field, None)
        if field == "dataset":
            document.network.population("input").shape = (64,)
            document.network.population("output").shape = (10,)
        document.save(tmp_path / "d.snn")
        with pytest.raises(UserError):
            train(options(tmp_path, document=str(tmp_path / "d.snn")), silent, Control())
        assert not (tmp_path / "run").exists()


def test_a_recording(tmp_path):
    path = tmp_path / "seen.npz"
    result = evaluate({"document": str(DIGITS), "record": str(path), "record_examples": 3}, silent, Control())
    assert result["record"] == str(path)
    document = Document.load(DIGITS)
    with np.load(path, allow_pickle=False) as seen:
        assert seen["output.V"].shape == (3, document.experiment.simulation.timesteps, 10)
        assert set(seen["input.spike_examples"]) == {0, 1, 2}
        times = seen["hidden.spike_times"]
        assert times.shape == seen["hidden.spike_ids"].shape == seen["hidden.spike_examples"].shape
        assert 0 <= times.min() <= times.max() < document.experiment.simulation.example_time


@pytest.mark.parametrize(("place", "code"), [("missing/seen.npz", 2), ("", 2), ("file/seen.npz", 2)])
def test_where_no_recording_can_be_is_said_before_anything_runs(tmp_path, place, code):
    (tmp_path / "file").write_text("mine")
    events = []
    with pytest.raises((RunError, UserError)) as raised:
        evaluate({"document": str(DIGITS), "record": str(tmp_path / place)}, events.append, Control())
    assert raised.value.exit_code == code and events == []


def test_a_document_without_recorders(tmp_path):
    document = Document.load(DIGITS)
    document.experiment.recording = []
    document.save(tmp_path / "d.snn")
    with pytest.raises(UserError, match="no recorders"):
        evaluate({"document": str(tmp_path / "d.snn"), "record": str(tmp_path / "x.npz")}, silent, Control())


def test_description():
    facts = describe({"document": str(DIGITS), "threads": 2})
    assert [row["name"] for row in facts["populations"]] == ["input", "hidden", "output"]
    assert facts["synapses"] == sum(row["synapses"] for row in facts["connections"]) == 64 * 100 + 100 * 10
    assert facts["parameters"] == facts["synapses"]
    assert facts["memory_bytes"] > 4 * facts["synapses"]
    more = describe({"document": str(DIGITS), "threads": 4})
    assert more["memory_bytes"] > facts["memory_bytes"]

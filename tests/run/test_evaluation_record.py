"""An evaluation that is kept leaves a run folder: what ran, what came of it, and how it ended."""

from __future__ import annotations

import json

import pytest

from spikeloom import history
from spikeloom.errors import RunError, UserError
from spikeloom.run import Control
from spikeloom.run.session import Session
from spikeloom.run.tasks import evaluate, train
from spikeloom.spec import Document
from tests.run.worker import DIGITS


def silent(event):
    """Hear nothing."""


def options(tmp_path, **more):
    return {"document": str(DIGITS), "run_dir": str(tmp_path / "seen"), "threads": 1} | more


def test_a_document_that_does_not_learn_leaves_a_run(tmp_path):
    document = Document.load(DIGITS)
    document.experiment.learning = None
    document.title = "Untrained"
    document.save(tmp_path / "plain.snn")
    events = []
    found = evaluate(options(tmp_path, document=str(tmp_path / "plain.snn")), events.append, Control())
    run = history.read(tmp_path / "seen")
    assert (run.kind, run.split, run.status, run.name) == ("evaluate", "test", "done", "Untrained")
    assert found["run"] == str(run.folder) and events[0] == {"event": "folder", "run": str(run.folder)}
    assert run.final == {"test": {"accuracy": found["accuracy"]}}  # who does not learn has no loss
    assert run.seconds == found["seconds"] and run.epochs == 0 and run.parent is None
    assert run.seed == document.experiment.training.seed and "numpy" in run.versions
    assert Document.load(run.document).network == document.network
    log = (run.folder / "log.txt").read_text()
    assert "evaluating plain: 359 test examples" in log and "drawn at random" in log and "done: accuracy" in log


def test_whose_weights_it_had_is_kept_and_counts_as_a_difference(tmp_path):
    train(options(tmp_path, run_dir=str(tmp_path / "trained"), epochs=1), silent, Control())
    evaluate(options(tmp_path, checkpoint=str(tmp_path / "trained"), split="validation"), silent, Control())
    run = history.read(tmp_path / "seen")
    assert run.split == "validation" and list(run.final) == ["validation"]
    assert run.parent.run == tmp_path / "trained" and run.epochs == 1 and not run.checkpoints
    changed = {path: value for path, _, value in history.differences(history.read(tmp_path / "trained"), run)}
    assert changed["weights"] == str(tmp_path / "trained") and changed["split"] == "validation"
    assert history.delete(run) == [] and not (tmp_path / "seen").exists()


def test_without_a_folder_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr("spikeloom.run.folder.default_runs_folder", lambda: tmp_path / "runs")
    found = evaluate({"document": str(DIGITS)}, silent, Control())
    assert "run" not in found and not (tmp_path / "runs").exists()
    found = evaluate({"document": str(DIGITS), "keep": True}, silent, Control())
    assert [run.folder for run in history.runs(tmp_path / "runs")] == [tmp_path / "runs" / found["run"]]


def test_one_that_is_stopped_or_fails_says_so(tmp_path, monkeypatch):
    control = Control()

    def stop(event):
        if event["event"] == "evaluating":
            control.stop()

    with pytest.raises(RunError, match="stopped"):
        evaluate(options(tmp_path), stop, control)
    run = history.read(tmp_path / "seen")
    assert run.status == "stopped" and not run.error and run.final == {}
    assert "stopped before all examples" in (run.folder / "log.txt").read_text()

    def fail(*_):
        raise RunError("is not a number", place="hidden.V")

    monkeypatch.setattr(Session, "tally", fail)
    with pytest.raises(RunError, match="not a number"):
        evaluate(options(tmp_path, run_dir=str(tmp_path / "failed")), silent, Control())
    run = history.read(tmp_path / "failed")
    assert run.status == "failed" and run.error["place"] == "hidden.V"


def test_wrong_input_leaves_no_folder(tmp_path):
    train(options(tmp_path, run_dir=str(tmp_path / "trained"), epochs=1), silent, Control())
    document = Document.load(DIGITS)
    document.network.population("hidden").shape = (7,)
    document.save(tmp_path / "small.snn")
    wrong = options(tmp_path, document=str(tmp_path / "small.snn"), checkpoint=str(tmp_path / "trained"))
    with pytest.raises(UserError, match="weights of"):
        evaluate(wrong, silent, Control())
    assert not (tmp_path / "seen").exists()


def test_what_moves_while_it_goes_on_is_kept_and_no_later(tmp_path):
    control = Control()
    path = "experiment.learning.optimiser.alpha"

    def move(event):
        if event["event"] == "evaluating" and event["fraction"] == 0.0:
            control.set(path, 0.025)
        elif event["event"] == "lingering":
            control.set(path, 0.03)
        elif event["event"] == "live" and event["value"] == 0.03:
            control.stop()

    evaluate(options(tmp_path, linger=True), move, control)
    changes = json.loads((tmp_path / "seen" / "run.json").read_text()).get("live", [])
    assert [change["value"] for change in changes] == [0.025]

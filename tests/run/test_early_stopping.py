"""Training that ends where nothing gets better, the best epoch of a run, and checkpoints of every few epochs."""

from __future__ import annotations

import json

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.history import read
from spikeloom.run import Control
from spikeloom.run.checkpoints import load_checkpoint
from spikeloom.run.tasks import evaluate, train
from tests.run.worker import DIGITS

NEVER = 1e3  # no loss of the digits gets better by that much


def document(folder, **training):
    """The digits, saved with other settings of training."""
    found = sl.Document.load(DIGITS)
    for name, value in training.items():
        setattr(found.experiment.training, name, value)
    found.save(folder / "digits.snn")
    return str(folder / "digits.snn")


def run(path, folder, epochs, listener=lambda event: None, **more):
    return train({"document": path, "run_dir": str(folder), "epochs": epochs, **more}, listener, Control())


def checkpoint(folder, name):
    return load_checkpoint(folder / "checkpoints" / f"{name}.safetensors")


def loss_of(path, checkpoint):
    return evaluate({"document": path, "checkpoint": str(checkpoint)}, lambda event: None, Control())["loss"]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """Document, folder, result and events of a run that ends after three epochs: only the first counts as better."""
    folder, events = tmp_path_factory.mktemp("stopped"), []
    stopping = sl.EarlyStopping("loss", patience=2, min_delta=NEVER)
    path = document(folder, early_stopping=stopping)
    return path, folder / "run", run(path, folder / "run", 9, events.append), events


def test_training_ends_where_nothing_gets_better(stopped):
    _, folder, result, events = stopped
    assert (result["epochs"], result["stopped_early"], result["best_epoch"]) == (3, True, 1)
    assert result["monitor"] == "loss" and result["stopped"] is False
    assert sum(event["event"] == "epoch" for event in events) == 3
    (message,) = [event["text"] for event in events if event["event"] == "message"]
    assert message.startswith("stopped early after epoch 3: loss has not become better since epoch 1 (")
    assert message in (folder / "log.txt").read_text()
    assert read(folder).status == "done" and read(folder).facts["result"]["best_epoch"] == 1


def test_the_best_epoch_is_kept_and_tested(stopped):
    path, folder, result, _ = stopped
    (best, first), (last, third) = checkpoint(folder, "best"), checkpoint(folder, "last")
    assert (first["epoch"], third["epoch"]) == (1, 3)
    assert not all(np.array_equal(best[name], last[name]) for name in best)
    assert result["test"]["loss"] == loss_of(path, folder / "checkpoints" / "best.safetensors")
    assert result["test"]["loss"] != loss_of(path, folder)


def test_without_restoring_the_last_epoch_is_tested(tmp_path):
    path = document(tmp_path, early_stopping=sl.EarlyStopping("loss", 1, NEVER, restore_best=False))
    result = run(path, tmp_path / "run", 5)
    assert result["epochs"] == 2 and result["test"]["loss"] == loss_of(path, tmp_path / "run")


@pytest.mark.parametrize("stopping", [sl.EarlyStopping(patience=1), sl.EarlyStopping("loss", 3, NEVER)])
def test_two_epochs_and_two_more_are_four(tmp_path, stopping):
    path = document(tmp_path, early_stopping=stopping)
    whole = run(path, tmp_path / "whole", 4)
    run(path, tmp_path / "two", 2)
    more = run(path, tmp_path / "more", 2, resume=str(tmp_path / "two"))
    same = ("test", "best_epoch", "best", "epochs", "stopped_early")
    assert {name: whole[name] for name in same} == {name: more[name] for name in same}
    for name in ("last", "best"):
        files = [tmp_path / run / "checkpoints" / f"{name}.safetensors" for run in ("whole", "more")]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_patience_goes_on_where_a_run_is_resumed_and_begins_anew_after_it_ended(tmp_path, stopped):
    path = document(tmp_path, early_stopping=sl.EarlyStopping("loss", 3, NEVER))
    assert run(path, tmp_path / "two", 2)["stopped_early"] is False
    more = run(path, tmp_path / "more", 9, resume=str(tmp_path / "two"))
    assert more["epochs"] == 4 and more["stopped_early"] is True and more["best_epoch"] == 1
    path, folder, _, _ = stopped
    assert run(path, tmp_path / "again", 9, resume=str(folder))["epochs"] == 5  # two more


def test_the_best_epoch_is_kept_without_stopping_and_said_in_the_log(tmp_path):
    path = document(tmp_path, keep_best="validation_accuracy")
    result = run(path, tmp_path / "run", 3)
    held = [float(row.split(",")[4]) for row in (tmp_path / "run" / "metrics.csv").read_text().splitlines()[1:]]
    assert result["best_epoch"] == 1 + int(np.argmax(held)) and result["best"] == pytest.approx(max(held))
    assert "stopped_early" not in result and result["epochs"] == 3
    assert checkpoint(tmp_path / "run", "best")[1]["epoch"] == result["best_epoch"]
    assert result["test"]["loss"] == loss_of(path, tmp_path / "run")  # nothing asks for the best weights


def test_checkpoints_of_every_second_epoch_of_which_two_stay(tmp_path):
    path = document(tmp_path, checkpoint_every=2, checkpoints_kept=2)
    run(path, tmp_path / "run", 7)
    names = [path.name for path in read(tmp_path / "run").checkpoints]
    assert names == ["last.safetensors", "epoch-0004.safetensors", "epoch-0006.safetensors"]
    assert checkpoint(tmp_path / "run", "epoch-0004")[1]["epoch"] == 4


def test_a_run_without_any_of_it_keeps_what_it_kept_before(tmp_path):
    result = run(str(DIGITS), tmp_path / "run", 1)
    assert [path.name for path in read(tmp_path / "run").checkpoints] == ["last.safetensors"]
    assert not {"best_epoch", "stopped_early", "metrics"} & set(result)
    assert checkpoint(tmp_path / "run", "last")[1].keys() == {"epoch", "step", "seed"}
    assert "early" not in (tmp_path / "run" / "document.snn").read_text()


def test_options_override_the_document(tmp_path):
    options = {"patience": 1, "monitor": "loss", "checkpoint_every": 1}
    run(str(DIGITS), tmp_path / "run", 1, **options)
    training = sl.Document.load(tmp_path / "run" / "document.snn").experiment.training
    assert training.early_stopping == sl.EarlyStopping("loss", 1) and training.checkpoint_every == 1
    with pytest.raises(UserError, match="expected a whole number of at least 1") as caught:
        run(str(DIGITS), tmp_path / "other", 1, patience=0)
    assert caught.value.place == "--patience"
    with pytest.raises(UserError, match="Give --patience") as caught:
        run(str(DIGITS), tmp_path / "other", 1, monitor="loss")


@pytest.mark.parametrize(
    ("training", "place", "words"),
    [
        ({"early_stopping": sl.EarlyStopping("los")}, "early_stopping.monitor", "no figure 'los'; did you mean 'loss'"),
        ({"early_stopping": sl.EarlyStopping()}, "early_stopping.monitor", "no examples are held out"),
        ({"keep_best": "validation_accuracy"}, "keep_best", "no examples are held out"),
        ({"early_stopping": sl.EarlyStopping("loss"), "keep_best": "accuracy"}, "keep_best", "watches 'loss'"),
    ],
)
def test_what_cannot_be_watched_is_said_before_anything_runs(training, place, words):
    found = sl.Document.load(DIGITS)
    found.experiment.training.validation_fraction = 0.0
    for name, value in training.items():
        setattr(found.experiment.training, name, value)
    (problem,) = sl.validate(found)
    assert problem.place == f"experiment.training.{place}" and words in problem.message
    node, last = found.experiment, problem.fix.place.split(".")[1:]
    for name in last[:-1]:
        node = getattr(node, name)
    setattr(node, last[-1], problem.fix.value)  # what the button does
    assert sl.validate(found) == []


def test_the_file_of_a_document_has_only_what_was_said(tmp_path):
    document(tmp_path, early_stopping=sl.EarlyStopping(patience=3))
    training = json.loads((tmp_path / "digits.snn").read_text())["experiment"]["training"]
    assert training["early_stopping"]["patience"] == 3
    assert "keep_best" not in training

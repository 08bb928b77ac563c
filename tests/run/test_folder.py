"""The folder of a run: it overwrites nothing, and every file in it is whole."""

from __future__ import annotations

import json
import math
import os

import pytest

from spikeloom.errors import RunError, UserError
from spikeloom.run.checkpoints import write_atomically
from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.failure import reported
from spikeloom.run.folder import RunFolder, default_runs_folder
from spikeloom.spec import Document
from tests.run.worker import DIGITS


def metrics(epoch: int, **values: float) -> EpochMetrics:
    figures = {
        "loss": 0.5,
        "accuracy": 0.9,
        "validation_loss": math.nan,
        "validation_accuracy": math.nan,
        "seconds": 0.1,
    }
    return EpochMetrics(epoch=epoch, **(figures | values))


def test_a_folder_with_something_in_it_is_refused_untouched(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        RunFolder(tmp_path, "digits")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_empty_folder_and_folders_of_folders_will_do(tmp_path):
    (tmp_path / "empty").mkdir()
    RunFolder(tmp_path / "empty", "digits")
    RunFolder(tmp_path / "a" / "b" / "c", "digits")
    assert (tmp_path / "a" / "b" / "c" / "checkpoints").is_dir()


def test_what_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "run", "/proc/spikeloom/run", tmp_path / ("x" * 300)):
        with pytest.raises(RunError, match="cannot be written") as raised:
            RunFolder(type(tmp_path)(path), "digits")
        assert raised.value.hint
    assert (tmp_path / "file").read_text() == "mine"


def test_runs_without_a_folder_get_one_each(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folders = [RunFolder(None, "Grüße / ../x").path for _ in range(3)]
    assert len(set(folders)) == 3
    for folder in folders:
        assert folder.parent == default_runs_folder().absolute()
        assert folder.name.startswith("Gr-e-x-")


def test_a_name_of_any_length(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert len(RunFolder(None, "n" * 250).path.name) < 100
    assert RunFolder(None, "...").path.name.startswith("run-")


def test_a_runs_folder_that_is_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data").write_text("mine")
    with pytest.raises(RunError, match="is a file"):
        RunFolder(None, "digits")


def test_the_books_of_a_run(tmp_path):
    folder = RunFolder(tmp_path / "run", "digits")
    folder.begin(Document.load(DIGITS), seed=3, document="digits")
    facts = json.loads((folder.path / "run.json").read_text())
    assert facts["status"] == "running" and facts["seed"] == 3 and facts["pid"] == os.getpid()
    assert {"python", "numpy", "spikeloom"} <= facts["versions"].keys()
    folder.add_epoch(metrics(1))
    folder.add_epoch(metrics(2, validation_accuracy=0.8))
    rows = (folder.path / "metrics.csv").read_text().splitlines()
    assert rows == [
        "epoch,loss,accuracy,validation_loss,validation_accuracy,seconds,step,elapsed,learning_rate",
        "1,0.5,0.9,,,0.1,0,0.0,",
        "2,0.5,0.9,,0.8,0.1,0,0.0,",
    ]
    folder.end("done", result={"loss": math.nan, "list": [math.inf, 1.0]})
    facts = json.loads((folder.path / "run.json").read_text())
    assert facts["status"] == "done" and facts["result"] == {"loss": None, "list": [None, 1.0]}
    picture = folder.draw_curves("Digits")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert Document.load(folder.path / "document.snn").dumps() == Document.load(DIGITS).dumps()


def test_discard_takes_away_what_the_run_made_and_no_more(tmp_path):
    (tmp_path / "given").mkdir()
    for path in (tmp_path / "given", tmp_path / "new"):
        folder = RunFolder(path, "digits")
        folder.begin(Document.load(DIGITS))
        folder.log("text")
        folder.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["given"]
    assert list((tmp_path / "given").iterdir()) == []
    folder = RunFolder(tmp_path / "given", "digits")
    (folder.path / "notes.txt").write_text("mine")
    folder.discard()
    assert (folder.path / "notes.txt").read_text() == "mine"


def test_failing_says_so_even_where_the_log_cannot_be_written(tmp_path):
    folder = RunFolder(tmp_path / "run", "digits")
    folder.begin(Document.load(DIGITS))
    (folder.path / "log.txt").mkdir()
    error = KeyError("lost")
    folder.fail(error, reported(error))
    assert json.loads((folder.path / "run.json").read_text())["status"] == "failed"


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match="No space left on device") as raised:
        write_atomically(path, b"new")
    assert raised.value.place == str(path)
    assert path.read_bytes() == b"old" and [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_write_where_no_file_can_be(tmp_path):
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "x", tmp_path / "folder", tmp_path / "missing" / "x"):
        with pytest.raises(RunError):
            write_atomically(path, b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]

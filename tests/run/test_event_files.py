"""Event files for TensorBoard: what they hold, and that nothing of theirs ends a run."""

from __future__ import annotations

import builtins
import struct
from pathlib import Path

import pytest

from spikeloom.history import metrics, read
from spikeloom.run import Control
from spikeloom.run.event_files import EventFiles
from spikeloom.run.tasks import train
from tests.run.worker import DIGITS

FULL = Path("/dev/full")


def written(folder):
    """The figures of a run's event files: tag -> [(step, value)]."""
    from tensorboardX.proto import event_pb2

    (file,) = (folder / "tensorboard").iterdir()
    data, found = file.read_bytes(), {}
    while data:
        (size,) = struct.unpack_from("<Q", data)  # then its checksum, the event and that one's checksum
        event = event_pb2.Event.FromString(data[12 : 12 + size])
        data = data[16 + size :]
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def progress(step, **figures):
    return {"event": "progress", "step": step, **figures}


def epoch(number, **figures):
    return {"event": "epoch", "epoch": number, **figures}


def test_the_figures_of_a_run_are_in_both_files(tmp_path):
    options = {"document": str(DIGITS), "run_dir": str(tmp_path / "run"), "epochs": 2}
    train(options, lambda event: None, Control())
    found, columns = written(tmp_path / "run"), metrics(read(tmp_path / "run"))
    for tag, column in (("loss/training", "loss"), ("accuracy/validation", "validation_accuracy")):
        assert [step for step, _ in found[tag]] == columns["epoch"] == [1, 2]
        assert [value for _, value in found[tag]] == pytest.approx(columns[column])
    assert [value for _, value in found["rate/hidden"]] == pytest.approx(columns["rate:hidden"])
    assert [value for _, value in found["learning_rate"]] == pytest.approx([0.005, 0.005])
    assert found["batch/loss"] and columns["step"][1] == 2 * columns["step"][0] > 0 < columns["elapsed"][0]


def test_rates_and_the_learning_rate_by_epoch_and_the_loss_by_batch(tmp_path):
    files = EventFiles(tmp_path, lambda event: None)
    files(progress(1, batch_loss=2.5, batch_accuracy=float("nan")))
    files(progress(2, batch_loss=2.4))  # too soon after the other
    files(epoch(1, loss=1.5, validation_loss=float("nan"), learning_rate=0.005, rates={"hidden": 12.5}))
    files.close()
    found = written(tmp_path)
    assert found.keys() == {"batch/loss", "loss/training", "learning_rate", "rate/hidden"}
    assert found["batch/loss"] == [(1, 2.5)] and found["rate/hidden"] == [(1, 12.5)]


def test_without_the_package_it_says_so_once_and_the_run_goes_on(tmp_path, monkeypatch):
    whole = builtins.__import__

    def missing(name, *rest):
        if name.startswith("tensorboardX"):
            raise ImportError("no module named tensorboardX")
        return whole(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    events = []
    options = {"document": str(DIGITS), "run_dir": str(tmp_path / "run"), "epochs": 2}
    train(options, events.append, Control())
    (message,) = [event for event in events if event["event"] == "message"]
    assert message["level"] == "warning" and "TensorBoard" in message["text"] and "tensorboardX" in message["text"]
    assert read(tmp_path / "run").status == "done" and not (tmp_path / "run" / "tensorboard").exists()


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_once(tmp_path, monkeypatch):
    from tensorboardX import record_writer

    monkeypatch.setattr(record_writer, "open_file", lambda path: FULL.open("wb"))
    events = []
    files = EventFiles(tmp_path, events.append)
    for number in (1, 2, 3):
        files(epoch(number, loss=1.0))
    files.close()
    assert [event["event"] for event in events] == ["epoch", "message", "epoch", "epoch"]
    assert "No space left" in events[1]["text"]

"""What a parent says and writes after its worker died."""

from __future__ import annotations

import json
import signal

import numpy as np
import pytest

from spikeloom.errors import RunError
from spikeloom.run.checkpoints import save_checkpoint
from spikeloom.worker import mark_ended, what_is_kept, why_it_ended
from spikeloom.worker.aftermath import leave_in_log


def test_deaths_in_words():
    killed = why_it_ended(-signal.SIGKILL, "in epoch 3")
    assert killed.message == "the worker was killed in epoch 3 (SIGKILL)" and "out of memory" in killed.hint
    assert why_it_ended(-signal.SIGTERM).message == "the worker was killed (SIGTERM)"
    assert why_it_ended(-signal.SIGSEGV).message == "the worker crashed (SIGSEGV)"
    assert why_it_ended(-signal.SIGRTMAX).exit_code == 1
    assert "signal 999" in why_it_ended(-999).message
    assert "exit code 3" in why_it_ended(3).message


def test_a_running_run_is_marked(tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"status": "running", "seed": 3}))
    mark_ended(tmp_path, "failed", RunError("it was killed"))
    facts = json.loads(path.read_text())
    assert facts["status"] == "failed" and facts["seed"] == 3 and facts["ended"]
    assert facts["error"]["message"] == "it was killed"
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("content", ['{"status": "done"}', "{", "[]", "3", ""])
def test_what_is_no_running_run_is_left_alone(tmp_path, content):
    path = tmp_path / "run.json"
    path.write_text(content)
    mark_ended(tmp_path, "failed")
    assert path.read_text() == content


def test_no_run_at_all(tmp_path):
    mark_ended(tmp_path, "failed")
    leave_in_log(tmp_path / "nowhere", "text")
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept(tmp_path):
    assert what_is_kept(tmp_path).checkpoint is None
    (tmp_path / "checkpoints").mkdir()
    path = tmp_path / "checkpoints" / "last.safetensors"
    save_checkpoint(path, {"w": np.zeros(3)}, {"epoch": 7, "step": 70, "seed": 0})
    kept = what_is_kept(tmp_path)
    assert (kept.checkpoint, kept.epoch) == (path, 7)


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x10\0\0\0\0\0\0\0{}", (5).to_bytes(8, "little") + b"[1,2]"])
def test_a_damaged_checkpoint_is_none(tmp_path, content):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "last.safetensors").write_bytes(content)
    assert what_is_kept(tmp_path).checkpoint is None

"""Ctrl-C, SIGTERM, and a command that is killed: the run stops, nothing is lost, no worker stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from spikeloom.run.checkpoints import load_checkpoint
from tests.cli.command import COMMAND, DIGITS, PATIENCE, Started, wait_for
from tests.run.worker import alive

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and signals of POSIX")

# A worker that hears nothing: training is put to sleep by what Python imports first.
SLEEPS = """
import sys
if "spikeloom.worker" in " ".join(sys.orig_argv):
    import time
    import spikeloom.run.tasks as tasks
    def train(options, listener, control):
        listener({"event": "started", "examples": 1, "epochs": 1, "seed": 0, "run": "nowhere"})
        time.sleep(1000)
    tasks.train = train
"""
# One that does not even end itself.
DEAF = f"""{SLEEPS}
    import spikeloom.worker.process
    spikeloom.worker.process.STOP_SECONDS = 1000
"""


def status(folder):
    return json.loads((folder / "run.json").read_text())["status"]


def gone(pid):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def sleeping(tmp_path):
    """The environment of a command whose worker does not listen."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SLEEPS)
    return os.environ | {"PYTHONPATH": str(tmp_path / "site")}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_and_keeps(tmp_path, number):
    run = tmp_path / "run"
    with Started("train", DIGITS, "--epochs", 10**6, "--run-dir", run, "--json") as command:
        command.until("epoch 1/")
        command.process.send_signal(number)
        assert command.end() == 130
        result = json.loads(command.process.stdout.read().splitlines()[-1])
    assert result["stopped"] is True and result["epochs"] >= 1
    assert "stopping" in command.said
    assert f"kept: the run folder {run} with a checkpoint after epoch {result['epochs']}" in command.said
    assert f"spikeloom evaluate {DIGITS} --checkpoint {run}" in command.said
    assert status(run) == "stopped" and load_checkpoint(run)[1]["epoch"] == result["epochs"]


def test_ctrl_c_in_a_terminal_reaches_the_worker_too_and_is_still_one(tmp_path):
    """The terminal sends it to the whole group."""
    run = tmp_path / "run"
    with Started("train", DIGITS, "--epochs", 10**6, "--run-dir", run, start_new_session=True) as command:
        command.until("epoch 1/")
        os.killpg(command.process.pid, signal.SIGINT)
        assert command.end() == 130
    assert status(run) == "stopped"


def test_at_any_moment(tmp_path):
    """While the worker starts, loads and builds: whatever the moment, the command says nothing of its insides."""
    for number, moment in enumerate((0.0, 0.1, 0.3)):
        run = tmp_path / str(number)
        with Started("train", DIGITS, "--epochs", 10**6, "--run-dir", run, start_new_session=True) as command:
            worker = command.worker()
            time.sleep(moment)
            os.killpg(command.process.pid, signal.SIGINT)
            assert command.end() == 130, command.said
            assert gone(worker)
        if (run / "run.json").exists():
            assert status(run) == "stopped"


def test_a_worker_that_does_not_listen_is_ended_after_two_seconds(tmp_path, sleeping):
    with Started("train", DIGITS, "--run-dir", tmp_path / "run", env=sleeping) as command:
        command.until("training digits")
        worker, started = command.worker(), time.monotonic()
        command.process.send_signal(signal.SIGINT)
        assert command.end() == 130
        assert 1.5 < time.monotonic() - started < 20
        assert "stopped by force" in command.said
        assert gone(worker)


def test_the_second_signal_kills(tmp_path, sleeping):
    (tmp_path / "site" / "sitecustomize.py").write_text(DEAF)
    with Started("train", DIGITS, "--run-dir", tmp_path / "run", env=sleeping) as command:
        command.until("training digits")
        worker = command.worker()
        command.process.send_signal(signal.SIGINT)
        command.until("stopping")
        command.process.send_signal(signal.SIGINT)
        assert command.end() == 130
        assert gone(worker)


def test_a_run_that_is_ended_by_force_does_not_claim_to_run(tmp_path):
    run = tmp_path / "run"
    with Started("train", DIGITS, "--epochs", 10**6, "--run-dir", run) as command:
        command.until("epoch 1/")
        os.kill(command.worker(), signal.SIGSTOP)  # it cannot even watch itself
        command.process.send_signal(signal.SIGINT)
        command.until("stopping")
        command.process.send_signal(signal.SIGINT)
        assert command.end() == 130
    assert status(run) == "stopped"


@pytest.mark.parametrize("listens", [True, False])
def test_a_killed_command_leaves_no_worker(tmp_path, sleeping, listens):
    run = tmp_path / "run"
    with Started("train", DIGITS, "--epochs", 10**6, "--run-dir", run, env=None if listens else sleeping) as command:
        command.until("epoch 1/" if listens else "training digits")
        worker = command.worker()
        assert alive(worker)
        command.process.kill()
        command.process.wait(PATIENCE)
        assert gone(worker)
    if listens:
        assert status(run) == "stopped" and load_checkpoint(run)[1]["epoch"] >= 1


def test_nohup_is_respected(tmp_path):
    run = tmp_path / "run"
    command = ["nohup", str(COMMAND), "train", str(DIGITS), "--epochs", "100000", "--run-dir", str(run)]
    process = subprocess.Popen(command, stdin=-3, stdout=-3, stderr=-3)
    try:
        wait_for(run / "metrics.csv")
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 130
    finally:
        process.kill()
        process.wait()


def test_an_evaluation_is_interrupted(tmp_path):
    prelude = SLEEPS.replace("train", "evaluate")
    (tmp_path / "sitecustomize.py").write_text(prelude)
    with Started("evaluate", DIGITS, env=os.environ | {"PYTHONPATH": str(tmp_path)}) as command:
        command.until("evaluating digits")
        command.process.send_signal(signal.SIGINT)
        assert command.end() == 130

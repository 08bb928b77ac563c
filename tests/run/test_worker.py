"""The worker process: its protocol, and that it never outlives its parent, a stop or its pipes."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest

from spikeloom.run.checkpoints import load_checkpoint
from tests.run.worker import DIGITS, Worker

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and descriptors of POSIX")

# Tasks that misbehave, put in place of training.
SLEEPS = """
import time
import spikeloom.run.tasks as tasks
def train(options, listener, control):
    listener({"event": "started"})
    time.sleep(1000)
tasks.train = train
"""
CHATTERS = """
import time
import spikeloom.run.tasks as tasks
def train(options, listener, control):
    while True:
        listener({"event": "progress", "text": "x" * 10000})
tasks.train = train
"""


def raises(error: str) -> str:
    """A prelude by which training raises `error`."""
    return f"""
import spikeloom.run.tasks as tasks
def train(options, listener, control):
    raise {error}
tasks.train = train
"""


def facts(folder):
    return json.loads((folder / "run.json").read_text())


def test_a_training_from_first_to_last_event(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "run", epochs=2)
        events = worker.rest()
    kinds = [event["event"] for event in events]
    # How far the test has come is told only where it takes its time.
    order = [kind for number, kind in enumerate(kinds) if kinds.index(kind) == number and kind != "evaluating"]
    assert order == ["folder", "build", "started", "progress", "epoch", "evaluated", "result"]
    assert kinds.count("epoch") == 2 and kinds[-1] == "result"
    assert worker.process.returncode == 0
    result = events[-1]["result"]
    assert result["epochs"] == 2 and result["stopped"] is False
    assert 0 < result["test"]["accuracy"] <= 1
    assert events[-1]["curves"] == str(tmp_path / "run" / "curves.png")
    assert facts(tmp_path / "run")["status"] == "done"
    written = {path.name for path in (tmp_path / "run").iterdir()}
    assert written == {"document.snn", "run.json", "log.txt", "metrics.csv", "curves.png", "checkpoints", "tensorboard"}


def test_stray_prints_do_not_reach_the_events(tmp_path):
    prelude = """
import ctypes, os, subprocess, sys
import spikeloom.run.tasks as tasks
def train(options, listener, control):
    print("from python")
    os.write(1, b"to descriptor 1\\n")
    sys.__stdout__.write("to the old stdout"); sys.__stdout__.flush()
    subprocess.run([sys.executable, "-c", "print('from a child')"])
    listener({"event": "result", "stdin": sys.stdin.read()})
tasks.train = train
"""
    with Worker(prelude) as worker:
        worker.train(tmp_path)
        assert worker.rest() == [{"event": "result", "stdin": ""}]
    for text in (b"from python", b"to descriptor 1", b"to the old stdout", b"from a child"):
        assert text in worker.printed


def test_pause_resume_and_stop(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "run")
        worker.until("epoch")
        worker.command("pause")
        worker.until("paused")
        time.sleep(0.3)
        assert worker.events.empty(), "something happened during the pause"
        worker.command("resume")
        worker.until("resumed")
        worker.until("epoch")
        worker.command("stop")
        result = worker.until("result")["result"]
        worker.rest()
    assert result["stopped"] is True and result["test"]["accuracy"] is None and result["epochs"] >= 2
    assert facts(tmp_path / "run")["status"] == "stopped"
    _, state = load_checkpoint(tmp_path / "run")
    assert state["epoch"] == result["epochs"]


def test_stop_while_paused(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "run")
        worker.until("epoch")
        worker.command("pause")
        worker.until("paused")
        worker.command("stop")
        assert worker.until("result")["result"]["stopped"] is True


def test_a_command_that_comes_before_the_run_is_not_lost(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "run")
        worker.command("stop")
        worker.rest()  # it would go on for ever
    if (tmp_path / "run" / "run.json").exists() and worker.process.returncode == 0:
        assert facts(tmp_path / "run")["status"] == "stopped"


def test_stop_ends_code_that_does_not_listen(tmp_path):
    with Worker(SLEEPS) as worker:
        worker.train(tmp_path)
        worker.until("started")
        worker.command("stop")
        assert worker.ends_within(20) > 1.5


def test_an_unknown_command_is_said_and_ignored(tmp_path):
    with Worker(SLEEPS) as worker:
        worker.train(tmp_path)
        worker.until("started")
        for line in (b'{"command": "explode"}', b"{", b"[]", b"3", b'{"command": ["stop"]}', b"\xff"):
            worker.send(line)
            assert "ignored" in worker.until("message")["text"]


def test_the_end_of_the_input_ends_the_run_and_its_books(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "run")
        worker.until("epoch")
        worker.process.stdin.close()
        worker.ends_within(20)
    assert facts(tmp_path / "run")["status"] == "stopped"
    assert load_checkpoint(tmp_path / "run")[1]["epoch"] >= 1


def test_the_end_of_the_input_ends_code_that_does_not_listen(tmp_path):
    with Worker(SLEEPS) as worker:
        worker.train(tmp_path)
        worker.until("started")
        worker.process.stdin.close()
        worker.ends_within(20)


def test_no_task_at_all():
    with Worker() as worker:
        worker.process.stdin.close()
        assert worker.rest() == []
    assert worker.process.returncode == 0


@posix_only
def test_a_writer_whose_reader_sleeps_still_ends(tmp_path):
    """The pipe is full and nobody reads: the end of the input must still be noticed."""
    worker = Worker(CHATTERS)  # not entered: nothing reads its events
    try:
        worker.train(tmp_path)
        time.sleep(1.0)
        worker.process.stdin.close()
        worker.ends_within(20)
    finally:
        worker.process.kill()
        worker.process.wait()
        worker.process.stdout.close()
        worker.process.stderr.close()


@posix_only
def test_a_reader_that_is_gone_ends_it(tmp_path):
    worker = Worker()
    try:
        worker.train(tmp_path / "run")
        time.sleep(1.0)
        worker.process.stdout.close()
        worker.ends_within(20)
    finally:
        worker.process.kill()
        worker.process.wait()
        worker.process.stdin.close()
        worker.process.stderr.close()
    assert facts(tmp_path / "run")["status"] == "stopped"


@posix_only
def test_sigint_is_the_parents_affair(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "run")
        worker.until("epoch")
        worker.process.send_signal(signal.SIGINT)
        worker.until("epoch")
        time.sleep(0.2)
        assert worker.process.poll() is None


@posix_only
@pytest.mark.parametrize("listens", [True, False])
def test_sigterm_stops(tmp_path, listens):
    with Worker("" if listens else SLEEPS) as worker:
        worker.train(tmp_path / "run")
        worker.until("epoch" if listens else "started")
        worker.process.send_signal(signal.SIGTERM)
        worker.ends_within(20)
    if listens:
        assert facts(tmp_path / "run")["status"] == "stopped"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"not json", "no JSON"),
        (b"[1, 2]", "no task"),
        (b'{"document": "a.snn"}', "no task"),
        (b'{"task": "trian"}', "did you mean 'train'?"),
        (b'{"task": "train"}', "expected the path"),
        (b'{"task": "train", "document": 3}', "expected a path"),
        (b'{"task": "train", "document": "a\\u0000b.snn"}', "expected a path"),
        (b'{"task": "train", "document": "nothing.snn"}', "nothing.snn"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_wrong_tasks(line, said):
    with Worker() as worker:
        worker.send(line)
        (event,) = worker.rest()
    assert event["event"] == "error" and event["exit_code"] == 2
    assert said in f"{event['place']}: {event['message']}"
    assert worker.process.returncode == 2 and b"Traceback" not in worker.printed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", "many"),
        ("epochs", 1.5),
        ("seed", -1),
        ("batch_size", 0),
        ("threads", 0),
        ("threads", 10**9),
        ("threads", "2"),
        ("backend", "embeded"),
        ("backend", ["embedded"]),
    ],
)
def test_wrong_options_name_the_option_and_leave_no_folder(tmp_path, name, value):
    from spikeloom.errors import UserError
    from spikeloom.run import Control
    from spikeloom.run.tasks import train

    options = {"document": str(DIGITS), "run_dir": str(tmp_path / "run"), name: value}
    with pytest.raises(UserError) as raised:
        train(options, lambda event: None, Control())
    assert raised.value.place == f"--{name.replace('_', '-')}"
    assert not (tmp_path / "run").exists()


def test_a_defect_is_said_in_one_line_and_kept_for_whoever_mends_it(tmp_path):
    with Worker(raises("ValueError('x' * 3)")) as worker:
        worker.train(tmp_path)
        (event,) = worker.rest()
    assert event["kind"] == "Defect" and event["exit_code"] == 1
    assert event["message"] == "an unexpected error: ValueError: xxx"
    assert "Traceback" not in json.dumps(event) and ".py" not in json.dumps(event)
    assert worker.process.returncode == 1 and b"Traceback" in worker.printed


def test_a_defect_during_a_run_is_in_its_log(tmp_path):
    prelude = """
from spikeloom.run.session import Session
def train(self, *_, **__):
    raise KeyError("lost")
Session.train = train
"""
    with Worker(prelude) as worker:
        worker.train(tmp_path / "run")
        event = worker.until("error")
        worker.rest()
    assert event["kind"] == "Defect" and str(tmp_path / "run" / "log.txt") in event["hint"]
    log = (tmp_path / "run" / "log.txt").read_text()
    assert "Traceback" in log and "KeyError: 'lost'" in log
    assert facts(tmp_path / "run")["status"] == "failed"
    assert facts(tmp_path / "run")["error"]["kind"] == "Defect"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("MemoryError", "the memory ran out"),
        ("OSError(28, 'No space left on device', 'there/file')", "No space left on device"),
        ("SystemExit(3)", "an unexpected error: SystemExit: 3"),
        ("KeyboardInterrupt", "an unexpected error: KeyboardInterrupt"),
    ],
)
def test_other_errors_are_said_in_words(tmp_path, error, said):
    with Worker(raises(error)) as worker:
        worker.train(tmp_path)
        (event,) = worker.rest()
    assert event["message"] == said and event["exit_code"] == 1
    assert worker.process.returncode == 1


def test_all_problems_of_a_document_travel(tmp_path):
    document = json.loads(DIGITS.read_text())
    document["network"]["connections"][1]["target"] = "hiden"
    document["network"]["connections"][0]["source"] = "inpt"
    (tmp_path / "broken.snn").write_text(json.dumps(document))
    with Worker() as worker:
        worker.send({"task": "train", "document": str(tmp_path / "broken.snn"), "run_dir": str(tmp_path / "run")})
        (event,) = worker.rest()
    places = [problem["place"] for problem in event["problems"]]
    assert places == ["network.connections[0].source", "network.connections[1].target"]
    assert not (tmp_path / "run").exists()


@posix_only
def test_a_worker_in_the_background_is_nice(tmp_path):
    here = os.getpriority(os.PRIO_PROCESS, 0)
    for background in (True, False):
        with Worker(SLEEPS) as worker:
            worker.train(tmp_path, background=background)
            worker.until("started")
            assert os.getpriority(os.PRIO_PROCESS, worker.process.pid) == min(19, here + 5 * background)


def test_nothing_is_imported_from_the_current_folder(tmp_path):
    for name in ("numpy", "json", "pydantic", "spikeloom", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w'); raise SystemExit(9)")
    with Worker(cwd=tmp_path) as worker:
        worker.train(tmp_path / "run", epochs=1)
        assert worker.rest()[-1]["event"] == "result"
    assert not (tmp_path / "ran").exists()

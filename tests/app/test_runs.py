"""The run controller with real workers: it trains, pauses, stops, and says in words what went wrong."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer

from spikeloom_app import theme, wording
from spikeloom_app.document import OpenDocument
from spikeloom_app.plots import CurvesPlot, LogView, RasterPlot, TracePlot, Wants
from spikeloom_app.runs import RunBar, RunController
from spikeloom_app.runs.inbox import Inbox
from tests.app.real_runs import DIGITS, LONG, PATIENCE, Heard, controller, digits, gone, heard, idle

__all__ = ["controller", "heard"]  # fixtures


def test_trains_the_digits(qtbot: Any, controller: RunController, heard: Heard, tmp_path: Path) -> None:
    document = digits(6)
    before = document.document.model_copy(deep=True)
    controller.train(document)
    assert controller.state == "building"
    qtbot.waitUntil(idle(controller), timeout=PATIENCE)
    assert heard.states == ["building", "running", "idle"]
    assert not heard.failures
    assert [event["epoch"] for event in heard.of("epoch")] == [1, 2, 3, 4, 5, 6]
    (result,) = heard.of("result")
    assert result["result"]["test"]["accuracy"] > 0.8
    assert document.document == before and not document.modified and document.path is None
    folder = Path(result["result"]["run"])
    assert folder.is_relative_to(tmp_path) and (folder / "document.snn").is_file()


def test_examples_come_with_arrays(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.watch(Wants((("hidden", "V", (0, 1, 2, 3)), ("output", "V", tuple(range(10))))))
    controller.show_example(12)
    controller.train(digits(3))
    qtbot.waitUntil(idle(controller), timeout=PATIENCE)
    event = heard.of("example")[-1]
    assert event["example"] == 12 and event["epoch"] == 3
    assert event["hidden.steps"].dtype == np.int32
    assert event["hidden.V"].shape == (30, 4) and event["output.V"].shape == (30, 10)


def test_an_example_that_the_data_lack_is_no_failure(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.show_example(5000)
    controller.train(digits(1))
    qtbot.waitUntil(idle(controller), timeout=PATIENCE)
    assert not heard.failures and heard.of("result")
    assert any("there is no example 5000" in event["text"] for event in heard.of("message"))


def test_pauses_resumes_and_stops(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(LONG))
    qtbot.waitUntil(lambda: len(heard.of("epoch")) >= 2, timeout=PATIENCE)
    controller.pause()
    qtbot.waitUntil(lambda: controller.state == "paused", timeout=5000)
    epochs = len(heard.of("epoch"))
    controller.show_example(3)  # also while the run holds
    qtbot.waitUntil(lambda: heard.of("example")[-1]["example"] == 3, timeout=5000)
    assert len(heard.of("epoch")) == epochs
    controller.resume()
    qtbot.waitUntil(lambda: controller.state == "running", timeout=5000)
    qtbot.waitUntil(lambda: len(heard.of("epoch")) > epochs, timeout=5000)
    controller.stop()
    assert controller.state == "stopping"
    qtbot.waitUntil(idle(controller), timeout=8000)
    assert heard.states == ["building", "running", "paused", "running", "stopping", "idle"]
    assert not heard.failures
    assert heard.of("result")[0]["result"]["stopped"]


def test_trains_again_after_a_stop(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(LONG))
    controller.stop()
    qtbot.waitUntil(idle(controller), timeout=8000)
    controller.train(digits(1))
    qtbot.waitUntil(idle(controller), timeout=PATIENCE)
    assert heard.of("result") and not heard.failures


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_killed_worker_is_said_in_words(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(LONG))
    qtbot.waitUntil(lambda: bool(heard.of("epoch")), timeout=PATIENCE)
    os.kill(controller.worker_pid, signal.SIGKILL)
    qtbot.waitUntil(idle(controller), timeout=5000)
    ((message, hint),) = heard.failures
    assert "the worker was killed in epoch" in message and "SIGKILL" in message
    assert "memory" in hint
    facts = json.loads((Path(heard.of("folder")[0]["run"]) / "run.json").read_text())
    assert facts["status"] == "failed"
    controller.train(digits(1))
    qtbot.waitUntil(idle(controller), timeout=PATIENCE)
    assert heard.of("result")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_worker_that_hangs_is_stopped_all_the_same(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(LONG))
    qtbot.waitUntil(lambda: bool(heard.of("epoch")), timeout=PATIENCE)
    os.kill(controller.worker_pid, signal.SIGSTOP)
    started = time.monotonic()
    controller.stop()
    qtbot.waitUntil(idle(controller), timeout=8000)
    assert time.monotonic() - started < 5
    assert not heard.failures
    facts = json.loads((Path(heard.of("folder")[0]["run"]) / "run.json").read_text())
    assert facts["status"] == "stopped"


def test_a_nan_is_said_with_its_place(qtbot: Any, controller: RunController, heard: Heard) -> None:
    document = digits(3)
    for connection in document.document.network.connections:
        if connection.target == "output":
            connection.connectivity.weight = {"type": "constant", "value": 3e38}  # type: ignore[attr-defined]
    controller.train(document)
    qtbot.waitUntil(idle(controller), timeout=PATIENCE)
    ((message, hint),) = heard.failures
    assert message.startswith("output.V: ") and "NaN" in message
    assert hint
    assert "Traceback" not in message


def test_a_document_that_cannot_run_fails_with_the_place(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(OpenDocument())
    qtbot.waitUntil(lambda: bool(heard.failures), timeout=PATIENCE)
    assert controller.state == "idle"
    assert "network: no input population" in heard.failures[0][0]


def test_a_worker_that_does_not_start(
    qtbot: Any, controller: RunController, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spikeloom_app.runs.worker_process.worker_command", lambda: ["/no/such/program"])
    controller.train(digits(1))
    qtbot.waitUntil(lambda: bool(heard.failures), timeout=5000)
    assert controller.state == "idle"
    assert "does not start" in heard.failures[0][0]


def test_what_is_no_event_stream_is_said(
    qtbot: Any, controller: RunController, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = [sys.executable, "-c", "print('hello'); input(); input()"]
    monkeypatch.setattr("spikeloom_app.runs.worker_process.worker_command", lambda: noise)
    controller.train(digits(1))
    qtbot.waitUntil(lambda: bool(heard.failures), timeout=5000)
    assert heard.failures[0][0] == "what the worker sent is no stream of events"


def test_deleting_the_controller_ends_the_worker(qtbot: Any, tmp_path: Path) -> None:
    controller = RunController(runs_folder=tmp_path)
    heard = Heard(controller)
    controller.train(digits(LONG))
    qtbot.waitUntil(lambda: bool(heard.of("epoch")), timeout=PATIENCE)
    pid = controller.worker_pid
    controller.deleteLater()
    qtbot.waitUntil(lambda: gone(pid), timeout=5000)


def test_shutting_down_ends_the_worker(qtbot: Any, controller: RunController, heard: Heard) -> None:
    controller.train(digits(LONG))
    qtbot.waitUntil(lambda: bool(heard.of("epoch")), timeout=PATIENCE)
    pid = controller.worker_pid
    started = time.monotonic()
    controller.shut_down()
    assert gone(pid) and controller.state == "idle"
    assert time.monotonic() - started < 2
    facts = json.loads((Path(heard.of("folder")[0]["run"]) / "run.json").read_text())
    assert facts["status"] == "stopped"


WINDOW = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from spikeloom.spec import Document
from spikeloom_app.document import OpenDocument
from spikeloom_app.runs import RunController

application = QApplication([])
document = Document.load(Path(sys.argv[1]))
document.experiment.training.epochs = 100000
controller = RunController(runs_folder=Path(sys.argv[2]))
told = []

def tell(event):
    if event["event"] == "epoch" and not told:
        told.append(print(controller.worker_pid, flush=True))

controller.event.connect(tell)
controller.train(OpenDocument(document))
application.exec()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_window_that_is_killed_leaves_no_worker(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WINDOW, str(DIGITS), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        pid = int(window.stdout.readline())
        assert not gone(pid)
        window.kill()
        window.wait()
        end = time.monotonic() + 10
        while not gone(pid) and time.monotonic() < end:
            time.sleep(0.02)
        assert gone(pid)


def test_the_window_is_never_blocked_while_a_run_streams(
    qtbot: Any, controller: RunController, heard: Heard, record_property: Callable[[str, object], None]
) -> None:
    document = digits(LONG)
    views = [CurvesPlot(), RasterPlot(), TracePlot(), LogView()]
    bar = RunBar(controller, document)
    for view in (*views, bar):
        qtbot.addWidget(view)
        view.resize(700, 400)
        view.show()

    def handle(event: dict[str, Any]) -> None:
        for view in views:
            view.handle(event)

    controller.event.connect(handle)
    controller.train(document)
    qtbot.waitUntil(lambda: len(heard.of("epoch")) >= 3, timeout=PATIENCE)
    # The heap of the tests before us is not the window's: the collector would walk through it for tens of milliseconds.
    gc.collect()
    gc.freeze()
    beats: list[tuple[float, float]] = []  # the time and what our thread has computed, s

    def beat() -> None:
        beats.append((time.perf_counter(), time.thread_time()))

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(beat)
    beat()
    timer.start(5)
    qtbot.wait(4000)
    timer.stop()
    gc.unfreeze()
    controller.stop()
    qtbot.waitUntil(idle(controller), timeout=8000)
    gaps, busy = 1000 * np.diff(np.array(beats), axis=0).T
    typical, worst, computed = float(np.percentile(gaps, 99)), float(gaps.max()), float(busy.max())
    record_property("longest_gap_ms", worst)
    print(f"{len(gaps)} beats, 99 % within {typical:.1f} ms, longest {worst:.1f} ms, computing {computed:.1f} ms")
    assert len(heard.of("example")) > 3
    # The promise is 50 ms. Others on a busy machine may hold us up for longer; what we compute is ours alone.
    assert computed < 50
    assert typical < 100
    assert worst < 500


# -- the bar -----------------------------------------------------------------------------------------------------
@pytest.fixture
def bar(qtbot: Any, controller: RunController) -> RunBar:
    document = digits(4)
    made = RunBar(controller, document)
    made.train_requested.connect(lambda: controller.train(document))
    qtbot.addWidget(made)
    made.resize(1000, 60)
    made.show()
    return made


def test_the_bar_steers_a_run(qtbot: Any, controller: RunController, bar: RunBar) -> None:
    assert bar.headline.text() == "Ready" and bar.details.text() == "4 epochs"
    assert bar.train_button.isEnabled() and not bar.stop_button.isEnabled()
    qtbot.mouseClick(bar.train_button, Qt.MouseButton.LeftButton)
    assert bar.progress.busy and not bar.train_button.isEnabled() and bar.stop_button.isEnabled()
    qtbot.waitUntil(idle(controller), timeout=PATIENCE)
    assert bar.headline.text().startswith("Test accuracy ") and " % · " in bar.headline.text()
    assert bar.progress.fraction == 1.0
    assert bar.train_button.isEnabled() and not bar.pause_button.isEnabled()


def test_the_bar_by_keyboard(qtbot: Any, controller: RunController, heard: Heard) -> None:
    document = digits(LONG)
    bar = RunBar(controller, document)
    bar.train_requested.connect(lambda: controller.train(document))
    qtbot.addWidget(bar)
    bar.show()
    bar.train_button.setFocus()
    qtbot.keyClick(bar.train_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(heard.of("epoch")), timeout=PATIENCE)
    qtbot.waitUntil(lambda: bar.details.text().startswith("epoch "), timeout=2000)
    assert "examples/s" in bar.details.text() and bar.left.text().endswith(" left")
    qtbot.keyClick(bar.pause_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bar.headline.text() == "Paused", timeout=5000)
    assert bar.pause_button.text() == "Resume"
    qtbot.keyClick(bar.pause_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: controller.state == "running", timeout=5000)
    qtbot.keyClick(bar.stop_button, Qt.Key.Key_Space)
    qtbot.waitUntil(idle(controller), timeout=8000)
    assert bar.headline.text().startswith("Stopped after ")


def test_the_bar_says_a_failure(qtbot: Any, controller: RunController, bar: RunBar) -> None:
    controller.failed.emit("hidden.V: became NaN", "lower the learning rate")
    assert bar.headline.text() == "hidden.V: became NaN"
    assert bar.headline.property("tone") == "error"
    assert "lower the learning rate" in bar.headline.toolTip()


def test_the_bar_follows_the_theme(qtbot: Any, bar: RunBar) -> None:
    before = theme.current()
    try:
        for chosen in (theme.LIGHT, theme.DARK):
            theme.use(chosen)
            assert chosen.text in bar.styleSheet()
    finally:
        theme.use(before)


# -- smaller things ----------------------------------------------------------------------------------------------
def test_of_progress_only_the_newest_is_kept_and_epochs_all() -> None:
    inbox = Inbox()
    for number in range(100):
        inbox.add({"event": "progress", "n": number})
        inbox.add({"event": "example", "n": number})
        if number % 10 == 0:
            inbox.add({"event": "epoch", "n": number})
    heard: list[dict[str, Any]] = []
    inbox.deliver(heard.append, seconds=10)
    assert [event["n"] for event in heard if event["event"] == "epoch"] == list(range(0, 100, 10))
    assert [event for event in heard if event["event"] != "epoch"] == [
        {"event": "progress", "n": 99},
        {"event": "example", "n": 99},
    ]


def test_a_flood_is_handed_over_in_portions() -> None:
    inbox = Inbox()
    for number in range(1000):
        inbox.add({"event": "epoch", "n": number})
    heard: list[dict[str, Any]] = []
    inbox.deliver(lambda event: (heard.append(event), time.sleep(0.001)), seconds=0.005)  # type: ignore[func-returns-value]
    assert 1 <= len(heard) < 100 and inbox


def test_figures_in_words() -> None:
    assert wording.duration(1.24) == "1.2 s" and wording.duration(75) == "1 min 15 s"
    assert wording.duration(7260) == "2 h 1 min"
    assert wording.time_left(12.3) == "12 s left" and wording.time_left(0.2) == "1 s left"
    assert wording.time_left(9.7) == "10 s left" and wording.time_left(None) == ""
    assert wording.rate(35812) == "35\u202f800 examples/s" and wording.rate(None) == ""
    assert wording.percent(0.9549) == "95.5 %" and wording.percent(None) == "–"
    assert wording.summary({"test": {"accuracy": None, "loss": 0.25}, "seconds": 2}) == "Test loss 0.250 · 2.0 s"
    evaluated = {"split": "test", "accuracy": None, "loss": 0.25, "examples": 3, "seconds": 2}
    assert wording.summary(evaluated) == "Loss 0.250 · 3 test examples · 2.0 s"
    assert wording.summary(evaluated | {"accuracy": 0.5}) == "Accuracy 50.0 % · 3 test examples · 2.0 s"
    assert [wording.figure_value(f"{kind}:hidden", 2.0) for kind in ("silent_neurons", "firing_rate")] == [
        "2",
        "2.0 Hz",
    ]
    assert wording.figure_value("top_3_accuracy", 0.999) == "99.9 %"
    early = {"stopped_early": True, "best_epoch": 7, "epochs": 9}
    assert wording.best_epoch(early, 40, restored=True) == "stopped early at 9 of 40, weights of epoch 7"
    assert wording.best_epoch({"best_epoch": 7, "epochs": 9}, 9, restored=False) == "best epoch 7"
    assert wording.best_epoch({"epochs": 9}, 9, restored=False) == ""
    stopped = {"stopped": True, "epochs": 1, "validation": {"loss": 0.25, "accuracy": None}, "seconds": 2}
    assert wording.summary(stopped) == "Stopped after 1 epoch · validation loss 0.250 · 2.0 s"
    assert wording.figure(2.1377) == "2.138" and wording.figure(0.02) == "0.0200" and wording.figure(1e-5) == "1.00e-05"

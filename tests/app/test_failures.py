"""Runs that fail, each with a real worker: what the window says of it, where, and what it offers to do."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.spec import Document
from spikeloom_app.runs.failure import Failure
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, window  # noqa: F401 - a fixture

PATIENCE = 60_000  # ms: an empty build cache on a busy machine
NOTICE = "failure"
# A worker that may use no more than what it is given once its modules are there.
SHORT_OF_MEMORY = """
import resource, runpy
import spikeloom.run.tasks, spikeloom.run.control
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + 96 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (most, most))
runpy.run_module("spikeloom.worker", run_name="__main__")
"""


def train(window: MainWindow, qtbot: Any, **training: Any) -> None:  # noqa: F811
    """Train the digits with these settings."""
    window.open_example(DIGITS)
    for name, value in training.items():
        window.document.set_value(("experiment", "training", name), value)
    window.running.train()


def notice(window: MainWindow, qtbot: Any) -> Any:  # noqa: F811
    """The notice of the failure, once it is there; the window is idle then and goes on."""
    qtbot.waitUntil(lambda: NOTICE in window.files.notices.notices, timeout=PATIENCE)
    assert window.controller.state == "idle" and window.run_bar.train_button.isEnabled()
    found = window.files.notices.notices[NOTICE]
    assert found.isVisible() and found.tone == "error" and "Traceback" not in found.text
    return found


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_worker_that_is_killed(qtbot: Any, window: MainWindow) -> None:  # noqa: F811
    train(window, qtbot, epochs=100_000)
    qtbot.waitUntil(lambda: "epoch      3/" in window.log.toPlainText(), timeout=PATIENCE)
    os.kill(window.controller.worker_pid, signal.SIGKILL)
    said = notice(window, qtbot)
    assert "The worker was killed in epoch" in said.text and "ran out of memory" in said.text
    (words,) = [words for words in said.buttons if words.startswith("Resume from epoch")]
    assert "Show" not in said.buttons  # it has no place in the document
    started: list[dict[str, Any]] = []
    window.controller.event.connect(lambda event: started.append(event) if event["event"] == "started" else None)
    qtbot.mouseClick(said.buttons[words], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(started), timeout=PATIENCE)
    assert started[0]["epoch"] == int(words.split()[-1]) > 0


def test_the_log_is_one_click_away_and_the_notice_goes(qtbot: Any, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    window.controller.failure = Failure("it went wrong", "try again")
    window.controller.failed.emit("it went wrong", "try again")
    said = notice(window, qtbot)
    assert said.text == "It went wrong.\nTry again"
    window.docks["log"].hide()
    qtbot.mouseClick(said.buttons["Open log"], Qt.MouseButton.LeftButton)
    assert window.docks["log"].isVisible()
    qtbot.waitUntil(lambda: "it went wrong" in window.log.toPlainText(), timeout=2000)
    qtbot.mouseClick(said.buttons["Dismiss"], Qt.MouseButton.LeftButton)
    assert not window.files.notices.isVisible()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory")
def test_memory_that_runs_out(qtbot: Any, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    command = [sys.executable, "-P", "-c", SHORT_OF_MEMORY]
    monkeypatch.setattr("spikeloom_app.runs.worker_process.worker_command", lambda: command)
    window.open_example(DIGITS)
    window.document.set_value(("network", "populations", "hidden", "shape"), 200_000)
    window.running.train()
    said = notice(window, qtbot)
    assert "memory" in said.text and "smaller" in said.text  # in words of Python or of the engine


def test_a_compiler_that_fails(
    qtbot: Any,
    window: MainWindow,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("CXX", "/bin/false")
    monkeypatch.setenv("SPIKELOOM_CACHE", str(tmp_path / "empty"))
    train(window, qtbot, epochs=1)
    said = notice(window, qtbot)
    assert "/bin/false" in said.text and ("compiler" in said.text or "compile" in said.text)
    assert not any(words.startswith("Resume") for words in said.buttons)


def test_a_nan_is_shown_where_it_arose(qtbot: Any, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    weight = ("network", "connections", "hidden_output", "connectivity", "weight")
    window.document.set_value(weight, {"type": "constant", "value": 3e38})
    window.running.train()
    said = notice(window, qtbot)
    assert said.text.startswith("output.V: ") and "NaN" in said.text
    window.canvas.select([])
    qtbot.mouseClick(said.buttons["Show"], Qt.MouseButton.LeftButton)
    assert window.canvas.selected() == ["output"]


def test_another_run_takes_the_notice_away(qtbot: Any, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    window.controller.failure = Failure("it went wrong")
    window.controller.failed.emit("it went wrong", "")
    assert NOTICE in window.files.notices.notices
    window.running.train()
    assert NOTICE not in window.files.notices.notices
    window.controller.stop()
    qtbot.waitUntil(lambda: window.controller.state == "idle", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("output.V", "output"),
        ("network.populations[1].neuron.tau_mem", "hidden"),
        ("network.connections[0]", "input_hidden"),
        ("experiment.learning", ""),
        ("", ""),
        ("outputs.V", ""),
    ],
)
def test_the_part_that_a_place_lies_in(place: str, part: str) -> None:
    assert Failure("message", place=place).part(Document.load(DIGITS)) == part


def test_the_keyboard_reaches_the_buttons(qtbot: Any, window: MainWindow) -> None:  # noqa: F811
    window.open_example(DIGITS)
    window.controller.failure = Failure("it went wrong", place="output.V")
    window.controller.failed.emit("output.V: it went wrong", "")
    QTest.keyClick(window, Qt.Key.Key_F6)
    assert window.files.notices.notices[NOTICE].buttons["Show"].hasFocus()

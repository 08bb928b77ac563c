"""A run that is none of the open document stays out of its plots and panels, and of its network nothing is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom_app.shell.main_window import MainWindow
from tests.app.fake_worker import FakeWorker
from tests.app.shell_window import DIGITS, EXAMPLES, settled, window
from tests.app.test_history import click, runs, shown
from tests.app.windows_of_a_test import answer, press

__all__ = ["runs", "shown", "window"]
PATIENCE = 20_000  # ms
ALPHA = "experiment.learning.optimiser.alpha"


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeWorker:
    return FakeWorker(monkeypatch, tmp_path / "told.jsonl")


def train(qtbot: Any, window: MainWindow) -> None:
    """Train the digits until something is shown of it."""
    window.open_example(DIGITS)
    window.action("run.train").trigger()
    qtbot.waitUntil(lambda: bool(window.curves.figures.quantities), timeout=PATIENCE)


def open_another(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window.files, "may_leave", lambda *_: True)
    window.open_example(EXAMPLES / "yin_yang.snn")
    settled()


def test_a_run_that_goes_on_is_not_shown_as_another_documents(
    qtbot: Any,
    worker: FakeWorker,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train(qtbot, window)
    title = window.document.title
    open_another(window, monkeypatch)
    bar, controller = window.run_bar, window.controller
    assert bar.headline.text() == f"Training {title} (another document)"
    before = len(worker.told())
    controller.set_live(ALPHA, 0.01)
    controller.show_example(3)
    controller.ask_evaluation("test")
    window.board.add("weights")
    settled()
    window.action("run.pause").trigger()
    qtbot.waitUntil(lambda: controller.state == "paused", timeout=PATIENCE)
    controller.step("epoch")  # the run tells of epoch 2
    qtbot.waitUntil(lambda: "epoch 2 of 4" in bar.details.text(), timeout=PATIENCE)
    QTest.qWait(100)
    assert {told["command"] for told in worker.told()[before:]} == {"pause", "step"}
    assert not window.curves.figures.quantities and not list(window.board._memory.events())
    assert not controller.answers and "follows what you move" not in window.live.headline.text()
    assert not window.action("run.next_example").isEnabled()
    assert window.action("run.stop").isEnabled()
    window.action("run.stop").trigger()
    qtbot.waitUntil(lambda: controller.state == "idle", timeout=PATIENCE)
    assert bar.headline.text().startswith(f"{title} (another document): Test accuracy 90")
    assert not controller.lingering
    qtbot.waitUntil(lambda: f"{title} (another document): Test accuracy" in window.log.toPlainText(), timeout=PATIENCE)
    window.running.train()
    qtbot.waitUntil(lambda: bool(window.curves.figures.quantities), timeout=PATIENCE)
    assert bar.headline.text() == "Training" and controller.answers


def test_a_run_of_another_document_is_not_stepped_through(
    qtbot: Any,
    worker: FakeWorker,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train(qtbot, window)
    step = next(action for action in window.run_bar.step_menu.actions() if action.text() == "One &batch")
    assert step.isEnabled()
    title = window.document.title
    open_another(window, monkeypatch)
    assert not step.isEnabled()
    assert window.action_set.actions["run.step_batch"].hindrance == f"the run is that of {title} (another document)"
    QTest.keyClick(window, Qt.Key.Key_F8)
    settled()
    assert not worker.commands("step")
    window.controller.stop()
    qtbot.waitUntil(lambda: window.controller.state == "idle", timeout=PATIENCE)
    assert step.isEnabled()  # it begins a run of the open document
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: len(worker.tasks()) == 2 and len(worker.commands("step")) == 1, timeout=PATIENCE)


def test_an_earlier_version_that_is_restored_is_the_same_document(
    qtbot: Any, worker: FakeWorker, shown: MainWindow
) -> None:
    window, controller = shown, shown.controller
    title = window.document.title
    window.action("run.train").trigger()
    qtbot.waitUntil(lambda: bool(window.curves.figures.quantities), timeout=PATIENCE)
    click(window, "The second")  # another learning rate, seed and time constant
    window.action("run.restore").trigger()
    settled()
    assert not controller.other and controller.answers
    assert "another document" not in window.run_bar.headline.text()
    assert window.curves.figures.quantities  # what the run has told until now
    changed = window.run_watch.changed_words()
    assert "hidden" in changed and "learning" in " ".join(changed)
    qtbot.waitUntil(lambda: "The network runs with 0.005" in window.live.rows[ALPHA].note.text(), timeout=5000)
    window.action("run.pause").trigger()
    qtbot.waitUntil(lambda: controller.state == "paused", timeout=PATIENCE)
    assert window.action("run.step_batch").isEnabled()
    window.action("edit.undo").trigger()
    settled()
    assert window.document.title == title and window.run_watch.changed_words() == []
    assert not controller.other and controller.state == "paused"


def test_which_example_is_looked_at_goes_with_its_document(
    qtbot: Any,
    worker: FakeWorker,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window.open_example(DIGITS)
    window.controller.show_example(350, "validation")
    open_another(window, monkeypatch)
    window.running.train()
    qtbot.waitUntil(lambda: bool(worker.tasks()), timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.controller.state == "running", timeout=PATIENCE)
    assert worker.tasks()[0]["probe"]["split"] == "test" and not worker.commands("probe")


def evaluate(window: MainWindow, name: str) -> None:
    """Evaluate the last checkpoint of a run on the test split."""
    click(window, name)
    answer(lambda dialog: press(dialog, "Evaluate"))
    window.action("run.evaluate_checkpoint").trigger()


def test_an_earlier_run_of_another_network_is_evaluated_apart(qtbot: Any, shown: MainWindow) -> None:
    handled: list[dict[str, Any]] = []
    shown.controller.shown.connect(handled.append)
    evaluate(shown, "The second")  # another time constant
    assert shown.run_bar.headline.text() == "Preparing The second"
    qtbot.waitUntil(lambda: shown.controller.state == "idle", timeout=60_000)
    text = shown.run_bar.headline.text()
    assert text.startswith("Evaluated The second on test: accuracy ")
    assert text in shown.log.toPlainText()
    assert not handled and not list(shown.board._memory.events())
    assert not shown.controller.lingering and not shown.controller.answers


def test_an_earlier_run_of_the_open_network_is_shown_and_held(qtbot: Any, shown: MainWindow) -> None:
    shown.board.handle({"event": "epoch", "epoch": 1, "epochs": 2, "loss": 1.0})
    evaluate(shown, "The first")
    assert not list(shown.board._memory.events())
    qtbot.waitUntil(lambda: shown.controller.lingering, timeout=60_000)
    kinds = {event["event"] for event in shown.board._memory.events()}
    assert "evaluated" in kinds and "epoch" not in kinds

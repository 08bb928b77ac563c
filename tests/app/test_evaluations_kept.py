"""An evaluation that the window starts leaves a run in the dock: with its examples and figures, without curves."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from spikeloom import history
from spikeloom_app.runs.history_row import LEFT
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import window
from tests.app.test_history import BUTTON, CTRL, click, details, names, row, runs, shown
from tests.app.windows_of_a_test import answer, press

__all__ = ["runs", "shown", "window"]
PATIENCE = 30_000  # ms


def evaluate_untrained(qtbot: Any, window: MainWindow) -> history.Run:
    """Take the learning rule away and press Ctrl+R; the run that is left."""
    window.document.set_value(("experiment", "learning"), None)
    QTest.keyClick(window, Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: names(window)[0] == "Handwritten digits", timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.run_history.panel.model.shown[0].run.status == "done", timeout=PATIENCE)
    return window.run_history.panel.model.shown[0].run


def test_a_document_that_does_not_learn(shown: MainWindow, qtbot: Any) -> None:
    run = evaluate_untrained(qtbot, shown)
    assert run.kind == "evaluate" and "accuracy" in run.final["test"]
    entry = shown.run_history.panel.model.shown[0]
    assert entry.figure_words == "test accuracy" and entry.below.startswith("test evaluation · today ")
    click(shown, "Handwritten digits")
    assert "Evaluation on the test examples" in details(shown) and "drawn at random" in details(shown)
    for name in ("run.overlay", "run.copy_metrics", "run.resume_training"):
        assert not shown.action(name).isEnabled(), name
    QTest.keyClick(shown.run_history.panel.list, Qt.Key.Key_F2)
    field = shown.run_history.panel.list.findChild(dialogs.QLineEdit)
    QTest.keyClicks(field, "By chance")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "By chance" in names(shown), timeout=5000)
    shown.run_history.panel.search.setText("evaluation")
    assert names(shown) == ["By chance"]
    click(shown, "By chance")
    before = shown.document.document.dumps()
    shown.document.set_value(("experiment", "training", "seed"), 99)
    shown.action("run.restore").trigger()
    assert shown.document.document.dumps() == before
    answer(lambda box: press(box, "Delete"))
    shown.action("run.delete").trigger()
    assert not run.folder.exists()


def test_a_row_of_an_evaluation_has_no_tick(shown: MainWindow, qtbot: Any) -> None:
    evaluate_untrained(qtbot, shown)
    listed = shown.run_history.panel.list
    tick = QPoint(LEFT + 6, row(shown, "Handwritten digits").y() - 9)
    QTest.mouseClick(listed.viewport(), BUTTON, pos=tick)
    assert shown.run_history.chosen[0].run.name == "Handwritten digits"  # a click like anywhere else in the row
    QTest.keyClick(listed, Qt.Key.Key_Space)
    assert not shown.curves.settings.runs
    at = listed.viewport().mapToGlobal(tick)
    listed.viewportEvent(QHelpEvent(QEvent.Type.ToolTip, tick, at))
    assert "evaluation on the test examples" in QToolTip.text()
    QToolTip.hideText()


@pytest.mark.parametrize("name", ["The first", "The second"])  # the open network, and another one
def test_a_checkpoint_of_an_earlier_run(shown: MainWindow, qtbot: Any, name: str) -> None:
    click(shown, name)
    answer(lambda dialog: press(dialog, "Evaluate"))
    shown.action("run.evaluate_checkpoint").trigger()
    model = shown.run_history.panel.model
    qtbot.waitUntil(lambda: len(names(shown)) == 3 and model.shown[0].run.status == "done", timeout=PATIENCE)
    seen, trained = model.shown[0].run, next(e.run for e in model.shown if e.run.name == name and not e.is_evaluation)
    assert seen.final["test"]["accuracy"] == trained.final["test"]["accuracy"]
    shown.run_history.panel.choose(str(seen.folder))
    assert f"with the weights of {trained.folder.name} after epoch 2" in details(shown)
    shown.run_history.panel.choose(str(seen.folder), str(trained.folder))
    view = shown.run_history.compare()
    assert view is not None and view.curves.isVisible()
    rows = {row.name: row.values for row in view.figures.rows}
    assert set(rows["Kind"]) == {"training", "evaluation"}
    assert any(row.name == "Weights" for row in view.settings.rows)


def test_two_evaluations_side_by_side_have_no_curves(shown: MainWindow, qtbot: Any) -> None:
    first = evaluate_untrained(qtbot, shown)
    shown.document.set_value(("experiment", "training", "seed"), 5)
    shown.running.train()
    model = shown.run_history.panel.model
    qtbot.waitUntil(lambda: len(names(shown)) == 4 and model.shown[0].run.status == "done", timeout=PATIENCE)
    newest = next(entry for entry in model.shown if entry.run.seed == 5)
    shown.run_history.panel.choose(str(first.folder), newest.key)
    view = shown.run_history.compare()
    assert view is not None and not view.curves.isVisible() and not view.export_curves.isVisible()
    assert [row.name for row in view.settings.rows] == ["Training · Seed"]


def test_one_that_is_stopped_says_so(shown: MainWindow, qtbot: Any) -> None:
    shown.document.set_value(("experiment", "learning"), None)
    shown.document.set_value(("experiment", "simulation", "example_time"), 30_000.0)  # it takes its time
    shown.controller.state_changed.connect(lambda state: shown.controller.stop() if state == "running" else None)
    shown.running.train()
    model = shown.run_history.panel.model
    qtbot.waitUntil(lambda: len(names(shown)) == 3 and model.shown[0].run.status == "stopped", timeout=PATIENCE)
    assert model.shown[0].below.startswith("stopped · test evaluation") and model.shown[0].figure == "–"

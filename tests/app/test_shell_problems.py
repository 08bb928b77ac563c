"""The list of problems in the real window: live, in words, with fixes, and a way to the field."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom_app.problems import count_words
from spikeloom_app.problems.row import ProblemRow
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, settled, text, window

__all__ = ["window"]
LEFT = Qt.MouseButton.LeftButton
HIDDEN = ("network", "populations", "hidden", "neuron")


def shown(window: MainWindow) -> list[ProblemRow]:
    settled()
    return [row for row in window.problems.rows if row.isVisibleTo(window.problems)]


def test_problems_come_and_go_as_the_document_changes(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.show_problems()
    assert shown(window) == []
    assert window.problem_counter.text() == "No problems"
    assert "No problems" in window.problems.summary.text()
    before = text(window)
    window.document.set_value((*HIDDEN, "relative_reset"), True)
    window.document.set_value(("experiment", "simulation", "example_time"), 10.4)
    rows = shown(window)
    assert window.problem_counter.text() == "1 error, 2 warnings"
    assert window.docks["problems"].windowTitle() == "Problems: 1 error, 2 warnings"
    assert rows[0].where.text().startswith("hidden") and rows[0].where.text().endswith("Relative reset")
    assert rows[0].message.text() == "EventProp needs an absolute reset."
    assert rows[0].accessibleName().startswith("error: hidden")
    assert [row.entry.is_error for row in rows if row.entry] == [True, False, False]
    while window.document.undo_stack.undo_label:
        window.document.undo_stack.undo()
    assert shown(window) == []
    assert text(window) == before


def test_the_button_of_a_row_fixes_it_in_one_step(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.show_problems()
    window.document.set_value((*HIDDEN, "relative_reset"), True)
    broken = text(window)
    (row,) = shown(window)
    QTest.mouseClick(row.button, LEFT)
    assert shown(window) == []
    assert window.document.value((*HIDDEN, "relative_reset")) is False
    fixed = text(window)
    window.action("edit.undo").trigger()
    assert text(window) == broken
    assert len(shown(window)) == 1
    window.action("edit.redo").trigger()
    assert text(window) == fixed


def test_a_fix_may_remove_a_connection(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.show_problems()
    window.document.set_value((*HIDDEN[:3], "neuron"), {"type": "spike_input"})
    broken = text(window)
    row = next(row for row in shown(window) if row.button.text() == "Remove the connection")
    QTest.mouseClick(row.button, LEFT)
    assert [c.name for c in window.document.document.network.connections] == ["hidden_output"]
    window.action("edit.undo").trigger()
    assert text(window) == broken


@pytest.mark.parametrize("how", ["click", "enter"])
def test_a_row_leads_to_the_field(window: MainWindow, how: str) -> None:
    window.open_example(DIGITS)
    window.document.set_value((*HIDDEN, "relative_reset"), True)
    window.show_problems()
    (row,) = shown(window)
    if how == "click":
        QTest.mouseClick(row, LEFT)
    else:
        assert row.hasFocus()
        QTest.keyClick(row, Qt.Key.Key_Return)
    assert window.canvas.selected() == ["hidden"]
    assert QApplication.focusWidget() is window.inspector.row("neuron.relative_reset").editor
    assert window.inspector.row("neuron.relative_reset").editor.isVisible()


def test_a_problem_of_the_experiment_leads_to_the_experiment(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.canvas.select(["hidden"])
    window.document.set_value(("experiment", "dataset"), None)
    window.show_problems()
    row = next(row for row in shown(window) if row.where.text().endswith("Dataset"))
    assert row.where.text().startswith("Experiment")
    QTest.mouseClick(row, LEFT)
    assert window.canvas.selected() == []
    assert QApplication.focusWidget() is window.inspector.row("experiment.dataset").editor
    QTest.mouseClick(row.button, LEFT)
    assert window.document.document.experiment.dataset is not None


def test_the_arrows_go_through_the_rows(window: MainWindow) -> None:
    window.action("file.new").trigger()
    window.show_problems()
    rows = shown(window)
    assert len(rows) == 3
    QTest.keyClick(rows[0], Qt.Key.Key_Down)
    assert rows[1].hasFocus()
    QTest.keyClick(rows[1], Qt.Key.Key_Up)
    assert rows[0].hasFocus()


def test_the_counter_shows_the_dock(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.docks["problems"].close()
    assert not window.problems.isVisible()
    QTest.mouseClick(window.problem_counter, LEFT)
    assert window.problems.isVisible()


def test_train_with_errors_says_so_until_they_are_mended(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.document.set_value((*HIDDEN, "relative_reset"), True)
    window.document.set_value((*HIDDEN, "tau_refrac"), 2.0)
    QTest.mouseClick(window.run_bar.train_button, LEFT)
    assert window.controller.state == "idle"
    assert window.run_bar.headline.text() == "2 problems keep it from training"
    QTest.mouseClick(shown(window)[0].button, LEFT)
    settled()
    assert window.run_bar.headline.text() == "1 problem keeps it from training"
    QTest.mouseClick(shown(window)[0].button, LEFT)
    settled()
    assert window.run_bar.headline.text() == "Ready"


def test_a_hundred_problems_are_counted_and_the_first_listed(window: MainWindow) -> None:
    window.action("file.new").trigger()
    with window.document.one_step("many"):
        for index in range(60):
            window.document.add_population("lif", (index * 10.0, 0.0))
    window.show_problems()
    assert len(shown(window)) == 50
    assert count_words(window.problem_watch.entries) in window.problems.summary.text()


def test_one_change_is_validated_once(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Canvas, inspector, list and counter share what was found."""
    from spikeloom_app.document import open_document

    window.open_example(DIGITS)
    settled()
    looked: list[Any] = []
    real = open_document.validate
    monkeypatch.setattr(open_document, "validate", lambda document: looked.append(document) or real(document))
    window.document.set_value((*HIDDEN, "tau_mem"), 21.0)
    settled()
    assert len(looked) == 1
    window.document.move({"hidden": (5.0, 5.0)})  # changes nothing that is computed
    settled()
    assert len(looked) == 1

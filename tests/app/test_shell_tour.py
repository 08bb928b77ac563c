"""The guided tour in the real window, by real events, from an empty document to a network that reads digits."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom_app.shell import dialogs
from spikeloom_app.shell.main_window import MainWindow
from tests.app.on_canvas import drag, drop, input_port, output_port
from tests.app.shell_window import DIGITS, settled, text, window
from tests.app.test_window import choose, type_in

__all__ = ["window"]
LEFT = Qt.MouseButton.LeftButton


def at_step(window: MainWindow, qtbot: Any, title: str, timeout: int = 5000) -> None:
    """Wait until the tour has gone on to a step by itself."""
    qtbot.waitUntil(lambda: window.tour.active and window.tour.step.title == title, timeout=timeout)
    settled()


def test_the_whole_tour_by_hand(window: MainWindow, qtbot: Any) -> None:
    tour = next(b for b in window.welcome.findChildren(object) if getattr(b, "text", str)() == "Guided tour")  # type: ignore[call-overload]
    QTest.mouseClick(tour, LEFT)
    canvas = window.canvas
    empty = text(window)
    at_step(window, qtbot, "Add an input")
    assert window.tour.bubble.isVisible()
    assert window.tour.bubble.counter.text() == "Step 1 of 11"
    assert not window.tour.spotlight.hole.isEmpty()
    drop(canvas, "spike_input", QPoint(150, 160))
    at_step(window, qtbot, "Add a hidden population")
    drop(canvas, "lif", QPoint(420, 160))
    at_step(window, qtbot, "Add an output")
    drop(canvas, "li", QPoint(690, 160))
    at_step(window, qtbot, "Connect input and hidden")
    drag(canvas, output_port(canvas, "input"), input_port(canvas, "hidden"))
    at_step(window, qtbot, "Connect hidden and output")
    drag(canvas, output_port(canvas, "hidden"), input_port(canvas, "output"))
    at_step(window, qtbot, "Choose the data")
    assert canvas.selected() == []
    choose(window, "experiment.dataset", "Handwritten digits")
    at_step(window, qtbot, "Choose how it learns")
    choose(window, "experiment.learning", "EventProp")
    at_step(window, qtbot, "Let it learn faster")
    type_in(window, "experiment.learning.optimiser.alpha", "0.005")
    at_step(window, qtbot, "Train")
    drawn = text(window)
    QTest.mouseClick(window.run_bar.train_button, LEFT)
    at_step(window, qtbot, "Your first network", timeout=60_000)
    assert window.tour.result["test"]["accuracy"] > 0.9
    assert f"{100 * window.tour.result['test']['accuracy']:.1f} %" in window.tour.bubble.text.text()
    QTest.mouseClick(window.tour.bubble.next_button, LEFT)
    assert not window.tour.active
    assert not window.tour.bubble.isVisible()
    assert not window.tour.spotlight.isVisible()
    assert text(window) == drawn
    while window.action("edit.undo").isEnabled():
        window.action("edit.undo").trigger()
    assert text(window) == empty
    while window.action("edit.redo").isEnabled():
        window.action("edit.redo").trigger()
    assert text(window) == drawn


def test_done_for_the_user_by_the_keyboard_alone(window: MainWindow, qtbot: Any) -> None:
    window.action("help.tour").trigger()
    seen = []
    for _ in range(9):
        settled()
        seen.append(window.tour.step.title)
        focused = QApplication.focusWidget()
        assert focused is window.tour.bubble.perform_button
        index = window.tour.index
        QTest.keyClick(focused, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda index=index: window.tour.index > index, timeout=5000)
    assert seen[-1] == "Train"
    at_step(window, qtbot, "Your first network", timeout=60_000)
    assert window.tour.result["test"]["accuracy"] > 0.9
    assert not [p for p in window.document.problems() if p.severity == "error"]
    assert QApplication.focusWidget() is window.tour.bubble.next_button
    QTest.keyClick(window.tour.bubble.next_button, Qt.Key.Key_Escape)
    assert not window.tour.active


def test_back_skip_and_undo(window: MainWindow, qtbot: Any) -> None:
    window.action("help.tour").trigger()
    bubble = window.tour.bubble
    assert not bubble.back_button.isVisible()
    QTest.mouseClick(bubble.next_button, LEFT)  # skip the input
    at_step(window, qtbot, "Add a hidden population")
    QTest.mouseClick(bubble.perform_button, LEFT)
    at_step(window, qtbot, "Add an output")
    QTest.mouseClick(bubble.back_button, LEFT)
    settled()
    assert window.tour.step.title == "Add a hidden population"
    assert bubble.next_button.text() == "Next"  # it is done: it stays until the user goes on
    QTest.qWait(600)
    assert window.tour.step.title == "Add a hidden population"
    window.action("edit.undo").trigger()
    qtbot.waitUntil(bubble.perform_button.isVisible, timeout=2000)
    QTest.mouseClick(bubble.next_button, LEFT)
    QTest.mouseClick(bubble.next_button, LEFT)
    settled()
    assert window.tour.step.title == "Connect input and hidden"
    before = text(window)
    QTest.mouseClick(bubble.perform_button, LEFT)  # there is nothing to connect
    assert "cannot be done yet" in window.statusBar().currentMessage()
    assert text(window) == before


def test_it_does_not_stand_in_the_way(window: MainWindow) -> None:
    """The mouse goes through the dimmed surroundings, and the bubble is never over what it points at."""
    window.action("help.tour").trigger()
    settled()
    at = window.run_bar.stop_button.mapTo(window, window.run_bar.stop_button.rect().center())
    assert window.childAt(at) is window.run_bar.stop_button
    for size in ((1440, 900), (1024, 700), (1200, 1000)):
        window.resize(*size)
        QTest.qWait(200)
        hole, bubble = window.tour.spotlight.hole, window.tour.bubble.geometry()
        assert not hole.isEmpty()
        assert not hole.intersects(bubble)
        assert window.rect().contains(bubble)
        assert QRect(QPoint(0, 0), window.size()) == window.tour.spotlight.geometry()


def test_a_closed_dock_comes_back_where_a_step_needs_it(window: MainWindow) -> None:
    window.action("help.tour").trigger()
    settled()
    window.docks["palette"].close()
    QTest.qWait(250)
    assert not window.docks["palette"].isHidden()


def test_another_document_ends_it_politely(window: MainWindow) -> None:
    window.action("help.tour").trigger()
    window.open_example(DIGITS)
    assert not window.tour.active
    assert not window.tour.bubble.isVisible()
    assert "tour has ended" in window.statusBar().currentMessage()


def test_it_asks_about_unsaved_changes(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.open_example(DIGITS)
    window.document.rename("hidden", "middle")
    before = text(window)
    monkeypatch.setattr(dialogs, "ask_to_save", lambda *_: "cancel")
    window.action("help.tour").trigger()
    assert not window.tour.active
    assert text(window) == before


def test_a_run_that_is_stopped_goes_back_to_train(window: MainWindow, qtbot: Any) -> None:
    window.action("help.tour").trigger()
    for _ in range(8):
        index = window.tour.index
        window.tour.perform()
        qtbot.waitUntil(lambda index=index: window.tour.index > index, timeout=5000)
    window.document.set_value(("experiment", "training", "epochs"), 5000)
    window.action("run.train").trigger()
    at_step(window, qtbot, "Watch it learn", timeout=30_000)
    qtbot.waitUntil(lambda: window.controller.state == "running", timeout=30_000)
    window.action("run.stop").trigger()
    qtbot.waitUntil(lambda: window.controller.state == "idle", timeout=10_000)
    at_step(window, qtbot, "Train")

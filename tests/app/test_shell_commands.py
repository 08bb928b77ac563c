"""The command palette by real keys: find, do, come back."""

from __future__ import annotations

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom_app.shell import commands, fuzzy
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, settled, text, window

__all__ = ["window"]
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def best(query: str, *texts: str) -> list[str]:
    return fuzzy.found(query, texts, lambda item: item)


def test_letters_count_in_order_and_most_at_the_starts_of_words() -> None:
    assert best("zi", "Resize", "Zoom in", "Frozen pizza") == ["Zoom in", "Frozen pizza"]
    assert best("save", "Select all verbs everywhere", "Save as", "Save") == [
        "Save",
        "Save as",
        "Select all verbs everywhere",
    ]
    assert best("gth", "Go to population hidden", "Width") == ["Go to population hidden"]
    assert best("xyz", "Save") == []
    assert best("  ", "b", "a") == ["b", "a"]
    assert best("FIT", "Fit to window") == ["Fit to window"]
    assert best("a" * 300, "a" * 299) == []


def palette(window: MainWindow, typed: str = "") -> None:
    settled()
    QTest.keyClick(window, Qt.Key.Key_P, CTRL_SHIFT)
    assert window.command_palette.isVisible()
    QTest.keyClicks(window.command_palette.line, typed)


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window.command_palette.line, key)


def titles(window: MainWindow) -> list[str]:
    return [command.title for command in window.command_palette.shown()]


def test_a_few_letters_and_enter_do_it(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.document.rename("hidden", "middle")
    renamed = text(window)
    palette(window, "undo")
    assert titles(window)[0] == "Undo rename hidden to middle"
    press(window, Qt.Key.Key_Return)
    assert not window.command_palette.isVisible()
    assert "hidden" in window.document.document.network.names()
    window.action("edit.redo").trigger()
    assert text(window) == renamed


def test_it_goes_to_a_part_of_the_network(window: MainWindow) -> None:
    window.open_example(DIGITS)
    palette(window, "hidden")
    assert "Go to population hidden" in titles(window)
    assert titles(window)[0] == "Go to population hidden"
    press(window, Qt.Key.Key_Return)
    assert window.canvas.selected() == ["hidden"]
    palette(window, "go connection hidden_out")
    press(window, Qt.Key.Key_Return)
    assert window.canvas.selected() == ["hidden_output"]


def test_the_arrows_move_and_go_around_the_ends(window: MainWindow) -> None:
    window.open_example(DIGITS)
    palette(window)
    listed = window.command_palette.list
    assert listed.currentRow() == 0
    press(window, Qt.Key.Key_Up)
    assert listed.currentRow() == listed.count() - 1
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_PageDown)
    assert listed.currentRow() == 10
    press(window, Qt.Key.Key_PageUp)
    press(window, Qt.Key.Key_Down)
    assert listed.currentRow() == 1
    assert titles(window)[1] in window.command_palette.line.accessibleDescription()


def test_escape_gives_the_keyboard_back(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.canvas.select(["hidden"])
    field = window.inspector.row("neuron.tau_mem").editor
    field.setFocus()
    palette(window, "abc")
    press(window, Qt.Key.Key_Escape)
    assert not window.command_palette.isVisible()
    assert QApplication.focusWidget() is field


def test_what_cannot_be_done_is_grey_and_says_why(window: MainWindow) -> None:
    palette(window, "fit to window")
    (command, *_) = window.command_palette.shown()
    assert command.reason == "not on the welcome page"
    press(window, Qt.Key.Key_Return)
    assert window.command_palette.isVisible()  # nothing happened
    assert "not on the welcome page" in window.statusBar().currentMessage()


def test_what_was_used_last_comes_first(window: MainWindow) -> None:
    window.open_example(DIGITS)
    palette(window, "zoom out")
    press(window, Qt.Key.Key_Return)
    palette(window)
    assert titles(window)[0] == "Zoom out"
    press(window, Qt.Key.Key_Escape)
    window.settings.set(commands.KEY, {"not": "a list"})
    palette(window)
    assert titles(window)[0] == "New"


def test_docks_examples_and_recent_documents_are_offered(window: MainWindow) -> None:
    window.open_example(DIGITS)
    palette(window, "show log")  # it is behind the curves
    press(window, Qt.Key.Key_Return)
    settled()
    assert not window.log.visibleRegion().isEmpty()
    palette(window, "hide log")
    press(window, Qt.Key.Key_Return)
    assert window.docks["log"].isHidden()
    palette(window, "show log")
    press(window, Qt.Key.Key_Return)
    assert not window.docks["log"].isHidden()
    palette(window, "open example yin")
    press(window, Qt.Key.Key_Return)
    assert "Yin" in window.document.title


def test_nothing_that_matches_is_said(window: MainWindow) -> None:
    window.open_example(DIGITS)
    palette(window, "qqqqq")
    assert window.command_palette.nothing.isVisible()
    press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_Down)
    assert window.command_palette.isVisible()


def test_a_click_chooses_and_a_click_elsewhere_closes(window: MainWindow) -> None:
    window.open_example(DIGITS)
    palette(window, "go to population output")
    listed = window.command_palette.list
    at = listed.visualItemRect(listed.item(0)).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert window.canvas.selected() == ["output"]
    palette(window)
    QTest.mouseClick(window.canvas.view.viewport(), Qt.MouseButton.LeftButton)
    settled()
    assert not window.command_palette.isVisible()

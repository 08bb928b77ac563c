"""What is selected on the canvas, with mouse and keys, and what keys do to it: each is undone and redone."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from spikeloom_app.canvas import Canvas
from spikeloom_app.document import OpenDocument
from tests.app.on_canvas import LEFT, NONE, SHIFT, canvas, middle, output_port, shown, text
from tests.app.on_canvas import unconnected as document

__all__ = ["canvas", "document"]  # fixtures
pytestmark = pytest.mark.usefixtures("dark_theme")


def test_rename_by_keyboard(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])
    QTest.keyClick(canvas.view, Qt.Key.Key_F2)
    edit = canvas.view.name_edit
    assert edit.isVisible()
    assert edit.selectedText() == "hidden"
    QTest.keyClicks(edit, "output")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert canvas.view.bubble.text() == "the name 'output' is taken"
    assert edit.isVisible()
    edit.selectAll()
    QTest.keyClicks(edit, "9 lives")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.isVisible()
    assert canvas.view.bubble.isVisible()
    assert document.document.network.names()[:3] == ["input", "hidden", "output"]
    edit.selectAll()
    QTest.keyClicks(edit, "excitatory")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert not edit.isVisible()
    assert not canvas.view.bubble.isVisible()
    assert canvas.selected() == ["excitatory"]
    assert document.document.network.connection("input_hidden").target == "excitatory"
    assert canvas.view.graph.cards["excitatory"].words.name == "excitatory"
    document.undo_stack.undo()
    assert canvas.selected() == ["hidden"]
    document.undo_stack.redo()
    assert canvas.selected() == ["excitatory"]


def test_escape_keeps_the_name(canvas: Canvas, document: OpenDocument) -> None:
    QTest.mouseDClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, "input_hidden"))
    edit = canvas.view.name_edit
    assert edit.text() == "input_hidden"
    QTest.keyClicks(edit, "other")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert not edit.isVisible()
    assert "input_hidden" in document.document.network.names()
    assert not document.undo_stack.undo_label


def test_delete_takes_the_connections_along(canvas: Canvas, document: OpenDocument) -> None:
    document.add_connection("hidden", "output")
    document.add_connection("hidden", "hidden")
    before, places = text(document), shown(canvas)
    canvas.select(["hidden"])
    QTest.keyClick(canvas.view, Qt.Key.Key_Delete)
    assert document.document.network.names() == ["input", "output"]
    assert set(shown(canvas)) == {"input", "output"}
    assert canvas.selected() == []
    document.undo_stack.undo()
    assert text(document) == before
    assert shown(canvas) == places
    document.undo_stack.redo()
    assert set(shown(canvas)) == {"input", "output"}


def test_delete_a_pill(canvas: Canvas, document: OpenDocument) -> None:
    QTest.mouseClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, "input_hidden"))
    QTest.keyClick(canvas.view, Qt.Key.Key_Delete)
    assert document.document.network.names() == ["input", "hidden", "output"]


def test_selection_is_told_once_per_change(qtbot: Any, canvas: Canvas) -> None:
    told: list[list[str]] = []
    canvas.selection_changed.connect(told.append)
    port = canvas.view.viewport()
    QTest.mouseClick(port, LEFT, NONE, middle(canvas, "hidden"))
    QTest.mouseClick(port, LEFT, SHIFT, middle(canvas, "input_hidden"))
    QTest.mouseClick(port, LEFT, SHIFT, middle(canvas, "hidden"))
    QTest.mouseClick(port, LEFT, NONE, QPoint(600, 660))
    canvas.select_all()
    canvas.select(["output", "nobody"])
    assert told == [
        ["hidden"],
        ["hidden", "input_hidden"],
        ["input_hidden"],
        [],
        ["input", "hidden", "output", "input_hidden"],
        ["output"],
    ]


def test_a_wire_selects_its_connection(canvas: Canvas) -> None:
    beside = output_port(canvas, "input") + QPoint(18, 0)
    QTest.mouseClick(canvas.view.viewport(), LEFT, NONE, beside)
    assert canvas.selected() == ["input_hidden"]


def test_arrows_move_in_one_step(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])
    QTest.keyPress(canvas.view, Qt.Key.Key_Right)
    QTest.keyPress(canvas.view, Qt.Key.Key_Right)
    QTest.keyRelease(canvas.view, Qt.Key.Key_Right)
    assert document.position("hidden") == (426, 0)
    document.undo_stack.undo()
    assert document.position("hidden") == (410, 0)


def test_the_parts_are_walked_in_the_order_of_the_document(canvas: Canvas) -> None:
    walked = []
    for _ in range(4):
        canvas.edit.step(1)
        walked += canvas.selected()
    assert walked == ["input", "hidden", "output", "input_hidden"]
    canvas.edit.step(-1)
    assert canvas.selected() == ["output"]


def test_a_step_in_a_direction_goes_to_the_nearest_part(canvas: Canvas, document: OpenDocument) -> None:
    document.add_population("lif", (410, 300), 5, name="below")
    canvas.view.graph.settle()
    canvas.select(["hidden"])
    canvas.edit.go(0, 1)
    assert canvas.selected() == ["below"]
    canvas.edit.go(0, -1)
    assert canvas.selected() == ["hidden"]
    canvas.edit.go(-1, 0)
    assert canvas.selected() == ["input_hidden"]
    canvas.edit.go(-1, 0)
    assert canvas.selected() == ["input"]


def test_context_menu_connects_without_the_mouse(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])
    actions = {action.text(): action for action in canvas.menu().actions()}
    assert list(actions)[:3] == ["Rename", "Connect to itself", "Connect to"]
    assert {"Cut", "Copy", "Duplicate", "Delete", "Change type to", "Put in a frame"} <= set(actions)
    actions["Connect to itself"].trigger()
    assert canvas.selected() == ["hidden_hidden"]
    canvas.select(["output"])
    menu = canvas.menu()
    loop = next(action for action in menu.actions() if action.text() == "Connect to itself")
    assert not loop.isEnabled()
    assert "never spikes" in loop.toolTip()

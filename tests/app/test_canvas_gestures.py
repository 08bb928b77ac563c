"""The canvas through real mouse events: every gesture, its undo and redo."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom.spec import Document
from spikeloom_app.canvas import Canvas
from spikeloom_app.document import OpenDocument
from tests.app.on_canvas import (
    DIGITS,
    LEFT,
    MIDDLE,
    NONE,
    SHIFT,
    canvas,
    drag,
    drop,
    input_port,
    middle,
    output_port,
    shown,
    text,
)
from tests.app.on_canvas import unconnected as document

__all__ = ["canvas", "document"]  # fixtures
pytestmark = pytest.mark.usefixtures("dark_theme")


@pytest.mark.parametrize(
    ("type_name", "name", "shape", "readout"),
    [("lif", "hidden2", (100,), None), ("spike_input", "input2", None, None), ("li", "output2", (10,), "avg_var")],
)
def test_drop_adds_a_population(
    canvas: Canvas, document: OpenDocument, type_name: str, name: str, shape: Any, readout: str | None
) -> None:
    before = text(document)
    at = QPoint(300, 500)
    drop(canvas, type_name, at)
    added = document.document.network.population(name)
    assert added.shape == shape
    assert (added.readout.type if added.readout else None) == readout
    assert canvas.selected() == [name]
    assert (middle(canvas, name) - at).manhattanLength() <= 2
    after = text(document)
    document.undo_stack.undo()
    assert text(document) == before
    assert name not in shown(canvas)
    document.undo_stack.redo()
    assert text(document) == after
    assert name in shown(canvas)


def test_drop_of_an_output_leaves_its_shape_to_the_dataset(canvas: Canvas, document: OpenDocument) -> None:
    document.open(DIGITS)
    drop(canvas, "output", QPoint(300, 500))
    assert document.document.network.population("output2").shape is None


def test_drop_of_an_unknown_type_is_said_in_words(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    drop(canvas, "liff", QPoint(300, 500))
    assert text(document) == before
    assert canvas.view.bubble.isVisible()
    assert "did you mean" in canvas.view.bubble.text()


def test_drag_from_port_to_port_connects(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    drag(canvas, output_port(canvas, "hidden"), input_port(canvas, "output"))
    made = document.document.network.connection("hidden_output")
    assert (made.source, made.target) == ("hidden", "output")
    assert canvas.selected() == ["hidden_output"]
    document.undo_stack.undo()
    assert text(document) == before
    assert "hidden_output" not in shown(canvas)
    document.undo_stack.redo()
    assert "hidden_output" in shown(canvas)


def test_drag_onto_a_card_snaps_to_it(canvas: Canvas, document: OpenDocument) -> None:
    drag(canvas, output_port(canvas, "hidden"), middle(canvas, "output") + QPoint(20, 10))
    drag(canvas, output_port(canvas, "input"), input_port(canvas, "output") - QPoint(14, 6))
    assert document.document.network.names()[-2:] == ["hidden_output", "input_output"]


def test_a_refused_target_says_why(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    port, start, end = canvas.view.viewport(), output_port(canvas, "hidden"), middle(canvas, "input")
    QTest.mousePress(port, LEFT, NONE, start)
    QTest.mouseMove(port, end)
    assert canvas.view.bubble.isVisible()
    assert canvas.view.bubble.text() == "'input' is an input and takes no connections"
    assert canvas.view.graph.cards["input"].mark == "refused"
    QTest.mouseRelease(port, LEFT, NONE, end)
    assert text(document) == before
    assert not document.undo_stack.undo_label
    assert canvas.view.graph.cards["input"].mark == ""


def test_a_drag_into_the_open_connects_nothing(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    drag(canvas, output_port(canvas, "hidden"), middle(canvas, "hidden") + QPoint(120, 200))
    assert text(document) == before
    assert not canvas.view.bubble.isVisible()


def test_escape_leaves_a_gesture(canvas: Canvas, document: OpenDocument) -> None:
    before, places = text(document), shown(canvas)
    for start in (output_port(canvas, "hidden"), middle(canvas, "hidden")):
        port = canvas.view.viewport()
        QTest.mousePress(port, LEFT, NONE, start)
        QTest.mouseMove(port, middle(canvas, "output"))
        QTest.keyClick(canvas.view, Qt.Key.Key_Escape)
        QTest.mouseRelease(port, LEFT, NONE, middle(canvas, "output"))
        assert text(document) == before
        assert shown(canvas) == places


def test_a_self_loop_runs_above_the_card(canvas: Canvas, document: OpenDocument) -> None:
    drag(canvas, output_port(canvas, "hidden"), input_port(canvas, "hidden"))
    assert document.document.network.connection("hidden_hidden").target == "hidden"
    pill, card = canvas.view.graph.pills["hidden_hidden"], canvas.view.graph.cards["hidden"]
    assert pill.outline().bottom() < card.outline().top()
    way = pill.wire.path().boundingRect()
    assert way.left() < card.outline().left()
    assert way.right() > card.outline().right()


def test_move_is_one_step(canvas: Canvas, document: OpenDocument) -> None:
    before = shown(canvas)
    start = middle(canvas, "hidden")
    drag(canvas, start, start + QPoint(40, 130))
    assert document.position("hidden") == (450, 130)
    after = shown(canvas)
    assert after["hidden"] == (450, 130)
    assert after["input_hidden"] != before["input_hidden"]  # keeps to the middle of its wire
    assert document.position("input_hidden") is None
    document.undo_stack.undo()
    assert shown(canvas) == before
    assert not document.undo_stack.undo_label
    document.undo_stack.redo()
    assert shown(canvas) == after


def test_several_cards_move_together(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden", "output"])
    start = middle(canvas, "output")
    drag(canvas, start, start + QPoint(-10, 60))
    assert (document.position("hidden"), document.position("output")) == ((400, 60), (810, 60))
    document.undo_stack.undo()
    assert (document.position("hidden"), document.position("output")) == ((410, 0), (820, 0))


def test_a_pill_stays_where_it_was_put(canvas: Canvas, document: OpenDocument) -> None:
    start = middle(canvas, "input_hidden")
    drag(canvas, start, start + QPoint(10, 90))
    put = document.position("input_hidden")
    assert put is not None
    drag(canvas, middle(canvas, "hidden"), middle(canvas, "hidden") + QPoint(0, 60))
    assert shown(canvas)["input_hidden"] == put
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.position("input_hidden") is None
    assert middle(canvas, "input_hidden") == start


def test_a_put_pill_moves_with_both_of_its_cards(canvas: Canvas, document: OpenDocument) -> None:
    document.move({"input_hidden": (300.0, 120.0)})
    canvas.select_all()
    drag(canvas, middle(canvas, "hidden"), middle(canvas, "hidden") + QPoint(0, 50))
    assert document.position("input_hidden") == (300, 170)


def test_a_click_moves_nothing(canvas: Canvas, document: OpenDocument) -> None:
    QTest.mouseClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, "hidden"))
    assert canvas.selected() == ["hidden"]
    assert not document.undo_stack.undo_label


def test_rubber_band(canvas: Canvas) -> None:
    drag(canvas, middle(canvas, "hidden") - QPoint(180, 100), middle(canvas, "output") + QPoint(20, 100))
    assert canvas.selected() == ["hidden", "output", "input_hidden"]
    drag(canvas, middle(canvas, "input") + QPoint(0, 200), middle(canvas, "input"), modifiers=SHIFT)
    assert canvas.selected() == ["input", "hidden", "output", "input_hidden"]


def test_wheel_zooms_at_the_mouse(canvas: Canvas) -> None:
    at = QPoint(300, 200)
    held = canvas.view.mapToScene(at)
    for turn, many in ((120, 3), (-120, 2), (120, 60), (-120, 120)):
        for _ in range(many):
            event = QWheelEvent(
                QPointF(at), QPointF(at), QPoint(), QPoint(0, turn), LEFT, NONE, Qt.ScrollPhase.NoScrollPhase, False
            )
            QApplication.sendEvent(canvas.view.viewport(), event)
        assert (canvas.view.mapFromScene(held) - at).manhattanLength() <= 60  # each step rounds to whole pixels
    assert canvas.view.zoom() == pytest.approx(0.05)
    canvas.view.zoom_to(9)
    assert canvas.view.zoom() == 3.0


def test_pan_by_middle_button_and_space(canvas: Canvas, document: OpenDocument) -> None:
    before = middle(canvas, "hidden")
    drag(canvas, QPoint(600, 600), QPoint(640, 560), button=MIDDLE)
    assert middle(canvas, "hidden") - before == QPoint(40, -40)
    QTest.keyPress(canvas.view, Qt.Key.Key_Space)
    drag(canvas, middle(canvas, "hidden"), middle(canvas, "hidden") - QPoint(40, -40))
    QTest.keyRelease(canvas.view, Qt.Key.Key_Space)
    assert middle(canvas, "hidden") == before
    assert not document.undo_stack.undo_label


def test_undo_to_empty_and_redo_to_the_end(canvas: Canvas, document: OpenDocument) -> None:
    document.replace(Document(), None)
    canvas.zoom_reset()
    for type_name, at in (("spike_input", 150), ("lif", 550), ("li", 950)):
        drop(canvas, type_name, QPoint(at, 300))
    drag(canvas, output_port(canvas, "input"), input_port(canvas, "hidden"))
    drag(canvas, output_port(canvas, "hidden"), input_port(canvas, "output"))
    drag(canvas, middle(canvas, "hidden"), middle(canvas, "hidden") + QPoint(0, 90))
    canvas.select(["input"])
    QTest.keyClick(canvas.view, Qt.Key.Key_Delete)
    texts = []
    while document.undo_stack.undo_label:
        texts.append((text(document), shown(canvas)))
        document.undo_stack.undo()
    assert len(texts) == 7
    assert shown(canvas) == {}
    while document.undo_stack.redo_label:
        document.undo_stack.redo()
        assert (text(document), shown(canvas)) == texts.pop()

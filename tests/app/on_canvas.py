"""The canvas as tests use it: three populations in a row, and what hands do with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom.spec import LIF
from spikeloom_app.canvas import Canvas, mime
from spikeloom_app.canvas.marks import FrameItem
from spikeloom_app.document import OpenDocument

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def document() -> OpenDocument:
    """Input, hidden, output in a row, connected."""
    opened = OpenDocument()
    opened.add_population("spike_input", (0, 0), 64)
    opened.add_population(LIF(tau_mem=33.0), (410, 0), 100)
    opened.add_population({"type": "li", "readout": "avg_var"}, (820, 0), 10)  # type: ignore[arg-type]
    opened.add_connection("input", "hidden")
    opened.add_connection("hidden", "output")
    opened.undo_stack.clear()
    return opened


@pytest.fixture
def unconnected() -> OpenDocument:
    """Input, hidden, output in a row; only the input is connected. Imported as `document`, it is on the canvas."""
    opened = OpenDocument()
    opened.add_population("spike_input", (0, 0), 64)
    opened.add_population("lif", (410, 0), 100)
    opened.add_population({"type": "li", "readout": "avg_var"}, (820, 0), 10)  # type: ignore[arg-type]
    opened.add_connection("input", "hidden")
    opened.undo_stack.clear()
    return opened


@pytest.fixture
def canvas(qtbot: Any, document: OpenDocument) -> Canvas:
    made = Canvas(document)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    qtbot.waitExposed(made)
    made.view.zoom_to(1.0)
    made.view.centerOn(500, 100)
    QTest.qWait(10)
    return made


def text(document: OpenDocument) -> str:
    return document.document.dumps()


def one_step(document: OpenDocument, act: Callable[[], object]) -> None:
    """`act` changes the document by one step, which undo takes back and redo makes again, to the letter."""
    before, position = text(document), document.undo_stack.position
    act()
    after = text(document)
    assert after != before
    assert document.undo_stack.position == position + 1
    document.undo_stack.undo()
    assert text(document) == before
    document.undo_stack.redo()
    assert text(document) == after


def choose(canvas: Canvas, typed: str) -> None:
    """Type in the open chooser and press Enter."""
    line = canvas.view.chooser.line
    assert not canvas.view.chooser.isHidden()
    QTest.keyClicks(line, typed)
    QTest.keyClick(line, Qt.Key.Key_Return)
    canvas.view.graph.settle()


def names(document: OpenDocument) -> list[str]:
    return document.document.network.names()


def add_frame(canvas: Canvas, *parts: str) -> FrameItem:
    canvas.select(parts)
    canvas.edit.add_frame()
    canvas.view.graph.settle()
    (frame,) = canvas.view.graph.marks.frames()
    return frame


def seen(canvas: Canvas, at: QPointF) -> QPoint:
    return canvas.view.mapFromScene(at)


def middle(canvas: Canvas, name: str) -> QPoint:
    canvas.view.graph.settle()
    part = canvas.view.graph.part(name)
    assert part is not None
    return seen(canvas, part.outline().center())


def output_port(canvas: Canvas, name: str) -> QPoint:
    return seen(canvas, canvas.view.graph.cards[name].output.scenePos())


def input_port(canvas: Canvas, name: str) -> QPoint:
    return seen(canvas, canvas.view.graph.cards[name].input.scenePos())


def drag(canvas: Canvas, start: QPoint, end: QPoint, button: Any = LEFT, modifiers: Any = NONE) -> None:
    port = canvas.view.viewport()
    QTest.mousePress(port, button, modifiers, start)
    for step in (0.05, 0.6, 1.0):
        QTest.mouseMove(port, start + (end - start) * step)
    QTest.mouseRelease(port, button, modifiers, end)
    canvas.view.graph.settle()


def drop(canvas: Canvas, type_name: str, at: QPoint) -> None:
    data = mime.pack(type_name)
    action, port = Qt.DropAction.CopyAction, canvas.view.viewport()
    QApplication.sendEvent(port, QDragEnterEvent(at, action, data, LEFT, NONE))
    QApplication.sendEvent(port, QDropEvent(QPointF(at), action, data, LEFT, NONE))


def shown(canvas: Canvas) -> dict[str, tuple[float, float]]:
    canvas.view.graph.settle()
    return {part.part: (part.pos().x(), part.pos().y()) for part in canvas.view.graph.parts()}

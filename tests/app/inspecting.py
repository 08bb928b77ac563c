"""What the tests of the inspector share: a document, an inspector on it, and hands that type, choose and scroll.

A test module imports the fixtures `document` and `inspector` by their names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from spikeloom.spec import Document
from spikeloom_app.document import OpenDocument, undo
from spikeloom_app.inspector import Inspector
from spikeloom_app.inspector.choosing import TypeChoice
from spikeloom_app.inspector.controls import Choice
from spikeloom_app.inspector.edits import ValueEdit

Key = Qt.Key
DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
TAU_MEM = ("network", "populations", "hidden", "neuron", "tau_mem")


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch) -> OpenDocument:
    monkeypatch.setattr(undo, "MERGE_SECONDS", 0.0)
    opened = OpenDocument(Document.load(DIGITS))
    opened.set_value(("view", "positions"), {})
    opened.undo_stack.clear()
    return opened


@pytest.fixture
def inspector(document: OpenDocument, qtbot) -> Iterator[Inspector]:  # type: ignore[no-untyped-def]
    made = Inspector(document)
    qtbot.addWidget(made)
    made.resize(340, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made


def edit(inspector: Inspector, inner: str) -> ValueEdit:
    found = inspector.row(inner).editor
    assert isinstance(found, ValueEdit)
    return found


def write(inspector: Inspector, inner: str, text: str, end: Key | None = Key.Key_Return) -> ValueEdit:
    """Click into a field, replace what it says, press a key."""
    field = edit(inspector, inner)
    inspector.area.ensureWidgetVisible(field)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    QTest.keyClick(field, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Key.Key_Delete)
    QTest.keyClicks(field, text)
    if end is not None:
        QTest.keyClick(field, end)
    return field


def choose(inspector: Inspector, inner: str, text: str) -> None:
    """Open the list of a choice and go to a line with the keyboard."""
    box = inspector.row(inner).editor
    assert isinstance(box, Choice)
    box.setFocus()
    if isinstance(box, TypeChoice):
        search(box, text)
        return
    QTest.keyClick(box, Key.Key_Space)
    view = box.view()
    row = box.findText(text)
    assert row >= 0, [box.itemText(line) for line in range(box.count())]
    QTest.keyClick(view, Key.Key_Home)
    for _ in range(row):
        QTest.keyClick(view, Key.Key_Down)
    QTest.keyClick(view, Key.Key_Return)
    QApplication.processEvents()


def search(box: TypeChoice, text: str) -> None:
    """Open the list of types, look for a title, go down to it and choose it."""
    QTest.keyClick(box, Key.Key_Space)
    popup = box.popup
    assert popup is not None and popup.isVisible()
    QTest.keyClicks(popup.search, text)
    titles = [popup.list.item(row).text() for row in range(popup.list.count())]
    assert text in titles, titles
    for _ in range(titles.index(text)):
        QTest.keyClick(popup.search, Key.Key_Down)
    QTest.keyClick(popup.search, Key.Key_Return)
    assert not popup.isVisible()
    QApplication.processEvents()


def messages(inspector: Inspector, inner: str) -> list[str]:
    row = inspector.row(inner)
    return [notice.text for notice in row.notices.notices] if row.notices.isVisible() else []


def wheel(widget: QWidget, notches: int) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)

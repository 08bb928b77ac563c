"""Text that becomes a value: commits on Enter and when focus leaves, reverts on Escape, keeps what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontDatabase,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from spikeloom.errors import UserError
from spikeloom.spec import FieldInfo
from spikeloom.spec.selection import as_text
from spikeloom_app import theme
from spikeloom_app.inspector import values
from spikeloom_app.inspector.controls import moves_item
from spikeloom_app.inspector.scope import SEVERAL

SEVERAL_VALUES = "several values"  # what stands in a field of parts that do not agree
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PAGE = 10  # steps of a page key, or of an arrow with Shift
NOTCH = 120  # of a wheel, in Qt's eighths of a degree
UNIT_GAP = 6  # px
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: PAGE, Qt.Key.Key_PageDown: -PAGE}


def _asks_to_undo(event: QEvent) -> bool:
    """Whether a key of Undo or Redo is about to be taken from the window's shortcuts."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


class ValueEdit(QLineEdit):
    """A line of text that stands for a value.

    Parameters
    ----------
    write, read
        From the value to the text and back; `read` raises a `UserError` for a text that is no value.

    Attributes
    ----------
    committed
        Signal: the value that was typed. Whoever sets it answers with `show_value`, or leaves the text as it is.
    refused
        Signal: why the text is no value.
    reverted
        Signal: Escape was pressed; the text is that of the last value again.
    """

    committed = Signal(object)
    refused = Signal(str)
    reverted = Signal()

    def __init__(self, write: Callable[[Any], str], read: Callable[[str], Any]) -> None:
        super().__init__()
        self.write, self.read = write, read
        self._shown = self._hint = ""
        self._several = self._wrong = False
        self.setMinimumWidth(60)

    @property
    def pending(self) -> bool:
        """Whether the text is not (yet) that of the value."""
        return self.text() != self._shown

    def set_hint(self, hint: str) -> None:
        """Say in the empty field what that means."""
        self._hint = hint
        self.setPlaceholderText(SEVERAL_VALUES if self._several else hint)

    def show_value(self, value: Any) -> None:
        """Show a value, in place of whatever was typed."""
        self._several = value is SEVERAL
        self._shown = "" if self._several else self.write(value)
        self.set_hint(self._hint)
        self._wrong = False
        if self.text() != self._shown:
            at = self.cursorPosition()
            end = at == len(self.text())
            self.setText(self._shown)
            self.setCursorPosition(len(self._shown) if end else min(at, len(self._shown)))
        if not self.hasFocus():
            self.setCursorPosition(0)

    def commit(self) -> None:
        """Hand on what was typed, if anything was."""
        if not self.pending:
            if self._wrong:
                self.revert()
            return
        self._wrong = True  # until a value is shown
        try:
            value = self.read(self.text())
        except UserError as error:
            self.refused.emit(values.sentence(error.message, error.hint))
            return
        self.committed.emit(value)

    def revert(self) -> None:
        """Give up what was typed."""
        self._wrong = False
        self.setText(self._shown)
        self.reverted.emit()

    def event(self, event: QEvent) -> bool:
        """Leave Undo and Redo to the window where nothing was typed."""
        if not self.pending and _asks_to_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.commit()
        elif event.key() == Qt.Key.Key_Escape and (self.pending or self._wrong):
            self.revert()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own context menu
            self.commit()
            self.setCursorPosition(0)


class NumberEdit(ValueEdit):
    """A number with its unit; arrow keys and the wheel (only where it has the focus) step through the range."""

    def __init__(self, field: FieldInfo) -> None:
        super().__init__(self._text, lambda text: values.read_number(text, field))
        self.field = field
        self._value: Any = None
        if field.unit:
            self.setTextMargins(0, 0, self.fontMetrics().horizontalAdvance(field.unit) + UNIT_GAP, 0)
        if field.optional:
            self.set_hint(values.meaning_of_nothing(field))

    def _text(self, value: Any) -> str:
        return values.number_text(value) if self.hasFocus() else values.short_number_text(value)

    def show_value(self, value: Any) -> None:
        """Show a value: all of its digits only while it may be edited."""
        self._value = value
        super().show_value(value)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.pending:
            self.show_value(self._value)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.pending:
            self.show_value(self._value)

    def step(self, steps: float) -> None:
        """Go some steps up or down from what is typed."""
        if self._several and not self.pending:
            return
        try:
            value = self.read(self.text())
        except UserError:
            return
        if value is None:
            value = self.field.minimum or 0
        moved = values.stepped(value, self.field, steps)
        if moved != value or self.pending:
            self.committed.emit(moved)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if moves_item(event):
            event.ignore()
            return
        steps = _STEPS.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
            return
        fast = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self.step(PAGE * steps if fast and abs(steps) == 1 else steps)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self.step(max(1, abs(event.angleDelta().y()) // NOTCH) * (1 if event.angleDelta().y() > 0 else -1))
            event.accept()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.field.unit:
            return
        painter = QPainter(self)
        painter.setPen(QColor(theme.current().text_muted))
        painter.drawText(
            self.rect().adjusted(0, 0, -9, 0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            self.field.unit,
        )


class TextEdit(ValueEdit):
    """Plain text; nothing typed means None where the field allows that."""

    def __init__(self, field: FieldInfo) -> None:
        super().__init__(lambda value: value or "", lambda text: text.strip() or (None if field.optional else ""))
        if field.optional:
            self.set_hint(values.meaning_of_nothing(field))


class ShapeEdit(ValueEdit):
    """A shape such as ``8 × 8``; nothing typed means inferred."""

    def __init__(self) -> None:
        super().__init__(values.shape_text, values.read_shape)
        self.show_inferred(None)

    def show_inferred(self, shape: tuple[int, ...] | None) -> None:
        """What stands in the empty field."""
        self.set_hint("number of neurons" if shape is None else f"{values.shape_text(shape)}  (inferred)")


class IndicesEdit(ValueEdit):
    """Neuron numbers such as ``0, 3, 5``, or the file and tensor that hold them."""

    def __init__(self) -> None:
        super().__init__(values.indices_text, values.read_indices)
        self.set_hint("0, 3, 5 or file: tensor")


class SelectionEdit(ValueEdit):
    """Some of many, as numpy writes it: ``[0, 4]``, ``0:100:2``, ``0:3, :, 5``; nothing typed means all."""

    def __init__(self) -> None:
        super().__init__(as_text, lambda text: text.strip() or None)
        self.set_hint("all")


class Paragraph(QPlainTextEdit):
    """A few lines of text that stand for a value; Enter commits, Shift+Enter starts a new line.

    Parameters
    ----------
    write, read
        From the value to the text and back; `read` raises a `UserError` for a text that is no value.
    lines
        How many lines are shown.
    """

    committed = Signal(object)
    refused = Signal(str)
    reverted = Signal()
    lines_by_enter = False  # then Ctrl+Enter commits

    def __init__(
        self,
        field: FieldInfo,
        write: Callable[[Any], str] = lambda value: value or "",
        read: Callable[[str], Any] = lambda text: text.strip() or None,
        lines: int = 4,
    ) -> None:
        super().__init__()
        self.field, self.write, self.read = field, write, read
        self._shown = ""
        self.hint = values.meaning_of_nothing(field)
        self.setTabChangesFocus(True)
        self.setPlaceholderText(self.hint)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 18)

    @property
    def pending(self) -> bool:
        """Whether the text is not (yet) that of the value."""
        return self.toPlainText() != self._shown

    def show_value(self, value: Any) -> None:
        """Show a value, in place of whatever was typed."""
        self._shown = "" if value is SEVERAL else self.write(value)
        self.setPlaceholderText(SEVERAL_VALUES if value is SEVERAL else self.hint)
        if self.toPlainText() != self._shown:
            self.setPlainText(self._shown)

    def commit(self) -> None:
        """Hand on what was typed, if anything was."""
        if not self.pending:
            return
        try:
            value = self.read(self.toPlainText())
        except UserError as error:
            self.refused.emit(values.sentence(error.message, error.hint))
            return
        self.committed.emit(value)

    def event(self, event: QEvent) -> bool:
        """Leave Undo and Redo to the window where nothing was typed."""
        if not self.pending and _asks_to_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self._commits(event):
            self.commit()
        elif event.key() == Qt.Key.Key_Escape and self.pending:
            self.setPlainText(self._shown)
            self.reverted.emit()
        else:
            super().keyPressEvent(event)

    def _commits(self, event: QKeyEvent) -> bool:
        """Whether an Enter hands on the text; else it starts a new line."""
        if self.lines_by_enter:
            return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return not event.modifiers() & Qt.KeyboardModifier.ShiftModifier

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def sizeHint(self) -> QSize:
        return QSize(120, self.height())


class CodeEdit(Paragraph):
    """GeNN code; Enter starts a new line, Ctrl+Enter commits, and so does a pause in typing."""

    PAUSE = 600  # ms
    lines_by_enter = True

    def __init__(self, field: FieldInfo) -> None:
        super().__init__(field, read=str.strip, lines=4)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.current().font)
        self.setFont(font)
        self.hint = ""
        self.setPlaceholderText("")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(self.PAUSE)
        self._pause.timeout.connect(self.commit)
        self.textChanged.connect(self._typed)

    def _typed(self) -> None:
        if self.hasFocus() and self.pending:
            self._pause.start()

    def show_value(self, value: Any) -> None:
        """Show a value; what is being typed keeps its blanks and its cursor."""
        shown = "" if value is SEVERAL else self.write(value)
        if self.hasFocus() and self.toPlainText().strip() == shown:
            self._shown = self.toPlainText()
            return
        super().show_value(value)


class NumbersEdit(Paragraph):
    """Names with numbers, a line each: ``tau = 20``; Enter starts a new line, Ctrl+Enter commits."""

    lines_by_enter = True

    def __init__(self, field: FieldInfo) -> None:
        super().__init__(field, values.numbers_text, values.read_numbers, lines=3)
        self.hint = "name = value"
        self.setPlaceholderText(self.hint)

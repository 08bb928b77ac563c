"""The controls that are not text: switch, choice, and the small painted pieces of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from spikeloom_app import glyphs, theme
from spikeloom_app.inspector.scope import SEVERAL


def moves_item(event: QKeyEvent) -> int:
    """Where Alt and an arrow key move the item of a list that a control lies in: -1 is up, 0 nowhere."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if held != Qt.KeyboardModifier.AltModifier:
        return 0
    return {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)


class Switch(QAbstractButton):
    """On or off, or, where several parts do not agree, in between; a click then turns all of them on."""

    committed = Signal(object)
    refused = Signal(str)
    reverted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.several = False
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.committed.emit(self.isChecked()))

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.several = value is SEVERAL
        self.setChecked(not self.several and bool(value))
        self.update()

    def commit(self) -> None:
        """Nothing: a click commits."""

    def sizeHint(self) -> QSize:
        return QSize(40, 28)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif moves_item(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(3, (self.height() - 18) / 2, 32, 18)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1.2))
            painter.drawRoundedRect(track.adjusted(-2.2, -2.2, 2.2, 2.2), 11.2, 11.2)
        on = self.isChecked()
        edge = tokens.accent if on else tokens.text_muted if self.underMouse() else tokens.border_strong
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(tokens.accent if on else tokens.surface_raised))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 8.5, 8.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent_text if on else tokens.text_muted))
        if self.several:
            painter.drawRoundedRect(QRectF(track.center().x() - 5, track.center().y() - 1.5, 10, 3), 1.5, 1.5)
            return
        painter.drawEllipse(QPointF(track.right() - 9 if on else track.left() + 9, track.center().y()), 5.5, 5.5)


class Choice(QComboBox):
    """One of a few values; the wheel scrolls the form and chooses nothing.

    Parameters
    ----------
    options
        Value, text and tooltip of each.
    several
        What is said where several parts do not agree.
    """

    committed = Signal(object)
    refused = Signal(str)
    reverted = Signal()

    def __init__(self, options: Sequence[tuple[Any, str, str]], several: str = "several values") -> None:
        super().__init__()
        self.options = [value for value, _, _ in options]
        self.several = several  # not Qt's own placeholder, which makes the box as wide as itself
        for row, (_, text, help_line) in enumerate(options):
            self.addItem(text)
            self.setItemData(row, help_line, Qt.ItemDataRole.ToolTipRole)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(lambda row: self.committed.emit(self.options[row]))

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.setCurrentIndex(self.options.index(value) if value is not SEVERAL and value in self.options else -1)

    def commit(self) -> None:
        """Nothing: choosing commits."""

    def showPopup(self) -> None:
        """Open the list as wide as its texts."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(self.itemText(row)) for row in range(self.count())), default=0)
        self.view().setMinimumWidth(max(self.width(), min(widest + 48, 420)))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """As always, but a text without room ends in an ellipsis."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        complex_control = QStyle.ComplexControl.CC_ComboBox
        painter.drawComplexControl(complex_control, option)
        room = self.style().subControlRect(complex_control, option, QStyle.SubControl.SC_ComboBoxEditField, self)
        shown = self.currentText() if self.currentIndex() >= 0 else self.several
        option.currentText = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, room.width() - 4)
        if self.currentIndex() < 0:
            option.palette.setColor(QPalette.ColorRole.ButtonText, QColor(theme.current().text_muted))
            option.palette.setColor(QPalette.ColorRole.Text, QColor(theme.current().text_muted))
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class GlyphButton(QAbstractButton):
    """A small flat button with a painted mark and, perhaps, words after it."""

    def __init__(self, glyph: str, words: str, text: str = "") -> None:
        super().__init__()
        self.glyph = glyph
        self.setText(text)
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + 8 if self.text() else 0
        return QSize(20 + width, 22)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif moves_item(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        colour = tokens.text if self.underMouse() or self.hasFocus() else tokens.text_muted
        glyphs.paint(painter, self.glyph, QRectF(1 if self.text() else 4, (self.height() - 12) / 2, 12, 12), colour)
        if self.text():
            painter.setPen(QColor(colour))
            painter.drawText(self.rect().adjusted(18, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class Caption(QLabel):
    """A label that gives way: it ends in an ellipsis where it has no room, and its tooltip says all."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class Dot(QWidget):
    """A round mark in the colour of a token."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.setFixedSize(12, 12)

    def show_token(self, token: str) -> None:
        """Take the colour of another token."""
        self.token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(theme.current(), self.token)))
        painter.drawEllipse(QRectF(1, 1, 10, 10))

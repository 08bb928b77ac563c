"""The history: every step that was done to the document, as a list; choosing one goes there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from spikeloom_app import glyphs, theme
from spikeloom_app.document import OpenDocument
from spikeloom_app.listening import follow_theme, listen

STATE = Qt.ItemDataRole.UserRole  # "done", "present" or "undone"
SAVED = Qt.ItemDataRole.UserRole + 1
ROW_HEIGHT = 28  # px


class History(QWidget):
    """The undo stack of `document` as a list, the oldest step first."""

    def __init__(self, document: OpenDocument) -> None:
        super().__init__()
        self.document, self.stack = document, document.undo_stack
        self.list = _List()
        self.list.setAccessibleName("Undo history")
        self.list.setToolTip("Click a step, or press Enter on it, to bring the document to that state")
        self.list.setItemDelegate(_Row(self.list))
        self.list.setMouseTracking(True)
        self.list.itemClicked.connect(lambda item: self._go_to(self.list.row(item)))
        self.list.entered_row.connect(self._go_to)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        listen(self.stack.changed, self.refresh)
        listen(document.file_changed, self.refresh)
        follow_theme(self._paint)

    def _go_to(self, row: int) -> None:
        self.stack.go_to(row)

    def showEvent(self, event: QShowEvent) -> None:
        """Steps may have been done while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the steps as they are now; nothing happens while the list is hidden."""
        if not self.isVisible():
            return
        first = "Opened" if self.document.path is not None else "New document"
        texts = [first, *(text[:1].upper() + text[1:] for text in self.stack.labels)]
        while self.list.count() > len(texts):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(texts):
            self.list.addItem(QListWidgetItem())
        present, saved = self.stack.position, self._saved_row()
        for row, text in enumerate(texts):
            self._show(self.list.item(row), text, "done" if row < present else "undone", row == saved)
        self._show(self.list.item(present), texts[present], "present", present == saved)
        self.list.setCurrentRow(present)
        self.list.scrollToItem(self.list.item(present))
        self.list.viewport().update()

    def _saved_row(self) -> int | None:
        """The step that is in the file; none for a document that has no file, or another content in it."""
        if self.document.path is None or (self.stack.clean and self.document.modified):
            return None
        return self.stack.clean_position

    @staticmethod
    def _show(item: QListWidgetItem, text: str, state: str, saved: bool) -> None:
        item.setText(text)
        item.setData(STATE, state)
        item.setData(SAVED, saved)
        said = {"present": "present state", "undone": "undone", "done": ""}[state]
        words = [text, *(word for word in (said, "saved" if saved else "") if word)]
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(words))

    def _paint(self) -> None:
        self.list.viewport().update()


class _List(QListWidget):
    """A list whose rows are chosen by a click or Enter; the arrows only walk."""

    entered_row = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space go to the row that has the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.entered_row.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        super().leaveEvent(event)
        self.viewport().update()


class _Row(QStyledItemDelegate):
    """Paints a row: a dot at the present step, undone steps muted, a word at the saved one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows are of one height."""
        return QSize(120, theme.large(ROW_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        tokens = theme.current()
        box: QRect = option.rect
        state = option.state
        present, undone = index.data(STATE) == "present", index.data(STATE) == "undone"
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = present or bool(state & QStyle.StateFlag.State_MouseOver)
        back = QRectF(box).adjusted(6, 1, -6, -1)
        if lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.surface_raised))
            painter.drawRoundedRect(back, tokens.radius_small, tokens.radius_small)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(back.adjusted(0.5, 0.5, -0.5, -0.5), tokens.radius_small, tokens.radius_small)
        if present:
            glyphs.paint(painter, "dot", QRectF(box.left() + 12, box.center().y() - 6, 14, 14), tokens.accent)
        font = QFont(option.font)
        right = box.right() - 14
        if index.data(SAVED):
            font.setPixelSize(tokens.font_small)
            painter.setFont(font)
            painter.setPen(QColor(tokens.success))
            width = painter.fontMetrics().horizontalAdvance("saved")
            painter.drawText(QRect(right - width, box.top(), width + 2, box.height()), _MIDDLE, "saved")
            right -= width + 10
        font.setPixelSize(tokens.font)
        font.setWeight(QFont.Weight.DemiBold if present else QFont.Weight.Normal)
        font.setItalic(undone)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text_muted if undone else tokens.text))
        room = QRect(box.left() + 32, box.top(), right - box.left() - 32, box.height())
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _MIDDLE, text)
        painter.restore()


_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft

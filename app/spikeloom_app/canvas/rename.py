"""Editing on the canvas itself: the name of a part, the title of a frame, the text of a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from spikeloom.errors import SpikeloomError
from spikeloom_app import theme
from spikeloom_app.canvas.items import Part, Pill
from spikeloom_app.canvas.marks import TITLE, Fold, FrameItem, NoteItem
from spikeloom_app.listening import follow_theme

if TYPE_CHECKING:
    from spikeloom_app.canvas.view import View

NARROWEST = 168  # px
HEIGHT = 28
SMALLEST_NOTE = QSize(220, 96)  # px, of its editor
AWAY = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)  # and back soon


class NameEdit(QLineEdit):
    """One line, shown where it is wanted: Enter gives the part its new name, Escape leaves the old one."""

    def __init__(self, view: View) -> None:
        super().__init__(view.viewport())
        self.view = view
        self.item: Part | None = None
        self.setObjectName("canvasName")
        self.setAccessibleName("Name")
        self.returnPressed.connect(self._commit)
        self.textEdited.connect(view.bubble.hide)
        follow_theme(self._style)
        self.hide()

    def start(self, item: Part) -> None:
        """Edit the name of a part, or the title of a frame."""
        self.item = item
        self.setMaxLength(200 if isinstance(item, FrameItem | Fold) else 64)
        self.setText(self._name(item))
        self.place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def _name(self, item: Part) -> str:
        if isinstance(item, FrameItem | Fold):
            return str(self.view.document.value(("view", "frames", item.part, "title")))
        return item.part

    def place(self) -> None:
        """Lie on the part, wherever the view shows it."""
        if self.item is None:
            return
        outline = self.item.outline()
        if isinstance(self.item, FrameItem):
            outline.setHeight(TITLE)
        elif not isinstance(self.item, Pill):
            outline = outline.adjusted(8, 4, -8, -28)
        seen = self.view.mapFromScene(outline).boundingRect()
        width = max(seen.width(), NARROWEST)
        self.setGeometry(QRect(seen.center().x() - width // 2, seen.center().y() - HEIGHT // 2, width, HEIGHT))

    def stop(self) -> None:
        """Leave the name as it is."""
        self.item = None
        self.view.bubble.hide()
        if self.isVisible():
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)  # before it hides, or Qt looks for another
            self.hide()

    def finish(self) -> None:
        """Take the name if it can be taken; else leave the old one."""
        self._commit()
        self.stop()

    def _commit(self) -> None:
        item = self.item
        if item is None:
            return
        name = self.text().strip()
        try:
            if isinstance(item, FrameItem | Fold):
                self.view.document.set_value(("view", "frames", item.part, "title"), name)
            else:
                self.view.document.rename(item.part, name)
        except SpikeloomError as error:
            text = error.message + (f". {error.hint}" if error.hint else "")
            self.view.bubble.say(text, self.geometry().bottomLeft() + QPoint(0, 6))
        else:
            self.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves; every other key is the edit's own."""
        if event.key() == Qt.Key.Key_Escape:
            self.stop()
        else:
            super().keyPressEvent(event)
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere takes the name if it can be taken."""
        super().focusOutEvent(event)
        if self.item is not None and event.reason() not in AWAY:
            self.finish()

    def _style(self) -> None:
        self.setStyleSheet(_sheet("#canvasName", theme.current(), bold=True))


class NoteEdit(QPlainTextEdit):
    """The text of a note, in Markdown: Ctrl+Enter or a click elsewhere takes it, Escape leaves the old one."""

    def __init__(self, view: View) -> None:
        super().__init__(view.viewport())
        self.view = view
        self.item: NoteItem | None = None
        self.setObjectName("canvasNote")
        self.setAccessibleName("Text of the note, in Markdown")
        self.setPlaceholderText("Markdown: # heading, **bold**, - list")
        follow_theme(self._style)
        self.hide()

    def start(self, item: NoteItem) -> None:
        """Edit the text of a note."""
        self.item = item
        self.setPlainText(item.note.text)
        self.place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def place(self) -> None:
        """Lie on the note, wherever the view shows it."""
        if self.item is not None:
            seen = self.view.mapFromScene(self.item.outline()).boundingRect()
            self.setGeometry(QRect(seen.topLeft(), seen.size().expandedTo(SMALLEST_NOTE)))

    def stop(self) -> None:
        """Leave the text as it is."""
        self.item = None
        if self.isVisible():
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()

    def finish(self) -> None:
        """Take the text."""
        self._commit()

    def _commit(self) -> None:
        item, self.item = self.item, None
        if item is None:
            return
        try:
            self.view.document.set_value(("view", "notes", item.part, "text"), self.toPlainText())
        except SpikeloomError as error:
            self.item = item
            self.view.bubble.say(error.message, self.geometry().bottomLeft() + QPoint(0, 6), seconds=5.0)
            return
        self.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves, Ctrl+Enter takes; every other key is the edit's own."""
        if event.key() == Qt.Key.Key_Escape:
            self.stop()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self._commit()
        else:
            super().keyPressEvent(event)
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere takes the text."""
        super().focusOutEvent(event)
        if self.item is not None and event.reason() not in AWAY:
            self._commit()

    def _style(self) -> None:
        self.setStyleSheet(_sheet("#canvasNote", theme.current(), bold=False))


def _sheet(name: str, tokens: theme.Theme, bold: bool) -> str:
    return (
        f"{name} {{ background: {tokens.surface_raised}; color: {tokens.text};"
        f" border: 2px solid {tokens.accent}; border-radius: {tokens.radius_small}px; padding: 0 8px;"
        f" font-size: {tokens.font}px; font-weight: {600 if bold else 400};"
        f" selection-background-color: {tokens.accent}; selection-color: {tokens.accent_text}; }}"
    )

"""A line edit on a card or pill: Enter gives the part its new name, Escape leaves the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from spikeloom.errors import SpikeloomError
from spikeloom_app import theme
from spikeloom_app.canvas.items import Part, Pill
from spikeloom_app.listening import listen

if TYPE_CHECKING:
    from spikeloom_app.canvas.view import View

NARROWEST = 168  # px
HEIGHT = 28


class NameEdit(QLineEdit):
    """One edit, shown where it is wanted."""

    def __init__(self, view: View) -> None:
        super().__init__(view.viewport())
        self.view = view
        self.item: Part | None = None
        self.setObjectName("canvasName")
        self.setAccessibleName("Name")
        self.setMaxLength(64)
        self.returnPressed.connect(self._commit)
        self.textEdited.connect(view.bubble.hide)
        listen(theme.changed, self._style)
        self._style()
        self.hide()

    def start(self, item: Part) -> None:
        """Edit the name of a part."""
        self.item = item
        self.setText(item.part)
        self.place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def place(self) -> None:
        """Lie on the part, wherever the view shows it."""
        if self.item is None:
            return
        outline = self.item.outline()
        if not isinstance(self.item, Pill):
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

    def _commit(self) -> None:
        item = self.item
        if item is None:
            return
        try:
            self.view.document.rename(item.part, self.text().strip())
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
        away = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if self.item is not None and event.reason() not in away:
            self._commit()
            self.stop()

    def _style(self) -> None:
        tokens = theme.current()
        self.setStyleSheet(
            f"#canvasName {{ background: {tokens.surface_raised}; color: {tokens.text};"
            f" border: 2px solid {tokens.accent}; border-radius: {tokens.radius_small}px; padding: 0 8px;"
            f" font-size: {tokens.font}px; font-weight: 600;"
            f" selection-background-color: {tokens.accent}; selection-color: {tokens.accent_text}; }}"
        )

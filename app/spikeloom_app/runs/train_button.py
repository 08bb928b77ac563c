"""The button that starts a run."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton

from spikeloom_app import theme

DOT = 9  # px, of the mark that says that the document was changed


class TrainButton(QPushButton):
    """The button that starts a run; a dot on it says that the document is not what ran last."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.marked = False

    def mark(self, marked: bool) -> None:
        """Show the dot, or take it away."""
        if marked != self.marked:
            self.marked = marked
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and the dot in its corner."""
        super().paintEvent(event)
        if not self.marked:
            return
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.surface), 1.5))
        painter.setBrush(QColor(tokens.warning))
        painter.drawEllipse(QRectF(self.width() - DOT - 1, 1, DOT, DOT))
        painter.end()

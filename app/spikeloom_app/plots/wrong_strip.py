"""Where in a split the examples lie that are looked for: a thin strip with a tick for each."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme

HEIGHT, GROOVE = 16, 6  # px
MARGIN = 14.0  # px
REACH = 8.0  # px around the pointer in which a tick is found


class WrongStrip(QWidget):
    """Ticks to click on, and a marker where one is.

    Attributes
    ----------
    chosen, pointed
        Signals with the number of an example; -1 where none is pointed at.
    """

    chosen = Signal(int)
    pointed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Where the wrong examples lie")
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.examples, self.example = 0, 0
        self.ticks = np.zeros(0, int)
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.update()

    def show_ticks(self, ticks: np.ndarray, examples: int, example: int) -> None:
        """Show these of `examples`, and at which one is."""
        self.ticks, self.examples, self.example = ticks, examples, example
        self.update()

    def _x(self, example: Any) -> Any:
        return MARGIN + (example + 0.5) / max(1, self.examples) * (self.width() - 2 * MARGIN)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, ticks, marker."""
        painter, t = QPainter(self), theme.current()
        middle = self.height() / 2
        groove = QRectF(MARGIN, middle - GROOVE / 2, self.width() - 2 * MARGIN, GROOVE)
        painter.fillRect(groove, QColor(t.plot_grid))
        wide = max(1.0, groove.width() / max(1, self.examples))
        for x in np.unique(np.round(MARGIN + (self.ticks + 0.5) / max(1, self.examples) * groove.width())):
            painter.fillRect(QRectF(x - wide / 2, groove.top(), wide, GROOVE), QColor(t.error))
        if self.examples:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.text))
            painter.drawRoundedRect(QRectF(self._x(self.example) - 1.5, middle - 7, 3, 14), 1.5, 1.5)

    def _near(self, x: float) -> int:
        """The tick nearest to a place; -1 where there is none."""
        if not len(self.ticks):
            return -1
        places = self._x(self.ticks)
        best = int(np.argmin(np.abs(places - x)))
        return int(self.ticks[best]) if abs(places[best] - x) <= REACH else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which one is pointed at."""
        found = self._near(event.position().x())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found >= 0 else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(found)

    def leaveEvent(self, event: QEvent) -> None:
        """None is pointed at."""
        self.pointed.emit(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the tick under the mouse, or to the example there."""
        x = event.position().x()
        found = self._near(x)
        if found < 0 and self.examples:
            share = (x - MARGIN) / max(1.0, self.width() - 2 * MARGIN)
            found = min(self.examples - 1, max(0, int(share * self.examples)))
        if found >= 0:
            self.chosen.emit(found)

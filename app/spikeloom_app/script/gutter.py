"""The numbers of the lines, left of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme

if TYPE_CHECKING:
    from spikeloom_app.script.view import ScriptView

BEFORE, AFTER, BAR = 12, 10, 3  # px


class Gutter(QWidget):
    """Paints the numbers of the lines that `view` shows, and a bar at those of the part that is selected."""

    def __init__(self, view: ScriptView) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName("scriptGutter")
        self.setAccessibleName("Line numbers")

    def wanted_width(self) -> int:
        """For the number of the last line, three digits at least."""
        digits = max(3, len(str(self._view.blockCount())))
        return BEFORE + AFTER + self._view.fontMetrics().horizontalAdvance("9" * digits)

    def sizeHint(self) -> QSize:
        return QSize(self.wanted_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Only the lines that are to be painted."""
        t = theme.current()
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(t.plot_background))
        painter.setFont(self._view.font())
        first, last = self._view.marked
        for line, box in self._view.lines_within(event.rect()) if not self._view.document().isEmpty() else ():
            inside = first <= line <= last
            if inside:
                painter.fillRect(QRectF(0, box.top(), BAR, box.height()), QColor(t.accent))
            painter.setPen(QColor(t.text_muted if inside else t.border_strong))
            place = QRectF(0, box.top(), self.width() - AFTER, box.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(line + 1))
        painter.end()

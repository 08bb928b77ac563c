"""The scale of a picture's colours, with numbers: a narrow bar at its right."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots import colours

BAR, GAP, MARGIN = 8.0, 5.0, 14.0  # px: its width, between bar and numbers, above and below


class ScaleBar(QWidget):
    """From the least to the largest value."""

    def __init__(self) -> None:
        super().__init__()
        self.low, self.high = -1.0, 1.0
        self._table: Callable[[], np.ndarray] = colours.diverging
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Scale of the colours")
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.setFixedWidth(theme.large(58))
        self.update()

    def span(self, low: float, high: float, table: Callable[[], np.ndarray] = colours.diverging) -> None:
        """Reach from `low` to `high` in the colours of a table."""
        if (low, high, table) != (self.low, self.high, self._table):
            self.low, self.high, self._table = low, high, table
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar and three numbers."""
        painter = QPainter(self)
        bar = QRectF(0, MARGIN, BAR, self.height() - 2 * MARGIN)
        if bar.height() < 10:
            return
        painter.drawImage(bar, colours.image(self._table()[::-1][:, None, :]))
        font = QFont(self.font())
        font.setPixelSize(theme.current().font_small)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().text_muted))
        count = 3 if bar.height() > 60 else 2
        for share in np.linspace(0, 1, count):
            value = self.high + (self.low - self.high) * share
            line = QRectF(BAR + GAP, bar.top() + share * bar.height() - 8, self.width() - BAR - GAP, 16)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, f"{value:.2g}")

"""What the outputs do while an example runs, and what they are to do: a pair of lines for each."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme

MOST_OUTPUTS = 6
MOST_POINTS = 600  # of a line
MARGIN = 8.0  # px
LINE = 16.0  # px of the words below


class TargetView(QWidget):
    """Paints the response of outputs, solid, and their targets, dashed."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Outputs of the network over time")
        self.setToolTip("Each output over time (solid), and what it is to follow (dashed)")
        self.setMinimumSize(110, 64)
        self.response = self.targets = np.zeros((0, 0))
        self.duration = 0.0
        self.place: float | None = None
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.update()

    def show_response(self, response: np.ndarray, targets: np.ndarray, duration: float) -> None:
        """Show a response and its targets, (timesteps, outputs) each, of an example that lasts `duration` ms."""
        self.response, self.targets, self.duration = response, targets, duration
        self.setAccessibleDescription(self.in_words())
        self.update()

    def set_place(self, place: float | None) -> None:
        """Put the play head at a share of the example; None: away."""
        if place != self.place:
            self.place = place
            self.update()

    @property
    def error(self) -> float:
        """The mean square error of the response, over outputs and time; NaN where nothing is shown."""
        if not self.response.size:
            return math.nan
        return float(np.mean((self.response.astype(float) - self.targets) ** 2))

    def in_words(self) -> str:
        """``mean square error 0.0123``."""
        return "" if math.isnan(self.error) else f"mean square error {self.error:.3g}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, the play head, and the error in words."""
        if not self.response.size:
            return
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN - LINE)
        shown = min(MOST_OUTPUTS, self.targets.shape[1])
        both = np.concatenate([self.response[:, :shown], self.targets[:, :shown]])
        low, high = float(np.nanmin(both)), float(np.nanmax(both))
        for number in range(shown):
            color = QColor(tokens.series[number % len(tokens.series)])
            self._line(painter, area, self.targets[:, number], (low, high), QPen(color, 1, Qt.PenStyle.DashLine))
            self._line(painter, area, self.response[:, number], (low, high), QPen(color, 1.6))
        if self.place is not None:
            x = area.left() + self.place * area.width()
            painter.setPen(QPen(QColor(tokens.text), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        font = QFont(self.font())
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text_muted))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), LINE)
        more = self.targets.shape[1] - shown
        words = self.in_words() + (f" · {more} more outputs" if more > 0 else "")
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
        painter.drawText(
            below, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), f"{self.duration:g} ms"
        )
        painter.end()

    @staticmethod
    def _line(painter: QPainter, area: QRectF, values: np.ndarray, limits: tuple[float, float], pen: QPen) -> None:
        chosen = np.linspace(0, len(values) - 1, min(len(values), MOST_POINTS)).astype(int)
        span = (limits[1] - limits[0]) or 1.0
        x = area.left() + area.width() * chosen / max(1, len(values) - 1)
        y = area.bottom() - area.height() * (np.asarray(values, float)[chosen] - limits[0]) / span
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(*place) for place in zip(x, y, strict=True) if np.isfinite(place[1])]))

"""How often the populations spike while an example runs: a small line for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.spikes import before, rises

BINS = 60  # of a line
ROW, MOST_ROWS = 22, 4  # px of a line, and how many there are
MOST_NAME = 80.0  # px
MARGIN = 8.0  # px
ALIGN = Qt.AlignmentFlag


@dataclass(frozen=True)
class Activity:
    """A population's spikes over time.

    Parameters
    ----------
    rates
        Float64, (bins,): Hz per neuron.
    """

    name: str
    rates: np.ndarray
    mean: float

    @classmethod
    def of_spikes(cls, name: str, steps: np.ndarray, size: int, timesteps: int, dt: float) -> Activity:
        """Rates from the timesteps of the spikes of `size` neurons."""
        bins = max(1, min(BINS, timesteps))
        edges = -(-np.arange(bins + 1) * timesteps // bins)  # the first step of each bin
        counts = np.diff(before(steps if rises(steps) else np.sort(steps), edges))
        seconds = timesteps * dt / 1000
        per_neuron = counts / max(1, size)
        return cls(name, per_neuron / (seconds / bins), float(per_neuron.sum() / seconds))


def activities_of(event: dict[str, Any]) -> list[Activity]:
    """Of the populations whose spikes an ``example`` event tells."""
    timesteps, dt = int(event["timesteps"]), float(event["dt"])
    return [
        Activity.of_spikes(part["name"], np.asarray(event[f"{part['name']}.steps"]), int(part["size"]), timesteps, dt)
        for part in event.get("populations") or ()
        if f"{part['name']}.steps" in event
    ]


class ActivityView(QWidget):
    """Paints an `Activity` a row."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Firing rates while the example runs")
        self.setToolTip("Mean firing rate of each population over time (Hz)")
        self.activities: list[Activity] = []
        self.place: float | None = None
        follow_theme(self._dress)

    def _dress(self) -> None:
        self._size()

    def _size(self) -> None:
        self.setFixedHeight(theme.large(ROW) * min(MOST_ROWS, len(self.activities)))
        self.update()

    def show_activities(self, activities: list[Activity]) -> None:
        """Show other populations; the first `MOST_ROWS`."""
        again = len(activities) == len(self.activities)
        self.activities = activities
        self.setAccessibleDescription(", ".join(f"{a.name} {a.mean:.3g} Hz" for a in activities))
        self.update() if again else self._size()

    def set_place(self, share: float | None) -> None:
        """Mark a time, as a share of the example; None: none."""
        self.place = share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, line, mean rate."""
        shown, t = self.activities[:MOST_ROWS], theme.current()
        if not shown:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(t.font_small)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        wide = min(MOST_NAME, max(metrics.horizontalAdvance(a.name) for a in shown))
        figure = metrics.horizontalAdvance("000.0 Hz")
        high = self.height() / len(shown)
        for row, activity in enumerate(shown):
            line = QRectF(0, row * high, self.width(), high)
            painter.setPen(QColor(t.text_muted))
            name = metrics.elidedText(activity.name, Qt.TextElideMode.ElideRight, wide + 1)
            painter.drawText(QRectF(14, line.top(), wide + 2, high), ALIGN.AlignRight | ALIGN.AlignVCenter, name)
            words = f"{activity.mean:.3g} Hz"
            painter.drawText(line.adjusted(0, 0, -MARGIN, 0), ALIGN.AlignRight | ALIGN.AlignVCenter, words)
            box = QRectF(14 + wide + 8, line.top() + 4, self.width() - MARGIN - figure - wide - 30, high - 7)
            self._paint_line(painter, box, activity.rates, t.series[row % len(t.series)])

    def _paint_line(self, painter: QPainter, box: QRectF, rates: np.ndarray, colour: str) -> None:
        if box.width() < 10:
            return
        top = float(rates.max()) or 1.0
        x = np.linspace(box.left(), box.right(), len(rates))
        y = box.bottom() - rates / top * box.height()
        ink = QColor(colour)
        points = [QPointF(*point) for point in zip(x, y, strict=True)]
        shade = QColor(ink)
        shade.setAlpha(50)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(QPolygonF([QPointF(box.left(), box.bottom()), *points, QPointF(box.right(), box.bottom())]))
        painter.setPen(QPen(ink, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        if self.place is not None:
            at = box.left() + self.place * box.width()
            painter.setPen(QPen(QColor(theme.current().accent), 1))
            painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))

"""A window of time that is brushed with Shift and the mouse, and moved by its edges."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme

OPACITY = 38  # of 255


class TimeBox(pg.ViewBox):
    """A view box in which Shift and a drag brush a window of time.

    Attributes
    ----------
    brushed
        Signal (start, end, finished), in ms.
    """

    brushed = Signal(float, float, bool)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Brush, or move the view."""
        if ev.button() != Qt.MouseButton.LeftButton or not ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        ends = sorted(self.mapSceneToView(point).x() for point in (ev.buttonDownScenePos(), ev.scenePos()))
        self.brushed.emit(ends[0], ends[1], ev.isFinish())


class TimeWindow(QObject):
    """Shows a window of time in a chart.

    Attributes
    ----------
    moving
        Signal (start, end) while it is brushed or moved.
    chosen
        Signal (start, end) when that is done.
    """

    moving = Signal(float, float)
    chosen = Signal(float, float)

    def __init__(self, chart: pg.PlotWidget, box: TimeBox) -> None:
        super().__init__(chart)
        self.region = pg.LinearRegionItem(swapMode="push")
        self.region.setZValue(5)
        self.region.hide()
        chart.addItem(self.region, ignoreBounds=True)
        box.brushed.connect(self._brushed)
        self.region.sigRegionChanged.connect(lambda: self.moving.emit(*self.region.getRegion()))
        self.region.sigRegionChangeFinished.connect(lambda: self.chosen.emit(*self.region.getRegion()))
        follow_theme(self._dress)

    def show(self, window: tuple[float, float] | None) -> None:
        """Show this window (ms); None: none."""
        self.region.blockSignals(True)
        if window is not None:
            self.region.setRegion(window)
        self.region.blockSignals(False)
        self.region.setVisible(window is not None)

    def _brushed(self, start: float, end: float, finished: bool) -> None:
        self.show((start, end))
        self.moving.emit(start, end)
        if finished:
            self.chosen.emit(start, end)

    def _dress(self) -> None:
        color = QColor(theme.current().accent)
        for line in self.region.lines:
            line.setPen(pg.mkPen(color, width=1))
            line.setHoverPen(pg.mkPen(color, width=3))
        color.setAlpha(OPACITY)
        self.region.setBrush(color)
        self.region.setHoverBrush(color)

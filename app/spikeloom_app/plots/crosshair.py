"""Lines in a chart over time: the crosshair that follows the pointer, and the play head."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, Signal

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart


class Crosshair(QObject):
    """Lines through the pointer.

    Parameters
    ----------
    level
        Whether there is a level line too.
    """

    def __init__(self, chart: Chart, *, level: bool = True) -> None:
        super().__init__(chart)
        self.lines = [pg.InfiniteLine(angle=90), *([pg.InfiniteLine(angle=0)] if level else [])]
        for line in self.lines:
            line.setZValue(8)
            line.hide()
            chart.addItem(line, ignoreBounds=True)
        chart.hovered.connect(self._follow)
        follow_theme(self._dress)

    def _follow(self, point: Any) -> None:
        for line, side in zip(self.lines, ("x", "y"), strict=False):
            line.setVisible(isinstance(point, QPointF))
            if isinstance(point, QPointF):
                line.setPos(getattr(point, side)())

    def _dress(self) -> None:
        for line in self.lines:
            line.setPen(pg.mkPen(theme.current().border_strong, width=1))


class PlayHead(QObject):
    """The time at which an example is looked at, step by step; it can be dragged.

    Attributes
    ----------
    chosen
        Signal with the timestep to which the user dragged it.
    """

    chosen = Signal(int)

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart)
        self.step: int | None = None
        self._dt = 1.0
        self.line = pg.InfiniteLine(angle=90, movable=True)
        self.line.sigDragged.connect(self._drag)
        self.line.setZValue(9)
        self.line.hide()
        chart.addItem(self.line, ignoreBounds=True)
        follow_theme(self._dress)

    @property
    def words(self) -> str:
        """Where it is: ``12.5 ms``; an empty text where it is nowhere."""
        return "" if self.step is None else f"{self.step * self._dt:g} ms"

    def use(self, dt: float, timesteps: int) -> None:
        """Take another length of a timestep (ms), and number of them."""
        self._dt = dt
        self.line.setBounds((0.0, max(0, timesteps - 1) * dt))
        self.move(self.step)

    def move(self, step: int | None) -> None:
        """To a timestep; None: away."""
        self.step = step
        self.line.setVisible(step is not None)
        if step is not None:
            self.line.setPos(step * self._dt)

    def _drag(self) -> None:
        step = round(self.line.value() / self._dt)
        if step != self.step:
            self.chosen.emit(step)

    def _dress(self) -> None:
        self.line.setPen(pg.mkPen(theme.current().accent, width=1))
        self.line.setHoverPen(pg.mkPen(theme.current().accent, width=3))

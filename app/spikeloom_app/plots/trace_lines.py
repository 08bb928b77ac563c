"""Traces as lines: as many points as can be seen, and ticks where their neurons spike."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

POINTS_PER_PIXEL = 4  # with more of them a line is drawn between the least and the largest value of each pixel
TICK = 0.05  # of the range of values


def thinned(values: np.ndarray, first: int, last: int, pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows `first` to before `last` of `values` (timesteps, traces), with no more points than can be seen.

    Returns
    -------
    tuple
        Steps, and values (steps, traces); of each pixel with many points the least and the largest, so that no spike
        is lost.
    """
    first, last = max(0, first), min(len(values), last)
    count = last - first
    if count <= POINTS_PER_PIXEL * pixels:
        return np.arange(first, last), values[first:last]
    width = count // max(1, pixels)
    whole = count // width * width
    blocks = values[first : first + whole].reshape(-1, width, values.shape[1])
    both = np.stack([blocks.min(axis=1), blocks.max(axis=1)], axis=1).reshape(-1, values.shape[1])
    starts = first + width * np.arange(len(blocks))
    steps = np.stack([starts, starts + width // 2], axis=1).ravel()
    return np.append(steps, np.arange(first + whole, last)), np.concatenate([both, values[first + whole : last]])


def spikes_of(steps: np.ndarray, ids: np.ndarray, numbers: list[int]) -> list[np.ndarray]:
    """The timesteps at which each of a few neurons spikes, in one pass over all spikes."""
    if not numbers or not len(ids):
        return [np.zeros(0, int) for _ in numbers]
    wanted = np.zeros(max(int(ids.max()), *numbers) + 1, bool)
    wanted[numbers] = True
    chosen = np.flatnonzero(wanted.take(ids))  # of a million spikes few are theirs
    which, found = ids[chosen], steps[chosen]
    return [found[which == number] for number in numbers]


class TraceLines:
    """Curves and ticks of spikes in a chart, one pair for each trace.

    Attributes
    ----------
    curves, ticks, levels
        The items, in the order of the traces; levels are their thresholds, where they move.
    """

    def __init__(self, chart: pg.PlotWidget) -> None:
        self._chart = chart
        self.curves: list[pg.PlotCurveItem] = []
        self.ticks: list[pg.PlotCurveItem] = []
        self.levels: list[pg.PlotCurveItem] = []

    def keep(self, count: int) -> None:
        """Have as many as that."""
        while len(self.curves) < count:
            self.curves.append(pg.PlotCurveItem(antialias=False, skipFiniteCheck=True))
            self.ticks.append(pg.PlotCurveItem(antialias=False, skipFiniteCheck=True, connect="pairs"))
            self.levels.append(pg.PlotCurveItem(antialias=False, skipFiniteCheck=True))
            for item in (self.curves[-1], self.ticks[-1], self.levels[-1]):
                self._chart.addItem(item, ignoreBounds=True)
        while len(self.curves) > count:
            for items in (self.curves, self.ticks, self.levels):
                self._chart.removeItem(items.pop())

    def paint(self, pens: list[pg.QtGui.QPen]) -> None:
        """Draw them with these pens."""
        for curve, tick, level, pen in zip(self.curves, self.ticks, self.levels, pens, strict=True):
            curve.setPen(pen)
            tick.setPen(pg.mkPen(pen.color(), width=2))
            level.setPen(pg.mkPen(pen.color(), width=1, style=Qt.PenStyle.DashLine))

    def draw(self, values: np.ndarray, dt: float, times: tuple[float, float], pixels: int) -> None:
        """Show what of `values` (timesteps, traces) is in these times (ms)."""
        self._draw(self.curves, values, dt, times, pixels)

    def draw_levels(self, values: np.ndarray | None, dt: float, times: tuple[float, float], pixels: int) -> None:
        """Show thresholds that move (timesteps, traces); None: there are none."""
        for item in self.levels:
            item.setVisible(values is not None)
        if values is not None:
            self._draw(self.levels, values, dt, times, pixels)

    @staticmethod
    def _draw(
        items: list[pg.PlotCurveItem], values: np.ndarray, dt: float, times: tuple[float, float], pixels: int
    ) -> None:
        first, last = int(times[0] / dt) - 1, int(times[1] / dt) + 2
        steps, shown = thinned(values, first, last, pixels)
        for number, item in enumerate(items):
            item.setData(steps * dt, shown[:, number])

    def mark(
        self, values: np.ndarray, dt: float, spikes: list[np.ndarray], levels: np.ndarray | None, span: float
    ) -> None:
        """Mark spikes: a tick from the trace up to a little above its level, or across it where there is none."""
        for number, (tick, steps) in enumerate(zip(self.ticks, spikes, strict=True)):
            steps = steps[steps < len(values)]
            at = values[steps, number]
            ends = np.empty((len(steps), 2))
            if levels is None:
                ends[:, 0], ends[:, 1] = at - TICK * span / 2, at + TICK * span / 2
            else:
                ends[:, 0], ends[:, 1] = at, np.maximum(at, levels[steps, number]) + TICK * span
            tick.setData(np.repeat(steps * dt, 2), ends.ravel())

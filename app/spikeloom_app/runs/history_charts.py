"""The curves of several runs in one chart, a colour for each run; validation drawn through, training faint."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from spikeloom_app import theme, wording
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel, legend_html, title_label

Columns = dict[str, list[float]]
FAINT = 110  # of 255, of the curves of training
SMOOTH_POINTS = 400  # above, lines are drawn one pixel wide: a wide line takes its time


class RunsChart(QWidget):
    """One quantity of several runs over the epochs.

    Parameters
    ----------
    quantity
        ``loss`` or ``accuracy``: a column of the metrics, with ``validation_`` before it that of validation.
    """

    def __init__(self, quantity: str) -> None:
        super().__init__()
        self.quantity = quantity
        self._scale = 100.0 if quantity == "accuracy" else 1.0
        self._runs: Sequence[tuple[str, Columns]] = ()
        unit = " (%)" if quantity == "accuracy" else ""
        self.chart = Chart("epoch", f"{quantity}{unit}")
        self.chart.setAccessibleName(f"{quantity.capitalize()} of the runs over epochs")
        self.chart.show_grid()
        self.chart.getAxis("left").setWidth(52)
        self.chart.fit_requested.connect(self.chart.getViewBox().autoRange)
        self.chart.hovered.connect(self._hover)
        self.legend = SideLabel()
        header = QHBoxLayout()
        header.setContentsMargins(16, 10, 14, 0)
        header.addWidget(title_label(quantity.capitalize()))
        header.addWidget(self.legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.chart, 1)
        follow_theme(self.draw)

    def show_runs(self, runs: Sequence[tuple[str, Columns]]) -> None:
        """Show these runs: a name and the columns of its metrics each."""
        self._runs = runs
        self.draw()
        self.chart.getViewBox().autoRange()

    @property
    def curves(self) -> int:
        """How many curves are drawn."""
        return len(self.chart.getPlotItem().listDataItems())

    def draw(self) -> None:
        """Draw the curves in the colours of the theme."""
        plot = self.chart.getPlotItem()
        plot.clear()
        drawn = False
        for (_, columns), colour in zip(self._runs, _colours(len(self._runs)), strict=True):
            both = [columns.get(name, []) for name in (self.quantity, f"validation_{self.quantity}")]
            held = any(map(math.isfinite, both[1]))
            for k, values in enumerate(both):
                if any(map(math.isfinite, values)):
                    plot.addItem(self._curve(columns.get("epoch", []), values, colour, faint=k == 0 and held))
                    drawn = True
        self.chart.show_words("" if drawn else "No figures")
        self._name(None)

    def _curve(self, epochs: list[float], values: list[float], colour: str, *, faint: bool) -> pg.PlotDataItem:
        paint = QColor(colour)
        if faint:
            paint.setAlpha(FAINT)
        smooth = len(values) <= SMOOTH_POINTS
        style = Qt.PenStyle.DashLine if faint and smooth else Qt.PenStyle.SolidLine
        pen = pg.mkPen(paint, width=2 if smooth else 1, style=style)
        x, y = np.asarray(epochs[: len(values)]), self._scale * np.asarray(values)
        mark = {"symbol": "o", "symbolSize": 6, "symbolBrush": paint, "symbolPen": None} if len(values) == 1 else {}
        return pg.PlotDataItem(x, y, pen=pen, connect="finite", antialias=smooth, **mark)

    def _hover(self, point: object) -> None:
        self._name(point.x() if isinstance(point, QPointF) else None)

    def _name(self, at: float | None) -> None:
        """The legend, with the last figures or those at an epoch."""
        full, short = [], []
        for (name, columns), colour in zip(self._runs, _colours(len(self._runs)), strict=True):
            value = self._value(columns, at)
            full.append((colour, f"{html.escape(name)} {value}".rstrip()))
            short.append((colour, value))
        prefix = "" if at is None or not full else f"epoch {max(1, round(at))}&nbsp;&nbsp;&nbsp;"
        self.legend.say(prefix + legend_html(full), prefix + legend_html(short), legend_html(short), "")

    def _value(self, columns: Columns, at: float | None) -> str:
        values = columns.get(f"validation_{self.quantity}", [])
        if not any(map(math.isfinite, values)):
            values = columns.get(self.quantity, [])
        epochs = columns.get("epoch", [])
        if not values or not epochs:
            return ""
        k = len(values) - 1 if at is None else min(len(values) - 1, max(0, round(at - epochs[0])))
        return wording.percent(values[k]) if self.quantity == "accuracy" else wording.figure(values[k])


def _colours(count: int) -> list[str]:
    series = theme.current().series
    return [series[k % len(series)] for k in range(count)]

"""Loss and accuracy over the epochs, training and validation, as they come."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from spikeloom_app import theme, wording
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel, legend_html, title_label
from spikeloom_app.plots.panel import PlotPanel

SMOOTH_POINTS = 400  # up to here a curve is antialiased and 2 px wide: more would cost too much
FEWEST_EPOCHS = 5  # that the x axis shows
REDRAW_MILLISECONDS = 80  # between two drawings: figures change that fast, no eye follows
KINDS = ("training", "validation")


def _round_up(epochs: float, total: int) -> float:
    """An end for the axis at or beyond `epochs` that changes seldom, so that the axis stands still."""
    end = float(FEWEST_EPOCHS)
    while end < epochs:
        end *= 1.25 if end >= 40 else 2
    return max(epochs, min(end, max(FEWEST_EPOCHS, total))) if total else end


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


class _Curves(QWidget):
    """One quantity: a chart with a curve each for training and validation.

    Parameters
    ----------
    title, unit
        What it shows.
    scale
        By which the figures are multiplied for the axis.
    top
        The fixed end of the y axis; None: as high as the curves.
    """

    def __init__(self, title: str, unit: str, scale: float, top: float | None) -> None:
        super().__init__()
        self._scale, self._top = scale, top
        self.points: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
        self.live: tuple[float, float] | None = None  # within the epoch at hand
        self.total = 0  # epochs of the run; 0: unknown
        self._shown_range: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._follows = True  # the axes follow the curves until the user moves them
        self.chart = Chart("epoch", f"{title.lower()} ({unit})" if unit else title.lower())
        self.chart.setAccessibleName(f"{title} over epochs")
        self.chart.show_grid()
        self.chart.getAxis("left").setWidth(52)
        box = self.chart.getViewBox()
        box.setDefaultPadding(0)
        box.sigRangeChangedManually.connect(self._moved)
        box.setLimits(xMin=0, yMin=0 if top is not None else None, minXRange=0.5)
        self.chart.fit_requested.connect(self.fit)
        self.chart.hovered.connect(self._hover)
        self._items = {kind: pg.PlotDataItem(connect="finite") for kind in KINDS}
        for item in self._items.values():
            item.setDownsampling(auto=True, method="peak")
            item.setClipToView(True)
            self.chart.addItem(item)
        self._dot = pg.ScatterPlotItem(size=7, pen=None)
        self.chart.addItem(self._dot)
        self.legend = SideLabel()
        header = QHBoxLayout()
        header.setContentsMargins(16, 10, 14, 0)
        header.addWidget(title_label(title))
        header.addWidget(self.legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.chart, 1)

    def clear(self) -> None:
        self.points = {kind: [] for kind in KINDS}
        self.live, self.total = None, 0
        self._follows = True

    @property
    def has_figures(self) -> bool:
        """Whether there is anything to show."""
        values = [value for points in self.points.values() for _, value in points]
        return any(map(math.isfinite, values)) or (self.live is not None and math.isfinite(self.live[1]))

    def _moved(self, *_: Any) -> None:
        self._follows = False
        self._shown_range = None

    def fit(self) -> None:
        """Let the axes follow the curves."""
        self._follows = True
        self.draw()

    def _colors(self) -> dict[str, str]:
        return dict(zip(KINDS, theme.current().series, strict=False))

    def _word(self, kind: str, value: float | None) -> str:
        if value is None or math.isnan(value):
            return kind
        return f"{kind} {wording.percent(value)}" if self._top is not None else f"{kind} {wording.figure(value)}"

    def _name(self, at: float | None = None) -> None:
        """Write the legend, with the last figures or those at an epoch."""
        entries = []
        for kind, color in self._colors().items():
            points = self.points[kind]
            if kind == "validation" and not any(math.isfinite(value) for _, value in points):
                continue
            value = points[-1][1] if points else self.live[1] if self.live else None
            if at is not None and points:
                value = points[min(len(points) - 1, max(0, round(at) - round(points[0][0])))][1]
            entries.append((color, self._word(kind, value)))
        prefix = "" if at is None else f"epoch {max(1, round(at))}&nbsp;&nbsp;&nbsp;"
        if not (self.live or self.points["training"]):
            entries, prefix = [], ""
        short = legend_html(
            [(color, word.removeprefix(f"{kind} ")) for kind, (color, word) in zip(KINDS, entries, strict=False)]
        )
        self.legend.say(prefix + legend_html(entries), prefix + short, short, "")

    def _hover(self, point: Any) -> None:
        self._name(point.x() if isinstance(point, QPointF) and self.points["training"] else None)

    def draw(self) -> None:
        """Show the points."""
        highest, furthest = 0.0, float(FEWEST_EPOCHS)
        for kind, color in self._colors().items():
            points = list(self.points[kind])
            if kind == "training" and self.live is not None:
                points.append(self.live)
            data = np.array(points, dtype=float).reshape(-1, 2)
            smooth = len(data) <= SMOOTH_POINTS
            item = self._items[kind]
            item.setData(data[:, 0], self._scale * data[:, 1], antialias=smooth)
            item.setPen(pg.mkPen(color, width=2 if smooth else 1))
            known = data[np.isfinite(data[:, 1])]
            if len(known):
                highest = max(highest, self._scale * float(known[:, 1].max()))
                furthest = max(furthest, float(known[-1, 0]))
        last = self.live or (self.points["training"][-1] if self.points["training"] else None)
        dot = [last] if last is not None and math.isfinite(last[1]) else []
        self._dot.setData([x for x, _ in dot], [self._scale * y for _, y in dot])
        self._dot.setBrush(pg.mkBrush(self._colors()["training"]))
        if self._follows:
            top = self._top if self._top is not None else 1.08 * highest or 1.0
            wanted = ((0, 1.02 * _round_up(furthest, self.total)), (0, top))
            if wanted != self._shown_range:
                self._shown_range = wanted
                self.chart.getViewBox().setRange(xRange=wanted[0], yRange=wanted[1], padding=0)
        self._name()
        self.chart.show_words("" if last is not None else "Train to see it change")


class CurvesPlot(PlotPanel):
    """Loss and accuracy, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Loss and accuracy", parent=parent)
        self.loss = _Curves("Loss", "", 1.0, None)
        self.accuracy = _Curves("Accuracy", "%", 100.0, 102.0)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.loss, 1)
        row.addWidget(self.accuracy, 1)
        self.column.addLayout(row)
        self._soon = QTimer(self)  # a burst of events is drawn once
        self._soon.setSingleShot(True)
        self._next = 0.0  # when to draw again at the earliest
        self._soon.timeout.connect(self.draw)
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.dress()
        self.draw()

    def reset(self) -> None:
        """Empty both charts."""
        for part in (self.loss, self.accuracy):
            part.clear()
        self._soon.start(0)

    def handle(self, event: dict[str, Any]) -> None:
        """Take the metrics of an epoch, or the running means of the epoch at hand."""
        kind = event["event"]
        if kind not in ("epoch", "progress"):
            return
        for part, name in ((self.loss, "loss"), (self.accuracy, "accuracy")):
            value = _number(event.get(name))
            part.total = int(event.get("epochs") or 0)
            if kind == "epoch":
                epoch = float(event["epoch"])
                part.points["training"].append((epoch, value))
                part.points["validation"].append((epoch, _number(event.get(f"validation_{name}"))))
                part.live = None
            elif not part.points["training"] or event["epoch"] > part.points["training"][-1][0]:
                part.live = (event["epoch"] - 1 + float(event.get("fraction") or 0.0), value)
        if not self._soon.isActive():
            self._soon.start(max(0, round(1000 * (self._next - time.monotonic()))))

    def draw(self) -> None:
        """Show what has come, now."""
        self._soon.stop()
        self._next = time.monotonic() + REDRAW_MILLISECONDS / 1000
        # Of targets there is no accuracy.
        self.accuracy.setVisible(self.accuracy.has_figures or not self.loss.has_figures)
        for part in (self.loss, self.accuracy):
            part.draw()

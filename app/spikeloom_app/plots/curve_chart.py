"""One quantity of a run in a chart of its own: curves, what they ranged over, and a crosshair that reads them."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QHBoxLayout, QVBoxLayout, QWidget

from spikeloom_app import theme, wording
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel, legend_html, title_label
from spikeloom_app.plots.series import Curve

SMOOTH_POINTS = 400  # up to here a curve is antialiased and 2 px wide: more would cost too much
FEWEST_EPOCHS = 5  # that the x axis shows
FAINT, ENVELOPE = 70, 40  # of 255
BEHIND = -1.0  # where areas lie, below the curves
MARK_REACH = 4.0  # px around a mark in which the pointer finds it
MOST_DOTS = 60  # points that are marked
PERCENT_TOP = 102.0
WIDEST_AXIS = 46  # px
UNLIMITED = 1e307
SMALLEST = 1e-30  # that a logarithmic axis reaches
LONGEST_NAME, SHORT_NAME = 200, 12  # letters of a curve's name in the legend
TITLES = {"loss": "Loss", "accuracy": "Accuracy", "learning_rate": "Learning rate"}
X_LABELS = {"epoch": "epoch", "step": "batch", "time": "time (s)"}


@dataclass
class Line:
    """A curve of a chart.

    Parameters
    ----------
    name
        Said in the legend.
    color
        Number of the theme's series.
    curve
        What to draw.
    faint
        Stands behind the others and is not read by the crosshair.
    dashed
        For a second curve in the same colour.
    """

    name: str
    color: int
    curve: Curve
    faint: bool = False
    dashed: bool = False


def title_of(quantity: str) -> str:
    """``Accuracy``, ``Loss of out``, ``Rate of hidden``."""
    kind, _, part = quantity.partition(":")
    title = TITLES.get(kind, kind.replace("_", " ").capitalize())
    return f"{title} of {part}" if part else title


def unit_of(quantity: str) -> str:
    """The unit of its axis; empty where it has none."""
    kind = quantity.partition(":")[0]
    return "%" if kind.endswith("accuracy") else {"rate": "Hz", "firing_rate": "Hz"}.get(kind, "")


def round_up(epochs: float, total: int) -> float:
    """An end for the axis at or beyond `epochs` that changes seldom, so that the axis stands still."""
    end = float(FEWEST_EPOCHS)
    while end < epochs:
        end *= 1.25 if end >= 40 else 2
    return max(epochs, min(end, total)) if total else end


def named(found: list[tuple[str, str, str]], letters: int) -> list[tuple[str, str]]:
    """Entries of a legend from (colour, name, figure), with names of at most that many letters; 0: without names."""
    made = []
    for color, name, figure in found:
        short = name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"
        made.append((color, f"{html.escape(short)} {figure}" if letters else figure))
    return made


class _LogTicks(pg.AxisItem):
    """Powers of ten that are written out where that is short: 0.01, 1, 100."""

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Words of ticks."""
        return [f"{10**value * scale:g}" for value in values]


class CurveChart(QWidget):
    """Shows lines of one quantity.

    Parameters
    ----------
    quantity
        ``loss``, ``rate:hidden`` ...
    """

    def __init__(self, quantity: str) -> None:
        super().__init__()
        self.quantity, self.unit = quantity, unit_of(quantity)
        self._scale = 100.0 if self.unit == "%" else 1.0
        self.lines: list[Line] = []
        self.live: tuple[float, float] | None = None  # the running mean of the epoch at hand
        self.total = 0  # epochs of the run; 0: unknown
        self.follows = True  # the axes follow the curves until the user moves them
        self._axis, self._log, self._envelope, self._smoothing = "epoch", False, True, 0.0
        self._hovered: float | None = None
        self._labelled = True
        self._shown_range: Any = None
        title = title_of(quantity)
        self.chart = Chart("epoch", left_axis=_LogTicks("left"))
        self.chart.setAccessibleName(f"{title} over the course of the run")
        self.chart.show_grid()
        self.chart.getAxis("left").setWidth(WIDEST_AXIS)
        box = self.chart.getViewBox()
        box.setDefaultPadding(0)
        box.sigRangeChangedManually.connect(self._moved)
        self.chart.fit_requested.connect(self.fit)
        self.chart.hovered.connect(self._hover)
        self._items: list[pg.PlotDataItem] = []
        self._areas: list[QGraphicsPathItem] = []
        self._marks: list[tuple[float, str]] = []
        self._mark_lines: list[pg.InfiniteLine] = []
        self._dot = pg.ScatterPlotItem(size=7, pen=None)
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.setVisible(False)
        for item in (self._dot, self._cross):
            self.chart.addItem(item, ignoreBounds=True)
        self.title, self.legend = title_label(f"{title} ({self.unit})" if self.unit else title), SideLabel()
        self.header = QHBoxLayout()
        self.header.setContentsMargins(16, 8, 14, 0)
        self.header.setSpacing(8)
        self.header.addWidget(self.title)
        self.header.addWidget(self.legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.header)
        column.addWidget(self.chart, 1)
        follow_theme(self._dress)

    def leave_room(self, pixels: int) -> None:
        """Keep the right end of the header free."""
        self.header.setContentsMargins(16, 8, 14 + pixels, 0)

    def label_axis(self, labelled: bool) -> None:
        """Say below the axis what it measures; not above another chart, which says it too."""
        self._labelled = labelled
        self.chart.setLabel("bottom", X_LABELS[self._axis] if labelled else "")
        self.chart.getAxis("bottom").showLabel(labelled)

    def _dress(self) -> None:
        self._cross.setPen(pg.mkPen(theme.current().border_strong))
        for line in self._mark_lines:
            line.setPen(pg.mkPen(theme.current().warning, width=1, style=Qt.PenStyle.DotLine))
        if self.lines or self.live:
            self.draw()

    # -- what is shown -------------------------------------------------------------------------------------------
    def arrange(self, axis: str, log: bool, envelope: bool, smoothing: float) -> None:
        """Choose the axes and how lines are drawn."""
        if (axis, log) != (self._axis, self._log):
            self.follows, self._shown_range = True, None
        self._axis, self._log, self._envelope, self._smoothing = axis, log, envelope, smoothing
        self.label_axis(self._labelled)
        box = self.chart.getViewBox()
        box.setLimits(xMin=0, yMin=0 if self.unit and not log else -UNLIMITED)
        if log != self.chart.getAxis("left").logMode:
            self.chart.getPlotItem().setLogMode(y=log)

    def show_lines(self, lines: list[Line], live: tuple[float, float] | None, words: str) -> None:
        """Draw these lines; where there are none, say `words`."""
        self.lines, self.live = lines, live
        self.chart.show_words("" if lines or live else words)
        self.draw()

    def show_marks(self, marks: list[tuple[float, str]]) -> None:
        """Draw a line where something was changed: x and words each."""
        if marks == self._marks:
            return
        self._marks = marks
        while len(self._mark_lines) < len(marks):
            self._mark_lines.append(pg.InfiniteLine(angle=90))
            self.chart.addItem(self._mark_lines[-1], ignoreBounds=True)
        while len(self._mark_lines) > len(marks):
            self.chart.removeItem(self._mark_lines.pop())
        for line, (x, _) in zip(self._mark_lines, marks, strict=True):
            line.setPos(x)
        self._dress()

    def draw(self) -> None:
        """Draw the lines."""
        drawn = [line for line in self.lines if len(line.curve)]
        behind = [Line(line.name, line.color, line.curve, faint=True) for line in drawn] if self._smoothing else []
        self._draw_curves(behind, drawn)
        self._draw_areas(drawn)
        live = [] if self.live is None else [(self.live[0], self._scaled(self.live[1]))]
        shown = [(x, math.log10(y) if self._log else y) for x, y in live if y > 0 or not self._log]
        self._dot.setData([x for x, _ in shown], [y for _, y in shown])
        self._dot.setBrush(pg.mkBrush(theme.current().series[0]))
        if self.follows:
            self._follow(drawn)
        self._name()

    def _scaled(self, values: Any) -> Any:
        return self._scale * values

    def _draw_curves(self, behind: list[Line], lines: list[Line]) -> None:
        everything = behind + lines
        while len(self._items) < len(everything):
            self._items.append(pg.PlotDataItem(connect="finite", pxMode=True))
            self.chart.addItem(self._items[-1])
            self._items[-1].setLogMode(False, self._log)
        while len(self._items) > len(everything):
            self.chart.removeItem(self._items.pop())
        for number, (item, line) in enumerate(zip(self._items, everything, strict=True)):
            raw = line.faint or number < len(behind)
            values = line.curve.mean if raw else line.curve.smoothed(self._smoothing)
            if self._log:
                values = np.where(values > 0, values, np.nan)
            self._dress_item(item, line, raw)
            item.setData(line.curve.x, self._scaled(values))
            item.setZValue(1 if raw else 2)

    def _dress_item(self, item: pg.PlotDataItem, line: Line, raw: bool) -> None:
        color = QColor(theme.current().series[line.color % len(theme.current().series)])
        smooth = len(line.curve) <= SMOOTH_POINTS
        style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
        dots = "o" if not raw and len(line.curve) <= MOST_DOTS else None
        item.setSymbol(dots)
        item.setSymbolSize(4)
        item.setSymbolPen(None)
        item.setSymbolBrush(pg.mkBrush(color))
        if raw:
            color.setAlpha(FAINT)
        item.setPen(pg.mkPen(color, width=2 if smooth and not raw else 1, style=style))
        item.opts["antialias"] = smooth

    def _draw_areas(self, lines: list[Line]) -> None:
        """What each curve ranged over, where bins hold several points."""
        wide = [line for line in lines if self._envelope and bool((line.curve.count > 1).any())]
        while len(self._areas) < len(wide):
            area = QGraphicsPathItem()
            area.setPen(QPen(Qt.PenStyle.NoPen))
            area.setZValue(BEHIND)
            self._areas.append(area)
            self.chart.addItem(area, ignoreBounds=True)
        while len(self._areas) > len(wide):
            self.chart.removeItem(self._areas.pop())
        for area, line in zip(self._areas, wide, strict=True):
            color = QColor(theme.current().series[line.color % len(theme.current().series)])
            color.setAlpha(ENVELOPE)
            area.setBrush(pg.mkBrush(color))
            area.setPath(self._outline(line))

    def _outline(self, line: Line) -> QPainterPath:
        """Along the least values and back along the greatest, in one go: pyqtgraph's own item goes point by point."""
        x = line.curve.x
        low, high = (self._height(values) for values in (line.curve.minimum, line.curve.maximum))
        known = np.isfinite(low) & np.isfinite(high)
        x, low, high = x[known], low[known], high[known]
        path: QPainterPath = pg.arrayToQPath(np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]]))
        return path

    def _height(self, values: np.ndarray) -> np.ndarray:
        """Where figures stand on the axis."""
        heights: np.ndarray = self._scaled(values)
        return np.log10(np.maximum(heights, SMALLEST)) if self._log else heights

    # -- axes ----------------------------------------------------------------------------------------------------
    def _moved(self, *_: Any) -> None:
        self.follows, self._shown_range = False, None

    def fit(self) -> None:
        """Let the axes follow the curves."""
        self.follows = True
        self.draw()

    def _follow(self, lines: list[Line]) -> None:
        values = [self._scaled(line.curve.mean) for line in lines]
        values += [] if self.live is None else [np.array([self._scaled(self.live[1])])]
        every = np.concatenate(values) if values else np.zeros(0)
        furthest = max([float(line.curve.x[-1]) for line in lines] + ([self.live[0]] if self.live else []) or [0.0])
        end = round_up(furthest, self.total) if self._axis == "epoch" else round_up(furthest, 0)
        wanted = ((0, 1.02 * end), self._heights(every))
        if wanted != self._shown_range:
            self._shown_range = wanted
            self.chart.getViewBox().setRange(xRange=wanted[0], yRange=wanted[1], padding=0)

    def _heights(self, values: np.ndarray) -> tuple[float, float]:
        if self._log:
            logs = np.log10(values[values > 0])
            low, high = (float(logs.min()), float(logs.max())) if len(logs) else (-1.0, 0.0)
            margin = max(0.05, 0.08 * (high - low))
            return low - margin, high + margin
        if self.unit == "%":
            return 0.0, PERCENT_TOP
        high, low = (float(values.max()), float(values.min())) if len(values) else (1.0, 0.0)
        return min(0.0, 1.08 * low), max(1.08 * high, 0.0) or 1.0

    # -- words ---------------------------------------------------------------------------------------------------
    def word(self, value: float) -> str:
        """A figure of this quantity."""
        if self.unit == "%":
            return wording.percent(value)
        if self.unit:
            return f"{value:.3g} {self.unit}"
        return wording.figure(value)

    def _hover(self, point: Any) -> None:
        self._hovered = point.x() if isinstance(point, QPointF) and self.lines else None
        self._name()

    def _name(self) -> None:
        """Write the legend, with the last figures or those below the pointer."""
        series = theme.current().series
        found, places = [], []
        for line in (line for line in self.lines if len(line.curve) and not line.faint):
            k = len(line.curve) - 1 if self._hovered is None else line.curve.at(self._hovered)
            places.append(float(line.curve.x[k]))
            color, figure = series[line.color % len(series)], self.word(float(line.curve.mean[k]))
            found.append((color, line.name, figure))
        if not found and self.live is not None:
            found = [(series[0], "training", self.word(self.live[1]))]
        prefix = ""
        self._cross.setVisible(self._hovered is not None and bool(places))
        entries = named(found, LONGEST_NAME)
        self.legend.setToolTip("<br>".join(legend_html([entry]) for entry in entries) if len(found) > 1 else "")
        if self._hovered is not None and places:
            hovered = self._hovered
            at = min(places, key=lambda x: abs(x - hovered))
            self._cross.setPos(at)
            prefix = f"{self._place(at)}&nbsp;&nbsp;&nbsp;"
            mark = self._mark_near(hovered)
            if mark:
                self.legend.say(html.escape(mark), "")
                return
        short = [legend_html(named(found, letters)) for letters in (SHORT_NAME, 0)]
        self.legend.say(prefix + legend_html(entries), *(prefix + words for words in short), *short, "")

    def _mark_near(self, x: float) -> str:
        """What was changed where the pointer is; empty where nothing was."""
        reach = MARK_REACH * abs(self.chart.getViewBox().viewPixelSize()[0])
        near = [(abs(place - x), words) for place, words in self._marks if abs(place - x) <= reach]
        return min(near)[1] if near else ""

    def _place(self, x: float) -> str:
        if self._axis == "time":
            return wording.duration(x)
        return f"{X_LABELS[self._axis]} {x:.0f}" if self._axis == "step" or x == round(x) else f"epoch {x:.2f}"

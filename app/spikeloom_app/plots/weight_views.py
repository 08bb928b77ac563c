"""Weights, or delays, as a distribution over time and as a matrix."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from spikeloom_app import theme
from spikeloom_app.plots import colours
from spikeloom_app.plots.chart import Chart
from spikeloom_app.plots.scale_bar import ScaleBar
from spikeloom_app.plots.weight_history import WeightHistory
from spikeloom_app.plots.weight_state import WeightState

ROWS = 120  # of the picture of histograms
BESIDE = 96  # px of the present histogram
AXIS = 50  # px of the left axis
FULL = 98.0  # percentile of the shares that has the full colour


class HistogramView(QWidget):
    """The distribution over time as a picture, and the present one as a curve beside it."""

    pointed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.chart, self.present = Chart("batch"), Chart("share")
        self.unit = ""
        self.chart.setAccessibleName("Distribution of the weights over time")
        self.present.setAccessibleName("Distribution of the weights now")
        self.chart.getAxis("left").setWidth(AXIS)
        self.present.hideAxis("left")
        self.present.setFixedWidth(BESIDE)
        self.present.setYLink(self.chart)
        self.present.setMouseEnabled(x=False)
        self._image = pg.ImageItem(axisOrder="row-major")
        self.chart.addItem(self._image, ignoreBounds=True)
        self.curve = pg.PlotCurveItem(antialias=True)
        self.present.addItem(self.curve, ignoreBounds=True)
        self._history: WeightHistory | None = None
        self._follows = True
        for chart in (self.chart, self.present):
            chart.getViewBox().setDefaultPadding(0)
            chart.fit_requested.connect(self.fit)
            chart.getViewBox().sigRangeChangedManually.connect(self._moved)
        self.chart.hovered.connect(self._hover)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.chart, 1)
        row.addWidget(self.present)

    def _moved(self) -> None:
        self._follows = False

    def fit(self) -> None:
        """Show everything from now on."""
        self._follows = True
        if self._history is not None:
            self.draw(self._history)

    def name(self, label: str, unit: str) -> None:
        """Say at the axis what the values are, where it is not weights: ``delay (ms)``."""
        self.unit = unit
        self.chart.name_left(label)
        self.chart.getAxis("left").showLabel(bool(label))
        self.chart.getAxis("left").setWidth(AXIS + (theme.large(18) if label else 0))

    def draw(self, history: WeightHistory) -> None:
        """Draw all that is known."""
        self._history = history
        shares, edges = history.image(ROWS, max(1, min(len(history), 256)))
        full = float(np.percentile(shares[shares > 0], FULL)) if (shares > 0).any() else 1.0
        # The square root shows rare weights too.
        self._image.setImage(
            colours.paint(np.sqrt(np.minimum(shares / full, 1)), 0, 1, colours.sequential()), autoLevels=False
        )
        first, last = history.columns[0].place, history.columns[-1].place
        width = (last - first) or 1.0
        self._image.setRect(QRectF(first, edges[0], width, edges[-1] - edges[0]))
        now = history.columns[-1]
        share = now.counts / (now.counts.sum() or 1.0)
        colour = QColor(theme.current().series[0])
        self.curve.setPen(pg.mkPen(colour, width=2))
        colour.setAlpha(60)
        self.curve.setBrush(pg.mkBrush(colour))
        centres = (now.edges[1:] + now.edges[:-1]) / 2
        self.curve.setData(
            np.concatenate(([0], 100 * share, [0])), np.concatenate((centres[:1], centres, centres[-1:]))
        )
        self.present.setXRange(0, 105 * float(share.max() or 1), padding=0)
        half = float(f"{50 * share.max():.1g}")
        self.present.getAxis("bottom").setTicks([[(0, ""), (half, f"{half:g} %")]])
        if self._follows:
            margin = 0.04 * (edges[-1] - edges[0])
            self.chart.setXRange(first, first + width, padding=0)
            self.chart.setYRange(edges[0] - margin, edges[-1] + margin, padding=0)

    def _hover(self, point: object) -> None:
        if not isinstance(point, QPointF) or self._history is None or not len(self._history):
            self.pointed.emit("")
            return
        column = min(self._history.columns, key=lambda found: abs(found.place - point.x()))
        edges = np.linspace(*self._history.span, ROWS + 1)
        row = int(np.searchsorted(edges, point.y()) - 1)
        if 0 <= row < ROWS:
            share = column.shares(edges)[row]
            self.pointed.emit(f"batch {column.place:.0f}: {100 * share:.2g} % around {point.y():.3g}{self.unit}")


class MatrixView(QWidget):
    """Sources from top to bottom, targets from left to right."""

    pointed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.chart = Chart("target", "source")
        self.chart.setAccessibleName("Matrix of weights")
        self.chart.getAxis("left").setWidth(50)
        box = self.chart.getViewBox()
        box.setDefaultPadding(0)
        box.invertY(True)
        self._image = pg.ImageItem(axisOrder="row-major")
        self.chart.addItem(self._image, ignoreBounds=True)
        self.bar = ScaleBar()
        self._state: WeightState | None = None
        self._shape: tuple[int, ...] = ()
        self.chart.fit_requested.connect(self.fit)
        self.chart.hovered.connect(self._hover)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.chart, 1)
        row.addWidget(self.bar)

    def fit(self) -> None:
        """Show the whole matrix."""
        if self._state is None:
            return
        (rows, columns), (down, across) = self._state.flat.shape, self._state.strides
        self.chart.getViewBox().setLimits(xMin=0, yMin=0, xMax=columns * across, yMax=rows * down)
        self.chart.getViewBox().setRange(xRange=(0, columns * across), yRange=(0, rows * down), padding=0)

    def draw(self, state: WeightState) -> None:
        """Draw the weights as they are."""
        self._state = state
        limit = colours.limit_of(state.matrix)
        # A delay is never negative: its colours begin at 0.
        low, table = (0.0, colours.sequential) if state.values == "delays" else (-limit, colours.diverging)
        self._image.setImage(colours.paint(state.flat, low, limit, table()), autoLevels=False)
        (rows, columns), (down, across) = state.flat.shape, state.strides
        self._image.setRect(QRectF(0, 0, columns * across, rows * down))
        self.bar.span(low, limit, table)
        self.chart.setLabel("bottom", "filter" if state.is_kernel else "target")
        self.chart.setLabel("left", "element" if state.is_kernel else "source")
        if self._shape != state.flat.shape:
            self._shape = state.flat.shape
            self.fit()

    def _hover(self, point: object) -> None:
        text = ""
        if isinstance(point, QPointF) and self._state is not None:
            row, column = int(point.y() // self._state.strides[0]), int(point.x() // self._state.strides[1])
            flat = self._state.flat
            if 0 <= row < flat.shape[0] and 0 <= column < flat.shape[1]:
                places = f"{self._state.source_word(row)} → {self._state.target_word(column)}"
                text = f"{places}: {flat[row, column]:.4g}{self._state.unit}"
        self.pointed.emit(text)

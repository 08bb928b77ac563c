"""Voltages of a few neurons while the example runs, with their threshold; traces of synapses, where a rule has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from spikeloom.spec.plots import Traces
from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel, header_of, legend_html, title_label
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.plots.raster import LEFT_WIDTH, RasterPlot

MARGIN = 0.08  # of the range of values, above and below
TITLES = {"Eligibility": "Eligibility trace", "Filtered0": "Filtered eligibility trace"}


class TracePlot(PlotPanel):
    """Shows the variables of ``example`` events, one population at a time; lines are 1 px wide, for speed."""

    def __init__(self, settings: Traces | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Voltages of a few neurons", settings, parent)
        self._event: dict[str, Any] | None = None
        self._range: tuple[float, float] | None = None
        self._duration = 0.0
        self.chart = Chart("time (ms)", "V")
        self.chart.setAccessibleName("Voltages over time")
        self.chart.show_grid()
        self.chart.getAxis("left").setWidth(LEFT_WIDTH)
        self.chart.getViewBox().setDefaultPadding(0)
        self.chart.fit_requested.connect(self.fit)
        self.curves: list[pg.PlotCurveItem] = []
        self.threshold = pg.InfiniteLine(angle=0, movable=False)
        self.threshold.setVisible(False)
        self.chart.addItem(self.threshold, ignoreBounds=True)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.draw)
        self.column.addLayout(self._header())
        self.column.addWidget(self.chart, 1)
        follow_theme(self._dress)

    def _header(self) -> QHBoxLayout:
        self.title = title_label("Membrane voltage")
        self.legend = SideLabel()
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Population whose voltages are shown")
        self.chooser.setMinimumWidth(100)
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.chooser.setEnabled(False)
        self.chooser.currentIndexChanged.connect(self._chosen)
        return header_of(self.title, self.legend, "&Population", self.chooser)

    def link_time(self, raster: RasterPlot) -> None:
        """Show the times that a raster shows, and let it show ours."""
        self.chart.setXLink(raster.chart)

    def _dress(self) -> None:
        self.dress()
        self.draw()

    # -- events --------------------------------------------------------------------------------------------------
    def reset(self) -> None:
        """Show nothing."""
        self._event, self._range, self._duration = None, None, 0.0
        self.chooser.blockSignals(True)
        self.chooser.clear()
        self.chooser.blockSignals(False)
        self.chooser.setEnabled(False)
        self.draw()

    def handle(self, event: dict[str, Any]) -> None:
        """Show what a probe saw."""
        if event["event"] != "example":
            return
        self._event = event
        names = [f"{population}.{variable}" for population, variable, _ in event.get("variables", ())]
        if names != [self.chooser.itemData(k) for k in range(self.chooser.count())]:
            self._offer(names, event)
        duration = event["timesteps"] * float(event["dt"])
        if duration != self._duration:
            self._duration = duration
            if self.chart.getViewBox().linkedView(pg.ViewBox.XAxis) is None:
                self.chart.setXRange(0, duration, padding=0)
        if not self._soon.isActive():
            self._soon.start(0)

    def _offer(self, names: list[str], event: dict[str, Any]) -> None:
        """Fill the chooser; what was chosen stays, else the first population with a threshold comes up."""
        before = self.chooser.currentData()
        self.chooser.blockSignals(True)
        self.chooser.clear()
        for (population, variable, _), name in zip(event["variables"], names, strict=True):
            self.chooser.addItem(population if variable == "V" else name, name)
        spiking = [k for k, (population, _, _) in enumerate(event["variables"]) if population in event["thresholds"]]
        self.chooser.setCurrentIndex(names.index(before) if before in names else (spiking or [0])[0])
        self.chooser.blockSignals(False)
        self.chooser.setEnabled(len(names) > 1)
        self._range = None

    def _chosen(self, _index: int) -> None:
        self._range = None
        self.draw()

    # -- view ----------------------------------------------------------------------------------------------------
    def fit(self) -> None:
        """Show the whole example and all values."""
        self._range = None
        if self._duration:
            self.chart.setXRange(0, self._duration, padding=0)
        self.draw()

    def draw(self) -> None:
        """Draw the chosen population, now."""
        self._soon.stop()
        event, name = self._event, self.chooser.currentData()
        values = None if event is None or name is None else np.asarray(event.get(name))
        count = 0 if values is None or values.ndim != 2 else values.shape[1]
        self.chart.show_words("" if count else "Run the network to see voltages")
        while len(self.curves) < count:
            self.curves.append(pg.PlotCurveItem(antialias=False, skipFiniteCheck=True))
            self.chart.addItem(self.curves[-1], ignoreBounds=True)
        while len(self.curves) > count:
            self.chart.removeItem(self.curves.pop())
        if event is None or values is None or not count:
            self.threshold.setVisible(False)
            self.legend.say()
            return
        self._draw(event, values)

    def _draw(self, event: dict[str, Any], values: np.ndarray) -> None:
        tokens = theme.current()
        colors = [tokens.series[k % len(tokens.series)] for k in range(len(self.curves))]
        times = np.arange(len(values)) * float(event["dt"])
        for number, (curve, color) in enumerate(zip(self.curves, colors, strict=True)):
            again = number >= len(tokens.series)  # the colours are used up
            curve.setPen(pg.mkPen(color, width=1, style=Qt.PenStyle.DashLine if again else Qt.PenStyle.SolidLine))
            curve.setData(times, values[:, number])
        population, variable, neurons = event["variables"][self.chooser.currentIndex()]
        self.title.setText("Membrane voltage" if variable == "V" else TITLES.get(variable, variable))
        self.chart.setLabel("left", "V" if variable == "V" else "")
        threshold = event["thresholds"].get(population)
        self.threshold.setVisible(threshold is not None)
        known = event.get("labels")
        labels = known[self.chooser.currentIndex()] if known else [str(neuron) for neuron in neurons]
        words = list(zip(colors, labels, strict=False))
        legend, line = legend_html(words), ""
        if threshold is not None:
            self.threshold.setPos(threshold)
            self.threshold.setPen(pg.mkPen(tokens.text_muted, width=1, style=Qt.PenStyle.DashLine))
            line = f"&nbsp;&nbsp;&nbsp;┄ threshold {threshold:g}"
        what = "synapse" if any("→" in label for label in labels) else "neuron"
        self.legend.say(f"{what}&nbsp;&nbsp;{legend}{line}", legend + line, legend, "")
        self._scale(values, threshold)

    def _scale(self, values: np.ndarray, threshold: float | None) -> None:
        """Let the axis grow with the values; it shrinks only when asked, so that it does not jump with each event."""
        finite = values[np.isfinite(values)]
        found = [float(finite.min()), float(finite.max())] if len(finite) else [0.0, 1.0]
        found += [] if threshold is None else [threshold]
        low, high = min(found), max(found)
        if self._range is not None and self._range[0] <= low and high <= self._range[1]:
            return
        low, high = min(low, *(self._range or (low,))), max(high, *(self._range or (high,)))
        self._range = (low, high)
        margin = MARGIN * (high - low or 1.0)
        self.chart.setYRange(low - margin, high + margin, padding=0)

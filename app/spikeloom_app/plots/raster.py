"""The spikes of the example that is looked at: a raster of all spiking populations, one above the other."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from spikeloom.spec.plots import Raster
from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel, header_of, title_label
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.plots.spikes import GAP, Band, SpikeGraphics, stack

LEFT_WIDTH = 72  # px of the left axis; the voltages below have the same, so that times stand above each other
MOST_EXAMPLES = 99_999  # until it is known how many there are
NO_DATA = "Run the network to see the spikes of an example"
NAME_LETTERS = 11


class _PopulationAxis(pg.AxisItem):
    """Names of populations in their colours."""

    def __init__(self) -> None:
        super().__init__("left")
        self.bands: list[Band] = []

    def name(self, bands: list[Band]) -> None:
        self.bands = bands
        self.setTicks([[(band.centre, _short(band.name)) for band in bands]])

    def drawPicture(self, p: QPainter, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:
        """Write each name in its colour; the line of the axis is left out."""
        series = theme.current().series
        colors = {_short(band.name): series[k % len(series)] for k, band in enumerate(self.bands)}
        if self.style["tickFont"] is not None:
            p.setFont(self.style["tickFont"])
        for rect, flags, text in textSpecs:
            p.setPen(QColor(colors.get(text, theme.current().text_muted)))
            p.drawText(rect, int(flags), text)


def _short(name: str) -> str:
    return name if len(name) <= NAME_LETTERS else f"{name[: NAME_LETTERS - 1]}…"


class RasterPlot(PlotPanel):
    """Shows ``example`` events; time in ms, neurons as rows, a colour for each population.

    Attributes
    ----------
    example_chosen
        Signal (split, number): the user wants to see another example.
    """

    def __init__(self, settings: Raster | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Spikes of one example", settings, parent)
        self._event: dict[str, Any] | None = None
        self._asked: int | None = None
        self._duration = 0.0
        self._start = 0.0  # of the view: half a step before 0, so that the first spikes are whole
        self._sizes: list[tuple[str, int]] = []
        self._axis = _PopulationAxis()
        self.chart = Chart("time (ms)", left_axis=self._axis)
        self.chart.setAccessibleName("Raster of spikes over time")
        self._axis.setWidth(LEFT_WIDTH)
        box = self.chart.getViewBox()
        box.setDefaultPadding(0)
        box.invertY(True)
        self.fit()
        self._axis.name([])
        self.chart.show_words(NO_DATA)
        box.setLimits(yMin=-0.01, yMax=1.01)
        self.graphics = SpikeGraphics(box)
        self._lines: list[pg.InfiniteLine] = []  # between populations
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.draw)
        box.sigRangeChanged.connect(self._redraw_soon)
        box.sigResized.connect(self._redraw_soon)
        self.chart.fit_requested.connect(self.fit)
        self.chart.hovered.connect(self._hover)
        self.column.addLayout(self._header())
        self.column.addWidget(self.chart, 1)
        follow_theme(self._dress)

    def _header(self) -> QHBoxLayout:
        self.title = title_label("")
        self.title.setTextFormat(Qt.TextFormat.RichText)
        self.pointed = SideLabel()
        self.chooser = QSpinBox()
        self.chooser.setRange(0, MOST_EXAMPLES)
        self.chooser.setKeyboardTracking(False)
        self.chooser.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.chooser.setFixedWidth(84)
        self.chooser.setAccessibleName("Example to show")
        self.chooser.setToolTip("The example of the test split to show (Up and Down keys)")
        self.chooser.valueChanged.connect(self._choose)
        return header_of(self.title, self.pointed, "Sho&w example", self.chooser)

    def _dress(self) -> None:
        self.dress()
        self._name()
        for line in self._lines:
            line.setPen(pg.mkPen(theme.current().plot_grid))
        self._axis.picture = None
        self._axis.update()
        self.draw()

    def _choose(self, example: int) -> None:
        self._asked = example
        self.example_chosen.emit("test", example)

    def link_time(self, other: Any) -> None:
        """Show the times that another plot shows, and let it show ours."""
        self.chart.setXLink(other.chart)

    # -- events --------------------------------------------------------------------------------------------------
    def reset(self) -> None:
        """Show nothing."""
        self._event, self._asked, self._duration, self._sizes = None, None, 0.0, []
        self.graphics.show([], 1.0)
        self._separate([])
        self.chart.show_words(NO_DATA)
        self.chooser.setMaximum(MOST_EXAMPLES)
        self._name()

    def handle(self, event: dict[str, Any]) -> None:
        """Show what a probe saw."""
        if event["event"] != "example":
            return
        self._event = event
        sizes = [(part["name"], int(part["size"])) for part in event["populations"]]
        dt = float(event["dt"])
        bands = stack(sizes)
        for band in bands:
            band.times = np.asarray(event.get(f"{band.name}.steps", ())) * dt
            band.ids = np.asarray(event.get(f"{band.name}.ids", ()), dtype=np.int64)
        self.graphics.show(bands, dt)
        if sizes != self._sizes:
            self._sizes = sizes
            self._separate(bands)
        if event["timesteps"] * dt != self._duration:
            self._duration = event["timesteps"] * dt
            self._start = -0.5 * dt
            self.chart.getViewBox().setLimits(xMin=self._start, xMax=self._duration, minXRange=dt)
            self.chart.show_words("")
            self.fit()
        self._follow_example(event)
        self._name()
        self._redraw_soon()

    def _separate(self, bands: list[Band]) -> None:
        """Name the populations and draw a line between each two."""
        self._axis.name(bands)
        while self._lines:
            self.chart.removeItem(self._lines.pop())
        for band in bands[1:]:
            line = pg.InfiniteLine(band.top - GAP / 2, angle=0, pen=pg.mkPen(theme.current().plot_grid))
            self._lines.append(line)
            self.chart.addItem(line, ignoreBounds=True)

    def _follow_example(self, event: dict[str, Any]) -> None:
        """Let the field show the example, unless the user has just asked for another."""
        example = int(event["example"])
        if self._asked is not None and example != self._asked:
            return
        self._asked = None
        self.chooser.blockSignals(True)
        if event.get("examples"):
            self.chooser.setMaximum(int(event["examples"]) - 1)
        if not self.chooser.hasFocus():
            self.chooser.setValue(example)
        self.chooser.blockSignals(False)

    def _name(self) -> None:
        if self._event is None:
            self.title.setText("Spikes")
            return
        parts = [f"example {self._event['example']}"]
        label, prediction = self._event.get("label"), self._event.get("prediction")
        if label is not None:
            parts.append(f"label {label}")
        if prediction is not None:
            words = f"predicted {prediction}"
            if label is not None:
                tokens = theme.current()
                color = tokens.success if prediction == label else tokens.error
                words = f'<span style="color:{color}">{words}</span>'
            parts.append(words)
        self.title.setText(" · ".join(parts))

    # -- view ----------------------------------------------------------------------------------------------------
    def fit(self) -> None:
        """Show the whole example."""
        self.chart.getViewBox().setRange(xRange=(self._start, self._duration or 1), yRange=(-0.01, 1.01), padding=0)

    def _redraw_soon(self, *_: Any) -> None:
        if not self._soon.isActive():
            self._soon.start(0)

    def draw(self) -> None:
        """Draw what is visible, now."""
        self._soon.stop()
        series = theme.current().series
        self.graphics.draw([series[k % len(series)] for k in range(len(self.graphics.bands))])

    def _hover(self, point: Any) -> None:
        text = ""
        for band in self.graphics.bands if isinstance(point, QPointF) else ():
            neuron = band.neuron(point.y())
            if neuron is not None:
                text = f"{html.escape(band.name)} {neuron} · {point.x():.0f} ms"
        self.pointed.say(text)

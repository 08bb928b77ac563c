"""The spikes of the example that is looked at: a raster of populations, one above the other, and their rates."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from spikeloom.spec import Document
from spikeloom.spec.plots import Raster
from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel
from spikeloom_app.plots.crosshair import Crosshair, PlayHead
from spikeloom_app.plots.example_header import ExampleHeader
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.plots.part_menu import PartMenu
from spikeloom_app.plots.population_axis import PopulationAxis
from spikeloom_app.plots.rates import AXIS_WIDTH, RateStrip
from spikeloom_app.plots.spikes import GAP, Band, SpikeGraphics, stack
from spikeloom_app.plots.time_window import TimeBox, TimeWindow

NO_DATA = "Run the network to see the spikes of an example"
LOW = 176  # px: a panel that is lower has no room for the strip


class RasterPlot(PlotPanel):
    """Shows ``example`` events; time in ms, neurons as rows, a colour for each population."""

    settings: Raster

    def __init__(self, settings: Raster | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Spikes of one example", settings or Raster(name="plot:1"), parent)
        self._event: dict[str, Any] | None = None
        self._fresh = False  # whether the event is drawn already
        self._duration = 0.0
        self._start = 0.0  # of the view: half a step before 0, so that the first spikes are whole
        self._known: list[str] = []  # populations of the document, or of the event
        self._axis = PopulationAxis()
        self._axis.setWidth(AXIS_WIDTH)
        box = TimeBox(invertY=True, defaultPadding=0)
        self.chart = Chart("time (ms)", left_axis=self._axis, box=box)
        self.chart.setAccessibleName("Raster of spikes over time")
        self.chart.setToolTip("Shift and drag: count the spikes of a window of time; double click: show everything")
        box.setLimits(yMin=-0.01, yMax=1.01)
        self.graphics = SpikeGraphics(box)
        self.strip = RateStrip()
        self.strip.setXLink(self.chart)
        self.crosshair, self.play_head = Crosshair(self.chart), PlayHead(self.chart)
        self.play_head.chosen.connect(self.time_chosen)
        self.window_of_time = TimeWindow(self.chart, box)
        self._lines: list[pg.InfiniteLine] = []  # between populations
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.draw)
        self._build()
        self.chart.show_words(NO_DATA)
        self.fit()
        self.settle()
        box.sigRangeChanged.connect(self._redraw_soon)
        box.sigResized.connect(self._redraw_soon)
        self.chart.fit_requested.connect(self.fit)
        self.strip.fit_requested.connect(self.fit)
        self.chart.hovered.connect(self._hover)
        self.window_of_time.moving.connect(lambda start, end: self._count((start, end)))
        self.window_of_time.chosen.connect(self._choose_window)
        follow_theme(self._dress)

    def _build(self) -> None:
        self.parts = PartMenu("Populations", "The populations that are shown")
        self.parts.chosen.connect(lambda names: self.choose(populations=names))
        self.header = ExampleHeader(self.parts)
        self.header.chosen.connect(self.example_chosen)
        self.counted = SideLabel()
        self.counted.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.counted.setContentsMargins(16, 0, 14, 0)
        self.counted.setAccessibleName("Spikes in the window of time")
        self.counted.hide()
        self.column.addWidget(self.header)
        self.column.addWidget(self.counted)
        self.column.addWidget(self.strip)
        self.column.addWidget(self.chart, 1)
        self._escape = QShortcut(Qt.Key.Key_Escape, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.activated.connect(lambda: self.choose(window=None))

    @property
    def chooser(self) -> QWidget:
        """The field that chooses the example."""
        return self.header.number

    def _dress(self) -> None:
        self.dress()
        for line in self._lines:
            line.setPen(pg.mkPen(theme.current().plot_grid))
        self._axis.name(self.graphics.bands, self._colors())
        self.strip.paint_curves(self._colors())
        self.draw()

    def _colors(self) -> list[str]:
        """Of the bands: a population keeps its colour when others are hidden."""
        series = theme.current().series
        order = [part["name"] for part in self._event["populations"]] if self._event else []
        return [series[order.index(band.name) % len(series)] for band in self.graphics.bands]

    @property
    def time_chart(self) -> Chart:
        """The chart, over time."""
        return self.chart

    def set_time(self, step: int | None) -> None:
        """Put the play head on a timestep; None: away."""
        self.play_head.move(step)
        self.header.pointed.say(self.play_head.words)

    # -- the declaration -----------------------------------------------------------------------------------------
    def describe(self, document: Document) -> None:
        """Offer the populations that spike."""
        self._known = [part.name for part in document.network.populations if part.neuron.spiking]
        self._offer()

    def settle(self) -> None:
        """Show the populations, the strip and the window of the settings."""
        self._offer()
        self._fresh = False
        self.window_of_time.show(self.settings.window)
        self._escape.setEnabled(self.settings.window is not None)
        self._show_strip()
        self._count(self.settings.window)
        self._redraw_soon()

    def _offer(self) -> None:
        gone = [name for name in self.settings.populations if name not in self._known] if self._known else []
        self.parts.offer([*self._known, *gone], self.settings.populations)
        self.parts.setEnabled(bool(self._known))

    def _choose_window(self, start: float, end: float) -> None:
        limit = self._duration or end
        start, end = max(0.0, start), min(end, limit)
        if end > start:
            self.choose(window=(round(start, 3), round(end, 3)))
        else:
            self.settle()

    def resizeEvent(self, event: Any) -> None:
        """A strip where there is room for it."""
        super().resizeEvent(event)
        self._show_strip()

    def _show_strip(self) -> None:
        self.strip.setVisible(self.settings.rates and self.height() >= LOW and self._event is not None)

    # -- events --------------------------------------------------------------------------------------------------
    def reset(self) -> None:
        """Show nothing; the times that are shown stay until an example has another duration."""
        self._event = None
        self.graphics.show([], 1.0)
        self._separate([])
        self.chart.show_words(NO_DATA)
        self.header.clear()
        self.set_time(None)
        self._show_strip()
        self._count(self.settings.window)
        self._redraw_soon()

    def forget(self) -> None:
        """Show nothing, and the next example as a whole."""
        self._duration = 0.0
        self.reset()

    def handle(self, event: dict[str, Any]) -> None:
        """Show what a probe saw."""
        if event["event"] != "example":
            return
        self._event, self._fresh = event, False
        self.header.follow(event)
        if not self._known:
            self._known = [part["name"] for part in event["populations"]]
            self._offer()
        self._redraw_soon()

    def _take_event(self) -> None:
        """Sort what has come into bands; once for each event, however many frames show it."""
        self._fresh = True
        event = self._event
        if event is None:
            return
        dt, timesteps = float(event["dt"]), int(event["timesteps"])
        known = [(part["name"], int(part["size"])) for part in event["populations"]]
        wanted = self.settings.populations
        bands = stack([(name, size) for name, size in known if not wanted or name in wanted])
        for band in bands:
            band.take(event.get(f"{band.name}.steps", ()), event.get(f"{band.name}.ids", ()))
        before = [(band.name, band.top, band.height) for band in self.graphics.bands]
        self.graphics.show(bands, dt)
        if [(band.name, band.top, band.height) for band in bands] != before:
            self._separate(bands)
        names = ", ".join(f"'{name}'" for name in wanted)
        self.chart.show_words("" if bands else f"This run has no population {names} that spikes")
        if timesteps * dt != self._duration:
            self._duration, self._start = timesteps * dt, -0.5 * dt
            self.chart.getViewBox().setLimits(xMin=self._start, xMax=self._duration, minXRange=dt)
            self.fit()
        self._show_strip()
        if self.settings.rates:
            self.strip.show_rates(bands, timesteps, dt)
            self.strip.paint_curves(self._colors())
        self.play_head.use(dt, timesteps)
        self._count(self.settings.window)

    def _separate(self, bands: list[Band]) -> None:
        """Name the populations and draw a line between each two."""
        self._axis.name(bands, self._colors())
        while self._lines:
            self.chart.removeItem(self._lines.pop())
        for band in bands[1:]:
            line = pg.InfiniteLine(band.top - GAP / 2, angle=0, pen=pg.mkPen(theme.current().plot_grid))
            self._lines.append(line)
            self.chart.addItem(line, ignoreBounds=True)

    def _count(self, window: tuple[float, float] | None) -> None:
        """Say how many spikes are in a window of time."""
        self.counted.setVisible(window is not None)
        if window is None:
            return
        dt, seconds = self.graphics.dt, (window[1] - window[0]) / 1000
        words, short = [], []
        for band, color in zip(self.graphics.bands, self._colors(), strict=True):
            part = band.between(window[0] / dt, window[1] / dt)
            count = part.stop - part.start
            rate = f"{count / (band.size * seconds):.1f} Hz" if seconds > 0 else ""
            dot, name = f'<span style="color:{color}">●</span>', html.escape(band.name)
            words.append(f"{dot}&nbsp;{name} {count} spikes · {rate}")
            short.append(f"{dot}&nbsp;{count} · {rate}")
        times = f"{window[0]:g}–{window[1]:g} ms&nbsp;&nbsp; "
        self.counted.say(times + "&nbsp;&nbsp; ".join(words), times + " ".join(short), times)

    # -- view ----------------------------------------------------------------------------------------------------
    def fit(self) -> None:
        """Show the whole example."""
        self.chart.getViewBox().setRange(xRange=(self._start, self._duration or 1), yRange=(-0.01, 1.01), padding=0)

    def _redraw_soon(self, *_: Any) -> None:
        # What is behind another dock is drawn when it comes up.
        if not self._soon.isActive() and self.isVisible():
            self._soon.start(0)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came meanwhile."""
        super().showEvent(event)
        self._redraw_soon()

    def draw(self) -> None:
        """Draw what is visible, now."""
        self._soon.stop()
        if not self._fresh:
            self._take_event()
        self.graphics.draw(self._colors())

    def _hover(self, point: Any) -> None:
        text = self.play_head.words
        for band in self.graphics.bands if isinstance(point, QPointF) else ():
            neuron = band.neuron(point.y())
            if neuron is not None:
                text = f"{html.escape(band.name)} {neuron} · {point.x():.{self._decimals}f} ms"
        self.header.pointed.say(text)

    @property
    def _decimals(self) -> int:
        return 0 if self.graphics.dt >= 1 else 1 if self.graphics.dt >= 0.1 else 2

    # -- export --------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, np.ndarray]:
        """A row for each spike that is shown."""
        if not self._fresh:
            self._take_event()
        bands = self.graphics.bands
        if not bands:
            return {}
        return {
            "population": np.repeat([band.name for band in bands], [len(band.steps) for band in bands]),
            "neuron": np.concatenate([band.ids for band in bands]),
            "time (ms)": np.concatenate([band.steps for band in bands]) * self.graphics.dt,
        }

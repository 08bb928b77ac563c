"""The spikes of the example that is looked at: a raster of populations, one above the other, and their rates."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from spikeloom.spec import Document
from spikeloom.spec.plots import Raster
from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel
from spikeloom_app.plots.class_labels import class_of, output_classes
from spikeloom_app.plots.example_header import ExampleHeader
from spikeloom_app.plots.part_menu import PartMenu
from spikeloom_app.plots.population_axis import PopulationAxis
from spikeloom_app.plots.rates import AXIS_WIDTH, RateStrip
from spikeloom_app.plots.spikes import GAP, Band, SpikeGraphics, stack
from spikeloom_app.plots.time_window import TimeBox, TimeWindow
from spikeloom_app.plots.timed_panel import TimedPanel

NO_DATA = "Run the network to see the spikes of an example"
LOW = 176  # px: a panel that is lower has no room for the strip


class RasterPlot(TimedPanel):
    """Shows ``example`` events; time in ms, neurons as rows, a colour for each population."""

    settings: Raster

    def __init__(self, settings: Raster | None = None, parent: QWidget | None = None) -> None:
        axis, box = PopulationAxis(), TimeBox(invertY=True, defaultPadding=0)
        axis.setWidth(AXIS_WIDTH)
        chart = Chart("time (ms)", left_axis=axis, box=box)
        chart.setAccessibleName("Raster of spikes over time")
        chart.setToolTip("Shift and drag: count the spikes of a window of time; double click: show everything")
        super().__init__("Spikes of one example", settings or Raster(name="plot:1"), chart, parent)
        self._axis = axis
        self._start = 0.0  # of the view: half a step before 0, so that the first spikes are whole
        self._classes: dict[str, tuple[str, ...]] = {}  # of outputs
        self._known: list[str] = []  # populations of the document, or of the event
        box.setLimits(yMin=-0.01, yMax=1.01)
        self.graphics = SpikeGraphics(box)
        self.strip = RateStrip()
        self.strip.setXLink(self.chart)
        self.window_of_time = TimeWindow(self.chart, box)
        self._lines: list[pg.InfiniteLine] = []  # between populations
        self._build()
        self.chart.show_words(NO_DATA)
        self.fit()
        self.settle()
        box.sigRangeChanged.connect(self.redraw_soon)
        box.sigResized.connect(self.redraw_soon)
        self.strip.fit_requested.connect(self.fit)
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

    # -- the declaration -----------------------------------------------------------------------------------------
    def describe(self, document: Document) -> None:
        """Offer the populations that spike."""
        self._known = [part.name for part in document.network.populations if part.neuron.spiking]
        self._classes = output_classes(document)
        self._offer()

    def settle(self) -> None:
        """Show the populations, the strip and the window of the settings."""
        self._offer()
        self._fresh = False
        self.window_of_time.show(self.settings.window)
        self._escape.setEnabled(self.settings.window is not None)
        self._show_strip()
        self._count(self.settings.window)
        self.redraw_soon()

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
        super().reset()
        self.graphics.show([], 1.0)
        self._separate([])
        self.chart.show_words(NO_DATA)
        self.header.clear()
        self._show_strip()
        self._count(self.settings.window)
        self.redraw_soon()

    def follow(self, event: dict[str, Any]) -> None:
        """Name the example, and offer its populations where no document did."""
        self.header.follow(event)
        if not self._known:
            self._known = [part["name"] for part in event["populations"]]
            self._offer()

    def take(self, event: dict[str, Any] | None) -> None:
        """Sort the spikes into bands."""
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

    def draw(self) -> None:
        """Draw what is visible, now."""
        super().draw()
        self.graphics.draw(self._colors())

    def point(self, point: Any) -> None:
        """Say which neuron is at a point; None: the time of the play head."""
        text = self.play_head.words
        for band in self.graphics.bands if isinstance(point, QPointF) else ():
            neuron = band.neuron(point.y())
            if neuron is not None:
                name = class_of(self._classes, band.name, neuron)
                named = f" ({html.escape(name)})" if name else ""
                text = f"{html.escape(band.name)} {neuron}{named} · {point.x():.{self._decimals}f} ms"
        self.header.pointed.say(text)

    @property
    def _decimals(self) -> int:
        return 0 if self.graphics.dt >= 1 else 1 if self.graphics.dt >= 0.1 else 2

    # -- export --------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, np.ndarray]:
        """A row for each spike that is shown."""
        self.take_once()
        bands = self.graphics.bands
        if not bands:
            return {}
        return {
            "population": np.repeat([band.name for band in bands], [len(band.steps) for band in bands]),
            "neuron": np.concatenate([band.ids for band in bands]),
            "time (ms)": np.concatenate([band.steps for band in bands]) * self.graphics.dt,
        }

"""The spikes of one example over time: as recorded, as the network gets them, and as an epoch would change them."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from spikeloom_app import theme
from spikeloom_app.data.facts import count_words
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel
from spikeloom_app.plots.controls import PanelButton
from spikeloom_app.plots.spikes import SpikeGraphics, stack
from spikeloom_app.plots.time_window import TimeBox

WAYS = {
    "raw": ("Recorded", "The spikes as they were recorded, before any transform"),
    "spikes": ("Prepared", "The spikes as the network is given them: encoded, transformed, in timesteps"),
    "augmented": ("Augmented", "The spikes as one epoch of the training would see them"),
}
FINEST = 0.01  # ms of recorded spikes that are drawn apart
MOST_STEPS = 1_000_000  # into which the time of a recording is cut
NO_SPIKES = "The network takes these numbers as they are: no encoder makes spikes of them"
SILENT = "No spike in this example"
AXIS_WIDTH = 46  # px


class SpikeRaster(QWidget):
    """Shows the spikes of an event ``sample``.

    Signals
    -------
    draw_wanted
        The user wants to see what the next epoch would make of the example.
    """

    draw_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.way = "spikes"  # that the user wants to see
        self._event: dict[str, Any] | None = None
        self._duration, self._dt = 1.0, 1.0  # of an example of the document, in ms
        self._shown: tuple[float, int] = (0.0, 0)  # time and neurons in view
        box = TimeBox(invertY=True, defaultPadding=0)
        self.chart = Chart("time (ms)", "neuron", box=box)
        self.chart.getAxis("left").setWidth(AXIS_WIDTH)
        self.chart.setAccessibleName("Spikes of the example over time")
        self.chart.setToolTip(
            "Drag and wheel: look closer; double click: show everything; a broken line is where the network stops"
        )
        self.graphics = SpikeGraphics(box)
        self.end = pg.InfiniteLine(angle=90)
        self.chart.addItem(self.end, ignoreBounds=True)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.draw)
        box.setLimits(yMin=-0.005, yMax=1.005)
        box.sigRangeChanged.connect(self._draw_soon)
        self.chart.fit_requested.connect(self.fit)
        self.chart.hovered.connect(self._point)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addWidget(self.chart, 1)
        self.show_event(None, 1.0, 1.0)
        follow_theme(self._dress)

    def _header(self) -> QHBoxLayout:
        self.pointed = SideLabel()
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(2)
        for way, (title, tip) in WAYS.items():
            button = self.buttons[way] = QPushButton(title)
            button.setCheckable(True)
            button.setProperty("small", True)
            button.setToolTip(tip)
            button.clicked.connect(lambda _=False, way=way: self.choose(way))
            group.addButton(button)
            row.addWidget(button)
        self.again = PanelButton("redo", "Draw again", "Draw again: what the next epoch would make of this example")
        self.again.clicked.connect(self.draw_wanted)
        row.addWidget(self.again)
        row.addWidget(self.pointed, 1)
        return row

    def _dress(self) -> None:
        self.end.setPen(pg.mkPen(theme.current().text_muted, style=Qt.PenStyle.DashLine))
        self.draw()

    # -- what is shown -------------------------------------------------------------------------------------------
    def choose(self, way: str) -> None:
        """Show the spikes in one of `WAYS`; where the example has none of it, in another."""
        self.way = way
        self._take()

    @property
    def shown_way(self) -> str:
        """How the spikes are shown; empty where there are none."""
        offered = self.offered
        if self.way in offered:
            return self.way
        return "spikes" if "spikes" in offered else next(iter(offered), "")

    @property
    def offered(self) -> list[str]:
        """The ways in which there is something to see."""
        return [way for way in WAYS if self._event is not None and f"{way}.times" in self._event]

    def show_event(self, event: dict[str, Any] | None, duration: float, dt: float) -> None:
        """Show the spikes of an example; None: of none.

        Parameters
        ----------
        duration, dt
            Of an example of the document, in ms.
        """
        self._event, self._duration, self._dt = event, duration, dt
        self._take()

    def _take(self) -> None:
        offered, way = self.offered, self.shown_way
        for name, button in self.buttons.items():
            button.setVisible(name in offered and len(offered) > 1)
            button.setChecked(name == way)
        self.again.setVisible(way == "augmented")
        times, ids, neurons = self._spikes(way)
        span = max(self._duration, float(times.max(initial=0.0))) if way == "raw" else self._duration
        dt = max(FINEST, span / MOST_STEPS) if way == "raw" else self._dt
        bands = stack([("example", neurons)])
        bands[0].take(np.round(times / dt).astype(np.int32), ids)
        self.graphics.show(bands, dt)
        self.chart.getAxis("left").setScale(neurons)
        self.chart.show_words(self._words(times))
        self.end.setPos(self._duration)
        self.end.setVisible(way == "raw" and span > self._duration)
        self.setAccessibleDescription(f"{count_words(len(ids))} spikes of {count_words(neurons)} neurons")
        if (span, neurons) != self._shown:
            self._shown = (span, neurons)
            self.chart.getViewBox().setLimits(xMin=-0.5 * self._dt, xMax=span + 0.5 * self._dt, minXRange=dt)
            self.fit()
        self._point(None)
        self._draw_soon()

    def _spikes(self, way: str) -> tuple[np.ndarray, np.ndarray, int]:
        """Times, neurons, and how many neurons there are."""
        if self._event is None or not way:
            return np.zeros(0), np.zeros(0, np.int32), 1
        times, ids = (np.asarray(self._event[f"{way}.{name}"]) for name in ("times", "ids"))
        known = prod(self._event.get("shape" if way == "raw" else "spike_shape") or (0,))
        return times, ids, max(1, known, int(ids.max(initial=-1)) + 1)

    def _words(self, times: np.ndarray) -> str:
        if self._event is None:
            return ""
        return "" if len(times) else SILENT if self.offered else NO_SPIKES

    # -- view ----------------------------------------------------------------------------------------------------
    def fit(self) -> None:
        """Show the whole example."""
        span, _ = self._shown
        margin = 0.5 * self._dt
        self.chart.getViewBox().setRange(xRange=(-margin, span + margin), yRange=(-0.005, 1.005), padding=0)

    def _draw_soon(self, *_: Any) -> None:
        if not self._soon.isActive() and self.isVisible():
            self._soon.start(0)

    def draw(self) -> None:
        """Draw what is visible, now."""
        self._soon.stop()
        self.graphics.draw([theme.current().series[0]])

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._draw_soon()

    def _point(self, point: Any) -> None:
        """Say what is at a point; None: how many spikes there are."""
        band = self.graphics.bands[0]
        neuron = band.neuron(point.y()) if isinstance(point, QPointF) else None
        if neuron is not None:
            where = f"neuron {neuron}"
            place = self._place(neuron)
            self.pointed.say(f"{where}{place} · {point.x():.1f} ms", f"{where} · {point.x():.1f} ms", where)
        elif self._event is not None and self.offered:
            count = count_words(len(band.ids))
            self.pointed.say(f"{count} spikes of {count_words(band.size)} neurons", f"{count} spikes", count)
        else:
            self.pointed.say("")

    def _place(self, neuron: int) -> str:
        """Where a neuron stands in the shape, as ``(row 3, column 5)``."""
        assert self._event is not None
        shape = tuple(self._event.get("shape" if self.shown_way == "raw" else "spike_shape") or ())
        if len(shape) < 2 or neuron >= prod(shape):
            return ""
        row, column, *more = (int(k) for k in np.unravel_index(neuron, shape))
        return f" (row {row}, column {column}{''.join(f', channel {k}' for k in more)})"

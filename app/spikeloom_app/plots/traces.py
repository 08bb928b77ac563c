"""Variables of a few neurons, or synapses, while the example runs, with threshold and spikes."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QComboBox, QWidget

from spikeloom.spec import Document
from spikeloom.spec.plots import Traces
from spikeloom.spec.variables import PlotVariable
from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.chart import Chart, SideLabel, legend_html
from spikeloom_app.plots.class_labels import class_of, output_classes
from spikeloom_app.plots.offers import Offer, offers, offers_of_event, usual_part
from spikeloom_app.plots.panel import Wants
from spikeloom_app.plots.rates import AXIS_WIDTH
from spikeloom_app.plots.timed_panel import TimedPanel
from spikeloom_app.plots.trace_header import TraceHeader
from spikeloom_app.plots.trace_lines import TraceLines, spikes_of

ADAPTATION = "A"  # the variable that moves the threshold
MARGIN = 0.08  # of the range of values, above and below


class TracePlot(TimedPanel):
    """Shows a variable of ``example`` events; lines are 1 px wide, for speed."""

    settings: Traces

    def __init__(self, settings: Traces | None = None, parent: QWidget | None = None) -> None:
        chart = Chart("time (ms)", "V")
        super().__init__("Voltages of a few neurons", settings or Traces(name="plot:1"), chart, parent, level=False)
        self._offers: dict[str, Offer] = {}
        self._classes: dict[str, tuple[str, ...]] = {}  # of outputs
        self._described = False
        self._wanted = Wants()
        self._values = np.zeros((0, 0), np.float32)  # timesteps, traces
        self._levels: np.ndarray | None = None  # thresholds that move, as the values; None: they do not
        self._labels: list[str] = []
        self._range: tuple[float, float] | None = None
        self._fitted: tuple[float, float] | None = None  # the values that the axis was told to show
        self._shown = ("", "")  # part and variable
        self._dt = 1.0
        self.chart.setAccessibleName("Traces over time")
        self.chart.show_grid()
        self.chart.getAxis("left").setWidth(AXIS_WIDTH)
        self.chart.getViewBox().setDefaultPadding(0)
        self.lines = TraceLines(self.chart)
        self.threshold = pg.InfiniteLine(angle=0, movable=False)
        self.threshold.setVisible(False)
        self.chart.addItem(self.threshold, ignoreBounds=True)
        self.header = TraceHeader()
        self.header.chosen.connect(lambda values: self.choose(**values))
        self.header.refused.connect(self.said)
        self.column.addWidget(self.header)
        self.column.addWidget(self.chart, 1)
        self.chart.getViewBox().sigXRangeChanged.connect(self.redraw_soon)
        self.settle()
        follow_theme(self._dress)

    @property
    def curves(self) -> list[pg.PlotCurveItem]:
        """A line for each trace."""
        return self.lines.curves

    @property
    def chooser(self) -> QComboBox:
        """The field that chooses the part."""
        return self.header.part

    @property
    def legend(self) -> SideLabel:
        """Which line is whose."""
        return self.header.legend

    def _dress(self) -> None:
        self.dress()
        self._paint()
        self._name(self.play_head.step)

    # -- what is shown -------------------------------------------------------------------------------------------
    @property
    def part(self) -> str:
        """The part that is shown; an empty text where there is none."""
        return self.settings.part or usual_part(self._offers)

    @property
    def variable(self) -> PlotVariable | None:
        """The variable that is shown; None where the part does not have it."""
        offer = self._offers.get(self.part)
        return None if offer is None else offer.variable(self.settings.variable)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The neurons that are shown, where they are chosen; else the worker chooses."""
        offer = self._offers.get(self.part)
        usual = () if offer is None else offer.usual
        return tuple(self.settings.neurons) or usual

    def wants(self) -> Wants:
        """The variable that is shown, of the neurons that are shown."""
        if not self._described or self.variable is None:
            return Wants()
        shown = (self.part, self.variable.name, self.numbers)
        offer = self._offers[self.part]
        moves = offer.adapts and self.variable.name == "V" and self.settings.threshold
        return Wants(variables=(shown, (self.part, ADAPTATION, self.numbers)) if moves else (shown,))

    def describe(self, document: Document) -> None:
        """Offer what the document's parts have."""
        self._described = True
        self._offers = offers(document)
        self._classes = output_classes(document)
        self._offer()

    def settle(self) -> None:
        """Show what the settings say."""
        self._range = None
        self._offer()

    def _offer(self) -> None:
        variable = self.variable
        name = self.settings.variable or (variable.name if variable is not None else "")
        self.header.offer(self._offers, self.part, name, self.settings.neurons)
        self._fresh = False
        self.redraw_soon()
        wants = self.wants()
        if wants != self._wanted:
            self._wanted = wants
            self.wants_changed.emit()

    # -- events --------------------------------------------------------------------------------------------------
    def reset(self) -> None:
        """Show nothing; what the user zoomed to stays until an example has another duration."""
        self._range = None
        super().reset()
        self.draw()

    def forget(self) -> None:
        """Show nothing, and the next example as a whole."""
        self._fitted = None
        super().forget()

    def follow(self, event: dict[str, Any]) -> None:
        """Offer the parts of an example where no document did, and show its times."""
        if not self._described:
            self._offers = offers_of_event(event)
            self._offer()
        duration = event["timesteps"] * float(event["dt"])
        if duration != self._duration:
            self._duration, self._range, self._fitted = duration, None, None
            self.chart.setXRange(-0.5 * float(event["dt"]), duration, padding=0)  # as the raster

    def take(self, event: dict[str, Any] | None) -> None:
        """Find the traces."""
        self._values, self._labels, self._levels = np.zeros((0, 0), np.float32), [], None
        variable = self.variable
        entries = list(enumerate(event.get("variables", ()))) if event is not None else []
        name = variable.name if variable is not None else self.settings.variable
        place, found = next(((k, e) for k, e in entries if (e[0], e[1]) == (self.part, name)), (0, None))
        if event is None or found is None:
            self.lines.keep(0)
            self._explain(name)
            return
        self.chart.show_words("")
        if (self.part, name) != self._shown:
            self._shown, self._range, self._fitted = (self.part, name), None, None
        there = [int(number) for number in found[2]]
        columns = [there.index(number) for number in self.numbers if number in there] or list(range(len(there)))
        self._dt = float(event["dt"])
        self._values = np.asarray(event[f"{self.part}.{name}"])[:, columns]
        known = event.get("labels")
        labels = known[place] if known else [str(number) for number in there]
        self._labels = [labels[column] for column in columns]
        self.play_head.use(self._dt, int(event["timesteps"]))
        self._show_values(event, [there[column] for column in columns])

    def _show_values(self, event: dict[str, Any], numbers: list[int]) -> None:
        self.lines.keep(len(numbers))
        voltage = self.variable is not None and self.variable.name == "V"
        level = event.get("thresholds", {}).get(self.part) if voltage else None
        self._levels = None if level is None else self._moving(event, numbers, level)
        self.threshold.setVisible(level is not None and self._levels is None and self.settings.threshold)
        levels = None
        if level is not None:
            self.threshold.setPos(level)
            levels = np.broadcast_to(level, self._values.shape) if self._levels is None else self._levels
        span = self._scale(self._values, levels if self.settings.threshold else None)
        steps, ids = (np.asarray(event.get(f"{self.part}.{name}", ()), np.int32) for name in ("steps", "ids"))
        marked = self.settings.spikes and len(ids) > 0 and "→" not in "".join(self._labels)
        spikes = spikes_of(steps, ids, numbers) if marked else [np.zeros(0, int) for _ in numbers]
        self.lines.mark(self._values, self._dt, spikes, levels, span)
        self._paint()
        words = self.variable.name if self.variable is not None else ""
        unit = self.variable.unit if self.variable is not None else ""
        self.chart.name_left(f"{words} ({unit})" if unit else words)
        self._name(self.play_head.step)

    def _moving(self, event: dict[str, Any], numbers: list[int], level: float) -> np.ndarray | None:
        """The threshold of each neuron as its adaptation moves it; None where it does not, or where that is unknown."""
        beta = event.get("adaptation", {}).get(self.part)
        there = next((e[2] for e in event.get("variables", ()) if (e[0], e[1]) == (self.part, ADAPTATION)), ())
        if not beta or not self.settings.threshold or not set(numbers) <= set(there):
            return None
        columns = [list(there).index(number) for number in numbers]
        return level + beta * np.asarray(event[f"{self.part}.{ADAPTATION}"])[:, columns]

    def _explain(self, name: str) -> None:
        """Say in words why there is no trace."""
        self.threshold.setVisible(False)
        self.legend.say()
        variable = self.variable
        words = variable.words.lower() if variable is not None else f"'{name}'"
        if self._offers and self.part not in self._offers:
            text = f"There is no '{self.part}' in the network that has traces: choose another part"
        elif self._offers and variable is None:
            text = f"'{self.part}' has no variable '{name}': choose another one"
        elif self._event is None:
            text = "Run the network to see voltages" if name in ("", "V") else f"Run the network to see the {words}"
        else:
            text = f"The {words} of {self.part} comes with the next example"
        self.chart.show_words(text)

    # -- view ----------------------------------------------------------------------------------------------------
    def fit(self) -> None:
        """Show the whole example and all values."""
        self._range, self._fitted, self._fresh = None, None, False
        if self._duration:
            self.chart.setXRange(-0.5 * self._dt, self._duration, padding=0)
        self.draw()

    def draw(self) -> None:
        """Draw what is visible, now."""
        super().draw()
        if self.curves:
            box = self.chart.getViewBox()
            times, pixels = tuple(box.viewRange()[0]), max(1, round(box.width()))
            self.lines.draw(self._values, self._dt, times, pixels)
            self.lines.draw_levels(self._levels, self._dt, times, pixels)

    def _colors(self) -> list[str]:
        series = theme.current().series
        return [series[k % len(series)] for k in range(len(self.curves))]

    def _paint(self) -> None:
        tokens = theme.current()
        self.threshold.setPen(pg.mkPen(tokens.text_muted, width=1, style=Qt.PenStyle.DashLine))
        dashed = [k >= len(tokens.series) for k in range(len(self.curves))]  # the colours are used up
        styles = [Qt.PenStyle.DashLine if again else Qt.PenStyle.SolidLine for again in dashed]
        self.lines.paint([pg.mkPen(c, width=1, style=s) for c, s in zip(self._colors(), styles, strict=True)])

    def point(self, point: Any) -> None:
        """Write the legend with the values at a point; None: at the play head."""
        self._name(round(point.x() / self._dt) if isinstance(point, QPointF) else self.play_head.step)

    def _name(self, step: int | None) -> None:
        """Write the legend, with the values of a timestep where there is one."""
        labels = [self._called(label) for label in self._labels]
        if not labels:
            return
        inside = step is not None and 0 <= step < len(self._values)
        values = [f"&nbsp;{self._values[step, k]:.3g}" if inside else "" for k in range(len(labels))]
        words = [f"{label}{value}" for label, value in zip(labels, values, strict=True)]
        legend = legend_html(list(zip(self._colors(), words, strict=True)))
        short = legend_html(list(zip(self._colors(), labels, strict=True)))
        time = f"{step * self._dt:g} ms&nbsp;&nbsp; " if inside and step is not None else ""
        line = ""
        if self.threshold.isVisible():
            line = f"&nbsp;&nbsp;&nbsp;┄ threshold {self.threshold.value():g}"
        elif self._levels is not None:
            line = "&nbsp;&nbsp;&nbsp;┄ threshold, adapting"
        what = "synapse" if any("→" in label for label in labels) else "neuron"
        self.legend.say(f"{time}{what}&nbsp;&nbsp;{legend}{line}", time + legend + line, time + legend, short, "")

    def _called(self, label: str) -> str:
        """A neuron of an output with the class that it stands for."""
        name = class_of(self._classes, self.part, int(label)) if label.isdigit() else ""
        return f"{label}&nbsp;{html.escape(name)}" if name else label

    def _scale(self, values: np.ndarray, levels: np.ndarray | None) -> float:
        """Let the axis grow with the values; it shrinks only when asked, so that it does not jump with each event."""
        finite = values[np.isfinite(values)]
        found = [float(finite.min()), float(finite.max())] if len(finite) else [0.0, 1.0]
        found += [] if levels is None or not levels.size else [float(levels.min()), float(levels.max())]
        low, high = min(found), max(found)
        if self._range is None or not (self._range[0] <= low and high <= self._range[1]):
            low, high = min(low, *(self._range or (low,))), max(high, *(self._range or (high,)))
            self._range = (low, high)
            margin = MARGIN * (high - low or 1.0)
            if not self._zoomed:
                self._fitted = (low - margin, high + margin)
                self.chart.setYRange(*self._fitted, padding=0)
        return (self._range[1] - self._range[0]) or 1.0

    @property
    def _zoomed(self) -> bool:
        """Whether the user chose other values to look at than the axis was told to show."""
        return self._fitted is not None and not np.allclose(self.chart.getViewBox().viewRange()[1], self._fitted)

    # -- export --------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, np.ndarray]:
        """A row for each timestep, a column for each trace."""
        self.take_once()
        if not self._labels:
            return {}
        name = self.variable.name if self.variable is not None else ""
        columns = {f"{self.part} {name} {label}": self._values[:, k] for k, label in enumerate(self._labels)}
        if self._levels is not None:
            levels = self._levels
            columns |= {f"{self.part} threshold {label}": levels[:, k] for k, label in enumerate(self._labels)}
        return {"time (ms)": np.arange(len(self._values)) * self._dt, **columns}

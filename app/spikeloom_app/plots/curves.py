"""Figures of a run over its course, a chart for each quantity; earlier runs can lie behind it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from spikeloom.spec import Document, counted_figures, figures_of
from spikeloom.spec.plots import Curves
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.controls import MenuButton, StayingMenu
from spikeloom_app.plots.curve_chart import CurveChart, Line, title_of
from spikeloom_app.plots.figures import Figures, is_steady
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.plots.series import AXES, Curve

REDRAW_MILLISECONDS = 80  # between two drawings: figures change that fast, no eye follows
NARROWEST, SHAPE = 240, 1.7  # px of a chart, and its width by its height where there is room
MOST_SMOOTHING = 0.99
OVER = {"epoch": "Over epochs", "step": "Over batches", "time": "Over wall time"}
USUAL = ("loss", "accuracy", "learning_rate")


def columns_for(count: int, width: int, height: int) -> int:
    """How many charts stand side by side, so that they come nearest to a good shape."""

    def badness(columns: int) -> float:
        rows = math.ceil(count / columns)
        wide, high = width / columns, max(1.0, height / rows)
        return abs(math.log(wide / high / SHAPE)) + (2.0 if wide < NARROWEST and columns > 1 else 0.0)

    return min(range(1, max(1, count) + 1), key=badness)


class CurvesPlot(PlotPanel):
    """Takes ``progress`` and ``epoch`` events; memory stays flat however long the run."""

    settings: Curves

    def __init__(self, settings: Curves | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Curves of the run", settings or Curves(name="plot:1"), parent)
        self.figures = Figures()
        self.charts: dict[str, CurveChart] = {}
        self._overlays: dict[str, tuple[str, Figures]] = {}
        self._populations: list[str] = []
        self._figures: list[str] = []  # of the document's metrics and outputs
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        self.column.addLayout(self._grid, 1)
        self.quantities_button = MenuButton("add", "Quantities", self._fill_quantities, "Choose what is shown")
        self.options_button = MenuButton("settings", "Axes and smoothing", self._fill_options)
        self._corner = QWidget(self)
        corner = QHBoxLayout(self._corner)
        corner.setContentsMargins(0, 0, 0, 0)
        corner.setSpacing(0)
        corner.addWidget(self.quantities_button)
        corner.addWidget(self.options_button)
        self._next = 0.0  # when to draw again at the earliest
        self.settle()
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.dress()
        self._corner.adjustSize()
        self._arrange()

    # -- the declaration -----------------------------------------------------------------------------------------
    def settle(self) -> None:
        """Show the charts of the settings."""
        for quantity in [name for name in self.charts if name not in self.settings.quantities]:
            self.charts.pop(quantity).deleteLater()
        for quantity in self.settings.quantities:
            if quantity not in self.charts:
                self.charts[quantity] = CurveChart(quantity)
                self.charts[quantity].setParent(self)
        for chart in self.charts.values():
            settings = self.settings
            chart.arrange(settings.x, settings.log, settings.envelope, settings.smoothing)
        self._arrange()
        self.draw()

    def describe(self, document: Document) -> None:
        """Learn the populations, whose rates can be shown, and the figures that a run will have."""
        self._populations = [population.name for population in document.network.populations]
        self._figures = [name for name in figures_of(document) if name not in USUAL] + counted_figures(document)

    def offered(self) -> list[str]:
        """The quantities that can be shown: the usual ones, those of the run, those that are shown already."""
        runs = [name for _, figures in self._overlays.values() for name in figures.quantities]
        rates = [f"rate:{name}" for name in self._populations]
        named = [*USUAL, *self.settings.quantities, *self.figures.quantities, *self._figures, *rates, *runs]
        # A metric that says the same as the rate of its population is offered only where it is shown already.
        same = {f"firing_{rate}" for rate in rates} - set(self.settings.quantities)
        return [name for name in dict.fromkeys(named) if name not in same]

    def _fill_quantities(self, menu: StayingMenu) -> None:
        for quantity in self.offered():
            menu.tick(
                title_of(quantity),
                quantity in self.settings.quantities,
                partial(self._tick, quantity),
            )

    def _tick(self, quantity: str, on: bool) -> None:
        chosen = [name for name in self.settings.quantities if name != quantity]
        self.choose(quantities=[*chosen, quantity] if on else chosen)

    def _fill_options(self, menu: StayingMenu) -> None:
        settings = self.settings
        menu.one_of([(OVER[axis], axis) for axis in AXES], settings.x, lambda axis: self.choose(x=axis))
        menu.addSeparator()
        tip = "How far the past reaches into a curve; what came stays faint behind it"
        menu.slider("Smoothing", settings.smoothing, MOST_SMOOTHING, lambda value: self.choose(smoothing=value), tip)
        menu.addSeparator()
        ticks = (
            ("log", "Logarithmic axis", "For figures above 0"),
            (
                "envelope",
                "Least and largest",
                "An area from the least to the largest figure where several fall together",
            ),
            ("training", "Training", ""),
            ("validation", "Validation", ""),
        )
        for field, words, tip in ticks:
            menu.tick(words, getattr(settings, field), partial(self._set, field), tip)
        if settings.runs or self._overlays:
            menu.addSeparator()
        for name in dict.fromkeys([*self._overlays, *settings.runs]):
            title = self._overlays[name][0] if name in self._overlays else name
            menu.tick(f"Run {title}", name in settings.runs, partial(self._tick_run, name))

    def _set(self, field: str, on: bool) -> None:
        self.choose(**{field: on})

    def _tick_run(self, name: str, on: bool) -> None:
        others = [run for run in self.settings.runs if run != name]
        self.choose(runs=[*others, name] if on else others)

    # -- earlier runs --------------------------------------------------------------------------------------------
    def overlay(self, name: str, columns: Mapping[str, np.ndarray], title: str) -> None:
        """Lay an earlier run behind: the name of its folder, the columns of its ``metrics.csv``, what to call it.

        It is drawn as long as the settings name it among their runs.
        """
        self._overlays[name] = (title, Figures.of_columns(columns))
        self.redraw_soon()

    def drop(self, name: str) -> None:
        """Forget an earlier run."""
        self._overlays.pop(name, None)
        self.redraw_soon()

    # -- events --------------------------------------------------------------------------------------------------
    def reset(self) -> None:
        """Empty all charts; earlier runs stay, and so do the axes that the user moved."""
        self.figures.clear()
        self.redraw_soon()

    def forget(self) -> None:
        """Empty all charts, whose axes follow what comes."""
        for chart in self.charts.values():
            chart.follows = True
        self.reset()

    def renamed(self, old: str, new: str) -> None:
        """The figures of a part stay its own."""
        self.figures.rename(old, new)
        self.redraw_soon()

    def handle(self, event: dict[str, Any]) -> None:
        """Take the figures of an epoch, or of the batches since the last event."""
        if self.figures.take(event):
            self.redraw_soon()

    # -- view ----------------------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the charts by the shape of the panel."""
        super().resizeEvent(event)
        self._arrange()

    def _shown(self) -> list[CurveChart]:
        """The charts with something to show; all, where none has."""
        known = bool(self.figures.quantities)
        charts = [self.charts[name] for name in dict.fromkeys(self.settings.quantities)]
        # Of targets there is no accuracy: its chart would stay empty.
        useful = [c for c in charts if not (known and c.quantity == "accuracy") or self._has(c.quantity)]
        return useful or charts

    def _has(self, quantity: str) -> bool:
        runs = [self.figures, *(figures for _, figures in self._overlays.values())]
        return any(quantity in figures.quantities for figures in runs)

    def _arrange(self) -> None:
        if not hasattr(self, "_corner"):
            return
        shown = self._shown()
        columns = columns_for(len(shown), self.width(), self.height())
        places = {chart: divmod(number, columns) for number, chart in enumerate(shown)}
        for chart in self.charts.values():
            self._grid.removeWidget(chart)
            chart.setVisible(chart in places)
        for chart, (row, column) in places.items():
            # The last row may have fewer charts: its last one takes what is left.
            span = columns - column if chart is shown[-1] else 1
            self._grid.addWidget(chart, row, column, 1, span)
            at_corner = row == 0 and column + span == columns
            chart.label_axis(row == (len(shown) - 1) // columns)
            chart.leave_room(self._corner.sizeHint().width() if at_corner else 0)
        for number in range(max(self._grid.rowCount(), columns)):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
            self._grid.setRowStretch(number, 1 if number <= (len(shown) - 1) // columns else 0)
        self._corner.resize(self._corner.sizeHint())
        self._corner.move(self.width() - self._corner.width() - 10, 5)
        self._corner.raise_()

    def pause(self) -> int:
        """Milliseconds until it may be drawn again: a burst of events is drawn once."""
        return max(0, round(1000 * (self._next - time.monotonic())))

    def draw(self) -> None:
        """Show what has come, now."""
        super().draw()
        self._next = time.monotonic() + REDRAW_MILLISECONDS / 1000
        shown = self._shown()
        if [chart for chart in self.charts.values() if not chart.isHidden()] != shown:
            self._arrange()
        for chart in shown:
            chart.total = self.figures.epochs
            chart.show_marks(self._marks())
            chart.show_lines(self.lines(chart.quantity), self._live(chart.quantity), self._words(chart.quantity))

    def _live(self, quantity: str) -> tuple[float, float] | None:
        """Where the running mean of the epoch at hand stands."""
        *places, value = self.figures.live.get(quantity, (math.nan,) * 4)
        x = places[AXES.index(self.settings.x)]
        return (x, value) if self.settings.training and math.isfinite(x) and math.isfinite(value) else None

    def _marks(self) -> list[tuple[float, str]]:
        """Where parameters were moved."""
        axis = AXES.index(self.settings.x)
        return [(place[axis], words) for place, words in self.figures.marks if math.isfinite(place[axis])]

    def _words(self, quantity: str) -> str:
        if not self.figures.quantities:
            return "Train to see it change"
        if not self._has(quantity):
            return f"This run says nothing of {title_of(quantity).lower()}"
        return "Nothing to show: choose training or validation, or another axis"

    def lines(self, quantity: str) -> list[Line]:
        """What the chart of a quantity shows; earlier runs dashed or in further colours."""
        lines = self._of_run(self.figures, quantity, "", 0)
        chosen = [name for name in self.settings.runs if name in self._overlays]
        for number, name in enumerate(chosen):
            title, figures = self._overlays[name]
            lines += self._of_run(figures, quantity, title, 2 + number)
        return lines

    def _of_run(self, figures: Figures, quantity: str, title: str, color: int) -> list[Line]:
        """The curves of one run; those of another run have one colour, and validation dashes."""

        def curve(part: str) -> Curve | None:
            series = figures.series(quantity, part)
            found = None if series is None else series.over(self.settings.x)
            return found if found is not None and len(found) else None

        lines: list[Line] = []
        batches, training, validation = map(curve, ("batches", "training", "validation"))
        if is_steady(quantity):
            name = title or title_of(quantity).lower()
            return [Line(name, color, batches)] if batches is not None else []
        if self.settings.training:
            # Over epochs their means are what is looked at, once there are some; over batches and time, the batches.
            means = training is not None and len(training) > 1
            over_epochs = batches is None or (self.settings.x == "epoch" and means)
            if batches is not None and over_epochs:
                lines.append(Line("", color, batches, faint=True))
            main = training if over_epochs else batches
            lines += [] if main is None else [Line(f"{title} training".strip(), color, main)]
        if self.settings.validation and validation is not None:
            lines.append(Line(f"{title} validation".strip(), color or 1, validation, dashed=bool(title)))
        return lines

    # -- export --------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, np.ndarray]:
        """A row for each point of each curve: run, quantity, part, x, mean, least, largest, points."""
        unit = {"epoch": "epoch", "step": "batch", "time": "time (s)"}[self.settings.x]
        rows: dict[str, list[Any]] = {
            name: [] for name in ("quantity", "curve", unit, "value", "minimum", "maximum", "points")
        }
        for quantity in self.settings.quantities:
            for line in self.lines(quantity):
                curve = line.curve
                count = len(curve)
                rows["quantity"] += [quantity] * count
                rows["curve"] += [line.name or "training batches"] * count
                for name, values in zip(
                    list(rows)[2:], (curve.x, curve.mean, curve.minimum, curve.maximum, curve.count), strict=True
                ):
                    rows[name] += values.tolist()
        return {name: np.array(values) for name, values in rows.items()}

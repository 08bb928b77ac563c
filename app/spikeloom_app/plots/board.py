"""The plots of a window: panels for what the document declares, and the way of events to them.

The document is the truth. `sync` brings the panels in line with it, and leaves alone those that stay; what a user
chooses in a panel becomes a step of undo, which brings it back. Where panels stand is the window's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from spikeloom.errors import SpikeloomError
from spikeloom.spec.plots import Place, Plot, default_plots
from spikeloom_app.document import OpenDocument
from spikeloom_app.listening import listen
from spikeloom_app.part_names import PartNames
from spikeloom_app.plots.memory import EventMemory
from spikeloom_app.plots.panel import PlotPanel, Wants
from spikeloom_app.plots.places import placed, with_another
from spikeloom_app.plots.time_link import TimeLink
from spikeloom_app.plots.titles import titles
from spikeloom_app.plots.wishes import together

PANELS = {
    "curves": "spikeloom_app.plots.curves:CurvesPlot",
    "raster": "spikeloom_app.plots.raster:RasterPlot",
    "traces": "spikeloom_app.plots.traces:TracePlot",
    "weights": "spikeloom_app.plots.weights:WeightsPlot",
    "confusion": "spikeloom_app.plots.confusion:ConfusionPlot",
    "examples": "spikeloom_app.plots.examples:ExamplePlot",
}
TURN_MILLISECONDS = 10


def make_panel(kind: str) -> PlotPanel:
    """A panel for plots of a type; its module is imported when the first one is wanted."""
    module, name = PANELS[kind].split(":")
    made: PlotPanel = getattr(import_module(module), name)()
    return made


class Board(QObject):
    """The panels of the open document.

    Parameters
    ----------
    document
        Whose `view.shown_plots` are shown.

    Attributes
    ----------
    panels
        By the names of their plots.
    synced
        Signal with the names of panels that came, and with the panels that went; they are deleted afterwards.
    wants_changed
        Signal: `wants` gives something else.
    example_chosen
        Signal (split, number): somebody wants to see another example.
    evaluation_wanted
        Signal with a split: somebody wants to see how the network does on it.
    said
        Signal with a line for the status bar.
    wanted_in_front
        Signal with the name of a plot that the user asked to see.
    time_changed
        Signal with the timestep of the play head; None: there is none.
    about_to_arrange
        Signal: plots are about to come or go, so that others move.
    current_places
        Gives the places at which plots stand now; the window sets it.
    """

    synced = Signal(object, object)
    wants_changed = Signal()
    example_chosen = Signal(str, int)
    evaluation_wanted = Signal(str)
    said = Signal(str)
    wanted_in_front = Signal(str)
    time_changed = Signal(object)
    about_to_arrange = Signal()

    def __init__(self, document: OpenDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.panels: dict[str, PlotPanel] = {}
        self.current_places: Callable[[], Mapping[str, Place]] = dict
        self.time: int | None = None
        self._used: dict[str, Plot] = {}
        self._wants = Wants()
        self._memory = EventMemory()
        self._era = 0  # counts runs and documents: what waits for its turn is shown in its own only
        self._times = TimeLink(self)
        self._describing = QTimer(self)
        self._describing.setSingleShot(True)
        self._describing.setInterval(0)
        self._describing.timeout.connect(self.describe)
        listen(document.changed, self.sync)
        listen(document.opened, self._forget)
        listen(document.part_renamed, self._renamed)

    # -- following the document ----------------------------------------------------------------------------------
    @property
    def plots(self) -> list[Plot]:
        """What the document declares."""
        return self.document.document.view.shown_plots

    @property
    def titles(self) -> dict[str, str]:
        """Of the plots, by their names."""
        return titles(self.plots)

    def first(self, kind: str) -> Any:
        """The first panel of a type; None where there is none."""
        return next((self.panels[plot.name] for plot in self.plots if plot.type == kind), None)

    def sync(self) -> None:
        """Bring the panels in line with the document."""
        plots = {plot.name: plot for plot in self.plots}
        gone = [name for name in self.panels if name not in plots or plots[name].type != self._used[name].type]
        lost = [self.panels.pop(name) for name in gone]
        for name in gone:
            del self._used[name]
        come = [name for name in plots if name not in self.panels]
        for name in come:
            self._add_panel(plots[name])
        for name, plot in plots.items():
            if name not in come and _shown(plot) != _shown(self._used[name]):
                self._use(plot)
        self.panels = {name: self.panels[name] for name in plots}
        if come or lost:
            charts = [panel.time_chart for panel in self.panels.values()]
            self._times.link([chart for chart in charts if chart is not None])
        self.synced.emit(come, lost)
        for panel in lost:
            panel.blockSignals(True)
            panel.deleteLater()
        self._describing.start()
        self._tell_wants()

    def _add_panel(self, plot: Plot) -> None:
        name = plot.name
        panel = self.panels[name] = make_panel(plot.type)
        panel.settings_changed.connect(lambda values, name=name: self.change(name, values))
        panel.wants_changed.connect(self._tell_wants)
        panel.example_chosen.connect(self.example_chosen)
        panel.said.connect(self.said)
        panel.evaluation_wanted.connect(self.evaluation_wanted)
        panel.time_chosen.connect(self.set_time)
        panel.examples_wanted.connect(self._show_examples)
        panel.describe(self.document.document)
        self._use(plot)
        for event in self._memory.events():
            panel.handle(event)
        if self.time is not None:
            panel.set_time(self.time)

    def _use(self, plot: Plot) -> None:
        # A copy: what a rename changes in place is then seen as a change.
        self._used[plot.name] = plot.model_copy(deep=True)
        self.panels[plot.name].use(self._used[plot.name])

    def describe(self) -> None:
        """Tell all panels which parts there are; once for all changes of a turn of the event loop."""
        self._describing.stop()
        for panel in self.panels.values():
            panel.describe(self.document.document)
        self._tell_wants()
        for event in self._memory.take_renamed():
            for panel in self.panels.values():
                panel.handle(event)

    def _show_examples(self, values: Any) -> None:
        """Show the examples of a cell of a confusion matrix, where there is a plot of examples."""
        browser = next((plot for plot in self.plots if plot.type == "examples"), None)
        if browser is None:
            self.said.emit("Add a plot of examples to see those of this cell")
            return
        self.change(browser.name, values)
        self.panels[browser.name].seek()
        self.wanted_in_front.emit(browser.name)

    # -- changing the document -----------------------------------------------------------------------------------
    def change(self, name: str, values: Mapping[str, Any]) -> None:
        """Set fields of a plot, as one step of undo; what is refused is said."""
        plots = [plot.model_copy(deep=True) if plot.name == name else plot for plot in self.plots]
        plot = next(plot for plot in plots if plot.name == name)
        try:
            for field, value in values.items():
                setattr(plot, field, value)
        except SpikeloomError as error:
            self.said.emit(str(error))
            self._use(next(plot for plot in self.plots if plot.name == name))
            return
        words = " and ".join(field.replace("_", " ") for field in values)
        self._set(plots, f"change {words} of {self.titles[name]}", (name, *sorted(values)))

    def add(self, kind: str) -> str:
        """Add a plot of a type where there is room; its name."""
        plot = Plot.types()[kind](name=self.document.document.view.free_plot())
        return self._add(plot, f"add {plot.title.lower()}")

    def duplicate(self, name: str) -> str:
        """Add a plot with the settings of another; its name."""
        plot = next(plot for plot in self.plots if plot.name == name).model_copy(deep=True)
        plot.name = self.document.document.view.free_plot()
        return self._add(plot, f"duplicate {self.titles[name]}")

    def _add(self, plot: Plot, label: str) -> str:
        self.about_to_arrange.emit()
        places = with_another(self._places(), plot.name)
        self._set(_at([*self.plots, plot], places), label)
        return plot.name

    def remove(self, name: str) -> None:
        """Remove a plot."""
        self.about_to_arrange.emit()
        label = f"close {self.titles[name]}"
        places = self._places()
        self._set(_at([plot for plot in self.plots if plot.name != name], places), label)

    def close_all(self) -> None:
        """Remove all plots."""
        self.about_to_arrange.emit()
        self._set([], "close all plots")

    def use_default(self) -> None:
        """Show the plots that a document without any says has."""
        self.about_to_arrange.emit()
        self._set(default_plots(), "default plots")

    def move(self, places: Mapping[str, Place]) -> None:
        """Note where the user put plots, as a step of undo that merges with the next one."""
        self._set(_at(self.plots, places), "arrange plots", "places")

    def _places(self) -> dict[str, Place]:
        return placed(self.plots) | dict(self.current_places())

    def _set(self, plots: list[Plot], label: str, key: Hashable = None) -> None:
        if plots != self.plots:  # else a field was left as it was, which must not write the usual plots out
            self.document.set_plots(plots, label, key)

    # -- events --------------------------------------------------------------------------------------------------
    def handle(self, event: dict[str, Any]) -> None:
        """Give an event to all panels."""
        self._memory.keep(event)
        # One after the other: if all painted in the same turn of the event loop, the window would stand still.
        for turn, panel in enumerate(self.panels.values()):
            QTimer.singleShot(TURN_MILLISECONDS * turn, panel, partial(self._give, panel, event, self._era))

    def _give(self, panel: PlotPanel, event: dict[str, Any], era: int) -> None:
        if era == self._era:
            panel.handle(event)

    def reset(self) -> None:
        """Another run: show nothing of the one before."""
        self._clear()
        for panel in self.panels.values():
            panel.reset()

    def _forget(self) -> None:
        """Another document: show nothing of the one before."""
        self._clear()
        for panel in self.panels.values():
            panel.forget()

    def _clear(self) -> None:
        self._memory.clear()
        self._era += 1
        self.set_time(None)

    def _renamed(self, old: str, new: str) -> None:
        """What the plots show of a part is shown under its new name, from when they know that name."""
        names = PartNames()
        names.rename(old, new)
        self._memory.rename(names)
        for panel in self.panels.values():
            panel.renamed(old, new)
        self._describing.start()

    def wants(self) -> Wants:
        """What all panels together want to be told."""
        return together(panel.wants() for panel in self.panels.values())

    def _tell_wants(self) -> None:
        wants = self.wants()
        if wants != self._wants:
            self._wants = wants
            self.wants_changed.emit()

    # -- the play head -------------------------------------------------------------------------------------------
    def set_time(self, step: int | None) -> None:
        """Put the play head of all panels on a timestep of the example; None: away."""
        self.time = step
        for panel in self.panels.values():
            panel.set_time(step)
        self.time_changed.emit(step)

    def step_time(self, by: int) -> None:
        """Move the play head through the example that is shown; nothing happens where none is."""
        timesteps = self._memory.timesteps
        if timesteps:
            at = (-1 if by > 0 else timesteps) if self.time is None else self.time
            self.set_time(min(max(at + by, 0), timesteps - 1))


def _shown(plot: Plot) -> dict[str, Any]:
    """All of a declaration that concerns its panel."""
    return plot.model_dump(exclude={"place"})


def _at(plots: Iterable[Plot], places: Mapping[str, Place]) -> list[Plot]:
    """Copies of plots that stand in those places."""
    return [plot.model_copy(update={"place": places.get(plot.name, plot.place)}) for plot in plots]

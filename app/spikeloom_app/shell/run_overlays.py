"""The curves of earlier runs in the plots of curves: what a plot's declaration names is drawn in it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QObject

from spikeloom.history import metrics
from spikeloom_app import wording
from spikeloom_app.listening import listen
from spikeloom_app.plots import CurvesPlot
from spikeloom_app.runs.history_compare import CompareView
from spikeloom_app.runs.history_entry import Entry

if TYPE_CHECKING:
    from spikeloom_app.shell.run_history import RunHistory


MOST_EPOCHS = 2000  # of an earlier run that are drawn
METRICS = "metrics.csv"  # in a run's folder
RENEWED_SECONDS = 3.0  # after which the curves of a run that goes on elsewhere are drawn anew


class RunOverlays(QObject):
    """Draws runs into every plot of curves of the window that asks for them."""

    def __init__(self, history: RunHistory) -> None:
        super().__init__(history)
        self.history = history
        self._drawn: WeakKeyDictionary[CurvesPlot, dict[str, Any]] = WeakKeyDictionary()
        self._read: dict[Path, tuple[int, dict[str, np.ndarray]]] = {}  # size of the figures' file, and its columns
        self._wanted: list[tuple[CurvesPlot, list[str]]] = []  # what was drawn when last looked at
        listen(history.window.document.changed, self._follow)

    def tick(self, entry: Any, ticked: bool) -> None:
        """Draw the run of an `Entry`, or no longer, in every plot of curves; the document remembers it."""
        self._tick([entry], ticked)

    def _tick(self, entries: list[Entry], ticked: bool) -> None:
        names = [entry.run.folder.name for entry in entries]
        verb = "draw" if ticked else "take away"
        with self.history.window.document.one_step(f"{verb} the curves of {_named(entries)}"):
            for plot in self._plots():
                runs = [name for name in plot.settings.runs if name not in names] + (names if ticked else [])
                plot.choose(runs=runs)
                if plot.settings.runs != runs:  # no document declares it
                    plot.use(plot.settings.model_copy(update={"runs": runs}))
        self.refresh()

    @property
    def ticked(self) -> bool:
        """Whether all runs that are chosen are drawn."""
        chosen, model = self.history.chosen, self.history.panel.model
        return bool(chosen) and all(model.is_ticked(entry) for entry in chosen)

    def toggle(self) -> None:
        """Draw the runs that are chosen, or, where they all are, no longer."""
        self._tick(self.history.chosen, not self.ticked)

    def _follow(self) -> None:
        """The document has changed: look again where plots name other runs."""
        if self._wishes() != self._wanted:
            self.refresh()

    def _wishes(self) -> list[tuple[CurvesPlot, list[str]]]:
        return [(plot, list(plot.settings.runs)) for plot in self._plots()]

    def refresh(self) -> None:
        """Draw what is wanted and is not drawn, and take away what is not wanted any more."""
        entries = {entry.run.folder.name: entry for entry in self.history.reader.entries.values()}
        self._wanted = self._wishes()
        wanted = {name for _, names in self._wanted for name in names}
        kept = {entry.run.folder for name, entry in entries.items() if name in wanted}
        self._read = {folder: read for folder, read in self._read.items() if folder in kept}
        for plot in self._plots():
            self._draw(plot, {name: entries[name] for name in plot.settings.runs if name in entries})
        self.history.panel.model.show_ticks(name for plot in self._plots() for name in plot.settings.runs)

    def _draw(self, plot: CurvesPlot, wanted: dict[str, Entry]) -> None:
        drawn = self._drawn.setdefault(plot, {})
        for name in [name for name in drawn if name not in wanted]:
            plot.drop(name)
            del drawn[name]
        for name, entry in wanted.items():
            going_on = entry.run.status == "running"
            shown = (time.monotonic() // RENEWED_SECONDS if going_on else entry.state, entry.run.name)
            if drawn.get(name) != shown:
                plot.overlay(name, self._columns(entry), entry.run.name)
                drawn[name] = shown

    def _columns(self, entry: Entry) -> dict[str, np.ndarray]:
        """The figures of a run, read once for each size of their file."""
        folder = entry.run.folder
        try:
            size = (folder / METRICS).stat().st_size
        except OSError:
            size = -1
        if folder not in self._read or self._read[folder][0] != size:
            columns = {column: np.asarray(values) for column, values in metrics(entry.run, MOST_EPOCHS).items()}
            self._read[folder] = (size, columns)
        return self._read[folder][1]

    def _plots(self) -> list[CurvesPlot]:
        """Those of the window; a window that compares runs has its own."""
        window = self.history.window
        return [plot for plot in window.findChildren(CurvesPlot) if not isinstance(plot.window(), CompareView)]


def _named(entries: list[Entry]) -> str:
    return f"'{entries[0].run.name}'" if len(entries) == 1 else wording.counted(len(entries), "run")

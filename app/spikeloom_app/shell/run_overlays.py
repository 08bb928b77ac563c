"""The curves of earlier runs in the plots of curves: what a plot's declaration names is drawn in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject

from spikeloom.history import metrics
from spikeloom_app.listening import listen
from spikeloom_app.plots import CurvesPlot
from spikeloom_app.runs.history_entry import Entry

if TYPE_CHECKING:
    from spikeloom_app.shell.run_history import RunHistory


class RunOverlays(QObject):
    """Draws runs into every plot of curves of the window that asks for them."""

    def __init__(self, history: RunHistory) -> None:
        super().__init__(history)
        self.history = history
        self._drawn: WeakKeyDictionary[CurvesPlot, dict[str, Any]] = WeakKeyDictionary()
        self._ticked: list[str] = []  # for plots that no document declares
        listen(history.window.document.changed, self.refresh)

    def tick(self, entry: Any, ticked: bool) -> None:
        """Draw a run, or no longer, in every plot of curves."""
        name = entry.run.folder.name  # of an `Entry`
        self._ticked = _changed(self._ticked, name, ticked)
        for plot in self._plots():
            if _declared(plot) is not None:
                plot.choose(runs=_changed(_declared(plot) or [], name, ticked))
        self.refresh()

    @property
    def ticked(self) -> bool:
        """Whether all runs that are chosen are drawn."""
        chosen, model = self.history.chosen, self.history.panel.model
        return bool(chosen) and all(model.is_ticked(entry) for entry in chosen)

    def toggle(self) -> None:
        """Draw the runs that are chosen, or, where they all are, no longer."""
        ticked = not self.ticked
        for entry in self.history.chosen:
            self.tick(entry, ticked)

    def refresh(self) -> None:
        """Draw what is wanted and is not drawn, and take away what is not wanted any more."""
        entries = {entry.run.folder.name: entry for entry in self.history.reader.entries.values()}
        wanted_anywhere = set(self._ticked) if not any(_declared(plot) is not None for plot in self._plots()) else set()
        for plot in self._plots():
            declared = _declared(plot)
            wanted = self._ticked if declared is None else declared
            wanted_anywhere |= set(wanted)
            self._draw(plot, {name: entries[name] for name in wanted if name in entries})
        self.history.panel.model.show_ticks(wanted_anywhere)

    def _draw(self, plot: Any, wanted: dict[str, Entry]) -> None:
        drawn = self._drawn.setdefault(plot, {})
        for name in [name for name in drawn if name not in wanted]:
            plot.drop(name)
            del drawn[name]
        for name, entry in wanted.items():
            shown = (entry.state, entry.run.name)
            if drawn.get(name) != shown:
                plot.overlay(name, metrics(entry.run), entry.run.name)
                drawn[name] = shown

    def _plots(self) -> Iterator[Any]:
        return (plot for plot in self.history.window.findChildren(CurvesPlot) if hasattr(plot, "overlay"))


def _declared(plot: CurvesPlot) -> list[str] | None:
    """The runs that the declaration of a plot names; None where it has no declaration."""
    return getattr(plot.settings, "runs", None)


def _changed(names: list[str], name: str, there: bool) -> list[str]:
    others = [other for other in names if other != name]
    return [*others, name] if there else others

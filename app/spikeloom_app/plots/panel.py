"""What every plot is: a widget that shows a declaration of the document (`spikeloom.spec.plots`) and takes events.

A panel never changes the document: what the user chooses in it is told with `settings_changed`, and comes back, as one
step of undo, with `use`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from spikeloom.spec import Document
from spikeloom.spec.plots import Plot
from spikeloom_app import theme
from spikeloom_app.plots.chart import Chart


@dataclass(frozen=True)
class Wants:
    """What a plot needs to be told by the worker beyond what it always tells.

    Parameters
    ----------
    variables
        (population or connection, variable, neurons or synapses) of the example that is looked at; no neurons: a few.
    weights
        (connection, ``weights`` or ``gradient``).
    """

    variables: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    weights: tuple[tuple[str, str], ...] = ()


class PlotPanel(QWidget):
    """A plot on the theme's plot background.

    Attributes
    ----------
    settings_changed
        Signal with a dictionary: fields of the declaration that the user chose otherwise, with their values.
    wants_changed
        Signal: `wants` gives something else than before.
    example_chosen
        Signal (split, number): the user wants to see another example.
    examples_wanted
        Signal with a dictionary: fields of a plot of examples (`Examples`) that shows what the user wants to see.
    evaluation_wanted
        Signal with the split whose examples shall all be judged.
    time_chosen
        Signal with the timestep of the example that the user, or the running time, chose.
    said
        Signal with a line for the status bar.
    """

    settings_changed = Signal(object)
    wants_changed = Signal()
    example_chosen = Signal(str, int)
    examples_wanted = Signal(object)
    evaluation_wanted = Signal(str)
    time_chosen = Signal(int)
    said = Signal(str)

    def __init__(self, name: str, settings: Plot | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.setAccessibleName(name)
        self.setObjectName("plotPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.draw)

    def dress(self) -> None:
        """Take the theme's colours: background and words; fields are the application's."""
        t = theme.current()
        self.setStyleSheet(f"""
            #plotPanel {{ background: {t.plot_background}; }}
            QLabel {{ color: {t.text_muted}; font-size: {t.font_small}px; background: transparent; }}
            QLabel#title {{ color: {t.text}; font-size: {t.font}px; font-weight: 600; }}
        """)

    # -- the declaration -----------------------------------------------------------------------------------------
    def use(self, settings: Any) -> None:
        """Show these settings; `choose` is what the user's own choices go through."""
        self.settings = settings
        self.settle()

    def settle(self) -> None:
        """Bring the fields of the panel in line with `settings`, without telling anybody."""

    def choose(self, **values: Any) -> None:
        """Tell that the user chose other values for fields of the declaration.

        Where nobody answers with other settings, as outside of a window, they hold at once.
        """
        before = self.settings
        self.settings_changed.emit(values)
        if before is not None and self.settings is before:
            self.use(before.model_copy(update=values))

    def seek(self) -> None:
        """Go to what the settings look for, where something else is shown."""

    def describe(self, document: Document) -> None:
        """Learn which parts there are; called whenever the document changes."""

    def wants(self) -> Wants:
        """What the worker has to tell for it."""
        return Wants()

    # -- events --------------------------------------------------------------------------------------------------
    def handle(self, event: dict[str, Any]) -> None:
        """Take an event of the run."""

    def reset(self) -> None:
        """Another run begins: show nothing of the one before. What the user zoomed to stays."""

    def forget(self) -> None:
        """Another document is open: show nothing of the one before, and what comes as a whole."""
        self.reset()

    def renamed(self, old: str, new: str) -> None:
        """A part has another name; events that name it come again with it, figures of the course do not."""

    # -- view ----------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """Draw what there is, now."""
        self._soon.stop()

    def redraw_soon(self, *_: Any) -> None:
        """Draw once for all that comes in the meantime; what is behind another dock, when it comes up."""
        if not self._soon.isActive() and self.isVisible():
            self._soon.start(self.pause())

    def pause(self) -> int:
        """Milliseconds until it may be drawn again."""
        return 0

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came meanwhile."""
        super().showEvent(event)
        self.redraw_soon()

    # -- time ----------------------------------------------------------------------------------------------------
    @property
    def time_chart(self) -> Chart | None:
        """The chart over the time of an example, which shows the same times as those of other panels; None: none."""
        return None

    def set_time(self, step: int | None) -> None:
        """Put the play head on a timestep of the example; None: away."""

    # -- export --------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, np.ndarray]:
        """What is shown as columns of equal length, with the unit in a column's name: ``time (ms)``."""
        return {}

    def arrays(self) -> dict[str, np.ndarray]:
        """What is shown as arrays of any shape, for NPZ; the columns of `table` by default."""
        return self.table()

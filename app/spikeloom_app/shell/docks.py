"""The docks that every window has beside those of its plots, and how they stand until the user moves them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from spikeloom.spec.plots import Place
from spikeloom_app.plots.places import SLOTS

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
CLOSED = ("history", "reference", "script", "data")  # until they are asked for


def make_docks(window: MainWindow) -> dict[str, QDockWidget]:
    """The docks by name: the palette on the left, what a run says below, all others on the right."""
    made = {}
    for name, title, widget, area in (
        ("palette", "Palette", window.palette_view, LEFT),
        ("inspector", "Inspector", window.inspector, RIGHT),
        ("log", "Log", window.log, BOTTOM),
        ("problems", "Problems", window.problems, BOTTOM),
        ("data", "Data", window.data_sets.panel, BOTTOM),
        ("runs", "Runs", window.run_history.panel, RIGHT),
        ("live", "Live", window.live, RIGHT),
        ("script", "Script", window.scripts.panel, RIGHT),
        ("history", "Undo history", window.history, RIGHT),
        ("reference", "Reference", window.help.view, RIGHT),
    ):
        dock = made[name] = QDockWidget(title, window)
        dock.setObjectName(f"dock.{name}")
        dock.setWidget(widget)
        window.addDockWidget(area, dock)
        # Behind another tab it is out of sight, but not hidden: Tab must not lead there.
        dock.visibilityChanged.connect(widget.setEnabled)
    window.setDockNestingEnabled(True)
    window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
    window.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
    for name in CLOSED:
        made[name].hide()
    return made


def usual_places(docks: Mapping[str, QDockWidget]) -> dict[str, Place]:
    """Where they stand at first: below, behind the curves; on the right, behind the inspector."""
    usual = {
        "palette": Place(area="left", box=(0.0, 0.06, 0.186, 0.5)),
        "inspector": Place(area="right", box=(0.757, 0.06, 0.243, 0.94)),
    }
    for name in ("runs", "live", "script", "history", "reference"):
        usual[name] = usual["inspector"].model_copy(update={"behind": True})
    return {name: usual.get(name, Place(area="bottom", box=SLOTS["curves"], behind=True)) for name in docks}

"""The docks of a window, and how they stand until the user moves them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


def make_docks(window: MainWindow) -> dict[str, QDockWidget]:
    """The docks by name: palette on the left, inspector, runs and undo history on the right, what a run shows below."""
    made = {}
    for name, title, widget, area in (
        ("palette", "Palette", window.palette_view, LEFT),
        ("inspector", "Inspector", window.inspector, RIGHT),
        ("curves", "Loss and accuracy", window.curves, BOTTOM),
        ("activity", "Activity", window.activity, BOTTOM),
        ("log", "Log", window.log, BOTTOM),
        ("problems", "Problems", window.problems, BOTTOM),
        ("runs", "Runs", window.run_history.panel, RIGHT),
        ("live", "Live", window.live, RIGHT),
        ("history", "Undo history", window.history, RIGHT),
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
    window.tabifyDockWidget(made["curves"], made["log"])
    for first, second in pairwise(("inspector", "runs", "live", "history")):
        window.tabifyDockWidget(made[first], made[second])
    made["history"].hide()
    window.tabifyDockWidget(made["log"], made["problems"])
    made["inspector"].raise_()
    made["curves"].raise_()
    window.resizeDocks([made["palette"], made["inspector"]], [268, 350], Qt.Orientation.Horizontal)
    window.resizeDocks([made["curves"], made["activity"]], [600, 560], Qt.Orientation.Horizontal)
    window.resizeDocks([made["curves"]], [320], Qt.Orientation.Vertical)
    return made

"""The actions for the data set: looking at it, and an input and an output for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikeloom_app.shell.actions import Action

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow


def show_data_action(window: MainWindow, submenu: str, reason: str) -> Action:
    """Of the View menu."""
    return Action("view.data", "&Data", window.data_sets.toggle, "F7",
                  "The data set and its examples, as the network gets them", enabled=lambda: window.editing,
                  icon="data", submenu=submenu, reason=reason)  # fmt: skip


def ends_action(window: MainWindow) -> Action:
    """Of the Edit menu."""
    sets = window.data_sets
    return Action("edit.add_ends", "Add &input and output for the data", sets.add_ends,
                  tip="Populations of the right size for the data set, where the network lacks them",
                  enabled=lambda: window.editing and sets.can_add_ends(),
                  reason="there is no data set, or the network has both")  # fmt: skip

"""The actions of plots: add one of each type, close them, bring back the usual ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from spikeloom.spec.plots import Plot
from spikeloom_app.plots.board import PANELS
from spikeloom_app.shell.actions import Action

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

PLOTS = "&Plots"
WELCOME = "not on the welcome page"
LETTERS = {"curves": "&curves", "raster": "&raster", "traces": "&traces", "weights": "&weights",
           "confusion": "con&fusion matrix", "examples": "&examples"}  # fmt: skip
KEYS = {"raster": "Ctrl+Alt+R", "traces": "Ctrl+Alt+T", "curves": "Ctrl+Alt+C", "weights": "Ctrl+Alt+W"}


def plot_actions(window: MainWindow) -> list[Action]:
    """Of the View menu."""
    board = window.board

    def editing() -> bool:
        return window.editing

    adding = [
        Action(f"view.plot_{kind}", f"Add {LETTERS[kind]}", partial(board.add, kind), KEYS.get(kind, ""), _tip(kind),
               enabled=editing, submenu=PLOTS, reason=WELCOME, icon="add")
        for kind in PANELS
    ]  # fmt: skip
    return [
        *adding,
        Action("view.plots_default", "&Default plots", board.use_default, tip="Curves, raster and traces",
               enabled=lambda: window.editing and window.document.document.view.plots is not None, submenu=PLOTS,
               reason="these are the default plots"),
        Action("view.plots_close", "Close &all plots", board.close_all, tip="Close all plots; Undo brings them back",
               enabled=lambda: window.editing and bool(board.plots), submenu=PLOTS, reason="there are no plots"),
    ]  # fmt: skip


def _tip(kind: str) -> str:
    return (Plot.types()[kind].__doc__ or "").split("\n")[0].rstrip(".")

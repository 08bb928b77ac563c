"""The actions for earlier runs: name, compare, restore, resume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from spikeloom_app.shell.actions import Action

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

MENU = "&Earlier runs"
ONE = "choose a run in the dock of runs"
SEVERAL = "choose two or more runs in the dock of runs"
CURVES = "choose a training in the dock of runs: an evaluation has no curves"
TRAINED = "choose a run that left a checkpoint, while nothing is running"
_BUTTONS = (
    "run.compare",
    "run.overlay",
    "run.open_document",
    "run.resume_training",
    "run.again",
    "run.pin",
    "run.delete",
    "run.add_folder",
)
_MENU = (
    "run.rename", "run.pin", "run.delete", None, "run.compare", "run.overlay", None, "run.open_document", "run.restore",
    None, "run.resume_training", "run.again", "run.evaluate_checkpoint", None, "run.show_folder", "run.copy_metrics",
    None, "run.remove_folder",
)  # fmt: skip


def history_actions(window: MainWindow) -> list[Action]:
    """Of the Run menu."""
    runs = window.run_history

    def one() -> bool:
        return runs.one is not None

    def any_() -> bool:
        return bool(runs.chosen)

    def curves() -> bool:
        return any_() and not any(entry.is_evaluation for entry in runs.chosen)

    def trained() -> bool:
        return runs.trained is not None

    return [
        Action("run.history", "&Show the runs", runs.show, "Ctrl+Shift+H", "The runs that there were, with the "
               "keyboard in their list", enabled=lambda: window.editing, icon="history", submenu=MENU, separated=True,
               reason="not on the welcome page"),
        Action("run.rename", "Re&name run", runs.rename, tip="Give the run a title (F2 in the list)", enabled=one,
               icon="rename", submenu=MENU, reason=ONE),
        Action("run.pin", lambda: "Un&pin run" if runs.pinned else "&Pin run", runs.pin, tip="Keep it on top of the "
               "list", enabled=any_, icon="pin", submenu=MENU, reason=ONE),
        Action("run.delete", "&Delete run…", runs.delete, tip="Delete it from the disk (Delete in the list)",
               enabled=lambda: any_() and not runs.going_on, icon="delete", submenu=MENU,
               reason=lambda: runs.going_on or ONE),
        Action("run.compare", "&Compare runs", runs.compare, tip="Curves, settings and figures side by side",
               enabled=lambda: len(runs.chosen) > 1, icon="compare", submenu=MENU, reason=SEVERAL),
        Action("run.overlay", lambda: "&Hide its curves" if runs.overlays.ticked else "Show its c&urves",
               runs.overlays.toggle, tip="Draw its curves with those of the run at hand (Space in the list)",
               enabled=curves, icon="curves", submenu=MENU, reason=CURVES),
        Action("run.open_document", "&Open its document", runs.open_document, tip="The document as it ran, as a new "
               "one that is not saved", enabled=one, icon="document", submenu=MENU, reason=ONE),
        Action("run.restore", "Res&tore its document here", runs.restore, tip="The document as it ran in the place of "
               "the open one; Undo takes that back", enabled=lambda: one() and window.editing, icon="revert",
               submenu=MENU, reason=ONE),
        Action("run.resume_training", "&Resume training", runs.resume, tip="Go on from its last checkpoint, with the "
               "optimiser's state, for as many epochs more", enabled=trained, icon="resume", submenu=MENU,
               reason=TRAINED),
        Action("run.again", "Run again with these &weights", runs.again, tip="Train from epoch 0, from its weights on",
               enabled=trained, icon="weights", submenu=MENU, reason=TRAINED),
        Action("run.evaluate_checkpoint", "&Evaluate a checkpoint…", runs.evaluate, tip="Loss and accuracy with the "
               "weights of a checkpoint, on a split of your choice", enabled=trained, submenu=MENU, reason=TRAINED),
        Action("run.show_folder", "Sho&w its folder", runs.show_folder, tip="In the file manager", enabled=one,
               icon="folder", submenu=MENU, reason=ONE),
        Action("run.copy_metrics", "Copy its f&igures", runs.copy_metrics, tip="The figures of all epochs, for a "
               "spreadsheet", enabled=lambda: one() and curves(), icon="copy", submenu=MENU, reason=CURVES),
        Action("run.add_folder", "Open run &folder…", runs.add_folder, tip="List a run that was trained elsewhere, or "
               "all runs of a folder, from now on", icon="folder", submenu=MENU),
        Action("run.remove_folder", lambda: "Take its folder o&ff the list" if runs.chosen_folder else "Take a run "
               "folder o&ff the list…", runs.remove_folder, tip="List the runs of a folder that was added no longer; "
               "they stay on the disk", enabled=lambda: bool(runs.added_folders), submenu=MENU,
               reason="no folder was added: these runs lie where all runs do"),
    ]  # fmt: skip


def fill_panel(window: MainWindow) -> None:
    """Offer them in the dock of runs too."""
    made: dict[str, QAction] = window.action_set.made
    menu = [None if name is None else made[name] for name in _MENU]
    window.run_history.panel.offer([made[name] for name in _BUTTONS], menu)
    window.run_history.panel.chosen_changed.connect(window.action_set.refresh)

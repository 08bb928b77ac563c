"""The actions for the document as a script: saved as each kind there is, and shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from spikeloom.exporters import EXPORTERS
from spikeloom_app.shell.actions import Action

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

MENU = "Export as s&cript"
TITLES = {"python": "&Python script…", "pygenn": "Py&GeNN script…", "notebook": "&Jupyter notebook…"}
KEYS = {"python": "Ctrl+Alt+E"}
WELCOME = "not on the welcome page"


def script_actions(window: MainWindow) -> list[Action]:
    """Of the File menu."""
    return [
        Action(f"file.export_{name}", TITLES.get(name, f"{exporter.title}…"), partial(window.scripts.save, name),
               KEYS.get(name, ""), exporter.help, enabled=lambda: window.editing, icon="code", submenu=MENU,
               reason=WELCOME)
        for name, exporter in EXPORTERS.items()
    ]  # fmt: skip


def show_action(window: MainWindow, submenu: str) -> Action:
    """Of the View menu."""
    return Action("view.script", "&Script", window.scripts.toggle, "F9", "The document as a script, which follows it",
                  enabled=lambda: window.editing, icon="code", submenu=submenu, reason=WELCOME)  # fmt: skip

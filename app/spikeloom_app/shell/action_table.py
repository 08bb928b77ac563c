"""The table of everything a user can do in a window, in the order of the menus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from spikeloom_app.shell import dialogs, templates, windows
from spikeloom_app.shell.actions import Action
from spikeloom_app.shell.canvas_actions import arrange_actions, edit_actions, picture_actions, view_actions
from spikeloom_app.shell.history_actions import history_actions
from spikeloom_app.shell.plot_actions import plot_actions
from spikeloom_app.shell.run_actions import run_actions
from spikeloom_app.shell.script_actions import script_actions
from spikeloom_app.shell.shell_actions import shell_actions

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

Key = QKeySequence.StandardKey


def actions(window: MainWindow) -> list[Action]:
    """The actions of `window`."""
    inside = [
        *_file(window),
        *_edit(window),
        *_view(window),
        *arrange_actions(window),
        *run_actions(window),
        *history_actions(window),
        *_help(window),
    ]
    return [*inside, *shell_actions(window)]


def _file(window: MainWindow) -> list[Action]:
    files = window.files
    return [
        Action("file.new", "&New", files.new, Key.New, "An empty document", icon="new"),
        Action("file.new_window", "New &window", files.new_window, "Ctrl+Shift+N", "Another window", icon="window"),
        Action("file.open", "&Open…", files.browse, Key.Open, "Open a document (.snn)", icon="open"),
        Action("file.save", "&Save", window.save, Key.Save, "Save the document", separated=True, icon="save"),
        Action("file.save_as", "Save &as…", window.save_as, Key.SaveAs, "Save the document under another name"),
        *picture_actions(window),
        *script_actions(window),
        Action("file.save_template", "Save as &template…", lambda: templates.save_as_template(files),
               tip="Keep a copy to start other documents from", enabled=lambda: window.editing, icon="template"),
        Action("file.revert", "Re&vert to saved…", files.revert, tip="Go back to what was saved",
               enabled=lambda: files.can_revert, icon="revert"),
        Action("file.data_folder", "&Data folder…", window.files.choose_data_folder, tip="The folder of your data sets",
               icon="folder"),
        Action("file.welcome", "&Examples", window.show_welcome, tip="The welcome page with the examples", icon="home"),
        Action("file.close", "&Close window", window.close, "Ctrl+W", "Close this window", separated=True),
        Action("file.quit", "&Quit", windows.quit_all, "Ctrl+Q", "Close all windows", icon="quit"),
    ]  # fmt: skip


def _edit(window: MainWindow) -> list[Action]:
    stack = window.document.undo_stack
    return [
        Action("edit.undo", lambda: _with("&Undo", stack.undo_label), stack.undo, Key.Undo,
               enabled=lambda: bool(stack.undo_label), icon="undo", reason="nothing to undo"),
        Action("edit.redo", lambda: _with("&Redo", stack.redo_label), stack.redo, Key.Redo,
               enabled=lambda: bool(stack.redo_label), icon="redo", reason="nothing to redo"),
        *edit_actions(window),
    ]  # fmt: skip


def _view(window: MainWindow) -> list[Action]:
    def theme_is(name: str) -> bool:
        return window.appearance.theme == name

    return [
        *view_actions(window),
        *plot_actions(window),
        Action("view.theme_system", "Theme of the s&ystem", lambda: window.use_theme("system"),
               checked=lambda: theme_is("system"), separated=True),
        Action("view.theme_light", "&Light theme", lambda: window.use_theme("light"),
               checked=lambda: theme_is("light")),
        Action("view.theme_dark", "&Dark theme", lambda: window.use_theme("dark"), checked=lambda: theme_is("dark")),
    ]  # fmt: skip


def _help(window: MainWindow) -> list[Action]:
    return [Action("help.about", "&About Spikeloom", lambda: dialogs.about(window), icon="about")]


def _with(verb: str, label: str) -> str:
    return f"{verb} {label}".strip()

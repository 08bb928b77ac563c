"""The actions of the canvas: editing, arranging and looking at the network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from spikeloom_app.canvas.arrange import Side
from spikeloom_app.shell.actions import Action
from spikeloom_app.shell.data_actions import ends_action

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

Key = QKeySequence.StandardKey
SIDES: dict[Side, str] = {
    "left": "&Left sides",
    "center": "&Centres",
    "right": "&Right sides",
    "top": "&Tops",
    "middle": "&Middles",
    "bottom": "&Bottoms",
}
WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def edit_actions(window: MainWindow) -> list[Action]:
    """Of the Edit menu."""
    canvas = window.canvas
    edit, quick = canvas.edit, canvas.quick

    def editing() -> bool:
        return window.editing

    def chosen() -> bool:
        return window.editing and bool(canvas.selected())

    def copies() -> bool:
        return window.editing and edit.can_copy()

    return [
        Action("edit.add", "&Add…", quick.add, "Ctrl+Shift+A", "Type what to add: a population, a note, a frame (Tab)",
               enabled=editing, icon="add", separated=True),
        Action("edit.connect", "&Connect to…", quick.connect, "Ctrl+L", "Connect the selected population to another",
               enabled=lambda: window.editing and len(edit.populations()) == 1, icon="connect", canvas=True),
        ends_action(window),
        Action("edit.replace", "Change t&ype…", quick.replace, "Ctrl+T",
               "Make the selected populations of another type, and keep what both have",
               enabled=lambda: window.editing and bool(edit.populations()), canvas=True),
        Action("edit.cut", "Cu&t", edit.cut, Key.Cut, enabled=copies, icon="cut", canvas=True, separated=True),
        Action("edit.copy", "&Copy", edit.copy, Key.Copy, enabled=copies, icon="copy", canvas=True),
        Action("edit.paste", "&Paste", edit.paste, Key.Paste, "Paste parts that were copied, here or as text",
               enabled=editing, icon="paste", canvas=True),
        Action("edit.duplicate", "D&uplicate", edit.duplicate, "Ctrl+D", enabled=copies, icon="duplicate", canvas=True),
        Action("edit.delete", "&Delete", canvas.delete_selected, "Del", enabled=chosen, icon="delete",
               canvas=True),
        Action("edit.rename", "Re&name", canvas.rename_selected, "F2", enabled=copies, icon="rename", canvas=True,
               separated=True),
        Action("edit.select_all", "Select &all", canvas.select_all, Key.SelectAll, enabled=editing, canvas=True),
        Action("edit.find", "&Find…", quick.find, Key.Find, "Find a part by its name or type", enabled=editing,
               icon="find"),
        Action("edit.next", "&Next part", partial(edit.step, 1), "Ctrl+PgDown", enabled=editing, canvas=True,
               submenu="&Go to"),
        Action("edit.previous", "&Previous part", partial(edit.step, -1), "Ctrl+PgUp", enabled=editing, canvas=True,
               submenu="&Go to"),
        *(Action(f"edit.go_{way}", f"Nearest part {'on the ' if across else ''}{way}", partial(edit.go, across, down),
                 f"Alt+{way.title()}", enabled=editing, canvas=True, submenu="&Go to")
          for way, (across, down) in WAYS.items()),
    ]  # fmt: skip


def arrange_actions(window: MainWindow) -> list[Action]:
    """Of the Arrange menu."""
    canvas = window.canvas
    edit = canvas.edit

    def several(least: int) -> bool:
        return window.editing and edit.can_arrange(least)

    def framed() -> bool:
        return window.editing and any(name.startswith("frame:") for name in canvas.selected())

    return [
        Action("arrange.layers", "Arrange in &layers", edit.arrange, "Ctrl+Shift+L",
               "Put all populations in layers from left to right", icon="layout",
               enabled=lambda: window.editing and bool(window.document.document.network.populations)),
        *(Action(f"arrange.align_{side}", title, partial(edit.align, side), icon=f"align-{side}",
                 tip=f"Bring the {title.replace('&', '').lower()} of what is selected in a line",
                 enabled=partial(several, 2), submenu="&Align", separated=side == "left")
          for side, title in SIDES.items()),
        *(Action(f"arrange.distribute_{axis}", f"{axis.title()}", partial(edit.distribute, axis),
                 icon=f"distribute-{axis[0]}", tip=f"Give what is selected equal gaps, {axis}",
                 enabled=partial(several, 3), submenu="&Distribute")
          for axis in ("horizontally", "vertically")),
        Action("arrange.frame", "Put in a &frame", edit.add_frame, "Ctrl+G", "A titled frame round what is selected",
               enabled=lambda: window.editing, icon="frame", canvas=True, separated=True),
        Action("arrange.fold", "F&old or unfold", edit.fold, "Ctrl+Shift+G", "Show a frame as one card, or all of it",
               enabled=framed, canvas=True),
        Action("arrange.note", "Add a &note", edit.add_note, "Ctrl+Alt+N", "A text in Markdown on the canvas",
               enabled=lambda: window.editing, icon="note", canvas=True),
    ]  # fmt: skip


def view_actions(window: MainWindow) -> list[Action]:
    """Of the View menu."""
    canvas = window.canvas

    def editing() -> bool:
        return window.editing

    return [
        Action("view.fit", "&Fit to window", canvas.fit, "Ctrl+0", enabled=editing, icon="fit"),
        Action("view.fit_selected", "Fit the &selection", canvas.fit_selected, "Ctrl+Shift+0",
               enabled=lambda: window.editing and bool(canvas.selected())),
        Action("view.zoom_in", "Zoom &in", canvas.zoom_in, Key.ZoomIn, enabled=editing, icon="zoom-in",
               also="Ctrl+="),
        Action("view.zoom_out", "Zoom &out", canvas.zoom_out, Key.ZoomOut, enabled=editing, icon="zoom-out"),
        Action("view.zoom_reset", "&Actual size", canvas.zoom_reset, "Ctrl+1", enabled=editing),
        Action("view.minimap", "&Minimap", lambda: window.switch("minimap", True), "Ctrl+M", enabled=editing,
               checked=lambda: canvas.minimap.wanted, icon="minimap", separated=True),
        Action("view.snap", "Snap to the &grid", lambda: window.switch("snap", False), "Ctrl+'", enabled=editing,
               tip="Parts that are moved keep to a grid of 12 px", checked=lambda: canvas.view.snap, icon="grid"),
        Action("view.activity", "Acti&vity on the canvas", lambda: window.switch("activity", True), enabled=editing,
               tip="Populations glow with their rate while a network runs", checked=lambda: canvas.activity.shown),
    ]  # fmt: skip


def picture_actions(window: MainWindow) -> list[Action]:
    """Of the File menu."""
    return [
        Action("file.export_picture", "Export as &picture…", window.export_picture, "Ctrl+Shift+E",
               "The network as SVG, PNG or PDF", enabled=lambda: window.editing, icon="image", separated=True),
        Action("file.copy_picture", "Copy as p&icture", window.copy_picture, "Ctrl+Shift+C",
               "The network as a picture on the clipboard", enabled=lambda: window.editing),
    ]  # fmt: skip

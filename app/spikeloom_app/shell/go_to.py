"""Going to a part of the network, or to a field of one: on the canvas, and in the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow


def go_to_part(window: MainWindow, name: str) -> None:
    """Select a population or connection and bring it into view; an empty name selects nothing."""
    if not window.editing:
        window.show_editor()
    canvas = window.canvas
    if name:
        canvas.reveal(name)
        canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    else:
        canvas.select([])


def go_to_field(window: MainWindow, part: str, inner: str) -> None:
    """Select a part (or nothing, for the experiment) and put the keyboard into a field of it.

    Parameters
    ----------
    inner
        The field's row, ``neuron.readout``; the nearest row around it serves where it has none of its own.
    """
    go_to_part(window, part)
    window.docks["inspector"].show()
    window.docks["inspector"].raise_()
    keys = inner.split(".") if inner else []
    while keys:
        try:
            row = window.inspector.row(".".join(keys))
        except KeyError:
            keys.pop()
            continue
        if row.reveal is not None:
            row.reveal()
        row.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        window.inspector.area.ensureWidgetVisible(row)
        return

"""Asking for the page of a type from a popup, where the keys of the window do not reach."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

KIND = QEvent.Type(QEvent.registerEventType())


class HelpWanted(QEvent):
    """Somebody wants to read about a type.

    Parameters
    ----------
    cls
        Its class; None where nothing is marked.
    """

    def __init__(self, cls: type | None) -> None:
        super().__init__(KIND)
        self.cls = cls


def ask(widget: QWidget, cls: type | None) -> None:
    """Ask the main window around a widget for the page of a class; a dock may be a window of its own inside it."""
    top = widget.window()
    while (parent := top.parentWidget()) is not None:
        top = parent.window()
    QApplication.sendEvent(top, HelpWanted(cls))

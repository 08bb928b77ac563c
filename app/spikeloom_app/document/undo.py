"""Undo and redo: a stack of commands, each of which can be done and undone."""

from __future__ import annotations

import time
from typing import Protocol

from spikeloom_app.document.signal import Signal

MERGE_SECONDS = 1.0  # edits of one thing within this time are one step


class Command(Protocol):
    """A change of the document."""

    @property
    def label(self) -> str:
        """What the menu shows after Undo and Redo."""
        ...

    def do(self) -> None:
        """Make the change; raises a `UserError` and changes nothing where it is refused."""

    def undo(self) -> None:
        """Take it back."""

    def merge(self, later: Command) -> bool:
        """Take `later`, which was done just now, into this command; False if they are two steps."""


class UndoStack:
    """Commands that were done, and those that were undone and can be done again."""

    def __init__(self) -> None:
        self.changed = Signal()
        self._done: list[Command] = []
        self._undone: list[Command] = []
        self._clean: Command | None = None
        self._last_push = 0.0

    def push(self, command: Command) -> None:
        """Do `command` and keep it."""
        command.do()
        now = time.monotonic()
        top = self._done[-1] if self._done else None
        recent = now - self._last_push < MERGE_SECONDS
        if top is None or top is self._clean or self._undone or not recent or not top.merge(command):
            self._done.append(command)
        self._undone.clear()
        self._last_push = now
        self.changed.emit()

    def undo(self) -> None:
        """Undo the last command; nothing happens if there is none."""
        if self._done:
            command = self._done.pop()
            command.undo()
            self._undone.append(command)
            self._last_push = 0.0
            self.changed.emit()

    def redo(self) -> None:
        """Do the last undone command again; nothing happens if there is none."""
        if self._undone:
            command = self._undone.pop()
            command.do()
            self._done.append(command)
            self._last_push = 0.0
            self.changed.emit()

    @property
    def undo_label(self) -> str:
        """What Undo would take back, or an empty string."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What Redo would do, or an empty string."""
        return self._undone[-1].label if self._undone else ""

    def set_clean(self) -> None:
        """The document is saved as it is now."""
        self._clean = self._done[-1] if self._done else None
        self.changed.emit()

    @property
    def clean(self) -> bool:
        """Whether the document is as it was saved."""
        return (self._done[-1] if self._done else None) is self._clean

    def clear(self) -> None:
        """Forget everything; the document counts as saved."""
        self._done.clear()
        self._undone.clear()
        self._clean = None
        self.changed.emit()

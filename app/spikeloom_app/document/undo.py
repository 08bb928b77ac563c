"""Undo and redo: a stack of commands, each of which can be done and undone."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from spikeloom_app.document.signal import Signal

MERGE_SECONDS = 1.0  # edits of one thing within this time are one step


class Command(ABC):
    """A change of the document."""

    @property
    @abstractmethod
    def label(self) -> str:
        """What the menu shows after Undo and Redo."""

    @property
    def key(self) -> Hashable:
        """What it changes: commands with the same key that follow each other closely are one step; None: never."""
        return None

    @abstractmethod
    def do(self) -> None:
        """Make the change; raises a `UserError` and changes nothing where it is refused."""

    @abstractmethod
    def undo(self) -> None:
        """Take it back."""

    def merge(self, later: Any) -> None:
        """Take `later`, a command with the same key that was done just now, into this command."""
        raise NotImplementedError


class Group(Command):
    """Commands that are one step."""

    def __init__(self, label: str) -> None:
        self._label = label
        self.commands: list[Command] = []

    @property
    def label(self) -> str:
        """What was given."""
        return self._label

    @property
    def key(self) -> Hashable:
        """The keys of all, where all have one; what is called otherwise is another step."""
        keys = tuple(command.key for command in self.commands)
        return None if None in keys else (self.label, *keys)

    def do(self) -> None:
        """All of them, in order; where one is refused, those before it are taken back."""
        for index, command in enumerate(self.commands):
            try:
                command.do()
            except BaseException:
                for earlier in reversed(self.commands[:index]):
                    earlier.undo()
                raise

    def undo(self) -> None:
        """All of them, last first."""
        for command in reversed(self.commands):
            command.undo()

    def merge(self, later: Group) -> None:
        """Each takes its own."""
        for mine, other in zip(self.commands, later.commands, strict=True):
            mine.merge(other)


class UndoStack:
    """Commands that were done, and those that were undone and can be done again.

    Attributes
    ----------
    changed
        Signal: something was done, undone or saved.
    about_to_move
        Signal: something is about to be undone or redone; who holds what is being typed pushes it now.
    busy
        Whether something is being undone or redone: nothing may be pushed.
    """

    def __init__(self) -> None:
        self.changed, self.about_to_move = Signal(), Signal()
        self.busy = False
        self._done: list[Command] = []
        self._undone: list[Command] = []
        self._clean: Command | None = None
        self._last_push = 0.0
        self._group: Group | None = None

    def push(self, command: Command) -> None:
        """Do `command` and keep it."""
        if self.busy:
            raise RuntimeError(f"'{command.label}' was pushed while something is undone or redone")
        command.do()
        if self._group is not None:
            self._group.commands.append(command)
        else:
            self._keep(command)

    def _keep(self, command: Command) -> None:
        now = time.monotonic()
        top = self._done[-1] if self._done else None
        recent = now - self._last_push < MERGE_SECONDS
        if top is None or top is self._clean or self._undone or not recent or top.key is None or top.key != command.key:
            self._done.append(command)
        else:
            top.merge(command)
        self._undone.clear()
        self._last_push = now
        self.changed.emit()

    @contextmanager
    def one_step(self, label: str) -> Iterator[None]:
        """What is pushed inside is one step called `label`; where it raises, nothing is changed."""
        if self._group is not None:  # inside another: part of that
            yield
            return
        group = self._group = Group(label)
        try:
            yield
        except BaseException:
            self._group = None
            group.undo()
            raise
        self._group = None
        if group.commands:
            self._keep(group)

    def undo(self) -> None:
        """Undo the last command; nothing happens if there is none."""
        self.about_to_move.emit()
        if self._done:
            with self._moving():
                command = self._done.pop()
                command.undo()
                self._undone.append(command)

    def redo(self) -> None:
        """Do the last undone command again; nothing happens if there is none."""
        self.about_to_move.emit()
        if self._undone:
            with self._moving():
                command = self._undone.pop()
                command.do()
                self._done.append(command)

    @contextmanager
    def _moving(self) -> Iterator[None]:
        self.busy = True
        try:
            yield
        finally:
            self.busy = False
        self._last_push = 0.0
        self.changed.emit()

    # -- the history ---------------------------------------------------------------------------------------------
    @property
    def labels(self) -> list[str]:
        """What was done and, after it, what was undone and can be done again, in the order of doing."""
        return [command.label for command in (*self._done, *reversed(self._undone))]

    @property
    def position(self) -> int:
        """How many of `labels` are done."""
        return len(self._done)

    @property
    def clean_position(self) -> int | None:
        """The position at which the document was saved; None where no undo and redo leads there."""
        steps = [None, *self._done, *reversed(self._undone)]
        return next((index for index, command in enumerate(steps) if command is self._clean), None)

    def go_to(self, position: int) -> None:
        """Undo or redo until `position` commands are done."""
        self.about_to_move.emit()
        while self.position > max(0, position):
            self.undo()
        while self.position < min(len(self.labels), position):
            self.redo()

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

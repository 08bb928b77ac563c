"""An open document as a file: where it came from, whether it is saved, and what the file is like meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spikeloom.errors import UserError
from spikeloom.spec import Document, Problem
from spikeloom_app.document.commands import ReplaceDocument
from spikeloom_app.document.file_state import ARRAYS, FileState
from spikeloom_app.document.signal import Signal
from spikeloom_app.document.snapshot import read_arrays
from spikeloom_app.document.undo import UndoStack


class DocumentFile:
    """The part of `OpenDocument` that has to do with files; see there for what the signals say."""

    def __init__(self, document: Document | None, path: Path | None) -> None:
        self.changed, self.opened, self.replaced, self.file_changed, self.saved = (Signal() for _ in range(5))
        self.about_to_save = Signal()
        self.undo_stack = UndoStack()
        self.document = document or Document()
        self.path = path
        self.file_state = FileState.of(path) if path is not None else None
        self._differs = self._gone = False
        self._problems: tuple[Document, list[Problem]] | None = None  # found since the last change, and in what
        self.undo_stack.changed.connect(self.file_changed.emit)

    @property
    def modified(self) -> bool:
        """Whether it differs from what was saved."""
        return self._differs or self._gone or not self.undo_stack.clean

    @property
    def file_gone(self) -> bool:
        """Whether its file is no longer there."""
        return self._gone

    @property
    def title(self) -> str:
        """What a window calls it."""
        return self.path.stem if self.path is not None else self.document.title or "Untitled"

    def replace(
        self, document: Document, path: Path | None, *, state: FileState | None = None, recovered: bool = False
    ) -> None:
        """Show another document.

        Parameters
        ----------
        state
            What its file was like before it was read; None: as it is now.
        recovered
            It differs from its file and counts as unsaved.
        """
        if path is not None:
            state = state or FileState.of(path)
            read_arrays(document, path.with_suffix(ARRAYS).name)
        self.document, self.path, self.file_state = document, path, state
        self._differs, self._gone = recovered, path is not None and state is None
        self._problems = None
        self.undo_stack.clear()
        self.opened.emit()
        self.replaced.emit()
        self.changed.emit()
        self.file_changed.emit()

    def open(self, path: Path) -> None:
        """Read a file; raises a `UserError` and keeps what is open where that fails."""
        state = FileState.of(path)  # before it is read: a change in between is noticed, not missed
        self.replace(Document.load(path), path, state=state)

    def reload(self, label: str) -> None:
        """Take what is in the file now, as one step of undo; raises a `UserError` where it cannot be read."""
        if self.path is None:
            raise UserError("the document has no file yet")
        state = FileState.of(self.path)
        document = Document.load(self.path)
        read_arrays(document, self.path.with_suffix(ARRAYS).name)
        self.file_state, self._differs, self._gone = state, False, False
        self.undo_stack.push(ReplaceDocument(self, document, label))
        self.undo_stack.set_clean()

    def exchange(self, document: Document, label: str) -> None:
        """Put another document in the place of this one, as one step of undo; its file stays the same."""
        self.undo_stack.push(ReplaceDocument(self, document, label))

    def keep(self, state: FileState | None) -> None:
        """Stand by what is here although the file is in another state; None: it is gone."""
        self._gone = state is None
        if state is not None:
            self.file_state, self._differs = state, True
        self.file_changed.emit()

    def found_again(self) -> None:
        """The file that was gone is there again, as it was."""
        self._gone = False
        self.file_changed.emit()

    def save(self, path: Path | None = None) -> None:
        """Write to `path` (default: where it came from); raises a `SpikeloomError` where that fails."""
        target = path or self.path
        if target is None:
            raise UserError("the document has no file yet", hint="choose one with Save as")
        self.about_to_save.emit()
        self.document.save(target)
        self.path, self.file_state = target, FileState.of(target)
        self._differs = self._gone = False
        self._problems = None  # arrays are looked for beside the file
        self.undo_stack.set_clean()
        self.saved.emit()

    def _exchange(self, document: Document) -> Document:
        """Put `document` in the place of the one that is open, and return that one."""
        before, self.document = self.document, document
        self._tell(self.replaced)
        return before

    def _tell(self, signal: Signal, *values: Any) -> None:
        self._problems = None
        signal.emit(*values)
        self.changed.emit()

"""The document of a window as a file: new, open, save, and what is kept of unsaved work."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMainWindow, QMenu

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document
from spikeloom_app.document import OpenDocument, Recovery
from spikeloom_app.listening import listen
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.settings import Settings

SWAP_MILLISECONDS = 1500  # after an edit, so that typing does not write on every key


class Files(QObject):
    """What the File menu does with the document of `window`.

    Parameters
    ----------
    window
        Whom questions are asked in front of.
    settings
        Where recent files are remembered.
    """

    def __init__(self, window: QMainWindow, document: OpenDocument, settings: Settings) -> None:
        super().__init__(window)
        self.window, self.document, self.settings = window, document, settings
        self.recovery = Recovery(document)
        self._swap_timer = QTimer(self)
        self._swap_timer.setSingleShot(True)
        self._swap_timer.setInterval(SWAP_MILLISECONDS)
        self._swap_timer.timeout.connect(self.recovery.write)
        listen(document.changed, self._changed)

    def _changed(self) -> None:
        self._swap_timer.start()

    # -- open ----------------------------------------------------------------------------------------------------
    def new(self) -> None:
        """An empty document, after asking about unsaved changes."""
        if self.may_leave():
            self.document.replace(Document(), None)

    def browse(self) -> None:
        """Choose a document to open."""
        if self.may_leave():
            path = dialogs.choose_open(self.window, self.folder())
            if path is not None:
                self._open(path)

    def open(self, path: Path) -> None:
        """Open a file, after asking about unsaved changes."""
        if self.may_leave():
            self._open(path)

    def _open(self, path: Path) -> None:
        try:
            self.document.open(path)
        except SpikeloomError as error:
            dialogs.show_error(self.window, f"'{path.name}' cannot be opened", error)
            return
        self.settings.add_recent(path)

    def open_example(self, path: Path) -> None:
        """Open an example as a new document, so that saving asks for a name."""
        if not self.may_leave():
            return
        try:
            self.document.replace(Document.load(path), None)
        except SpikeloomError as error:
            dialogs.show_error(self.window, f"'{path.name}' cannot be opened", error)

    def fill_recent(self, menu: QMenu) -> None:
        """Fill a menu with the documents that were open lately."""
        menu.clear()
        recent = self.settings.recent()
        for path in recent:
            entry = menu.addAction(f"{path.stem}  —  {path.parent}")
            entry.triggered.connect(lambda _checked=False, path=path: self.open(path))
        if not recent:
            menu.addAction("No recent documents").setEnabled(False)

    # -- save ----------------------------------------------------------------------------------------------------
    def save(self) -> bool:
        """Save; asks for a name where there is none. False if it was not saved."""
        if self.document.path is None:
            return self.save_as()
        return self._save(self.document.path)

    def save_as(self) -> bool:
        """Save under a name the user chooses. False if it was not saved."""
        path = dialogs.choose_save(self.window, self.folder() / f"{self.document.title}.snn")
        return path is not None and self._save(path)

    def _save(self, path: Path) -> bool:
        try:
            self.document.save(path)
        except SpikeloomError as error:
            dialogs.show_error(self.window, f"'{path.name}' was not saved", error)
            return False
        self.settings.add_recent(path)
        self.recovery.clear()
        self.say(f"Saved {path.name}")
        return True

    def folder(self) -> Path:
        """Where a dialogue starts."""
        return self.document.path.parent if self.document.path is not None else Path.home()

    def may_leave(self) -> bool:
        """Whether the document may go: it is saved, or the user says so."""
        if not self.document.modified:
            return True
        answer = dialogs.ask_to_save(self.window, self.document.title)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def say(self, text: str, milliseconds: int = 4000) -> None:
        """Say something in the status bar for a while."""
        self.window.statusBar().showMessage(text, milliseconds)

    # -- what was not saved --------------------------------------------------------------------------------------
    def recover(self) -> None:
        """Offer what a window that is gone left behind."""
        for swap in Recovery.left_behind():
            answer = dialogs.ask_to_recover(self.window, swap)
            if answer == "later":
                return
            if answer == "recover":
                try:
                    self.document.replace(swap.load(), swap.original, recovered=True)
                except SpikeloomError as error:
                    dialogs.show_error(self.window, "the unsaved document cannot be read", error)
                    return
                self.recovery.write()
                swap.discard()
                return
            swap.discard()

    def close(self) -> None:
        """The window goes, and nothing of it is left to recover."""
        self._swap_timer.stop()
        self.recovery.clear()

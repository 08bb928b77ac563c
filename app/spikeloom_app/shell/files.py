"""The document of a window as a file: new, open, save, revert."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QMenu

from spikeloom.errors import SpikeloomError
from spikeloom.settings import DATA_FOLDER, DATA_VARIABLE
from spikeloom.spec import Document
from spikeloom_app.document import FileState, OpenDocument, Recovery
from spikeloom_app.document.snapshot import read_arrays
from spikeloom_app.shell import dialogs, windows
from spikeloom_app.shell.differences_view import DifferencesDialog, DifferencesView
from spikeloom_app.shell.file_watch import FileWatch
from spikeloom_app.shell.notice_bar import NoticeBar
from spikeloom_app.shell.safekeeping import Safekeeping
from spikeloom_app.shell.settings import Settings

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow


class Files(QObject):
    """What the File menu does with the document of `window`.

    Parameters
    ----------
    window
        Whom questions are asked in front of.
    settings
        Where recent files are remembered.

    Attributes
    ----------
    notices
        The bar at the top of the window, for what happens to the file.
    leaving
        The user was asked about this window already: it may close.
    """

    def __init__(self, window: MainWindow, document: OpenDocument, settings: Settings) -> None:
        super().__init__(window)
        self.window, self.document, self.settings = window, document, settings
        self.notices = NoticeBar()
        self.leaving = False
        self.safekeeping = Safekeeping(self)
        self.watch = FileWatch(self)

    @property
    def recovery(self) -> Recovery:
        """The swap file of the window."""
        return self.safekeeping.recovery

    @property
    def free(self) -> bool:
        """Whether another document may take the place of this one: nobody saved it, changed it or trains it."""
        document = self.document
        idle = self.window.controller.state == "idle"
        return document.path is None and not document.modified and not document.undo_stack.labels and idle

    def finish_typing(self) -> None:
        """Take what is being typed in a field or on the canvas into the document."""
        self.window.inspector.finish()
        self.window.live.finish()
        self.window.canvas.view.finish()

    # -- open ----------------------------------------------------------------------------------------------------
    def new(self) -> None:
        """An empty document, after asking about unsaved changes."""
        if self.may_leave():
            self.document.replace(Document(), None)

    def new_window(self) -> MainWindow:
        """Another window, with the welcome page."""
        return windows.new_window(self.window)

    def browse(self) -> None:
        """Choose documents to open: here where nothing is open yet, else in a window of their own."""
        for path in dialogs.choose_open(self.window, self.folder()):
            windows.open_path(self.window, path)

    def open(self, path: Path) -> None:
        """Open a file in this window, after asking about unsaved changes; raise the window that has it already."""
        if windows.with_file(path) is not None or self.free:
            windows.open_path(self.window, path)
        elif self.may_leave():
            state = FileState.of(path)
            document = self._load(path)
            if document is not None:
                self.show_file(document, path, state)

    def show_file(self, document: Document, path: Path, state: FileState | None) -> None:
        """Show a document that was read from a file, which was in that state."""
        self.document.replace(document, path, state=state)
        self.settings.add_recent(path)

    def open_example(self, path: Path) -> None:
        """Open an example or a template as a new document, so that saving asks for a name."""
        if self.may_leave():
            document = self._load(path)
            if document is not None:
                read_arrays(document)  # the example's own file may change or go
                self.document.replace(document, None)

    def _load(self, path: Path) -> Document | None:
        try:
            return Document.load(path)
        except SpikeloomError as error:
            dialogs.show_error(self.window, f"'{path.name}' cannot be opened", error)
            return None

    def fill_recent(self, menu: QMenu) -> None:
        """Fill a menu with the documents that were open lately."""
        menu.clear()
        recent = self.settings.recent()
        for path in recent:
            entry = menu.addAction(f"{path.stem}  —  {path.parent}")
            entry.triggered.connect(lambda _checked=False, path=path: windows.open_path(self.window, path))
        if not recent:
            menu.addAction("No recent documents").setEnabled(False)

    # -- save ----------------------------------------------------------------------------------------------------
    def save(self) -> bool:
        """Save; asks for a name where there is none. False if it was not saved."""
        self.finish_typing()
        if self.document.path is None:
            return self.save_as()
        state = FileState.of(self.document.path, self.document.file_state)
        if state is not None and not state.same_as(self.document.file_state):
            answer = dialogs.ask_to_overwrite(self.window, self.document.path.name)
            if answer != "overwrite":
                return answer == "save_as" and self.save_as()
        return self._save(self.document.path)

    def save_as(self) -> bool:
        """Save under a name the user chooses. False if it was not saved."""
        self.finish_typing()
        path = dialogs.choose_save(self.window, self.folder() / f"{dialogs.file_name(self.document.title)}.snn")
        if path is None:
            return False
        if windows.with_file(path, but=self.window) is not None:
            text = "Its window would not know. Close it, or choose another name."
            dialogs.show_text(self.window, f"'{path.name}' is open in another window", text)
            return False
        return self._save(path)

    def _save(self, path: Path) -> bool:
        try:
            self.document.save(path)
        except SpikeloomError as error:
            dialogs.show_error(self.window, f"'{path.name}' was not saved", error)
            return False
        self.settings.add_recent(path)
        refused = self.window.inspector.refused()
        more = f"; what stands in '{refused}' was not taken and is not in the file" if refused else ""
        self.say(f"Saved {path.name}{more}", 8000 if refused else 4000)
        return True

    # -- revert --------------------------------------------------------------------------------------------------
    @property
    def can_revert(self) -> bool:
        """Whether there is a saved state, and the document differs from it."""
        return self.document.path is not None and self.document.modified and not self.document.file_gone

    def revert(self) -> None:
        """Go back to what was saved, after showing what that takes away; Undo brings it back."""
        path = self.document.path
        self.finish_typing()
        if path is None or not self.can_revert:
            return
        saved = self._load(path)
        if saved is None:
            return
        view = DifferencesView(("saved", "shown here"))
        view.show_documents(saved, self.document.document)
        view.heading.setText("Changes since then")
        text = "These changes are taken back. Undo brings them here again."
        dialog = DifferencesDialog(self.window, f"Revert '{path.name}' to what was saved?", text, view, "Revert")
        if dialog.exec() == QDialog.DialogCode.Accepted:
            try:
                self.document.reload("revert to saved")
            except SpikeloomError as error:
                dialogs.show_error(self.window, f"'{path.name}' cannot be read", error)
                return
            self.say(f"Reverted to {path.name}; Undo brings the changes back")

    # -- leaving -------------------------------------------------------------------------------------------------
    def folder(self) -> Path:
        """Where a dialogue starts."""
        return self.document.path.parent if self.document.path is not None else Path.home()

    def may_leave(self) -> bool:
        """Whether the document may go: it is saved, or the user says so."""
        self.finish_typing()
        if self.leaving or not self._may_end_run():
            return self.leaving
        if not self.document.modified:
            return True
        answer = dialogs.ask_to_save(self.window, self.document.title)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def _may_end_run(self) -> bool:
        """Whether the run of this document, if one is going, may end with it."""
        if self.window.controller.state == "idle":
            return True
        text = "It is a run of the document that is shown. What it has learned so far is kept."
        if not dialogs.confirm(self.window, "Stop the run?", text, "Stop the run"):
            return False
        self.window.controller.shut_down()
        return True

    def say(self, text: str, milliseconds: int = 4000) -> None:
        """Say something in the status bar for a while."""
        self.window.statusBar().showMessage(text, milliseconds)

    def choose_data_folder(self) -> None:
        """Choose the folder in which the data sets lie that documents name."""
        known = self.settings.get(DATA_FOLDER)
        start = Path(known) if isinstance(known, str) and known else self.folder()
        folder = dialogs.choose_folder(self.window, "The folder of your data sets", start)
        if folder is None:
            return
        self.settings.set(DATA_FOLDER, str(folder))
        first = os.environ.get(DATA_VARIABLE)
        said = f", after {first} (the environment variable {DATA_VARIABLE} comes first)" if first else ""
        self.say(f"Data sets are looked for in {folder}{said}", 6000)

    def recover(self) -> None:
        """Offer what a window that is gone left behind."""
        self.safekeeping.offer()

    def close(self) -> None:
        """The window goes, and nothing of it is left to recover."""
        self.safekeeping.close()

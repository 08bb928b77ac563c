"""Notices that the document's file was changed, replaced or removed by somebody else, and asks what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QFileSystemWatcher, QObject, QTimer

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document
from spikeloom_app.document import FileState
from spikeloom_app.listening import listen
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.differences_view import DifferencesDialog, show_differences
from spikeloom_app.shell.notice_bar import Choice

if TYPE_CHECKING:
    from spikeloom_app.shell.files import Files

NOTICE = "file"
SETTLE_MILLISECONDS = 250  # an editor that replaces a file removes it first


class FileWatch(QObject):
    """Watches the file of the document of `files`: what the system tells, and a look when the window comes forward."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.files, self.document = files, files.document
        self.dialog: DifferencesDialog | None = None
        self._told: FileState | None = None
        self._path: Path | None = None
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MILLISECONDS)
        self._timer.timeout.connect(self.check)
        self._watcher.fileChanged.connect(lambda _path: self._timer.start())
        self._watcher.directoryChanged.connect(lambda _path: self._timer.start())
        files.window.installEventFilter(self)
        listen(self.document.file_changed, self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the file whenever the window comes forward."""
        if event.type() == QEvent.Type.WindowActivate:
            self.check()
        return False

    def _follow(self) -> None:
        """The document may have another file, or agree with it again."""
        if self.document.path != self._path:
            self._path, self._told = self.document.path, None
            self.files.notices.withdraw(NOTICE)
            self._watch()
        elif self.files.notices.text(NOTICE):
            self._timer.start()

    def _watch(self) -> None:
        """Watch the file, its arrays and their folder: a file that was replaced is another to the system."""
        wanted: set[str] = set()
        if self._path is not None:
            near = (self._path, self._path.with_suffix(".safetensors"), self._path.parent)
            wanted = {str(path.absolute()) for path in near if path.exists()}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(sorted(wanted - watched))

    def check(self) -> None:
        """Compare the file with what was last read or written here, and say what is to be said."""
        path = self.document.path
        if path is None:
            return
        self._watch()
        state = FileState.of(path, self.document.file_state)
        if state is None:
            self._say_gone(path)
        elif state.same_as(self.document.file_state):
            self._told = None
            self.files.notices.withdraw(NOTICE)
            if self.document.file_gone:
                self.document.found_again()
        elif not state.same_as(self._told) or not self.files.notices.text(NOTICE):
            self._told = state
            self._say_changed(path, state)

    # -- what is said --------------------------------------------------------------------------------------------
    def _say_gone(self, path: Path) -> None:
        if self.document.file_gone and self.files.notices.text(NOTICE):
            return
        self._told = None
        text = f"'{path.name}' was deleted or moved away. What you see is unsaved now."
        choices = [
            Choice("Save", f"Write {path.name} anew", self.files.save),
            Choice("Save as…", "Save under another name", self.files.save_as),
        ]
        self.files.notices.say(NOTICE, text, choices, "error")
        if not self.document.file_gone:
            self.document.keep(None)

    def _say_changed(self, path: Path, state: FileState) -> None:
        if self.document.modified:
            text = f"'{path.name}' was changed outside of Spikeloom, and there are changes here that are not saved. "
            text += "Reload replaces yours, saving replaces theirs."
            tip = "Take what is in the file; your changes come back with Undo"
        else:
            text = f"'{path.name}' was changed outside of Spikeloom."
            tip = "Take what is in the file; Undo brings this state back"
        choices = [
            Choice("Show differences", "What differs between the file and what is shown", self.show_differences),
            Choice("Keep mine", "Go on with what is shown; saving replaces the file", lambda: self._keep(state)),
            Choice("Reload", tip, self.reload),
        ]
        self.files.notices.say(NOTICE, text, choices, "error" if self.document.modified else "warning")

    # -- what is done --------------------------------------------------------------------------------------------
    def reload(self) -> None:
        """Take what is in the file, as one step of undo."""
        path = self.document.path
        if path is None:
            return
        self.files.finish_typing()
        try:
            self.document.reload(f"reload {path.name}")
        except SpikeloomError as error:
            dialogs.show_error(self.files.window, f"'{path.name}' cannot be read", error)
            return
        self._told = None
        self.files.notices.withdraw(NOTICE)
        self.files.say(f"Reloaded {path.name}; Undo brings back what was shown before")

    def _keep(self, state: FileState) -> None:
        self._told = None
        self.document.keep(state)
        self.files.notices.withdraw(NOTICE)

    def show_differences(self) -> None:
        """Show what differs between the file and what is shown here."""
        path = self.document.path
        if path is None:
            return
        try:
            on_disk = Document.load(path)
        except SpikeloomError as error:
            dialogs.show_error(self.files.window, f"'{path.name}' cannot be read", error)
            return
        text = "From what is shown here to what is in the file: + came, - went, ~ was changed."
        names = ("shown here", "in the file")
        title = f"'{path.name}' outside of Spikeloom"
        self.dialog = show_differences(self.files.window, title, text, (self.document.document, on_disk), names)

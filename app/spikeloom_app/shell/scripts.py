"""What a window does with its document as a script: the dock, saving, and the way to the parts and back."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDockWidget

from spikeloom.errors import SpikeloomError, UserError
from spikeloom.exporters import EXPORTERS
from spikeloom.exporters.export import ARRAYS_STEM
from spikeloom_app.script import ExportProcess, ScriptPanel
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.go_to import go_to_field
from spikeloom_app.shell.notice_bar import Choice

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

NAME = "script"  # of the dock, and of the notice
SHOWN = 20_000  # ms that it is said what was written
LOOK_SECONDS, SETTLE_SECONDS = 0.01, 30.0


class Scripts(QObject):
    """The scripts of `window`.

    Attributes
    ----------
    panel
        What the dock shows.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.panel = ScriptPanel(window.document, self.stem)
        self.panel.chosen.connect(lambda entry: go_to_field(window, entry.part, entry.inner))
        self.panel.part_chosen.connect(window.canvas.glance)
        self.panel.save_wanted.connect(self.save)
        self.panel.said.connect(window.files.say)
        window.canvas.selection_changed.connect(self.panel.select)
        self._saving: list[ExportProcess] = []
        self._enough = QTimer(self)
        self._enough.setSingleShot(True)
        self._enough.setInterval(SHOWN)
        self._enough.timeout.connect(self._withdraw)

    @property
    def dock(self) -> QDockWidget:
        """The dock of the script."""
        return self.window.docks[NAME]

    # -- the dock ------------------------------------------------------------------------------------------------
    @property
    def shown(self) -> bool:
        """Whether the dock is open, and in front of what lies in the same place."""
        return not self.dock.isHidden() and not self.dock.visibleRegion().isEmpty()

    def toggle(self) -> None:
        """Show the script with the keyboard in it, or hide it."""
        if self.shown:
            self.dock.hide()
            return
        self.dock.show()
        self.dock.raise_()
        self.panel.setEnabled(True)  # Qt tells later that it is seen, and only then could it take the keys
        self.panel.view.setFocus()

    # -- saving --------------------------------------------------------------------------------------------------
    def stem(self) -> str:
        """The name that a script is given, without its ending: that of the document's file, or of its title."""
        document = self.window.document
        if document.path is not None:
            return document.path.stem
        return dialogs.file_name(document.title).lower().replace(" ", "_")

    def save(self, to: str) -> None:
        """Save the document as a script, with its arrays beside it, where the user says."""
        self.window.files.finish_typing()
        exporter = EXPORTERS[to]
        suggestion = self.window.files.folder() / f"{self.stem()}{exporter.suffix}"
        path = dialogs.choose_script(self.window, suggestion, exporter.title, exporter.suffix)
        if path is None or not self._may_write(path):
            return
        process = ExportProcess(self, self.window.document.document, to, path.stem, path)
        process.done.connect(lambda _script, files: self._saved(process, files))
        process.failed.connect(lambda error: self._failed(process, path, error))
        self._saving.append(process)
        self.window.files.say(f"Writing {path.name}…", 0)

    def _may_write(self, path: Path) -> bool:
        """Whether nothing is lost by writing there, or the user says so."""
        document = self.window.document
        beside = [path.with_name(f"{path.stem}{ARRAYS_STEM}{suffix}") for suffix in (".safetensors", ".npz")]
        base = document.document.base
        own = [base / array.file for _, array in document.document.arrays() if base is not None and array.file]
        own += [document.path] if document.path is not None else []
        taken = {file.resolve() for file in own} & {file.resolve() for file in (path, *beside)}
        if taken:
            hint = "Choose another name."
            error = UserError("belongs to the document itself", place=str(min(taken)), hint=hint)
            dialogs.show_error(self.window, "The script was not written", error)
            return False
        there = [file for file in beside if file.exists()]
        if path.exists() or not there:  # the dialogue has asked about the script, whose arrays these are
            return True
        text = "The arrays of the script would take its place."
        return dialogs.confirm(self.window, f"Replace '{there[0].name}'?", text, "Replace")

    def _saved(self, process: ExportProcess, files: list[Path]) -> None:
        self._saving.remove(process)
        names = " and ".join(file.name for file in files)
        folder = files[0].absolute().parent
        self.window.files.say(f"Wrote {names}", 6000)
        choices = [
            Choice("Show in folder", "Open the folder in the file manager", partial(self._show_folder, folder)),
            Choice("Dismiss", "Show this no longer", self._withdraw),
        ]
        self.window.files.notices.say(NAME, f"Wrote {names} in {folder}", choices, "accent")
        self._enough.start()

    def _failed(self, process: ExportProcess, path: Path, error: SpikeloomError) -> None:
        self._saving.remove(process)
        self.window.files.say(f"{path.name} was not written")
        dialogs.show_error(self.window, "The script was not written", error)

    def _show_folder(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.window.files.say(f"No file manager opened {folder}", 8000)

    def _withdraw(self) -> None:
        self.window.files.notices.withdraw(NAME)

    def settle(self) -> None:
        """Wait until all is written, but not for ever; the window is painted meanwhile."""
        self.panel.maker.cancel()
        end = time.monotonic() + SETTLE_SECONDS
        while self._saving and time.monotonic() < end:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            time.sleep(LOOK_SECONDS)
        for process in self._saving:  # a file is there whole or not at all
            process.cancel()

"""Keeps unsaved work safe while a window lives, and brings back what one that is gone left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from spikeloom.errors import SpikeloomError
from spikeloom_app.document import Recovery, Swap
from spikeloom_app.listening import listen
from spikeloom_app.shell import dialogs, windows
from spikeloom_app.shell.notice_bar import Choice
from spikeloom_app.shell.recover_dialog import RecoverDialog

if TYPE_CHECKING:
    from spikeloom_app.shell.files import Files

SWAP_MILLISECONDS = 1000  # from the first edit that is not in the swap file yet, however many follow
NOTICE = "safekeeping"


class Safekeeping(QObject):
    """The swap file of the window of `files`.

    Signals
    -------
    written
        The swap file was written, or could not be: why, or an empty text. Comes from another thread.
    """

    written = Signal(str)

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.files, self.document = files, files.document
        self.recovery = Recovery(files.document)
        self.dialog: RecoverDialog | None = None
        self._closed = self._dismissed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SWAP_MILLISECONDS)
        self._timer.timeout.connect(self._write)
        self.written.connect(self._written)
        listen(self.document.changed, self._changed)
        listen(self.document.file_changed, self._changed)
        listen(self.document.saved, self._saved)

    def _changed(self) -> None:
        if not self._timer.isActive() and not self._closed:
            self._timer.start()

    def _write(self) -> None:
        if self.recovery.busy:  # a slow disk: nobody waits for it
            self._timer.start()
        else:
            self.recovery.write_behind(self.written.emit)

    def _written(self, failure: str) -> None:
        if not failure:
            self._dismissed = False
            self.files.notices.withdraw(NOTICE)
        elif not self._dismissed and not self.files.notices.text(NOTICE):
            text = f"Unsaved work cannot be kept safe from a crash: {failure}"
            choices = [
                Choice("Save", "Save the document now", self.files.save),
                Choice("Dismiss", "Hide this notice", self._dismiss),
            ]
            self.files.notices.say(NOTICE, text, choices, "warning")

    def _dismiss(self) -> None:
        self._dismissed = True
        self.files.notices.withdraw(NOTICE)

    def _saved(self) -> None:
        self._timer.stop()
        self.recovery.clear()
        self.files.notices.withdraw(NOTICE)

    def close(self) -> None:
        """The window goes, and nothing of it is left to recover."""
        self._closed = True
        self._timer.stop()
        self.recovery.clear()

    # -- what was left behind ------------------------------------------------------------------------------------
    def offer(self) -> None:
        """Ask what becomes of what windows that are gone left behind; nothing happens if there is nothing."""
        swaps = Recovery.left_behind()
        if not swaps:
            return
        self.dialog = RecoverDialog(self.files.window, swaps)
        self.dialog.recover_requested.connect(lambda swap: self._bring_back(swap, beside_original=False))
        self.dialog.both_requested.connect(lambda swap: self._bring_back(swap, beside_original=True))
        self.dialog.discard_requested.connect(self._discard)
        self.dialog.open()

    def _bring_back(self, swap: Swap, *, beside_original: bool) -> None:
        """Show what a swap holds, and give it up only when the new window's own swap is on the disk."""
        if not swap.file.is_file():
            text = "Another window of Spikeloom has recovered or discarded it meanwhile."
            dialogs.show_text(self.files.window, "It is no longer here", text)
            self._forget(swap)
            return
        try:
            document = swap.load()
        except SpikeloomError as error:
            dialogs.show_error(self.files.window, "The unsaved document cannot be read", error)
            return
        if beside_original and swap.original is not None:
            windows.open_path(self.files.window, swap.original)
            document.title = f"{document.title or swap.original.stem} (recovered)"
        target = windows.place_for(self.files.window, None if beside_original else swap.original)
        target.document.replace(document, None if beside_original else swap.original, recovered=True)
        if target.files.safekeeping.recovery.write():
            swap.remove()
        self._forget(swap)

    def _discard(self, swap: Any) -> None:
        try:
            swap.discard()
        except OSError as error:
            dialogs.show_text(self.files.window, "It could not be discarded", str(error))
            return
        self._forget(swap)

    def _forget(self, swap: Swap) -> None:
        if self.dialog is not None:
            self.dialog.forget(swap)

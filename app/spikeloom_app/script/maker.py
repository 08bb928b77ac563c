"""Makes scripts of the open document: at once where that is quick, else in a process beside the window."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from spikeloom.errors import RunError, SpikeloomError
from spikeloom.exporters import export
from spikeloom.spec import Document
from spikeloom_app.document import OpenDocument
from spikeloom_app.problems.listing import listed
from spikeloom_app.script.export_process import ExportProcess
from spikeloom_app.script.refusal import Refusal
from spikeloom_app.script.script import Script

COMPILES = ("pygenn",)  # these need a document that could run, and take seconds
LARGEST_HERE = 40  # parts of a network; the others write a quarter of a millisecond for each
MOST_BYTES = 8_000_000  # in files of arrays that are still to be read


class ScriptMaker(QObject):
    """Makes one script at a time; the newest wish counts.

    Attributes
    ----------
    made
        Signal with the `Script`.
    refused
        Signal with the `Refusal` that says why there is none.
    busy_changed
        Signal: whether a process is at work.
    """

    made, refused, busy_changed = Signal(object), Signal(object), Signal(bool)

    def __init__(self, document: OpenDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._process: ExportProcess | None = None

    @property
    def busy(self) -> bool:
        """Whether a process is at work."""
        return self._process is not None

    def beside(self, to: str) -> bool:
        """Whether the open document is exported in a process of its own."""
        document = self._document.document
        return to in COMPILES or len(document.network.names()) > LARGEST_HERE or _to_read(document) > MOST_BYTES

    def make(self, to: str, name: str) -> None:
        """Make a script of the document as it is now."""
        self.cancel()
        missing = [entry for entry in listed(self._document) if entry.is_error] if to in COMPILES else []
        if missing:
            self.refused.emit(Refusal(to, tuple(missing)))
        elif self.beside(to):
            self._begin(to, name)
        else:
            self._make_here(to, name)

    def cancel(self) -> None:
        """Nothing is wanted any more."""
        if self._process is not None:
            self._process.cancel()
            self._set(None)

    def _make_here(self, to: str, name: str) -> None:
        try:
            made = export(self._document.document, to, name)
        except SpikeloomError as error:
            self._refuse(to, error)
        except Exception as error:  # a defect of an exporter costs a message, and not the window
            said = RunError(f"{type(error).__name__}: {error}", hint="This is a defect of Spikeloom.")
            self._refuse(to, said)
        else:
            self.made.emit(Script(to, made.text, tuple(made.notes), dict(made.lines)))

    def _begin(self, to: str, name: str) -> None:
        process = ExportProcess(self, self._document.document, to, name)
        process.done.connect(lambda script, _files: self._done(script))
        process.failed.connect(lambda error: self._failed(to, error))
        self._set(process)

    def _done(self, script: Script) -> None:
        self._set(None)
        self.made.emit(script)

    def _failed(self, to: str, error: SpikeloomError) -> None:
        self._set(None)
        self._refuse(to, error)

    def _refuse(self, to: str, error: SpikeloomError) -> None:
        self.refused.emit(Refusal.of(to, error, self._document))

    def _set(self, process: ExportProcess | None) -> None:
        self._process = process
        self.busy_changed.emit(process is not None)


def _to_read(document: Document) -> int:
    """Bytes of the files in which arrays lie that were not read yet."""
    found = 0
    for file in {array.file for _, array in document.arrays() if array.file and not array.in_memory}:
        with suppress(OSError):
            found += ((document.base / file) if document.base else Path(file)).stat().st_size
    return found

"""A data set on its way from the network, in a worker of its own; only ever because somebody asked for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from spikeloom.spec import Document
from spikeloom_app.data.looker import copy_of
from spikeloom_app.runs.worker_process import WorkerProcess
from spikeloom_app.wording import time_left

MEGABYTE = 1e6


class Download(QObject):
    """Downloads the data set of a document.

    Attributes
    ----------
    progressed
        Signal: a share (0 to 1; negative where nobody knows) and words.
    ended
        Signal with the error that ended it; None: the files are there, or somebody cancelled it.
    cancelled
        Whether somebody did.
    """

    progressed = Signal(float, str)
    ended = Signal(object)

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        folder, path = copy_of(document)
        self.cancelled = False
        base = str(document.base.absolute()) if document.base is not None else None
        self._worker = WorkerProcess(self, keeps=folder)
        self._worker.event.connect(self._hear)
        self._worker.ended.connect(self._end)
        self._worker.start({"task": "download", "document": str(path), "base": base, "background": True})

    def cancel(self) -> None:
        """Stop it; what has come is gone on with the next time."""
        self.cancelled = True
        self._worker.stop()

    def shut_down(self) -> None:
        """End it now, as the window closes."""
        self._worker.shut_down()

    def _hear(self, event: Any) -> None:
        if event["event"] == "download":
            self.progressed.emit(share_of(event), words_of(event))

    def _end(self, error: Any) -> None:
        self.ended.emit(None if self.cancelled else error)


def share_of(event: dict[str, Any]) -> float:
    """How much of the file has come; negative where nobody knows."""
    total = int(event.get("total") or 0)
    return int(event.get("bytes") or 0) / total if total else -1.0


def words_of(event: dict[str, Any]) -> str:
    """``Downloading shd_train.h5.zip (1 of 2): 55 of 131 MB, 2 min 10 s left``."""
    which = f" ({event['number']} of {event['files']})" if int(event["files"]) > 1 else ""
    have, total = int(event.get("bytes") or 0) / MEGABYTE, int(event.get("total") or 0) / MEGABYTE
    size = f": {have:.0f} of {total:.0f} MB" if total >= 1 else f": {have:.0f} MB" if have >= 1 else ""
    left = time_left(event.get("remaining"))
    return f"{str(event['doing']).capitalize()} {event['file']}{which}{size}{', ' + left if left else ''}"

"""One export in a worker of its own: the window goes on, and may stop it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTemporaryDir, QTimer, Signal

from spikeloom.errors import RunError, SpikeloomError
from spikeloom.spec import Document
from spikeloom_app.document import snapshot
from spikeloom_app.runs.worker_process import WorkerProcess
from spikeloom_app.script.script import Script

LOOK_MILLISECONDS = 15  # between two looks whether the copy is written
_pool = ThreadPoolExecutor(1, thread_name_prefix="copy for an export")


class ExportProcess(QObject):
    """Exports a document as it is now; deletes itself when it is done.

    Parameters
    ----------
    to
        The name of an exporter.
    name
        The stem of the file that it is to be saved as.
    output
        Where to save it; None: it is only shown.

    Attributes
    ----------
    done
        Signal with the `Script` and the list of the files that were written.
    failed
        Signal with the `SpikeloomError` that says why there is none.
    """

    done, failed = Signal(object, object), Signal(object)

    def __init__(self, parent: QObject, document: Document, to: str, name: str, output: Path | None = None) -> None:
        super().__init__(parent)
        self._owner = parent
        self.to, self.output = to, output
        self._worker: WorkerProcess | None = None
        self._script: Script | None = None
        self._files: list[Path] = []
        self._folder = QTemporaryDir()
        path = Path(self._folder.path()) / "document.snn"
        self._task: dict[str, Any] = {"task": "export", "to": to, "name": name, "document": str(path)}
        self._task |= {"background": output is None, "base": str(document.base.absolute()) if document.base else None}
        if output is not None:
            self._task["output"] = str(output)
        # Its arrays may be many: the copy shares them, and they are written in a thread.
        self._written: Future[Any] = _pool.submit(snapshot(document).save, path)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MILLISECONDS)
        self._look.timeout.connect(self._start)
        self._look.start()

    def cancel(self) -> None:
        """End it; nothing is heard of it any more."""
        self._look.stop()
        self._written.cancel()
        if self._worker is not None:
            self._worker.let_go()  # it keeps the folder as long as it lives
        self.blockSignals(True)
        self.deleteLater()

    def _start(self) -> None:
        if not self._written.done():
            return
        self._look.stop()
        error = self._written.exception()
        if error is not None:
            self._end(error if isinstance(error, SpikeloomError) else RunError(f"no copy of it was written: {error}"))
            return
        self._worker = WorkerProcess(self._owner, keeps=self._folder)
        self._worker.event.connect(self._hear)
        self._worker.ended.connect(self._end)
        self._worker.start(self._task)

    def _hear(self, event: Any) -> None:
        if event["event"] == "result":
            self._script = Script.of_result(self.to, event["result"])
            self._files = [Path(name) for name in event["result"].get("files") or ()]

    def _end(self, error: Any) -> None:
        if error is None and self._script is not None:
            self.done.emit(self._script, self._files)
        else:
            self.failed.emit(error or RunError("the worker ended without a script", place="worker"))
        self.deleteLater()

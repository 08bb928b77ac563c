"""Files that take long are written beside the window, which goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Signal

from spikeloom.errors import RunError, SpikeloomError
from spikeloom_app.whole_file import write_whole

LOOK_MILLISECONDS = 40  # between two looks at what is done
SAID_MILLISECONDS = 6000


class FileWriter(QObject):
    """Writes one file after the other in a thread, which knows nothing of Qt.

    Python waits for the thread when the application ends: what was begun is written.

    Attributes
    ----------
    said
        Signal with a line for a status bar, and how many milliseconds it stays there; 0: until the next one.
    failed
        Signal with the `SpikeloomError` of a file that was not written.
    """

    said = Signal(str, int)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="file writer")
        self._jobs: list[tuple[Path, Future[None]]] = []
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MILLISECONDS)
        self._look.timeout.connect(self._end)

    @property
    def names(self) -> list[str]:
        """The names of the files that are not yet written."""
        return [path.name for path, _ in self._jobs]

    def write(self, path: Path, write: Callable[[BinaryIO], object]) -> None:
        """Begin to write a file, which is there when it is whole.

        Parameters
        ----------
        write
            Fills it, in the thread; must hold no widget, which would be deleted there.
        """
        self._jobs.append((path, self._pool.submit(write_whole, path, write)))
        self._look.start()
        self._say_what_is_written()

    def settle(self) -> None:
        """Wait until all is written; what goes wrong is said, and the window is painted meanwhile."""
        while self._jobs:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            self._end()
            time.sleep(LOOK_MILLISECONDS / 4000)

    def _say_what_is_written(self) -> None:
        self.said.emit(f"Writing {', '.join(dict.fromkeys(self.names))}…", 0)

    def _end(self) -> None:
        """Say what became of the first file, where that is known."""
        if not self._jobs or not self._jobs[0][1].done():
            return
        path, job = self._jobs.pop(0)
        if not self._jobs:
            self._look.stop()
        error = job.exception()
        if error is None:
            self.said.emit(f"Exported to {path.name}", SAID_MILLISECONDS)
        else:
            self.said.emit(f"{path.name} was not written", SAID_MILLISECONDS)
        if self._jobs:
            self._say_what_is_written()
        if error is not None:
            self.failed.emit(_in_words(error, path))


def _in_words(error: BaseException, path: Path) -> SpikeloomError:
    if isinstance(error, SpikeloomError):
        return error
    words = "there is not enough memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
    return RunError(f"cannot be written: {words}", place=str(path))

"""Reads the folders of runs, a few at a time so that the window never waits, and looks again when one changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from spikeloom.history import FACTS, candidates_in
from spikeloom_app.runs.history_entry import Entry, read_entry

SLICE_SECONDS = 0.006  # of the window's time at once
SOON_MILLISECONDS = 250  # a burst of changes is looked at once
RUNNING_MILLISECONDS = 5000  # between two looks at runs that go on: one that is killed changes no file


class RunReader(QObject):
    """Knows the runs in some folders.

    Parameters
    ----------
    folders
        Gives the folders of runs.

    Attributes
    ----------
    read
        Signal: `entries` may be others.
    """

    read = Signal()

    def __init__(self, folders: Callable[[], list[Path]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: dict[str, Entry] = {}
        self._folders = folders
        self._reading: Iterator[None] | None = None
        self._again = False
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self.look)
        self._watcher.fileChanged.connect(self.look)
        self._soon = self._timer(SOON_MILLISECONDS, self._start)
        self._slice = self._timer(0, self._read_slice)
        self._running = self._timer(RUNNING_MILLISECONDS, self.look)

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        return timer

    def look(self, _path: str = "") -> None:
        """Read soon what has changed."""
        if not self._soon.isActive():
            self._soon.start()

    def look_now(self) -> None:
        """Read what has changed, beginning in the next turn of the event loop."""
        self._soon.stop()
        QTimer.singleShot(0, self, self._start)

    def _start(self) -> None:
        if self._reading is not None:
            self._again = True
            return
        self._reading = self._read_all()
        self._slice.start()

    def _read_slice(self) -> None:
        end = time.monotonic() + SLICE_SECONDS
        while self._reading is not None and time.monotonic() < end:
            if next(self._reading, self) is self:
                self._reading = None
        if self._reading is not None:
            self._slice.start()
        elif self._again:
            self._again = False
            self._soon.start()

    def _read_all(self) -> Iterator[None]:
        found: dict[str, Entry] = {}
        folders = self._folders()
        for place in folders:
            for folder in candidates_in(place):
                entry = read_entry(folder.absolute(), self.entries.get(str(folder.absolute())))
                if entry is not None:
                    found[entry.key] = entry
                yield
        running = [entry for entry in found.values() if entry.run.status == "running"]
        self._watch(folders, running)
        if running:
            self._running.start()
        if running or found != self.entries:  # those that go on take longer, too
            self.entries = found
            self.read.emit()

    def _watch(self, folders: list[Path], running: list[Entry]) -> None:
        """Hear of new runs, and of what becomes of those that go on."""
        wanted = {str(_nearest(place)) for place in folders}
        for entry in running:
            wanted |= {entry.key, f"{entry.key}/metrics.csv"}
        with suppress(OSError):
            wanted = {path for path in wanted if Path(path).exists()}
        watched = {*self._watcher.directories(), *self._watcher.files()}
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(sorted(wanted - watched))


def _nearest(place: Path) -> Path:
    """A folder of runs, or, before there is one, the folder in which it will appear."""
    return place if place.is_dir() or (place / FACTS).is_file() else place.parent

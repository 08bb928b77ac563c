"""Work that is done a few milliseconds at a time, so that the window is painted meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

SLICE_SECONDS = 0.008  # of the window's time at once


class Slices(QObject):
    """Does one piece of work at a time; the newest takes the place of what is not done yet."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[None] | None = None
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._go_on)

    def begin(self, work: Iterator[None]) -> None:
        """Do this instead; the first slice of it now."""
        self._work = work
        self._go_on()

    def _go_on(self) -> None:
        end = time.monotonic() + SLICE_SECONDS
        work = self._work
        while work is not None and time.monotonic() < end:
            if next(work, self) is self:
                work = None
            elif self._work is not work:  # it was replaced by what it did
                return
        self._work = work
        if work is not None:
            self._next.start()

    @property
    def busy(self) -> bool:
        """Whether something is left to do."""
        return self._work is not None

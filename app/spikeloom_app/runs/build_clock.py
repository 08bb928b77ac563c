"""How long a stage of a build has taken, counted here: the worker says only when a stage begins."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

TICK = 250  # ms


class BuildClock(QObject):
    """Tells the stage at hand and its seconds.

    Parameters
    ----------
    tell
        Called with the stage in words and its whole seconds.
    """

    def __init__(self, tell: Callable[[str, int], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tell = tell
        self._stage, self._since = "", 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)

    @property
    def stage(self) -> str:
        """The stage at hand, or the last one."""
        return self._stage

    def begin(self, stage: str) -> None:
        """A stage begins; what it says of one that goes on changes nothing."""
        if stage != self._stage or not self._timer.isActive():
            self._stage, self._since = stage, time.monotonic()
            self._timer.start()
        self._tick()

    def stop(self) -> None:
        """Nothing is built any more."""
        self._timer.stop()

    def _tick(self) -> None:
        self._tell(self._stage, int(time.monotonic() - self._since))

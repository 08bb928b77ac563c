"""Changes of parameters on their way to a running network: not more often than it can use, and the last one always."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

INTERVAL = 100  # ms between two sendings


class LiveSender(QObject):
    """Sends the newest value of each parameter, at most every `INTERVAL`.

    Parameters
    ----------
    send
        Takes a path and a value.
    """

    def __init__(self, send: Callable[[str, float], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._send = send
        self._waiting: dict[str, float] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._tick)

    def give(self, path: str, value: float) -> None:
        """Send a value, now or, where the one before has only just gone, soon."""
        self._waiting[path] = value
        if not self._timer.isActive():
            self._tick()
            self._timer.start()

    def clear(self) -> None:
        """Send nothing of what waits."""
        self._waiting.clear()
        self._timer.stop()

    def _tick(self) -> None:
        if not self._waiting:
            self._timer.stop()
        waiting, self._waiting = self._waiting, {}
        for path, value in waiting.items():
            self._send(path, value)

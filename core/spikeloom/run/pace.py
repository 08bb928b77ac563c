"""How often something is looked at while a network learns: a look must cost little of the time."""

from __future__ import annotations

import time

MOST_SHARE = 0.05  # of the time that looking may take


class Pace:
    """Says when it is time for the next look.

    Parameters
    ----------
    interval
        Least time between the beginnings of two looks, s.
    """

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._started = self._next = 0.0

    @property
    def due(self) -> bool:
        """Whether it is time for a look."""
        return time.monotonic() >= self._next

    def __enter__(self) -> None:
        """A look begins."""
        self._started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        """It has ended: the next one is due when looking takes no more than its share of the time."""
        now = time.monotonic()
        self._next = max(self._started + self.interval, now + (now - self._started) * (1 / MOST_SHARE - 1))

"""How fast a run goes, how long it has been at it, and how long it will take."""

from __future__ import annotations

import time

SMOOTHING = 0.9  # of the throughput


class Clock:
    """Throughput (a running average), the time that is left, and the time that has passed.

    Parameters
    ----------
    examples, epochs
        How many examples an epoch has, and how many epochs there are.
    """

    def __init__(self, examples: int, epochs: int) -> None:
        self.left = examples * epochs
        self.rate = 0.0
        self._began = time.perf_counter()

    def add(self, examples: int, seconds: float) -> None:
        """Take note of examples that were done in so many seconds."""
        self.left -= examples
        rate = examples / max(seconds, 1e-9)
        self.rate = rate if not self.rate else SMOOTHING * self.rate + (1 - SMOOTHING) * rate

    def leave_out(self, seconds: float) -> None:
        """Time in which the run was held does not count."""
        self._began += seconds

    @property
    def seconds(self) -> float:
        """The time since it began, pauses left out."""
        return time.perf_counter() - self._began

    @property
    def remaining(self) -> float:
        """Seconds that are left; NaN before anything was done."""
        return max(0.0, self.left / self.rate) if self.rate else float("nan")

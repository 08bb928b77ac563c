"""The one stream of events of a run: plain dictionaries with a name under ``"event"``.

``folder`` (of the run, as soon as it is there), ``build`` (state ``started``, ``stage`` or ``done``, seconds),
``started`` (run folder, sizes, splits, classes), ``progress`` (within an epoch; newest wins), ``evaluating`` (how far
an evaluation has come; newest wins), ``epoch`` (metrics of a finished epoch), ``evaluated`` (of a split, once for each
output that has labels: figures, the label and prediction of each example, confusion matrix), ``example`` (what a probe
sees of one example: spikes, variables, the input as people know it, what is read of each of the ``outputs``, and of the
first in plain words), ``weights`` (of a connection, or a gradient: matrix and histogram), ``live`` (a parameter moved
while the network runs), ``paused``, ``resumed``, ``message`` (text, level), ``result`` (the last one of a run that
ended well), ``lingering`` (the worker holds the network and waits for commands), ``download`` (how far the file of a
data set has come: what is done with it, bytes, total, seconds left; newest wins), ``error``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Listener = Callable[[dict[str, Any]], None]

NEWEST_WINS = frozenset({"progress", "evaluating", "download"})
PROGRESS_INTERVAL = 1 / 30  # seconds: as often as a screen can show


def silent(event: dict[str, Any]) -> None:
    """A listener that hears nothing."""


class Throttle:
    """Passes events of progress on at most every `PROGRESS_INTERVAL`; a newer one replaces those in between.

    Where the run holds, the newest of them comes first: what is shown then is how things stand.
    """

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.last = 0.0
        self.held_back: dict[str, Any] | None = None

    def __call__(self, event: dict[str, Any]) -> None:
        if event["event"] in NEWEST_WINS:
            now = time.monotonic()
            self.held_back = event if now - self.last < PROGRESS_INTERVAL else None
            if self.held_back is not None:
                return
            self.last = now
        elif event["event"] == "paused" and self.held_back is not None:
            self.listener(self.held_back)
            self.held_back = None
        self.listener(event)

"""Events between the worker and the window: of some kinds only the newest counts, of the others none is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]

# Of these kinds only the newest counts; what stands beside a kind tells apart what is of its own.
NEWEST_WINS: dict[str, tuple[str, ...]] = {
    "progress": (),
    "evaluating": (),
    "example": (),
    "weights": ("connection", "values"),
    "evaluated": ("split", "output"),
    "sample": ("split",),
    "download": (),
}
DELIVERY_SECONDS = 0.008  # of the window's time at once; what is left comes with the next tick


class Inbox:
    """Keeps events, in their order, until the window has time for them."""

    def __init__(self) -> None:
        self._waiting: dict[int, Event] = {}  # in the order of arrival
        self._newest: dict[tuple[object, ...], int] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, event: Event) -> None:
        """Keep an event; an older one of a kind of which only the newest counts makes way."""
        kind = event["event"]
        if kind in NEWEST_WINS:
            key = (kind, *(event.get(name) for name in NEWEST_WINS[kind]))
            self._waiting.pop(self._newest.get(key, -1), None)
            self._newest[key] = self._count
        self._waiting[self._count] = event
        self._count += 1

    def deliver(self, listener: Callable[[Event], None], seconds: float = DELIVERY_SECONDS) -> None:
        """Hand over events, the oldest first, until none is left or the time is up."""
        end = time.monotonic() + seconds
        while self._waiting:
            listener(self._waiting.pop(next(iter(self._waiting))))
            if time.monotonic() > end:
                return

    def clear(self) -> None:
        """Forget what was not handed over."""
        self._waiting.clear()

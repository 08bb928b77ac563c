"""The events of a run that a plot needs which is opened in the middle of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

MOST_EPOCHS = 2000  # of more, every second old one is left out


class EventMemory:
    """Keeps the newest event of each thing, and figures of the epochs from the first on, in their order."""

    def __init__(self) -> None:
        self._newest: dict[Hashable, dict[str, Any]] = {}
        self._epochs: list[dict[str, Any]] = []

    def clear(self) -> None:
        """Another run begins."""
        self._newest.clear()
        self._epochs.clear()

    def keep(self, event: dict[str, Any]) -> None:
        """Take an event."""
        kind = event["event"]
        if kind == "epoch":
            self._epochs.append({key: value for key, value in event.items() if key != "outputs"})
            if len(self._epochs) > MOST_EPOCHS:
                del self._epochs[1:-1:2]
        elif kind == "evaluated":
            self._newest[kind, event.get("split")] = event
        elif kind == "weights":
            self._newest[kind, event.get("connection"), event.get("values")] = event
        elif kind in ("started", "progress", "example"):
            self._newest[kind] = event

    def events(self) -> Iterator[dict[str, Any]]:
        """What a plot that was not there is told."""
        first = self._newest.get("started")
        if first is not None:
            yield first
        yield from self._epochs
        yield from (event for kind, event in self._newest.items() if kind != "started")

    @property
    def timesteps(self) -> int:
        """Of the example that is shown; 0 where there is none."""
        return int(self._newest.get("example", {}).get("timesteps", 0))

"""The events of a run that a plot needs which is opened in the middle of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from spikeloom_app.part_names import PartNames

MOST_EPOCHS = 2000  # of more, every second old one is left out


class EventMemory:
    """Keeps the newest event of each thing, and figures of the epochs from the first on, in their order."""

    def __init__(self) -> None:
        self._newest: dict[Hashable, dict[str, Any]] = {}
        self._epochs: list[dict[str, Any]] = []
        self._renamed: set[Hashable] = set()

    def clear(self) -> None:
        """Another run begins."""
        self._newest.clear()
        self._epochs.clear()
        self._renamed.clear()

    def keep(self, event: dict[str, Any]) -> None:
        """Take an event."""
        kind = event["event"]
        if kind == "epoch":
            self._epochs.append({key: value for key, value in event.items() if key != "outputs"})
            if len(self._epochs) > MOST_EPOCHS:
                del self._epochs[1:-1:2]
        elif kind in ("evaluated", "weights"):
            self._newest[_key_of((kind,), event)] = event
        elif kind in ("started", "progress", "example"):
            self._newest[kind] = event

    def events(self) -> Iterator[dict[str, Any]]:
        """What a plot that was not there is told."""
        first = self._newest.get("started")
        if first is not None:
            yield first
        yield from self._epochs
        yield from (event for kind, event in self._newest.items() if kind != "started")

    def rename(self, names: PartNames) -> None:
        """Keep everything in other names."""
        newest, self._newest = self._newest, {}
        renamed, self._renamed = self._renamed, set()
        for before, event in newest.items():
            told = names.event(event)
            key = _key_of(before, told)
            self._newest[key] = told
            if before in renamed or _names(told) != _names(event):
                self._renamed.add(key)
        self._epochs = [names.event(event) for event in self._epochs]

    def take_renamed(self) -> list[dict[str, Any]]:
        """The events that name another part than when they came; each is given once."""
        renamed, self._renamed = self._renamed, set()
        return [event for key, event in self._newest.items() if key in renamed]

    @property
    def timesteps(self) -> int:
        """Of the example that is shown; 0 where there is none."""
        return int(self._newest.get("example", {}).get("timesteps", 0))


def _key_of(key: Hashable, event: dict[str, Any]) -> Hashable:
    """The key of an event, which for weights and evaluations has a name that may change."""
    if event["event"] == "weights":
        return ("weights", event.get("connection"), event.get("values"))
    if event["event"] == "evaluated":
        return ("evaluated", event.get("split"), event.get("output"))
    return key


def _names(event: dict[str, Any]) -> list[Any]:
    """What of an example, of an evaluation, or of weights, is a name."""
    names = [event.get(key) for key in ("connection", "source", "populations", "variables", "output")]
    return [*names, list(event.get("outputs") or ())]

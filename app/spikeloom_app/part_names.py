"""The names of parts in what a run tells, where the document has renamed them since the run began."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class PartNames:
    """Which part of the document each name of a run stands for. Knows no Qt."""

    def __init__(self) -> None:
        self._of_run: dict[str, str] = {}  # the name in the run, by that in the document
        self._of_document: dict[str, str] = {}  # the other way round
        self._aside: dict[str, str] = {}  # as `_of_run`, of parts that the document does not have just now

    def clear(self) -> None:
        """A run begins: its names are those of the document."""
        self._of_run, self._of_document, self._aside = {}, {}, {}

    def rename(self, old: str, new: str) -> None:
        """The document has renamed a part."""
        name = self._of_run.pop(old, old)
        self._of_run[new] = name
        self._of_run = {here: there for here, there in self._of_run.items() if here != there}
        self._of_document = {there: here for here, there in self._of_run.items()}

    def replace(self, names: Iterable[str]) -> None:
        """The document has other contents, with parts of these names, perhaps until that is undone."""
        present, known = set(names), {**self._aside, **self._of_run}
        self._of_run = {here: there for here, there in known.items() if here in present}
        self._aside = {here: there for here, there in known.items() if here not in present}
        self._of_document = {there: here for here, there in self._of_run.items()}

    def in_run(self, name: str) -> str:
        """What the run calls a part of the document."""
        return self._of_run.get(name, name)

    def in_document(self, name: str) -> str:
        """What the document calls a part of the run."""
        if name in self._of_document or name not in self._of_run:
            return self._of_document.get(name, name)
        return f"{name} (as it ran)"  # it is gone, and another part has taken its name

    def path_in_run(self, path: str) -> str:
        """A place in the run's document: ``network.populations.input.neuron.rate``."""
        keys = path.split(".")
        if keys[0] == "network" and len(keys) > 2:
            keys[2] = self.in_run(keys[2])
        return ".".join(keys)

    def path_in_document(self, path: str) -> str:
        """The place in the document of one in the run's."""
        keys = path.split(".")
        if keys[0] == "network" and len(keys) > 2:
            keys[2] = self.in_document(keys[2])
        return ".".join(keys)

    def wishes(self, watched: dict[str, Any]) -> dict[str, Any]:
        """What shall be watched (`variables`, `weights`), in the names of the run."""
        return {kind: [[self.in_run(part), *rest] for part, *rest in wanted] for kind, wanted in watched.items()}

    def event(self, event: dict[str, Any]) -> dict[str, Any]:
        """An event in the names of the document; the event itself where none is another."""
        if not self._of_run:
            return event
        told = {self._dotted(key): value for key, value in event.items()}
        for key in ("thresholds", "rates", "outputs"):
            if told.get(key):
                told[key] = {self.in_document(name): value for name, value in told[key].items()}
        for key in ("connection", "source", "output"):
            if told.get(key):
                told[key] = self.in_document(told[key])
        if told.get("populations"):
            told["populations"] = [{**part, "name": self.in_document(part["name"])} for part in told["populations"]]
        if told.get("variables"):
            told["variables"] = [[self.in_document(part), *rest] for part, *rest in told["variables"]]
        if told.get("backward"):
            told["backward"] = [self._dotted(name) for name in told["backward"]]
        if told.get("path"):
            told["path"] = self.path_in_document(told["path"])
        return told

    def _dotted(self, key: str) -> str:
        """``hidden.steps``; a key without a dot names no part."""
        part, dot, rest = key.partition(".")
        return f"{self.in_document(part)}.{rest}" if dot else key

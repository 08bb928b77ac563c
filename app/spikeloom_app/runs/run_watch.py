"""What would run now against what ran last: which parts of the network and which settings were changed since.

Knows no Qt. What is only to look at (positions, colours, notes, title and description) does not count.
"""

from __future__ import annotations

import copy
from typing import Any

from spikeloom.spec import describe
from spikeloom_app.document import OpenDocument, Signal

MOST_NAMED = 3  # in one line


class RunWatch:
    """Compares the open document with the one that ran last.

    Attributes
    ----------
    changed
        Signal: `changed_parts` or `changed_settings` gives something else than before.
    """

    def __init__(self, document: OpenDocument) -> None:
        self.document = document
        self.changed = Signal()
        self._ran: dict[str, Any] | None = None  # parts and settings as they ran, as JSON has them
        self._now: dict[str, Any] = {}
        self._told: tuple[str, ...] = ()
        document.part_changed.connect(self._part)
        document.part_added.connect(self._part)
        document.part_removed.connect(self._removed)
        document.part_renamed.connect(self._renamed)
        document.settings_changed.connect(self._settings)
        document.opened.connect(self.forget)
        document.replaced.connect(self._replaced)

    def run_started(self) -> None:
        """The document runs as it is now."""
        self._now = self._all()
        self._ran = copy.deepcopy(self._now)
        self._tell()

    def moved_live(self, path: str, value: Any) -> None:
        """A parameter was changed in the network that runs: that value is now what ran.

        Parameters
        ----------
        path
            ``experiment.learning.optimiser.alpha``, ``network.populations.input.neuron.rate``.
        """
        keys = path.split(".")
        labels = {name: label for label, name in self._experiment_labels().items()}
        top, inner = (labels.get(keys[1]), keys[2:]) if keys[0] == "experiment" else (keys[2], keys[3:])
        node = (self._ran or {}).get(top) if top is not None else None
        for key in inner[:-1]:
            node = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, dict) and inner and inner[-1] in node:
            node[inner[-1]] = value
            self._tell()

    def forget(self) -> None:
        """Nothing has run."""
        self._ran, self._now = None, {}
        self._tell()

    # -- asking ----------------------------------------------------------------------------------------------------
    def changed_parts(self) -> set[str]:
        """The populations and connections of the document that did not run as they are now."""
        names = set(self.document.document.network.names())
        return {key for key in self._differences() if key in names}

    def changed_settings(self) -> set[str]:
        """The fields of the experiment that did not run as they are now: ``learning``, ``training``."""
        different = self._differences()
        return {name for label, name in self._experiment_labels().items() if label in different}

    def changed_words(self) -> list[str]:
        """What was changed, in words: parts first, in the document's order, then parts that are gone, then settings."""
        different = self._differences()
        now = [name for name in self.document.document.network.names() if name in different]
        settings = [key for key in self._experiment_labels() if key in different]
        gone = [key for key in different if key not in now and key not in settings]
        return [*now, *(f"{name} (removed)" for name in gone), *(label[1:].lower() for label in settings)]

    def summary(self) -> str:
        """``hidden, training``; the first few, where there are many; empty where nothing was changed."""
        words = self.changed_words()
        more = len(words) - MOST_NAMED
        return ", ".join(words[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

    def _differences(self) -> set[str]:
        if self._ran is None:
            return set()
        keys = self._ran.keys() | self._now.keys()
        return {key for key in keys if self._ran.get(key) != self._now.get(key)}

    # -- following the document ------------------------------------------------------------------------------------
    def _experiment_labels(self) -> dict[str, str]:
        # No name of a part begins with a colon.
        return {f":{field.label}": field.name for field in describe(type(self.document.document.experiment))}

    def _experiment(self) -> dict[str, Any]:
        dumped = self.document.document.experiment.model_dump(mode="json")
        return {label: dumped.get(name) for label, name in self._experiment_labels().items()}

    def _all(self) -> dict[str, Any]:
        parts = {part.name: part.model_dump(mode="json") for part in self.document.document.network.parts()}
        return {**parts, **self._experiment()}

    def _replaced(self) -> None:
        """An earlier document, or that of the file, in the place of this one: a change like others."""
        if self._ran is not None:
            self._now = self._all()
            self._tell()

    def _part(self, name: str) -> None:
        if self._ran is not None:
            self._now[name] = self.document.part(name).model_dump(mode="json")
            self._tell()

    def _removed(self, name: str) -> None:
        self._now.pop(name, None)
        self._tell()

    def _renamed(self, old: str, new: str) -> None:
        if self._ran is None:
            return
        self._now.pop(old, None)
        # Connections and recorders name the part too.
        ends = [c.name for c in self.document.document.network.connections if new in (c.source, c.target)]
        for name in {new, *ends}:
            self._now[name] = self.document.part(name).model_dump(mode="json")
        self._settings()

    def _settings(self) -> None:
        if self._ran is not None:
            self._now |= self._experiment()
            self._tell()

    def _tell(self) -> None:
        words = tuple(self.changed_words())
        if words != self._told:
            self._told = words
            self.changed.emit()

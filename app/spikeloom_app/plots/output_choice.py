"""Which of several outputs of the network a plot shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spikeloom.spec import Document
from spikeloom_app.plots.controls import Choice


class OutputChoice(Choice):
    """A field with the outputs' names, which is there only where there are several; it knows their classes too.

    Attributes
    ----------
    wanted
        The output that the plot's settings name; an empty text: the first.
    """

    def __init__(self, tip: str, told: Callable[[str], None]) -> None:
        super().__init__("Output", tip, told)
        self.wanted = ""
        self._names: list[str] = []
        self._described = False
        self._classes: tuple[str, ...] = ()  # of the data set
        self._others: set[str] = set()  # outputs with classes of their own
        self._settle()

    @property
    def several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self._names) > 1

    @property
    def first(self) -> str:
        """The first output; an empty text where none is known."""
        return self._names[0] if self._names else ""

    @property
    def shown(self) -> str:
        """The output that is shown: the first where there is none of the name that is wanted."""
        return self.wanted if self.wanted in self._names else self.first

    def settle(self, wanted: str) -> None:
        """Show what the settings say."""
        self.wanted = wanted
        self._settle()

    def describe(self, document: Document) -> None:
        """Learn the outputs of a document, and which of them have other classes than those that its data set names."""
        data_set, outputs = document.experiment.dataset, document.network.outputs
        self._described = True
        self._names = [population.name for population in outputs]
        main = (None, "", *(data_set.field_names[1:2] if data_set is not None else ()))
        self._classes = tuple(data_set.class_names) if data_set is not None else ()
        self._others = {population.name for population in outputs if population.field not in main}
        self._settle()

    def learn(self, event: dict[str, Any]) -> None:
        """Learn from an event what the classes are called, and the outputs where no document has told."""
        self._classes = tuple(event.get("class_names") or self._classes)
        told = [*(event.get("outputs") or ()), event.get("output") or self.first]
        new = [name for name in dict.fromkeys(told) if name and name not in self._names]
        if new and not self._described:
            self._names += new
            self._settle()

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the classes of the output that is shown are called, where they have names."""
        return () if self.shown in self._others else self._classes

    def _settle(self) -> None:
        self.offer([(name, name) for name in self._names], self.shown)
        self.setVisible(self.several)


def answer_of(event: dict[str, Any], output: str) -> dict[str, Any]:
    """What an ``example`` event tells of an output: its label, prediction and readout, or its response and targets.

    Of the first one the event tells in plain words.
    """
    answers = event.get("outputs") or {}
    if output in ("", next(iter(answers), "")):
        return event
    followed = {key: event[f"{output}.{key}"] for key in ("response", "targets") if f"{output}.{key}" in event}
    return {**answers.get(output, {}), **followed}

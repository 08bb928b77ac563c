"""Which examples of a split were taken for what, and the way from one that is looked for to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spikeloom_app.plots.tally import name_of


def _nothing() -> np.ndarray:
    return np.zeros(0, np.int32)


@dataclass(frozen=True)
class Judged:
    """The result of an evaluation, example by example.

    Parameters
    ----------
    labels, predictions
        Int32, (examples,); -1 where there is no label, and where nothing was decided.
    """

    labels: np.ndarray = field(default_factory=_nothing)
    predictions: np.ndarray = field(default_factory=_nothing)

    def __len__(self) -> int:
        return len(self.predictions)

    def wrong(self) -> np.ndarray:
        """The examples that were taken for another class, or not decided on."""
        return np.flatnonzero((self.labels >= 0) & (self.labels != self.predictions))

    def taken(self, truth: int | None, prediction: int | None) -> np.ndarray:
        """The examples of one class that were taken for another (or rightly for itself); None: any class."""
        of_class = np.full(len(self), True) if truth is None else self.labels == truth
        return np.flatnonzero(of_class if prediction is None else of_class & (self.predictions == prediction))

    def in_words(self, example: int, names: Sequence[str]) -> str:
        """``example 37: 7 taken for 1``."""
        label, prediction = int(self.labels[example]), int(self.predictions[example])
        taken = "not decided on" if prediction < 0 else f"taken for {name_of(prediction, names)}"
        right = label == prediction
        return f"example {example}: {name_of(label, names)} " + ("recognised" if right else taken)


def step_from(example: int, ways: int, among: np.ndarray | None, examples: int) -> int | None:
    """The next example in one direction (1 or -1); None where there is none.

    Parameters
    ----------
    among
        The examples to step through, rising; None: all `examples`.
    """
    if among is None:
        found = example + ways
        return found if 0 <= found < examples else None
    rest = among[among > example] if ways > 0 else among[among < example][::-1]
    return int(rest[0]) if len(rest) else None

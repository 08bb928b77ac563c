"""The family of metrics: what is counted of examples besides loss and accuracy."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from spikeloom.spec.base import Type
from spikeloom.spec.problem import Problem

if TYPE_CHECKING:
    from spikeloom.spec.document import Document

Figures = float | np.ndarray | Mapping[str, float]
"""What a metric gives: a number, an array (kept in a run's result alone), or several numbers by their names."""


class Metric(Type):
    """What is counted of examples besides loss and accuracy.

    A class of a script's own needs three methods. What it counts lies in attributes that begin with an underscore; a
    run counts with copies, and so the object that the script holds stays as it is::

        class Confidence(sl.Metric):
            def reset(self):
                self._total, self._count = 0.0, 0

            def update(self, y, truth, spikes):
                self._total += y.max(axis=1).sum()
                self._count += len(y)

            def result(self):
                return self._total / self._count

    Class attributes
    ----------------
    larger_is_better
        Whether the larger of two figures is the better one; asked where training watches it.
    """

    larger_is_better: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """What its figure is called in the history of a run."""
        return self.type

    @property
    def reads(self) -> str:
        """The output whose readouts it is given; an empty text for the first one."""
        return ""

    def counts(self, document: Document) -> list[str]:
        """The populations whose neurons' spikes it is given one by one; of others it gets sums."""
        return []

    def figures(self, document: Document) -> list[str]:
        """The names of the numbers that it will give."""
        return [self.name]

    def problems(self, document: Document) -> list[Problem]:
        """What keeps it from being counted, at places below it."""
        return []

    def prepare(self, document: Document) -> None:
        """Look at what is going to run: sizes, durations."""

    @abstractmethod
    def reset(self) -> None:
        """Begin to count: an epoch, or an evaluation."""

    @abstractmethod
    def update(self, y: np.ndarray, truth: np.ndarray | None, spikes: Mapping[str, np.ndarray]) -> None:
        """Count some examples.

        Parameters
        ----------
        y
            Readouts, (examples, outputs).
        truth
            Labels (examples,), or else targets (examples, outputs) or (examples, timesteps, outputs); None where there
            are neither.
        spikes
            Population -> how many spikes it had, (examples,); (examples, neurons) of those that `counts` names. None of
            populations that the backend does not count.
        """

    @abstractmethod
    def result(self) -> Figures:
        """What all examples since `reset` give; NaN where there is nothing to say."""

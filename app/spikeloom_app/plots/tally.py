"""What was taken for what: the confusion matrix of an evaluation, and what it says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikeloom_app import wording


@dataclass(frozen=True)
class Tally:
    """The examples of an evaluation by class.

    Parameters
    ----------
    matrix
        Int64, (classes, classes): a row for each truth, a column for each prediction.
    totals
        Int64, (classes,): examples of each class, with those for which nothing was decided.
    accuracy, examples, epoch
        Of all examples; NaN where it was not told.
    """

    matrix: np.ndarray
    totals: np.ndarray
    accuracy: float
    examples: int
    epoch: int

    @classmethod
    def of_event(cls, event: Mapping[str, Any]) -> Tally | None:
        """What an ``evaluated`` event tells; None where there are no classes, or too many to count."""
        classes = int(event.get("classes") or 0)
        labels, predictions = (np.asarray(event.get(name, ())) for name in ("labels", "predictions"))
        matrix = event.get("confusion")
        if matrix is None or not classes:
            return None
        matrix = np.asarray(matrix, dtype=np.int64)
        known = labels[labels >= 0]
        totals = np.bincount(known, minlength=classes)[:classes] if len(known) else matrix.sum(axis=1)
        figures = (event.get("outputs") or {}).get(event.get("output"), event)  # of several outputs each has its own
        accuracy = figures.get("accuracy")
        return cls(
            matrix=matrix,
            totals=totals,
            accuracy=float("nan") if accuracy is None else float(accuracy),
            examples=int(event.get("examples") or len(predictions) or matrix.sum()),
            epoch=int(event.get("epoch") or 0),
        )

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.matrix)

    @property
    def undecided(self) -> int:
        """Examples for which nothing was predicted."""
        return int(max(0, self.totals.sum() - self.matrix.sum()))

    @property
    def shares(self) -> np.ndarray:
        """Shares of the examples of a class, float64 (classes, classes)."""
        shares: np.ndarray = self.matrix / np.maximum(1, self.totals)[:, None]
        return shares

    def class_accuracy(self, number: int) -> float:
        """The share of a class that is recognised; NaN where it has no examples."""
        return float(self.matrix[number, number] / self.totals[number]) if self.totals[number] else float("nan")

    def in_words(self, truth: int, prediction: int, names: Sequence[str]) -> str:
        """``7 taken for 1: 12 of 98 (12.2 %)``."""
        count, total = int(self.matrix[truth, prediction]), int(self.totals[truth])
        one, other = name_of(truth, names), name_of(prediction, names)
        what = f"{one} recognised" if truth == prediction else f"{one} taken for {other}"
        return f"{what}: {count} of {total}" + (f" ({wording.percent(count / total)})" if total else "")


def name_of(number: int, names: Sequence[str]) -> str:
    """What a class is called; its number where it has no name."""
    return str(names[number]) if 0 <= number < len(names) else str(number)

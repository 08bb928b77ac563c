"""Who was taken for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from spikeloom.spec.metrics.output_metric import OutputMetric, decided, labels_of

if TYPE_CHECKING:
    from spikeloom.spec.document import Document


class ConfusionMatrix(OutputMetric):
    """How many examples of each class (rows) were taken for which (columns), kept in the result of a run.

    Examples whose readouts are all equal were taken for nothing, and do not count.
    """

    def figures(self, document: Document) -> list[str]:
        """None: it is no number."""
        return []

    def reset(self) -> None:
        """Begin to count."""
        self._counts: np.ndarray = np.zeros((0, 0), np.int64)

    def update(self, y: np.ndarray, truth: np.ndarray | None, spikes: Mapping[str, np.ndarray]) -> None:
        """Count examples by their class and what they were taken for."""
        labels, classes = labels_of(truth), y.shape[1]
        if labels is None:
            return
        if len(self._counts) != classes:
            self._counts = np.zeros((classes, classes), np.int64)
        known = decided(y) & (labels >= 0) & (labels < classes)
        np.add.at(self._counts, (labels[known], y[known].argmax(axis=1)), 1)

    def result(self) -> np.ndarray:
        """The matrix (classes, classes)."""
        return self._counts.copy()

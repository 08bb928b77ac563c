"""The share of examples that are right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from spikeloom.spec.metrics.output_metric import OutputMetric, decided, labels_of


class Accuracy(OutputMetric):
    """Share of the examples whose largest readout is that of their class."""

    larger_is_better: ClassVar[bool] = True

    def reset(self) -> None:
        """Begin to count."""
        self._right = self._count = 0

    def update(self, y: np.ndarray, truth: np.ndarray | None, spikes: Mapping[str, np.ndarray]) -> None:
        """Count examples that are right; where all readouts are equal, none is."""
        labels = labels_of(truth)
        if labels is not None:
            self._right += int(((y.argmax(axis=1) == labels) & decided(y)).sum())
            self._count += len(labels)

    def result(self) -> float:
        """The share, from 0 to 1."""
        return self._right / self._count if self._count else float("nan")

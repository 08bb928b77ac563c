"""How far readouts are from their targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from spikeloom.spec.metrics.output_metric import OutputMetric


class MeanSquareErrorMetric(OutputMetric):
    """Mean square difference between readouts and targets, whatever loss the network learns from.

    Of labels, the target is 1 for the output of the class and 0 for the others. Of targets that change with time there
    is none: the loss of every timestep is their error.
    """

    type: ClassVar[str] = "mean_square_error"
    title: ClassVar[str] = "Mean square error"

    def reset(self) -> None:
        """Begin to count."""
        self._total, self._count = 0.0, 0

    def update(self, y: np.ndarray, truth: np.ndarray | None, spikes: Mapping[str, np.ndarray]) -> None:
        """Count the squares."""
        if truth is None or truth.ndim > 2:
            return
        targets = np.eye(y.shape[1])[truth] if truth.ndim == 1 else truth
        self._total += float(np.square(y - targets, dtype=np.float64).sum())
        self._count += y.size

    def result(self) -> float:
        """The mean over outputs and examples."""
        return self._total / self._count if self._count else float("nan")

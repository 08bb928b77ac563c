"""The share of examples that are nearly right."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from spikeloom.spec.fields import quantity
from spikeloom.spec.metrics.output_metric import OutputMetric, decided, labels_of
from spikeloom.spec.problem import Problem
from spikeloom.spec.shapes import infer_shapes

if TYPE_CHECKING:
    from spikeloom.spec.document import Document


class TopKAccuracy(OutputMetric):
    """Share of the examples whose class has one of the k largest readouts."""

    by_position: ClassVar[tuple[str, ...]] = ("k", "output")
    larger_is_better: ClassVar[bool] = True
    title: ClassVar[str] = "Top-k accuracy"

    k: int = quantity(3, ge=1, label="k", help="How many of the largest readouts count as right.")

    @property
    def measure(self) -> str:
        """``top_3_accuracy``."""
        return f"top_{self.k}_accuracy"

    def problems(self, document: Document) -> list[Problem]:
        """Also so many that everything is right."""
        found = super().problems(document)
        outputs, shapes = [population.name for population in document.network.outputs], infer_shapes(document)
        name = self.output or next(iter(outputs), "")
        if name in shapes and self.k >= prod(shapes[name]):
            message = f"{self.k} found, and '{name}' has {prod(shapes[name])} readouts: all examples count as right"
            found.append(Problem("k", message, "Use a smaller number.", severity="warning"))
        return found

    def reset(self) -> None:
        """Begin to count."""
        self._right = self._count = 0

    def update(self, y: np.ndarray, truth: np.ndarray | None, spikes: Mapping[str, np.ndarray]) -> None:
        """Count examples that are right; of equal readouts the first is taken for the larger, as for the accuracy."""
        labels = labels_of(truth)
        if labels is None:
            return
        ranked = np.argsort(-y, axis=1, kind="stable")[:, : self.k]
        self._right += int(((ranked == labels[:, None]).any(axis=1) & decided(y)).sum())
        self._count += len(labels)

    def result(self) -> float:
        """The share, from 0 to 1."""
        return self._right / self._count if self._count else float("nan")

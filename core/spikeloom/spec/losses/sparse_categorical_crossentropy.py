"""Cross-entropy of classes."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.losses.loss import Loss


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy between the softmax of the readouts and the class.

    ``L = -log(exp(y_c / temperature) / sum over k of exp(y_k / temperature))``, with y the readouts and c the class,
    averaged over the batch.
    """

    title: ClassVar[str] = "Cross-entropy"
    equations: ClassVar[tuple[str, ...]] = (r"L = -\log \dfrac{\exp(y_c / T)}{\sum_k\, \exp(y_k / T)}",)

    temperature: float = quantity(
        1.0,
        gt=0,
        help="Difference of two readouts that the softmax tells apart, in their unit (ms for spike times).",
        scale="log",
        advanced=True,
    )

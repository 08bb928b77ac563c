"""Cross-entropy of classes."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.losses.loss import Loss


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy between the softmax of the readouts and the class.

    ``L = -log(exp(y_c) / sum over k of exp(y_k))``, with y the readouts and c the class, averaged over the batch.
    """

    title: ClassVar[str] = "Cross-entropy"

"""The figures of one epoch."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class EpochMetrics:
    """What one epoch gave; validation figures are NaN where nothing is held out.

    Of several outputs `loss` is the sum and `accuracy` the mean; `outputs` has them one by one, and for validation,
    as ``{"name": {"loss": ..., "accuracy": ..., "validation_loss": ..., "validation_accuracy": ...}}``. `step` counts
    batches and `elapsed` seconds (pauses left out) since training began, `rates` are means of populations in Hz.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    outputs: dict[str, dict[str, float]] = field(default_factory=dict)
    step: int = 0
    elapsed: float = 0.0
    learning_rate: float = float("nan")
    rates: dict[str, float] = field(default_factory=dict)

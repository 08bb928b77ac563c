"""When training ends before all its epochs are done."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.node import Node


class EarlyStopping(Node):
    """Ends training where a figure has not become better for some epochs.

    Better is smaller for a loss and larger for an accuracy; a metric says which of the two. The best epoch of a run
    is kept in its folder (``checkpoints/best.safetensors``).
    """

    by_position: ClassVar[tuple[str, ...]] = ("monitor", "patience", "min_delta", "restore_best")

    monitor: str = setting(
        "validation_loss",
        help="What is watched: loss, accuracy or a metric, or (validation_loss ...) those of the examples held out.",
    )
    patience: int = quantity(5, ge=1, unit="epochs", help="How many epochs may pass without a better figure.")
    min_delta: float = quantity(
        0.0, ge=0, help="By how much a figure must be better to count as better.", step=0.01, advanced=True
    )
    restore_best: bool = setting(
        True, help="Take the weights of the best epoch when training ends, for the test and for what comes after."
    )

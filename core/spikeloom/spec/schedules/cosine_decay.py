"""A learning rate that falls along half a cosine."""

from __future__ import annotations

from math import cos, pi
from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.schedules.rate_schedule import RateSchedule


class CosineDecay(RateSchedule):
    """The learning rate falls along half a cosine to a share of it, and stays there (Loshchilov and Hutter 2017)."""

    type: ClassVar[str] = "cosine"
    title: ClassVar[str] = "Cosine"
    by_position: ClassVar[tuple[str, ...]] = ("final", "epochs")
    equations: ClassVar[tuple[str, ...]] = (
        r"\alpha(n) = \alpha\, [s + (1 - s)\, (1 + \cos(\pi n / N)) / 2], \;\; s = \mathrm{final}",
    )

    final: float = quantity(0.0, ge=0, le=1, help="Share of the learning rate at the end.", step=0.01)
    epochs: float | None = quantity(
        None,
        gt=0,
        unit="epochs",
        help="How long it falls; from the warm-up to the end of the training by default. Give it where a training "
        "is to be resumed.",
        step=1.0,
    )

    def factor(self, at: float, epochs: float) -> float:
        """From 1 to `final`."""
        length = epochs if self.epochs is None else self.epochs
        share = min(at / length, 1.0) if length > 0 else 1.0
        return self.final + (1 - self.final) * (1 + cos(pi * share)) / 2

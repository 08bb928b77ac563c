"""A learning rate that decays exponentially."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.schedules.rate_schedule import RateSchedule


class ExponentialDecay(RateSchedule):
    """The learning rate is multiplied by `decay` in each epoch."""

    type: ClassVar[str] = "exponential"
    title: ClassVar[str] = "Exponential"
    by_position: ClassVar[tuple[str, ...]] = ("decay",)
    equations: ClassVar[tuple[str, ...]] = (r"\alpha(n) = \alpha \cdot \mathrm{decay}^{n}",)

    decay: float = quantity(0.95, gt=0, le=1, help="Factor of the learning rate per epoch.", step=0.01)

    def factor(self, at: float, epochs: float) -> float:
        """A power of `decay`."""
        return float(self.decay**at)

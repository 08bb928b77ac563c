"""A learning rate that drops every few epochs."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.schedules.rate_schedule import RateSchedule


class StepDecay(RateSchedule):
    """The learning rate is multiplied by `decay` every `period` epochs."""

    type: ClassVar[str] = "step"
    title: ClassVar[str] = "Steps"
    by_position: ClassVar[tuple[str, ...]] = ("decay", "period")
    equations: ClassVar[tuple[str, ...]] = (
        r"\alpha(n) = \alpha \cdot \mathrm{decay}^{\lfloor n / \mathrm{period} \rfloor}",
    )

    decay: float = quantity(0.1, gt=0, le=1, help="Factor by which the learning rate drops.", step=0.1)
    period: float = quantity(10.0, gt=0, unit="epochs", help="Epochs between two drops.", step=1.0)

    def factor(self, at: float, epochs: float) -> float:
        """A power of `decay`."""
        return float(self.decay ** (at // self.period))

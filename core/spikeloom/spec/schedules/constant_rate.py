"""A learning rate that stays."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.schedules.rate_schedule import RateSchedule


class ConstantRate(RateSchedule):
    """The learning rate stays as it is, after the warm-up if there is one."""

    type: ClassVar[str] = "constant"
    title: ClassVar[str] = "Constant"
    equations: ClassVar[tuple[str, ...]] = (r"\alpha(n) = \alpha",)

    def factor(self, at: float, epochs: float) -> float:
        """Always 1."""
        return 1.0

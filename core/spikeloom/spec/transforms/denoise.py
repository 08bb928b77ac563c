"""Events that stand alone."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class Denoise(Transform):
    """Drops the events that stand alone: those with no event next to them shortly before.

    An event of pixel (y, x) at time t survives where the pixel above, below, left or right had an event, of either
    polarity, later than ``t - filter_time`` and before it.
    """

    equations: ClassVar[tuple[str, ...]] = (
        r"\exists\, (y', x', t'):\;\; |y - y'| + |x - x'| = 1, \;\; t - \tau < t' \leq t",
    )

    filter_time: float = quantity(
        10.0, gt=0, le=1e9, unit="ms", help="How long before it a neighbour must have had an event.", step=1.0
    )

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """As it was: rows and columns."""
        self.need_image(shape)
        return shape

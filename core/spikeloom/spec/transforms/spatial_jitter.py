"""Events a little beside."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class SpatialJitter(Transform):
    """Moves each event by normally distributed rows and columns of its own; those that leave the image are dropped."""

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"(y, x) \leftarrow (y, x) + \mathrm{round}(\mathrm{sd} \cdot \xi), \;\; \xi \sim N(0, 1)",
    )

    sd: float = quantity(
        1.0, ge=0, le=1000, help="Standard deviation of the moves, in pixels.", step=0.5, label="Standard deviation"
    )

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """As it was: rows and columns."""
        self.need_image(shape)
        return shape

"""Spikes in the channel beside."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class ChannelJitter(Transform):
    """Moves each spike by a normally distributed number of channels of its own; those that leave are dropped."""

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"i \leftarrow i + \mathrm{round}(\mathrm{sd} \cdot \xi), \;\; \xi \sim N(0, 1)",
    )

    sd: float = quantity(
        5.0, ge=0, le=10**6, help="Standard deviation of the moves, in channels.", step=1.0, label="Standard deviation"
    )

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """As it was: channels in a row."""
        self.need_channels(shape)
        return shape

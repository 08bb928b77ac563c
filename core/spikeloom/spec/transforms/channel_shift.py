"""Higher or lower voices."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class ChannelShift(Transform):
    """Moves all spikes of an example by the same number of channels, drawn evenly; those that leave are dropped.

    What Nowotny et al. 2022 do to spoken digits, as if with another voice.
    """

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (r"i \leftarrow i + k, \;\; k \sim U\{-n, \ldots, n\}",)

    most: int = quantity(
        20, ge=0, le=10**6, help="The most channels by which an example moves.", step=5, label="Largest shift"
    )

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """As it was: channels in a row."""
        self.need_channels(shape)
        return shape

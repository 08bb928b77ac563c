"""Spikes a little earlier or later."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class TimeJitter(Transform):
    """Moves each spike in time by a normally distributed number of its own; those before 0 are never seen."""

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (r"t \leftarrow t + \mathrm{sd} \cdot \xi, \;\; \xi \sim N(0, 1)",)

    sd: float = quantity(
        1.0, ge=0, le=1e6, unit="ms", help="Standard deviation of the moves.", step=0.5, label="Standard deviation"
    )

"""Faster or slower."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class TimeScaling(Transform):
    """Stretches time: each spike at time t is at ``factor t`` afterwards."""

    equations: ClassVar[tuple[str, ...]] = (r"t \leftarrow c\, t",)

    factor: float = quantity(1.0, gt=0, le=1000, help="How much longer everything takes.", scale="log")

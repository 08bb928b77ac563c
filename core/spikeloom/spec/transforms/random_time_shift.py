"""Each example earlier or later."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class RandomTimeShift(Transform):
    """Moves all spikes of an example by the same time, drawn evenly; those before 0 are never seen."""

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (r"t \leftarrow t + b, \;\; b \sim U(-b_{\mathrm{max}}, b_{\mathrm{max}})",)

    most: float = quantity(
        20.0,
        ge=0,
        le=1e6,
        unit="ms",
        help="The longest time by which an example moves.",
        step=1.0,
        label="Largest shift",
    )

"""Each example faster or slower, and earlier or later."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform


class TimeSkew(Transform):
    """Stretches and moves the time of each example by a factor and an offset of its own, drawn evenly."""

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"t \leftarrow a\, t + b, \;\; a \sim U(a_{\mathrm{min}}, a_{\mathrm{max}}),"
        r" \;\; b \sim U(b_{\mathrm{min}}, b_{\mathrm{max}})",
    )

    min_factor: float = quantity(0.9, gt=0, le=1000, help="Smallest factor of the time.", step=0.05)
    max_factor: float = quantity(1.1, gt=0, le=1000, help="Largest factor of the time.", step=0.05)
    min_offset: float = quantity(0.0, ge=-1e6, le=1e6, unit="ms", help="Smallest number that is added.", step=1.0)
    max_offset: float = quantity(0.0, ge=-1e6, le=1e6, unit="ms", help="Largest number that is added.", step=1.0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for what in ("factor", "offset"):
            least, most = getattr(self, f"min_{what}"), getattr(self, f"max_{what}")
            if most < least:
                refuse(f"{most:g} found, expected at least min_{what} ({least:g})", place=f"max_{what}")
        return self

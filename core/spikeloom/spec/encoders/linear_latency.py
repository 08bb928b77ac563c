"""Linear latency code."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from spikeloom.spec.encoders.encoder import Encoder, gain_field
from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse


class LinearLatency(Encoder):
    """One spike per input, the earlier the larger its value.

    ``t = min_time + (1 - x) (max_time - min_time)`` for a value x in 0..1; none where x is not above `threshold`.
    """

    equations: ClassVar[tuple[str, ...]] = (
        r"t = t_{\mathrm{min}} + (1 - x)\, (t_{\mathrm{max}} - t_{\mathrm{min}}), \;\; x > \mathrm{threshold}",
    )

    min_time: float = quantity(0.0, ge=0, unit="ms", help="Time of the spike of the largest value.", step=1.0)
    max_time: float = quantity(20.0, gt=0, unit="ms", help="Time that the smallest value would spike at.", step=1.0)
    threshold: float = quantity(0.2, ge=0, le=1, help="Values up to it (of 0..1) give no spike.", step=0.05)
    gain: float = gain_field()

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_time <= self.min_time:
            refuse(f"{self.max_time:g} found, expected more than min_time ({self.min_time:g} ms)", place="max_time")
        return self

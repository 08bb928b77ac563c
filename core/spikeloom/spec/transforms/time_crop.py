"""A part of the time."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform


class TimeCrop(Transform):
    """Keeps the spikes from `start` on and before `stop`; what was at `start` is at 0 afterwards."""

    equations: ClassVar[tuple[str, ...]] = (
        r"t \leftarrow t - t_{\mathrm{start}}, \;\; t_{\mathrm{start}} \leq t < t_{\mathrm{stop}}",
    )

    start: float = quantity(0.0, ge=0, le=1e9, unit="ms", help="The first time that is kept.", step=10.0)
    stop: float = quantity(1000.0, gt=0, le=1e9, unit="ms", help="The first time that is not kept any more.", step=10.0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.stop <= self.start:
            refuse(f"{self.stop:g} found, expected more than start ({self.start:g} ms)", place="stop")
        return self

"""Normally distributed values."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Init
from spikeloom.genn.models import NORMAL
from spikeloom.spec.fields import quantity
from spikeloom.spec.initialisers.initialiser import Around, Initialiser


class Normal(Initialiser):
    """Values drawn from a normal distribution."""

    equations: ClassVar[tuple[str, ...]] = (r"x \sim N(\mathrm{mean},\, \mathrm{sd}^2)",)

    mean: float = quantity(0.0, help="Mean of the distribution.", step=0.1)
    sd: float = quantity(1.0, ge=0, help="Standard deviation of the distribution.", step=0.1)

    def genn_init(self, around: Around) -> Init:
        """GeNN's ``Normal`` snippet."""
        return Init(NORMAL, {"mean": self.mean, "sd": self.sd})

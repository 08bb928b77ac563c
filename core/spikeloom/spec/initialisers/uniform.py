"""Uniformly distributed values."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from spikeloom.genn import Init
from spikeloom.genn.models import UNIFORM
from spikeloom.spec.fields import quantity
from spikeloom.spec.initialisers.initialiser import Around, Initialiser
from spikeloom.spec.problem import refuse


class Uniform(Initialiser):
    """Values drawn from a uniform distribution."""

    equations: ClassVar[tuple[str, ...]] = (r"x \sim U(\mathrm{min},\, \mathrm{max})",)

    min: float = quantity(0.0, help="Smallest value.", step=0.1)
    max: float = quantity(1.0, help="Largest value.", step=0.1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            refuse(f"{self.max:g} found, expected at least min ({self.min:g})", place="max")
        return self

    def genn_init(self, around: Around) -> Init:
        """GeNN's ``Uniform`` snippet."""
        return Init(UNIFORM, {"min": self.min, "max": self.max})

    @property
    def largest(self) -> float:
        """The upper end."""
        return self.max

    @property
    def smallest(self) -> float:
        """The lower end."""
        return self.min

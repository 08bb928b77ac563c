"""The same value everywhere."""

from __future__ import annotations

from spikeloom.spec.fields import quantity
from spikeloom.spec.initialisers.initialiser import Around, Initialiser


class Constant(Initialiser):
    """The same value everywhere."""

    value: float = quantity(0.0, help="The value.", step=0.1)

    def genn_init(self, around: Around) -> float:
        """The value itself."""
        return self.value

    @property
    def largest(self) -> float:
        """The value."""
        return self.value

    @property
    def smallest(self) -> float:
        """The value."""
        return self.value

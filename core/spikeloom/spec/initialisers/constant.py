"""The same value everywhere."""

from __future__ import annotations

from spikeloom.spec.fields import quantity
from spikeloom.spec.initialisers.initialiser import Initialiser


class Constant(Initialiser):
    """The same value everywhere."""

    value: float = quantity(0.0, help="The value.", step=0.1)

    def genn_init(self) -> float:
        """The value itself."""
        return self.value

"""All to all."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import DenseMatrix
from spikeloom.spec.connectivity.connectivity import Ends, Weighted


class Dense(Weighted):
    """Every neuron of the source to every neuron of the target."""

    by_position: ClassVar[tuple[str, ...]] = ("weight", "delay")

    def matrix(self, ends: Ends) -> DenseMatrix:
        """A weight for every pair of neurons."""
        return DenseMatrix()

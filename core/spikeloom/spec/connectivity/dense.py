"""All to all."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import DenseMatrix
from spikeloom.spec.connectivity.connectivity import Ends, Weighted


class Dense(Weighted):
    """Every neuron of the source to every neuron of the target."""

    by_position: ClassVar[tuple[str, ...]] = ("weight", "delay")
    equations: ClassVar[tuple[str, ...]] = (r"I_j = \sum_i\, w_{ij}\, s_i",)

    def matrix(self, ends: Ends) -> DenseMatrix:
        """A weight for every pair of neurons."""
        return DenseMatrix()

"""One to one."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from spikeloom.genn import SparseMatrix
from spikeloom.spec.connectivity.connectivity import Ends, Extent, Weighted
from spikeloom.spec.problem import Problem


class OneToOne(Weighted):
    """Each neuron of the source to the neuron of the same number in the target."""

    title: ClassVar[str] = "One to one"
    by_position: ClassVar[tuple[str, ...]] = ("weight", "delay")
    equations: ClassVar[tuple[str, ...]] = (r"I_i = w_i\, s_i",)

    def target_shape(self, source: Extent) -> Extent:
        """That of the source."""
        return source

    def matrix(self, ends: Ends) -> SparseMatrix:
        """One synapse for each neuron."""
        size = ends.sizes[0]
        return SparseMatrix(np.arange(size + 1, dtype=np.int32), np.arange(size, dtype=np.int32))

    def problems(self, ends: Ends) -> list[Problem]:
        """Both populations must have as many neurons."""
        source, target = ends.sizes
        if source == target:
            return []
        message = f"{source} neurons found in the source and {target} in the target, expected as many"
        return [Problem("", message, "Give both populations the same shape, or connect them otherwise.")]

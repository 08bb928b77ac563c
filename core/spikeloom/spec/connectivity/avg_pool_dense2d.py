"""Average pooling and a dense connection in one."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from spikeloom.genn import KernelMatrix
from spikeloom.spec.connectivity.avg_pool2d import WINDOW_HINT, pooled_extents, pools
from spikeloom.spec.connectivity.axis import gathered
from spikeloom.spec.connectivity.connectivity import Ends, Weighted
from spikeloom.spec.connectivity.planar import Pair, fitting, kernel_matrix, planes
from spikeloom.spec.fields import setting
from spikeloom.spec.problem import Problem, Refused


class AvgPoolDense2D(Weighted):
    """The means of windows of the source, each to every neuron of the target, without a population in between.

    Weights are (window rows, window columns, channels, target neurons).
    """

    type: ClassVar[str] = "avg_pool_dense2d"
    title: ClassVar[str] = "Average pooling + dense"
    equations: ClassVar[tuple[str, ...]] = (r"I_j = \sum_{r,c,g}\, w_{r,c,g,j}\; \bar{s}_{r,c,g}",)
    by_position: ClassVar[tuple[str, ...]] = ("weight", "pool_size", "pool_strides", "delay")

    pool_size: Pair = setting((2, 2), help="Rows and columns of a window.")
    pool_strides: Pair | None = setting(None, help="Step from window to window; its size by default.")

    @property
    def scale(self) -> float:
        """One over the size of a window."""
        return 1.0 / prod(self.pool_size)

    @property
    def summary(self) -> str:
        """Size of a window."""
        return " × ".join(map(str, self.pool_size))

    def matrix(self, ends: Ends) -> KernelMatrix:
        """All windows as one kernel, which applies once."""
        rows, columns = pooled_extents(ends.source, self.pool_size, self.pool_strides)
        kernel = (rows, columns, planes(ends.source)[2], ends.sizes[1])
        row_taps, column_taps = pools(ends.source, self.pool_size, self.pool_strides)
        return kernel_matrix(kernel, gathered(row_taps), gathered(column_taps), 1)

    def problems(self, ends: Ends) -> list[Problem]:
        """The source must have rows and columns, and room for a window."""
        try:
            rows, columns = pooled_extents(ends.source, self.pool_size, self.pool_strides)
            fitting((rows, columns, 1), "the window", WINDOW_HINT, flatten=False)
        except Refused as refused:
            return list(refused.problems)
        return []

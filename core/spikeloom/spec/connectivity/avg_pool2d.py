"""Average pooling."""

from __future__ import annotations

from math import prod
from typing import ClassVar

import numpy as np

from spikeloom.genn import SparseMatrix
from spikeloom.spec.connectivity.axis import AxisTaps, pooled_extent, pooling
from spikeloom.spec.connectivity.connectivity import Connectivity, Ends, Extent
from spikeloom.spec.connectivity.planar import Pair, fitting, planes
from spikeloom.spec.fields import setting
from spikeloom.spec.initialisers.constant import Constant
from spikeloom.spec.initialisers.initialiser import Initialiser

WINDOW_HINT = "Make pool_size smaller."


class AvgPool2D(Connectivity):
    """Each neuron of the target gets the mean of a window of the source, channel by channel. Nothing is learned."""

    type: ClassVar[str] = "avg_pool2d"
    title: ClassVar[str] = "Average pooling"
    trained: ClassVar[bool] = False
    by_position: ClassVar[tuple[str, ...]] = ("pool_size", "flatten", "pool_strides", "delay")
    equations: ClassVar[tuple[str, ...]] = (
        r"I_{r,c,g} = \dfrac{1}{|\mathrm{window}|}\, \sum_{i \in \mathrm{window}}\, s_{i,g}",
    )

    pool_size: Pair = setting((2, 2), help="Rows and columns of a window.")
    pool_strides: Pair | None = setting(None, help="Step from window to window; its size by default.")
    flatten: bool = setting(False, help="Give the target one dimension.", advanced=True)

    @property
    def weights(self) -> Initialiser:
        """One over the size of a window, for all."""
        return Constant(value=1.0 / prod(self.pool_size))

    @property
    def summary(self) -> str:
        """Size of a window."""
        return " × ".join(map(str, self.pool_size))

    def target_shape(self, source: Extent) -> Extent:
        """Windows along rows and columns, and the channels of the source."""
        rows, columns = pooled_extents(source, self.pool_size, self.pool_strides)
        return fitting((rows, columns, planes(source)[2]), "the window", WINDOW_HINT, flatten=self.flatten)

    def matrix(self, ends: Ends) -> SparseMatrix:
        """A synapse from each neuron to each window that it lies in."""
        rows, columns = pools(ends.source, self.pool_size, self.pool_strides)
        width = pooled_extents(ends.source, self.pool_size, self.pool_strides)[1]
        channels = np.arange(planes(ends.source)[2])
        places = [
            (r * len(columns) + c, window_row * width + window_column)
            for r, row_taps in enumerate(rows)
            for c, column_taps in enumerate(columns)
            for window_row, _ in row_taps
            for window_column, _ in column_taps
        ]
        table = np.array(places, np.int64).reshape(-1, 2, 1) * len(channels) + channels
        return SparseMatrix.from_pairs(table[:, 0].ravel(), table[:, 1].ravel(), ends.sizes[0])[0]


Strides = tuple[int, int] | None


def pooled_extents(source: Extent, size: tuple[int, int], strides: Strides) -> list[int]:
    """Windows along rows and columns."""
    axes = zip(planes(source)[:2], size, strides or size, strict=True)
    return [pooled_extent(extent, pool, stride) for extent, pool, stride in axes]


def pools(source: Extent, size: tuple[int, int], strides: Strides) -> list[AxisTaps]:
    """The taps of the windows along rows and columns."""
    axes = zip(planes(source)[:2], size, strides or size, strict=True)
    return [pooling(extent, pool, stride) for extent, pool, stride in axes]

"""Average pooling and convolution in one."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from spikeloom.spec.connectivity.avg_pool2d import WINDOW_HINT, pooled_extents, pools
from spikeloom.spec.connectivity.axis import AxisTaps, Padding, through
from spikeloom.spec.connectivity.connectivity import Extent
from spikeloom.spec.connectivity.conv2d import Conv2D
from spikeloom.spec.connectivity.planar import Pair, fitting, planes
from spikeloom.spec.fields import setting


class AvgPoolConv2D(Conv2D):
    """The means of windows of the source, convolved with a kernel, without a population in between.

    Weights are (rows, columns, source channels, filters).
    """

    type: ClassVar[str] = "avg_pool_conv2d"
    title: ClassVar[str] = "Average pooling + convolution"
    equations: ClassVar[tuple[str, ...]] = (
        r"I_{r,c,f} = \sum_{k,l,g}\, w_{k,l,g,f}\; \bar{s}_{r S + k,\, c S + l,\, g}",
    )
    by_position: ClassVar[tuple[str, ...]] = ("weight", "filters", "pool_size", "conv_size", "flatten", "pool_strides")

    pool_size: Pair = setting((2, 2), help="Rows and columns of a window.")
    pool_strides: Pair | None = setting(None, help="Step from window to window; its size by default.")

    @property
    def scale(self) -> float:
        """One over the size of a window."""
        return 1.0 / prod(self.pool_size)

    def target_shape(self, source: Extent) -> Extent:
        """Rows, columns and filters, where there is room for a window."""
        rows, columns = pooled_extents(source, self.pool_size, self.pool_strides)
        fitting((rows, columns, 1), "the window", WINDOW_HINT, flatten=False)
        return super().target_shape(source)

    def _each_axis(self, source: Extent) -> Iterator[tuple[int, int, int, Padding]]:
        """Those of the convolution, which slides over the windows."""
        pooled = pooled_extents(source, self.pool_size, self.pool_strides)
        return super()._each_axis((*pooled, planes(source)[2]))

    def _taps(self, source: Extent) -> list[AxisTaps]:
        windows = pools(source, self.pool_size, self.pool_strides)
        return [through(window, taps) for window, taps in zip(windows, super()._taps(source), strict=True)]

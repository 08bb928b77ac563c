"""Average pooling and convolution in one."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from spikeloom.genn import KernelMatrix
from spikeloom.spec.connectivity.avg_pool2d import pools
from spikeloom.spec.connectivity.axis import AxisTaps, convolution, through
from spikeloom.spec.connectivity.connectivity import Ends, Extent
from spikeloom.spec.connectivity.conv2d import Conv2D
from spikeloom.spec.connectivity.planar import Pair, kernel_matrix, planes
from spikeloom.spec.fields import setting


class AvgPoolConv2D(Conv2D):
    """The means of windows of the source, convolved with a kernel, without a population in between.

    Weights are (rows, columns, source channels, filters).
    """

    type: ClassVar[str] = "avg_pool_conv2d"
    title: ClassVar[str] = "Average pooling + convolution"
    by_position: ClassVar[tuple[str, ...]] = ("weight", "filters", "pool_size", "conv_size", "flatten", "pool_strides")

    pool_size: Pair = setting((2, 2), help="Rows and columns of a window.")
    pool_strides: Pair | None = setting(None, help="Step from window to window; its size by default.")

    @property
    def scale(self) -> float:
        """One over the size of a window."""
        return 1.0 / prod(self.pool_size)

    def matrix(self, ends: Ends) -> KernelMatrix:
        """The kernel and where it applies, seen from the source itself."""
        return kernel_matrix((*self.conv_size, planes(ends.source)[2], self.filters), *self._axes(ends.source))

    def _axes(self, source: Extent) -> list[tuple[int, AxisTaps]]:
        axes = []
        windows = pools(source, self.pool_size, self.pool_strides)
        for (pooled, taps), kernel, stride in zip(windows, self.conv_size, self.conv_strides, strict=True):
            extent, convolved = convolution(pooled, kernel, stride, self.conv_padding)
            axes.append((extent, through(taps, convolved)))
        return axes

"""Convolution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from spikeloom.genn import KernelMatrix
from spikeloom.spec.connectivity.axis import AxisTaps, Padding, convolution, convolved_extent
from spikeloom.spec.connectivity.connectivity import Ends, Extent, Weighted
from spikeloom.spec.connectivity.planar import Pair, fitting, kernel_matrix, planes
from spikeloom.spec.fields import quantity, setting


class Conv2D(Weighted):
    """A kernel slides over the rows and columns of the source; all places share its weights.

    The target has a channel for each of `filters`. Weights are (rows, columns, source channels, filters).
    """

    type: ClassVar[str] = "conv2d"
    title: ClassVar[str] = "Convolution"
    by_position: ClassVar[tuple[str, ...]] = ("weight", "filters", "conv_size", "flatten", "conv_strides")
    equations: ClassVar[tuple[str, ...]] = (r"I_{r,c,f} = \sum_{k,l,g}\, w_{k,l,g,f}\; s_{r S + k,\, c S + l,\, g}",)

    filters: int = quantity(8, ge=1, le=65_536, help="Number of channels of the target.")
    conv_size: Pair = setting((3, 3), help="Rows and columns of the kernel.", label="Kernel size")
    conv_strides: Pair = setting((1, 1), help="Step of the kernel along rows and columns.", label="Strides")
    conv_padding: Padding = setting(
        "valid", help="'same' pads with zeros so that strides alone make the target smaller.", label="Padding"
    )
    flatten: bool = setting(False, help="Give the target one dimension.", advanced=True)

    @property
    def summary(self) -> str:
        """Size of the kernel and number of filters."""
        return f"{' × '.join(map(str, self.conv_size))} to {self.filters}"

    def target_shape(self, source: Extent) -> Extent:
        """Rows, columns and filters."""
        rows, columns = self._extents(source)
        hint = "Make it smaller, or pad with 'same'."
        return fitting((rows, columns, self.filters), "the kernel", hint, flatten=self.flatten)

    def matrix(self, ends: Ends) -> KernelMatrix:
        """The kernel and where it applies."""
        kernel = (*self.conv_size, planes(ends.source)[2], self.filters)
        rows, columns = self._taps(ends.source)
        return kernel_matrix(kernel, rows, columns, self._extents(ends.source)[1])

    def _each_axis(self, source: Extent) -> Iterator[tuple[int, int, int, Padding]]:
        """Size, kernel, stride and padding of the rows, then of the columns."""
        for size, kernel, stride in zip(planes(source)[:2], self.conv_size, self.conv_strides, strict=True):
            yield size, kernel, stride, self.conv_padding

    def _extents(self, source: Extent) -> list[int]:
        return [convolved_extent(*axis) for axis in self._each_axis(source)]

    def _taps(self, source: Extent) -> list[AxisTaps]:
        return [convolution(*axis) for axis in self._each_axis(source)]

"""Transposed convolution."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.connectivity.axis import AxisTaps, transposed_convolution, transposed_extent
from spikeloom.spec.connectivity.connectivity import Extent
from spikeloom.spec.connectivity.conv2d import Conv2D


class Conv2DTranspose(Conv2D):
    """Each place of the source is spread by a kernel over the target, `conv_strides` apart.

    With strides above 1 the target is larger than the source. Weights are (rows, columns, source channels, filters).
    """

    type: ClassVar[str] = "conv2d_transpose"
    title: ClassVar[str] = "Transposed convolution"
    equations: ClassVar[tuple[str, ...]] = (
        r"\mathrm{spike\ at}\ (r, c, g): \;\; I_{r S + k,\, c S + l,\, f}\ \mathrm{gets}\ w_{k,l,g,f}",
    )

    def _extents(self, source: Extent) -> list[int]:
        return [transposed_extent(*axis) for axis in self._each_axis(source)]

    def _taps(self, source: Extent) -> list[AxisTaps]:
        return [transposed_convolution(*axis) for axis in self._each_axis(source)]

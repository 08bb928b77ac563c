"""Transposed convolution."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.connectivity.axis import AxisTaps, transposed_convolution
from spikeloom.spec.connectivity.connectivity import Extent
from spikeloom.spec.connectivity.conv2d import Conv2D
from spikeloom.spec.connectivity.planar import planes


class Conv2DTranspose(Conv2D):
    """Each place of the source is spread by a kernel over the target, `conv_strides` apart.

    With strides above 1 the target is larger than the source. Weights are (rows, columns, source channels, filters).
    """

    type: ClassVar[str] = "conv2d_transpose"
    title: ClassVar[str] = "Transposed convolution"

    def _axes(self, source: Extent) -> list[tuple[int, AxisTaps]]:
        return [
            transposed_convolution(size, kernel, stride, self.conv_padding)
            for size, kernel, stride in zip(planes(source)[:2], self.conv_size, self.conv_strides, strict=True)
        ]

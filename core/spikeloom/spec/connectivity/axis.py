"""Kernels along one axis: which positions of the target a position of the source reaches, and through which element.

A convolution reads ``y[o] = sum_k w[k] x[o * stride + k - before]``. For each kind of kernel there is the extent of the
target, and the taps (o, k) of each position of the source. Those of two dimensions are made of one axis each.
"""

from __future__ import annotations

from typing import Literal

Padding = Literal["valid", "same"]
AxisTaps = list[list[tuple[int, int]]]


def convolved_extent(size: int, kernel: int, stride: int, padding: Padding) -> int:
    """Positions of a convolution; with ``same`` padding ``ceil(size / stride)``."""
    return -(-size // stride) if padding == "same" else max((size - kernel) // stride + 1, 0)


def convolution(size: int, kernel: int, stride: int, padding: Padding) -> AxisTaps:
    """The taps of a convolution; ``same`` padding puts half of what is missing, rounded down, before the source."""
    extent = convolved_extent(size, kernel, stride, padding)
    before = max((extent - 1) * stride + kernel - size, 0) // 2 if padding == "same" else 0
    taps: AxisTaps = [[] for _ in range(size)]
    for o in range(extent):
        for k in range(kernel):
            if 0 <= (i := o * stride + k - before) < size:
                taps[i].append((o, k))
    return taps


def transposed_extent(size: int, kernel: int, stride: int, padding: Padding) -> int:
    """Positions of a transposed convolution."""
    return size * stride if padding == "same" else size * stride + max(kernel - stride, 0)


def transposed_convolution(size: int, kernel: int, stride: int, padding: Padding) -> AxisTaps:
    """Each position of the source is spread by the kernel, `stride` apart."""
    extent = transposed_extent(size, kernel, stride, padding)
    before = max((size - 1) * stride + kernel - extent, 0) // 2 if padding == "same" else 0
    return [[(o, k) for k in range(kernel) if 0 <= (o := i * stride + k - before) < extent] for i in range(size)]


def pooled_extent(size: int, pool: int, stride: int) -> int:
    """Windows of `pool` positions, `stride` apart."""
    return max((size - pool) // stride + 1, 0)


def pooling(size: int, pool: int, stride: int) -> AxisTaps:
    """Each window as a position of the target; the element is the window too."""
    taps: AxisTaps = [[] for _ in range(size)]
    for window in range(pooled_extent(size, pool, stride)):
        for i in range(window * stride, window * stride + pool):
            taps[i].append((window, window))
    return taps


def through(first: AxisTaps, second: AxisTaps) -> AxisTaps:
    """What a position reaches by way of the targets of `first`, through the elements of `second`."""
    return [[tap for middle, _ in taps for tap in second[middle]] for taps in first]


def gathered(taps: AxisTaps) -> AxisTaps:
    """All targets as the one position 0, told apart by the element."""
    return [[(0, target) for target, _ in position] for position in taps]

"""Kernels along one axis: which positions of the target a position of the source reaches, and through which element.

A convolution reads ``y[o] = sum_k w[k] x[o * stride + k - before]``; each function gives the extent of the target and
the taps (o, k) of each position of the source. Those of two dimensions are made of one axis each.
"""

from __future__ import annotations

from typing import Literal

Padding = Literal["valid", "same"]
AxisTaps = list[list[tuple[int, int]]]


def convolution(size: int, kernel: int, stride: int, padding: Padding) -> tuple[int, AxisTaps]:
    """A convolution; with ``same`` padding the target has ``ceil(size / stride)`` positions."""
    if padding == "same":
        extent = -(-size // stride)
        before = max((extent - 1) * stride + kernel - size, 0) // 2
    else:
        extent, before = max((size - kernel) // stride + 1, 0), 0
    taps: AxisTaps = [[] for _ in range(size)]
    for o in range(extent):
        for k in range(kernel):
            if 0 <= (i := o * stride + k - before) < size:
                taps[i].append((o, k))
    return extent, taps


def transposed_convolution(size: int, kernel: int, stride: int, padding: Padding) -> tuple[int, AxisTaps]:
    """The transpose of a convolution: each position of the source is spread by the kernel, `stride` apart."""
    if padding == "same":
        extent = size * stride
        before = max((size - 1) * stride + kernel - extent, 0) // 2
    else:
        extent, before = size * stride + max(kernel - stride, 0), 0
    taps: AxisTaps = [[] for _ in range(size)]
    for i in range(size):
        taps[i] = [(o, k) for k in range(kernel) if 0 <= (o := i * stride + k - before) < extent]
    return extent, taps


def pooling(size: int, pool: int, stride: int) -> tuple[int, AxisTaps]:
    """Windows of `pool` positions, `stride` apart, each as a position of the target; the element is the window."""
    extent = max((size - pool) // stride + 1, 0)
    taps: AxisTaps = [[] for _ in range(size)]
    for window in range(extent):
        for i in range(window * stride, window * stride + pool):
            taps[i].append((window, window))
    return extent, taps


def through(first: AxisTaps, second: AxisTaps) -> AxisTaps:
    """What a position reaches by way of the targets of `first`, through the elements of `second`."""
    return [[tap for middle, _ in taps for tap in second[middle]] for taps in first]


def gathered(taps: AxisTaps) -> AxisTaps:
    """All targets as the one position 0, told apart by the element."""
    return [[(0, target) for target, _ in position] for position in taps]

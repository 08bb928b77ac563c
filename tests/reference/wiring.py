"""Which synapses a connectivity makes, written out from the definitions with loops; none of the product's code.

A convolution gives ``y[r, c, f] = sum over a, b, i of w[a, b, i, f] x[r s - p + a, c s - p + b, i]``, with x = 0
outside of the source. ``same`` padding puts half of what is missing (rounded down) before the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

import spikeloom.spec as sp

Shape = tuple[int, ...]


@dataclass
class Wiring:
    """Synapse k goes from neuron pre[k] to post[k] and has the weight ``scale * values.flat[element[k]]``."""

    pre: np.ndarray
    post: np.ndarray
    element: np.ndarray
    shape: Shape  # of the values
    scale: float
    size: tuple[int, int]

    def dense(self, values: Any) -> np.ndarray:
        """The weights as a matrix (source, target)."""
        weights = np.zeros(self.size)
        np.add.at(weights, (self.pre, self.post), self.scale * np.asarray(values, float).ravel()[self.element])
        return weights

    def each(self, values: Any) -> np.ndarray:
        """Some value per synapse, such as delays, as a matrix; 0 where there is no synapse."""
        matrix = np.zeros(self.size)
        matrix[self.pre, self.post] = np.broadcast_to(values, self.shape).ravel()[self.element]
        return matrix

    def gradient(self, dense: np.ndarray) -> np.ndarray:
        """The gradient by the values, from that by the weights of all pairs of neurons."""
        found = np.zeros(int(np.prod(self.shape)))
        np.add.at(found, self.element, self.scale * dense[self.pre, self.post])
        return found.reshape(self.shape)


def wiring(connectivity: sp.Connectivity, source: Shape, target: Shape) -> Wiring:
    """The synapses between populations of such shapes."""
    size = int(np.prod(source)), int(np.prod(target))
    triples: list[tuple[int, int, int]]
    shape: Shape
    scale = 1.0
    match connectivity:
        case sp.Dense():
            shape, triples = size, [(i, j, i * size[1] + j) for i, j in np.ndindex(*size)]
        case sp.OneToOne():
            shape, triples = (size[0],), [(i, i, i) for i in range(size[0])]
        case sp.Sparse():
            pairs = sorted(zip(*(array.values().tolist() for array in ends(connectivity)), strict=True))
            shape, triples = (len(pairs),), [(i, j, k) for k, (i, j) in enumerate(pairs)]
        case sp.AvgPoolConv2D():
            scale = 1 / np.prod(connectivity.pool_size)
            shape, triples = pooled_convolution(connectivity, source)
        case sp.Conv2DTranspose():
            shape, triples = transposed(connectivity, source, target)
        case sp.Conv2D():
            shape, triples = convolution(connectivity, planes(source))
        case sp.AvgPoolDense2D():
            scale = 1 / np.prod(connectivity.pool_size)
            shape, triples = pooled_dense(connectivity, source, size[1])
        case sp.AvgPool2D():
            triples = [(i, j, k) for k, (i, j) in enumerate(sorted(pooling(connectivity, source)))]
            shape = (len(triples),)
        case _:
            raise NotImplementedError(connectivity.type)
    pre, post, element = np.array(triples, int).reshape(-1, 3).T
    return Wiring(pre, post, element, shape, float(scale), size)


def ends(connectivity: sp.Sparse) -> tuple[Any, Any]:
    return connectivity.pre_ind, connectivity.post_ind


def planes(shape: Shape) -> tuple[int, int, int]:
    return (*shape, 1)[:3]  # type: ignore[return-value]


def flat(shape: Shape, *place: int) -> int:
    return int(np.ravel_multi_index(place, shape))


def axis(size: int, kernel: int, stride: int, padding: str) -> tuple[int, int]:
    """Extent of the target and zeros before the source."""
    if padding == "valid":
        return (size - kernel) // stride + 1, 0
    extent = -(-size // stride)
    return extent, max((extent - 1) * stride + kernel - size, 0) // 2


def convolution(c: sp.Conv2D, source: Shape) -> tuple[Shape, list[tuple[int, int, int]]]:
    (height, before_r), (width, before_c) = (
        axis(size, kernel, stride, c.conv_padding)
        for size, kernel, stride in zip(source[:2], c.conv_size, c.conv_strides, strict=True)
    )
    kernel, target = (*c.conv_size, source[2], c.filters), (height, width, c.filters)
    triples = []
    for r, col, f, a, b, i in product(range(height), range(width), range(c.filters), *map(range, kernel[:3])):
        row, column = r * c.conv_strides[0] - before_r + a, col * c.conv_strides[1] - before_c + b
        if 0 <= row < source[0] and 0 <= column < source[1]:
            triples.append((flat(source, row, column, i), flat(target, r, col, f), flat(kernel, a, b, i, f)))
    return kernel, triples


def windows(c: Any, source: Shape) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Each window of a pooling, with the places of the source in it."""
    strides = c.pool_strides or c.pool_size
    found = {}
    for r, col in product(range(source[0]), range(source[1])):
        top, left = r * strides[0], col * strides[1]
        if top + c.pool_size[0] <= source[0] and left + c.pool_size[1] <= source[1]:
            found[r, col] = list(product(range(top, top + c.pool_size[0]), range(left, left + c.pool_size[1])))
    return found


def pooled_shape(c: Any, source: Shape) -> Shape:
    rows, columns = zip(*windows(c, source), strict=True)
    return max(rows) + 1, max(columns) + 1, source[2]


def pooling(c: Any, source: Shape) -> list[tuple[int, int]]:
    """Pairs (neuron of the source, neuron of the pooled plane)."""
    source = planes(source)
    target = pooled_shape(c, source)
    return [
        (flat(source, row, column, i), flat(target, *window, i))
        for window, places in windows(c, source).items()
        for row, column in places
        for i in range(source[2])
    ]


def pooled_convolution(c: sp.AvgPoolConv2D, source: Shape) -> tuple[Shape, list[tuple[int, int, int]]]:
    kernel, triples = convolution(c, pooled_shape(c, planes(source)))
    return kernel, [(i, j, k) for i, pooled in pooling(c, source) for middle, j, k in triples if middle == pooled]


def pooled_dense(c: sp.AvgPoolDense2D, source: Shape, neurons: int) -> tuple[Shape, list[tuple[int, int, int]]]:
    pooled = pooled_shape(c, planes(source))
    triples = [(i, j, p * neurons + j) for i, p in pooling(c, source) for j in range(neurons)]
    return (*pooled, neurons), triples


def transposed(c: sp.Conv2DTranspose, source: Shape, target: Shape) -> tuple[Shape, list[tuple[int, int, int]]]:
    """The transpose of the convolution from the target's plane to the source's."""
    source, (height, width, _) = planes(source), planes(target)
    kernel = (*c.conv_size, source[2], c.filters)
    back = sp.Conv2D(0.0, 1, c.conv_size, conv_strides=c.conv_strides, conv_padding=c.conv_padding)
    _, triples = convolution(back, (height, width, 1))
    found = []
    for out, place, element in triples:
        row, column = divmod(place, source[1])
        if row >= source[0]:
            continue
        a, b, *_ = np.unravel_index(element, (*c.conv_size, 1, 1))
        for i, f in product(range(source[2]), range(c.filters)):
            pre = flat(source, row, column, i)
            found.append((pre, out * c.filters + f, flat(kernel, int(a), int(b), i, f)))
    return kernel, found

"""Which synapses a synapse population has, and how their variables are stored: GeNN's matrix types as data.

`DenseMatrix` has a value for every pair of neurons, `SparseMatrix` one for every synapse that exists, and
`KernelMatrix` one for every element of a kernel that many synapses share.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class DenseMatrix:
    """Every neuron of the source to every neuron of the target; variables are (pre, post)."""


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """The synapses that exist, sorted by source and then by target; variables are (synapses,) in that order.

    Parameters
    ----------
    offsets
        int32, (pre + 1,): neuron i has the synapses ``offsets[i]:offsets[i + 1]``.
    targets
        int32, (synapses,): the target neuron of each; no pair of neurons has two.
    """

    offsets: np.ndarray
    targets: np.ndarray

    @classmethod
    def from_pairs(cls, pre: np.ndarray, post: np.ndarray, num_pre: int) -> tuple[SparseMatrix, np.ndarray]:
        """The matrix with synapses from ``pre[k]`` to ``post[k]``, and the order in which it holds them."""
        order = np.lexsort((post, pre))
        counts = np.bincount(pre, minlength=num_pre)
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        return cls(offsets, np.asarray(post)[order].astype(np.int32)), order

    @property
    def sources(self) -> np.ndarray:
        """int32, (synapses,): the source neuron of each synapse."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))

    @property
    def longest_row(self) -> int:
        """The largest number of synapses that a source neuron has."""
        return int(np.diff(self.offsets).max(initial=0))


@dataclass(frozen=True, eq=False)
class Taps:
    """What position i of one axis of the source reaches along that axis of the target.

    Parameters
    ----------
    offsets
        int32, (positions + 1,): position i has the taps ``offsets[i]:offsets[i + 1]``.
    targets, elements
        int32, (taps,): the position in the target, and the element of the kernel on the way there.
    """

    offsets: np.ndarray
    targets: np.ndarray
    elements: np.ndarray

    @classmethod
    def from_lists(cls, taps: list[list[tuple[int, int]]]) -> Taps:
        """From a list of (target, element) for each position."""
        offsets = np.cumsum([0, *map(len, taps)]).astype(np.int32)
        flat = np.array([tap for position in taps for tap in position], np.int32).reshape(-1, 2)
        return cls(offsets, np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1]))

    def __len__(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, eq=False)
class KernelMatrix:
    """A kernel that slides over the source: synapses share its elements; variables have the kernel's shape.

    Neuron (r, c, f) of the source reaches, for each tap along the rows and each along the columns, all channels of
    ``(rows.targets, columns.targets)`` of the target through ``kernel[rows.elements, columns.elements, f, :]``.

    Parameters
    ----------
    kernel
        (rows, columns, channels of the source, channels of the target).
    width
        The columns of the target.
    """

    kernel: tuple[int, int, int, int]
    rows: Taps = field(repr=False)
    columns: Taps = field(repr=False)
    width: int

    def pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every synapse as (source neuron, target neuron, flat index into the kernel): for tests and for looking."""
        _, kernel_columns, channels, outputs = self.kernel
        found = []
        for r in range(len(self.rows)):
            for c in range(len(self.columns)):
                for a in range(self.rows.offsets[r], self.rows.offsets[r + 1]):
                    for b in range(self.columns.offsets[c], self.columns.offsets[c + 1]):
                        target = (self.rows.targets[a] * self.width + self.columns.targets[b]) * outputs
                        element = self.rows.elements[a] * kernel_columns + self.columns.elements[b]
                        found.append((r * len(self.columns) + c, target, element))
        base = np.array(found, np.int64).reshape(-1, 3)
        channel, output = np.arange(channels)[:, None], np.arange(outputs)
        pre = base[:, 0, None, None] * channels + channel + 0 * output
        post = base[:, 1, None, None] + 0 * channel + output
        index = (base[:, 2, None, None] * channels + channel) * outputs + output
        return pre.ravel(), post.ravel(), index.ravel()

    @property
    def num_synapses(self) -> int:
        """How many pairs of neurons it connects (a pair that two taps connect counts twice)."""
        return len(self.rows.targets) * len(self.columns.targets) * self.kernel[2] * self.kernel[3]


Matrix = DenseMatrix | SparseMatrix | KernelMatrix
DENSE = DenseMatrix()

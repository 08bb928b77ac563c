"""Which synapses a synapse population has, and how their variables are stored: GeNN's matrix types as data.

`DenseMatrix` has a value for every pair of neurons, `SparseMatrix` one for every synapse that exists, and
`KernelMatrix` one for every element of a kernel that many synapses share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import ClassVar

import numpy as np

Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class DenseMatrix:
    """Every neuron of the source to every neuron of the target; variables are (pre, post)."""

    dimensions: ClassVar[str] = "source x target"

    def shape(self, pre: int, post: int) -> tuple[int, ...]:
        """The shape of a variable, between populations of `pre` and `post` neurons."""
        return pre, post

    def rows(self, pre: int, post: int) -> tuple[int, int]:
        """The number of rows in which a variable is stored, and the length of the longest."""
        return pre, post

    def pairs(self, pre: int, post: int) -> Pairs:
        """The source and target neuron of each synapse, and the (flat) place of its variables."""
        sources, targets = np.divmod(np.arange(pre * post), post)
        return sources, targets, np.arange(pre * post)

    def num_synapses(self, pre: int, post: int) -> int:
        """How many synapses there are."""
        return pre * post

    def transposed(self, pre: int, post: int) -> tuple[DenseMatrix, np.ndarray]:
        """The matrix of the way back, and for each of its synapses the (flat) place of the one that it undoes."""
        return self, np.arange(pre * post).reshape(pre, post).T.ravel()


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """The synapses that exist, sorted by source and then by target; variables are (synapses,) in that order.

    Parameters
    ----------
    offsets
        int32, (pre + 1,): neuron i has the synapses ``offsets[i]:offsets[i + 1]``.
    targets
        int32, (synapses,): the target neuron of each; no pair of neurons has two.
    room
        Synapses that a neuron may come to have where they move; 0 where they stay.
    """

    dimensions: ClassVar[str] = "one for each synapse"

    offsets: np.ndarray
    targets: np.ndarray
    room: int = 0

    @classmethod
    def from_pairs(
        cls, pre: np.ndarray, post: np.ndarray, num_pre: int, room: int = 0
    ) -> tuple[SparseMatrix, np.ndarray]:
        """The matrix with synapses from ``pre[k]`` to ``post[k]``, and the order in which it holds them."""
        order = np.argsort(np.asarray(pre, np.int64) * (np.max(post, initial=0) + 1) + post, kind="stable")
        counts = np.bincount(pre, minlength=num_pre)
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        return cls(offsets, np.asarray(post)[order].astype(np.int32), room), order

    @property
    def sources(self) -> np.ndarray:
        """int32, (synapses,): the source neuron of each synapse."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))

    def shape(self, pre: int, post: int) -> tuple[int, ...]:
        """The shape of a variable."""
        return (len(self.targets),)

    def rows(self, pre: int, post: int) -> tuple[int, int]:
        """The number of rows in which a variable is stored, and the length of the longest."""
        return pre, int(np.diff(self.offsets).max(initial=self.room))

    def pairs(self, pre: int, post: int) -> Pairs:
        """The source and target neuron of each synapse, and the place of its variables."""
        return self.sources, self.targets, np.arange(len(self.targets))

    def num_synapses(self, pre: int, post: int) -> int:
        """How many synapses there are."""
        return len(self.targets)

    def transposed(self, pre: int, post: int) -> tuple[SparseMatrix, np.ndarray]:
        """The matrix of the way back, and for each of its synapses the place of the one that it undoes."""
        return SparseMatrix.from_pairs(self.targets, self.sources, post, pre if self.room else 0)


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
    row_taps, column_taps
        What each row, and each column, of the source reaches.
    width
        The columns of the target.
    """

    dimensions: ClassVar[str] = "rows x columns x source channels x target channels"

    kernel: tuple[int, int, int, int]
    row_taps: Taps = field(repr=False)
    column_taps: Taps = field(repr=False)
    width: int

    def shape(self, pre: int, post: int) -> tuple[int, ...]:
        """The shape of a variable."""
        return self.kernel

    def rows(self, pre: int, post: int) -> tuple[int, int]:
        """The number of rows in which a variable is stored, and the length of the longest."""
        return prod(self.kernel[:3]), self.kernel[3]

    def pairs(self, pre: int, post: int) -> Pairs:
        """The source and target neuron of each synapse, and the (flat) place of its variables."""
        _, kernel_columns, channels, outputs = self.kernel
        found = []
        for r in range(len(self.row_taps)):
            for c in range(len(self.column_taps)):
                for a in range(self.row_taps.offsets[r], self.row_taps.offsets[r + 1]):
                    for b in range(self.column_taps.offsets[c], self.column_taps.offsets[c + 1]):
                        target = (self.row_taps.targets[a] * self.width + self.column_taps.targets[b]) * outputs
                        element = self.row_taps.elements[a] * kernel_columns + self.column_taps.elements[b]
                        found.append((r * len(self.column_taps) + c, target, element))
        base = np.array(found, np.int64).reshape(-1, 3)
        channel, output = np.arange(channels)[:, None], np.arange(outputs)
        sources = base[:, 0, None, None] * channels + channel + 0 * output
        targets = base[:, 1, None, None] + 0 * channel + output
        places = (base[:, 2, None, None] * channels + channel) * outputs + output
        return sources.ravel(), targets.ravel(), places.ravel()

    def num_synapses(self, pre: int, post: int) -> int:
        """How many synapses there are; those that share an element of the kernel count each."""
        return len(self.row_taps.targets) * len(self.column_taps.targets) * self.kernel[2] * self.kernel[3]


Matrix = DenseMatrix | SparseMatrix | KernelMatrix
DENSE = DenseMatrix()

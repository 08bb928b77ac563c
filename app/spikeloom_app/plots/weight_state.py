"""What is known of a connection's weights (or gradients, or delays) at the moment, and what to call its elements."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np


@dataclass(frozen=True)
class WeightState:
    """One ``weights`` event.

    Parameters
    ----------
    matrix
        Float32, (sources, targets), or a kernel's (rows, columns, channels, filters).
    strides
        Every how many-th source and target is in the matrix; kernels come whole.
    source_shape, target_shape
        Of the populations.
    """

    connection: str
    values: str
    epoch: int
    step: int
    matrix: np.ndarray
    counts: np.ndarray
    edges: np.ndarray
    strides: tuple[int, int]
    source_shape: tuple[int, ...]
    target_shape: tuple[int, ...]

    @classmethod
    def of_event(cls, event: dict[str, Any]) -> WeightState:
        """What the event tells."""
        matrix = np.asarray(event["matrix"], dtype=np.float32)
        counts, edges = event.get("counts"), event.get("edges")
        if counts is None or edges is None:
            counts, edges = np.histogram(matrix[np.isfinite(matrix)], 60)
        size = event.get("size") or (matrix.shape[0], matrix.shape[-1])
        return cls(
            connection=event["connection"],
            values=event.get("values", "weights"),
            epoch=int(event.get("epoch") or 0),
            step=int(event.get("step") or 0),
            matrix=matrix,
            counts=np.asarray(counts),
            edges=np.asarray(edges),
            strides=tuple(event.get("strides") or (1, 1)),
            source_shape=tuple(event.get("source_shape") or (size[0],)),
            target_shape=tuple(event.get("target_shape") or (size[1],)),
        )

    @property
    def is_kernel(self) -> bool:
        """Whether places of the source share the weights."""
        return self.matrix.ndim == 4

    @property
    def unit(self) -> str:
        """The unit of the values, after a blank; weights and gradients have none."""
        return " ms" if self.values == "delays" else ""

    @property
    def flat(self) -> np.ndarray:
        """The weights as a matrix: a column per target, or per filter."""
        return self.matrix.reshape(-1, self.matrix.shape[-1])

    def source_word(self, row: int) -> str:
        """What a row of `flat` belongs to."""
        if self.is_kernel:
            y, x, channel = np.unravel_index(row, self.matrix.shape[:3])
            return f"row {y}, column {x}, channel {channel}"
        return f"source {row * self.strides[0]}"

    def target_word(self, column: int) -> str:
        """What a column of `flat` belongs to."""
        return f"{'filter' if self.is_kernel else 'target'} {column * self.strides[1]}"

    @property
    def channels(self) -> int:
        """Channels of a receptive field; 1 where there are none."""
        shape = self.matrix.shape[:3] if self.is_kernel else self.source_shape
        return int(shape[2]) if len(shape) == 3 else 1

    def fields(self, channel: int | None) -> np.ndarray | None:
        """Receptive fields (targets, rows, columns) in the source's shape; None where rows of the matrix are left out.

        Parameters
        ----------
        channel
            The one to show; None: their sum.
        """
        flat = self.flat
        shape = self.matrix.shape[:3] if self.is_kernel else self.source_shape
        if prod(shape) != len(flat):
            return None
        if len(shape) == 3:
            stack = flat.T.reshape(-1, *shape)
            return stack.sum(axis=3) if channel is None else stack[..., channel]
        rows, columns = shape if len(shape) == 2 else (1, len(flat))
        return flat.T.reshape(-1, rows, columns)

    def in_words(self) -> str:
        """``mean 0.31 · sd 0.20 · 3 % zeros``; of delays ``mean 3 ms · sd 1.2 ms · longest 8 ms``."""
        values = self.matrix[np.isfinite(self.matrix)].astype(float)
        if not values.size:
            return "no number among them"
        moments = f"mean {values.mean():.3g}{self.unit} · sd {values.std():.3g}{self.unit}"
        if self.values == "delays":
            return f"{moments} · longest {values.max():.3g} ms"
        return f"{moments} · {100 * float((values == 0).mean()):.3g} % zeros"

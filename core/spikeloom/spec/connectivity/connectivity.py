"""The family of connectivities: which neurons are connected, with which weights and delays."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np
from pydantic import model_serializer

from spikeloom.genn import KernelMatrix, Matrix, Taps
from spikeloom.spec.base import Type
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.initialisers.array import Array
from spikeloom.spec.initialisers.constant import Constant
from spikeloom.spec.initialisers.initialiser import Initialiser
from spikeloom.spec.problem import Problem

Extent = tuple[int, ...]


@dataclass(frozen=True)
class Ends:
    """What a connection connects: shapes of its populations, its name, and whether both are the same one."""

    source: Extent
    target: Extent
    name: str
    to_itself: bool = False

    @property
    def sizes(self) -> tuple[int, int]:
        """Numbers of neurons of the source and of the target."""
        return prod(self.source), prod(self.target)


class Connectivity(Type):
    """Which neurons of two populations are connected, with which weights and delays."""

    trained: ClassVar[bool] = True  # whether learning moves its weights
    rewirable: ClassVar[bool] = False  # whether its synapses are some of many that there could be

    delay: Initialiser = setting(
        factory=Constant, unit="ms", help="Delay of the synapses, rounded to timesteps.", advanced=True
    )
    max_delay: float | None = quantity(
        None,
        ge=0,
        unit="ms",
        help="Longest delay; delays that are drawn beyond it are cut. Needed where the distribution has no end.",
        advanced=True,
        step=1.0,
    )

    @property
    @abstractmethod
    def weights(self) -> Initialiser:
        """First values of the weights."""

    @property
    def scale(self) -> float:
        """What every weight is multiplied with where it acts."""
        return 1.0

    @property
    def summary(self) -> str:
        """What tells it from others of its type in a few characters; empty where the sizes of its ends do."""
        return ""

    def target_shape(self, source: Extent) -> Extent | None:
        """The shape that it gives its target; None where the target is free.

        Raises
        ------
        Refused
            Where it cannot start from such a source.
        """
        return None

    def fans(self, ends: Ends) -> tuple[float, float]:
        """Mean number of synapses of a target neuron and of a source neuron; of a kernel, where no edge cuts it off."""
        source, target = ends.sizes
        matrix = self.matrix(ends)
        if isinstance(matrix, KernelMatrix):
            rows, columns, channels, outputs = matrix.kernel
            reached = _distinct(matrix.row_taps) * _distinct(matrix.column_taps)
            return float(reached * channels), float(rows * columns * outputs)
        synapses = matrix.num_synapses(source, target)
        return synapses / target, synapses / source

    @abstractmethod
    def matrix(self, ends: Ends) -> Matrix:
        """The synapses between such ends."""

    def in_order(self, values: np.ndarray) -> np.ndarray:
        """Given values, one for each synapse, in the order in which a network numbers the synapses."""
        return values

    def holding(self, ends: Ends, weights: Array | None, delay: Initialiser) -> Connectivity:
        """The same synapses with given weights (where it has any) and delays, as a network numbers them."""
        held = self.model_copy(deep=True)
        held.delay = delay
        if weights is not None and isinstance(held, Weighted):
            held.weight = weights
        return held

    def problems(self, ends: Ends) -> list[Problem]:
        """What is wrong with it between such ends; places are below the connectivity."""
        return []

    @model_serializer(mode="wrap")
    def _write(self, handler: Any) -> dict[str, Any]:
        """Delays last, and only where there are any."""
        written = super()._write(handler)
        delays = {name: written.pop(name) for name in ("delay", "max_delay") if name in written}
        return written if self.delay == Constant() and self.max_delay is None else written | delays

    @property
    def longest_delay(self) -> float | None:
        """The longest delay (ms); None where it is not known."""
        return self.delay.largest if self.max_delay is None else self.max_delay


class Weighted(Connectivity):
    """A connectivity whose weights are given or learned."""

    weight: Initialiser = setting(help="The weights' first values.")

    @property
    def weights(self) -> Initialiser:
        """First values of the weights."""
        return self.weight


def _distinct(taps: Taps) -> int:
    """The largest number of elements through which a position of the target is reached."""
    pairs = np.unique(np.stack([taps.targets, taps.elements], axis=1), axis=0)
    return int(np.bincount(pairs[:, 0]).max(initial=1)) if len(pairs) else 1

"""Random connectivity."""

from __future__ import annotations

import zlib
from typing import ClassVar

import numpy as np

from spikeloom.genn import SparseMatrix
from spikeloom.spec.connectivity.connectivity import Connectivity, Ends, Weighted
from spikeloom.spec.connectivity.sparse import listed
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.initialisers.array import Array
from spikeloom.spec.initialisers.initialiser import Initialiser
from spikeloom.spec.problem import Problem

MOST_SYNAPSES = 2**31 - 1
MANY = 100  # expected connections, from which on some are drawn for sure


class FixedProbability(Weighted):
    """Each pair of neurons is connected with the same probability, independently of all others.

    Which pairs are depends on `structure_seed` and on the name of the connection, not on the seed of the training: a
    checkpoint fits whatever the seed was.
    """

    title: ClassVar[str] = "Fixed probability"
    rewirable: ClassVar[bool] = True
    by_position: ClassVar[tuple[str, ...]] = ("p", "weight", "allow_self_connections", "delay")
    equations: ClassVar[tuple[str, ...]] = (r"I_j = \sum_i\, c_{ij}\, w_{ij}\, s_i, \;\; P(c_{ij} = 1) = p",)

    p: float = quantity(0.1, gt=0, le=1, help="Probability of a connection.", step=0.05)
    allow_self_connections: bool = setting(
        False, help="Whether a neuron may connect to itself, where a population connects to itself.", advanced=True
    )
    structure_seed: int = quantity(
        0, ge=0, le=2**32 - 1, help="Seed with which the connections are drawn.", advanced=True
    )

    @property
    def summary(self) -> str:
        """The probability."""
        return f"{100 * self.p:g} %"

    def fans(self, ends: Ends) -> tuple[float, float]:
        """Those that are to be expected."""
        pre, post = ends.sizes
        return self.p * pre, self.p * post

    def matrix(self, ends: Ends) -> SparseMatrix:
        """The synapses that are drawn."""
        pre, post = ends.sizes
        rng = np.random.default_rng([self.structure_seed, zlib.crc32(ends.name.encode())])
        # The gaps between connections are geometrically distributed: the cost is that of the connections.
        drawn, last, pairs = [], -1, pre * post
        while last < pairs:
            expected = int((pairs - last) * self.p * 1.05) + 64
            gaps = np.minimum(rng.geometric(self.p, expected), pairs + 1)  # longer ones say no more
            places = last + np.cumsum(gaps)
            drawn.append(places)
            last = int(places[-1])
        found = np.concatenate(drawn)
        found = found[found < pairs]
        if ends.to_itself and not self.allow_self_connections:
            found = found[found // post != found % post]
        offsets = np.searchsorted(found, np.arange(pre + 1, dtype=np.int64) * post).astype(np.int32)
        return SparseMatrix(offsets, (found % post).astype(np.int32))

    def holding(self, ends: Ends, weights: Array | None, delay: Initialiser) -> Connectivity:
        """The synapses as a list, so that they stay what they are whatever the connection is called."""
        return listed(self.matrix(ends), weights, delay, self.max_delay)

    def problems(self, ends: Ends) -> list[Problem]:
        """At least one connection must have been drawn."""
        pre, post = ends.sizes
        if pre * post * self.p > MOST_SYNAPSES:
            message = f"{self.p:g} found, which makes {pre * post * self.p:.3g} synapses, more than {MOST_SYNAPSES}"
            return [Problem("p", message, "Lower it, or use smaller populations.")]
        if pre * post * self.p > MANY or len(self.matrix(ends).targets):
            return []
        return [Problem("p", f"{self.p:g} found, with which no connection was drawn", "Raise it.")]

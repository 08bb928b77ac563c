"""Given connections."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator

from spikeloom.errors import UserError
from spikeloom.genn import SparseMatrix
from spikeloom.spec.connectivity.connectivity import Ends, Weighted
from spikeloom.spec.fields import setting
from spikeloom.spec.initialisers.array import Array
from spikeloom.spec.initialisers.initialiser import Initialiser
from spikeloom.spec.problem import Problem, Refused
from spikeloom.spec.stored_array import IndexArray


def _as_indices(value: Any) -> Any:
    """Indices for an array or a list of them."""
    if isinstance(value, np.ndarray | list | tuple | range):
        try:
            return IndexArray.of(value) if isinstance(value, np.ndarray) else IndexArray.of_list(tuple(value))
        except UserError as error:
            raise Refused([Problem("", error.message, error.hint)]) from None
    return value


Indices = Annotated[IndexArray, BeforeValidator(_as_indices)]


class Sparse(Weighted):
    """The connections whose source and target neurons are listed.

    In a script ``Sparse(pre_ind, post_ind, weight)`` with two arrays of neuron numbers, and one weight for all or one
    for each. A network numbers the synapses by source, then by target: so come weights that are read from it.
    """

    title: ClassVar[str] = "Sparse (listed)"
    rewirable: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (r"I_j = \sum_{i\ \mathrm{listed\ with}\ j}\, w_{ij}\, s_i",)
    by_position: ClassVar[tuple[str, ...]] = ("pre_ind", "post_ind", "weight", "delay")

    pre_ind: Indices = setting(factory=IndexArray, help="Source neuron of each synapse.", label="Source neurons")
    post_ind: Indices = setting(factory=IndexArray, help="Target neuron of each synapse.", label="Target neurons")

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """The source and target neuron of each synapse, in the order in which they are listed."""
        return self.pre_ind.values().ravel(), self.post_ind.values().ravel()

    def holding(self, ends: Ends, weights: Array | None, delay: Initialiser) -> Sparse:
        """The synapses listed in the order in which a network numbers them."""
        return listed(self.matrix(ends), weights, delay, self.max_delay)

    def in_order(self, values: np.ndarray) -> np.ndarray:
        """Given values come in the order of the lists."""
        return values.ravel()[self.order()]

    def order(self) -> np.ndarray:
        """The place in the lists of each synapse of the network."""
        pre, post = self.pairs()
        return np.lexsort((post, pre))

    def matrix(self, ends: Ends) -> SparseMatrix:
        """The synapses, sorted."""
        return SparseMatrix.from_pairs(*self.pairs(), ends.sizes[0])[0]

    def problems(self, ends: Ends) -> list[Problem]:
        """Lists of different lengths, neurons that are not there, a pair that is listed twice."""
        found: list[Problem] = []
        lists = (("pre_ind", self.pre_ind), ("post_ind", self.post_ind))
        for (name, array), size in zip(lists, ends.sizes, strict=True):
            try:
                values = array.values()
            except UserError as error:
                found.append(Problem(name, error.message, error.hint))
                continue
            wrong = values[(values < 0) | (values >= size)]
            if len(wrong):
                found.append(Problem(name, f"neuron {wrong[0]} found, the population has 0 to {size - 1}"))
        if found:
            return found
        pre, post = self.pairs()
        if len(pre) != len(post):
            return [Problem("post_ind", f"{len(post)} neurons found, expected as many as in pre_ind ({len(pre)})")]
        if not len(pre):
            return [Problem("pre_ind", "no neurons found, expected at least one synapse")]
        order = self.order()
        same = np.flatnonzero((np.diff(pre[order]) == 0) & (np.diff(post[order]) == 0))
        if len(same):
            i, j = pre[order][same[0]], post[order][same[0]]
            return [Problem("pre_ind", f"the synapse from {i} to {j} is listed twice", "Add up their weights.")]
        return []


def listed(matrix: SparseMatrix, weights: Array | None, delay: Initialiser, max_delay: float | None) -> Sparse:
    """The synapses of a matrix as a list of them."""
    assert weights is not None
    pre, post = IndexArray.of(matrix.sources), IndexArray.of(matrix.targets)
    return Sparse(pre_ind=pre, post_ind=post, weight=weights, delay=delay, max_delay=max_delay)

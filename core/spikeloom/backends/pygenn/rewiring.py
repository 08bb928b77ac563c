"""Synapses of a sparse population that move while PyGeNN has it loaded: rows are written anew, and all they carry.

GeNN keeps the rows of sparse synapses in arrays whose length was fixed when it was built; `SparseMatrix.room` says for
how many synapses of a neuron there is room.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeloom.backends.interface import KEPT
from spikeloom.backends.pygenn.arrays import pulled, push
from spikeloom.backends.pygenn.build import Groups
from spikeloom.genn.matrix import SparseMatrix
from spikeloom.genn.network import GeNNModel


def rewire(groups: Groups, model: GeNNModel, name: str, pre: np.ndarray, post: np.ndarray, fresh: np.ndarray) -> None:
    """Let synapse k of `name` lead from neuron ``pre[k]`` to ``post[k]``, in the order in which they are now.

    Parameters
    ----------
    fresh
        Synapses that start anew: all that learning has written to them is 0. Signs and delays stay.
    """
    sources, targets = model.ends(name)
    matrix, order = SparseMatrix.from_pairs(pre, post, sources, targets)
    carried = []
    for group, array in _carried(groups, model, name):
        values = pulled(array)
        if group != name or array.name not in KEPT:
            values[..., fresh] = 0
        carried.append((array, values[..., order]))
    model.synapses[name].matrix = matrix
    _write_rows(groups.synapses[name], matrix)
    for array, values in carried:
        push(array, values)
    for other, ways_back in model.synapses.items():
        if any(ref.group == name for ref in ways_back.transposes.values()):
            ways_back.matrix = matrix.transposed(sources, targets)[0]
            _write_rows(groups.synapses[other], ways_back.matrix)


def _carried(groups: Groups, model: GeNNModel, name: str) -> list[tuple[str, Any]]:
    """The arrays that have a value for each synapse, with the group that they are of."""
    updates = [update.name for update in model.custom_updates.values() if update.group == name]
    found = [(group, array) for group in (name, *updates) for array in groups.find(group).vars.values()]
    return [(group, array) for group, array in found if type(array).__name__ == "SynapseVariable"]


def _write_rows(group: Any, matrix: SparseMatrix) -> None:
    """Write which synapses there are; PyGeNN's own way to set them would also change the length of its arrays."""
    group.ind, group.row_lengths = matrix.targets, np.diff(matrix.offsets).astype(np.uint32)
    group.synapse_order = np.arange(len(matrix.targets))
    places = matrix.sources.astype(np.int64) * group.max_connections
    places += np.arange(len(places)) - matrix.offsets[matrix.sources]
    group._ind.view[places] = matrix.targets
    group._row_lengths.view[:] = group.row_lengths
    group.push_connectivity_to_device()

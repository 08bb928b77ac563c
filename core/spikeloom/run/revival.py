"""Hidden neurons that were silent for a whole epoch get larger weights: no gradient would ever reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spikeloom.compilers.compiled import WEIGHT
from spikeloom.genn import KernelMatrix

if TYPE_CHECKING:
    from spikeloom.run.session import Session


def revive(session: Session) -> dict[str, int]:
    """Raise the weights onto silent neurons, and begin to count anew.

    Weights that several neurons share, and those of frozen connections, stay.

    Returns
    -------
    Population -> how many of its neurons were silent, where weights onto them were raised.
    """
    step, found = session.training.revive_silent, dict[str, int]()
    for population, ref in session.compiled.seen.items():
        silent = session.runtime.get(ref.group, ref.var) == 0
        session.runtime.set(ref.group, ref.var, np.zeros(silent.shape))
        if not silent.any():
            continue
        for connection in session.document.network.incoming(population):
            model = session.compiled.model
            if not connection.learns or isinstance(model.synapses[connection.name].matrix, KernelMatrix):
                continue
            found[population] = int(silent.sum())
            weights = session.runtime.get(connection.name, WEIGHT)
            raised = weights.ravel() + step * silent[model.pairs(connection.name)[1]]
            if connection.max_weight is not None:
                raised = np.where(raised > weights.ravel(), np.minimum(raised, connection.max_weight), raised)
            session.runtime.set(connection.name, WEIGHT, raised.reshape(weights.shape))
    return found

"""What is at all times the transpose of other weights: written on the device where both are dense."""

from __future__ import annotations

from typing import Any

from spikeloom.backends.pygenn.translate import Translator
from spikeloom.genn.code import c_name
from spikeloom.genn.matrix import DenseMatrix
from spikeloom.genn.network import GeNNModel

TRANSPOSE = "Transpose"  # GeNN's group of all of them


def add_transposes(
    pygenn: Any, genn: Any, ours: GeNNModel, translator: Translator, synapses: dict[str, Any]
) -> set[tuple[str, str]]:
    """Add a custom update for each variable that is the transpose of another one, where GeNN can write it.

    Parameters
    ----------
    synapses
        PyGeNN's groups by our names.

    Returns
    -------
    set of (synapse population, variable)
        Those that the group `TRANSPOSE` of custom updates writes; others are the host's to write.
    """
    written = set()
    for name, population in ours.synapses.items():
        for variable, ref in population.transposes.items():
            if isinstance(population.matrix, DenseMatrix) and isinstance(ours.synapses[ref.group].matrix, DenseMatrix):
                forth = pygenn.create_wu_var_ref(synapses[ref.group], ref.var, synapses[name], variable)
                label = f"transpose_{c_name(name)}_{c_name(variable)}"
                genn.add_custom_update(label, TRANSPOSE, translator.transpose(), {}, {}, {"Variable": forth})
                written.add((name, variable))
    return written

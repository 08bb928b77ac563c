"""Which variables of a neuron model the codes of each phase write."""

from __future__ import annotations

from spikeloom.genn.code import fold, parse
from spikeloom.genn.code.names import used
from spikeloom.genn.models import NeuronModel
from spikeloom.genn.schedule import BACKWARD, FORWARD


def written(model: NeuronModel, phase: int) -> set[str]:
    """The names that the codes of a phase write; a reset is of the forward phase."""
    known = {"phase": phase}
    names = used(fold(parse(model.sim_code), known)).written
    return names | (used(fold(parse(model.reset_code), known)).written if phase == FORWARD else set())


def backward_variables(model: NeuronModel) -> frozenset[str]:
    """The variables that the codes of the backward phase alone write."""
    return frozenset({var.name for var in model.vars} & written(model, BACKWARD) - written(model, FORWARD))

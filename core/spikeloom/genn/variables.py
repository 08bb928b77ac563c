"""Variables of a GeNN model: who owns their memory and how code may touch them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Access(Enum):
    """How a variable is accessed, which also says where its memory lies.

    The names are GeNN's (`VarAccess`, `VarAccessMode` and `CustomUpdateVarAccess` in one), and `ACCUMULATE` is ours.
    """

    READ_WRITE = "read_write"  # one value per neuron or synapse and example; reset before each example
    READ_ONLY = "read_only"  # one value per neuron or synapse, shared by all examples (weights)
    READ_ONLY_DUPLICATE = "read_only_duplicate"  # per neuron and example, written by the schedule
    READ_ONLY_SHARED_NEURON = "read_only_shared_neuron"  # one value per population and example
    # += and -= alone, as statements; a batch reduction, linear in it, sums it over the batch.
    ACCUMULATE = "accumulate"
    REDUCE_NEURON_SUM = "reduce_neuron_sum"  # custom update: one value per population and example
    REDUCE_NEURON_MAX = "reduce_neuron_max"
    REDUCE_BATCH_SUM = "reduce_batch_sum"  # custom update: one value per synapse or neuron


BATCH_REDUCTION = Access.REDUCE_BATCH_SUM
NEURON_REDUCTIONS = frozenset({Access.REDUCE_NEURON_SUM, Access.REDUCE_NEURON_MAX})
REDUCTIONS = NEURON_REDUCTIONS | {BATCH_REDUCTION}
SHARED_NEURON = NEURON_REDUCTIONS | {Access.READ_ONLY_SHARED_NEURON}
WHOLE_BATCH = frozenset({Access.READ_ONLY, Access.REDUCE_BATCH_SUM})

TYPES = ("scalar", "int32_t", "uint8_t", "bool")


@dataclass(frozen=True)
class Var:
    """A variable of a model: its name, type (`scalar`, `int32_t`, `uint8_t` or `bool`) and access."""

    name: str
    type: str = "scalar"
    access: Access = Access.READ_WRITE


@dataclass(frozen=True)
class ExtraGlobalParam:
    """An array of a population that code indexes itself: `per_neuron` values for each neuron and example."""

    name: str
    type: str
    per_neuron: str  # the parameter that holds the number of values per neuron


@dataclass(frozen=True)
class VarRef:
    """A reference to variable `var` of population, synapse population or custom update `group`."""

    group: str
    var: str

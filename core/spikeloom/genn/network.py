"""A GeNN model: populations, synapse populations and custom updates, with parameters and first values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikeloom.errors import UserError
from spikeloom.genn.matrix import DENSE, KernelMatrix, Matrix
from spikeloom.genn.models import (
    CustomUpdateModel,
    InitSnippet,
    NeuronModel,
    PostsynapticModel,
    WeightUpdateModel,
)
from spikeloom.genn.variables import VarRef


@dataclass(frozen=True)
class Init:
    """The first value of a variable: a snippet with its parameters, or `values` (an array)."""

    snippet: InitSnippet | None = None
    params: Mapping[str, float] = field(default_factory=dict)
    values: np.ndarray | None = None


InitLike = float | Init


@dataclass
class NeuronPopulation:
    """`size` neurons of one model."""

    name: str
    size: int
    model: NeuronModel
    params: Mapping[str, float] = field(default_factory=dict)
    var_init: Mapping[str, InitLike] = field(default_factory=dict)


@dataclass
class SynapsePopulation:
    """The synapses from `source` to `target`; `matrix` says which there are.

    `post_target` is ``"Isyn"`` or an additional input variable of the target; `pre_target` the additional input
    variable of the source that ``addToPre`` adds to. `max_delay` is the largest number of steps that
    ``addToPostDelay`` and an index of a postsynaptic variable may ask for. `transposes` names variables that are at all
    times the transpose of a variable of another synapse population, which runs the other way.
    """

    name: str
    source: str
    target: str
    weight_update: WeightUpdateModel
    postsynaptic: PostsynapticModel
    params: Mapping[str, float] = field(default_factory=dict)
    postsynaptic_params: Mapping[str, float] = field(default_factory=dict)
    var_init: Mapping[str, InitLike] = field(default_factory=dict)
    pre_neuron_var_refs: Mapping[str, str] = field(default_factory=dict)
    post_neuron_var_refs: Mapping[str, str] = field(default_factory=dict)
    post_target: str = "Isyn"
    pre_target: str = ""
    matrix: Matrix = DENSE
    max_delay: int = 0
    transposes: Mapping[str, VarRef] = field(default_factory=dict)


@dataclass
class CustomUpdate:
    """A custom update on `group` (a population or a synapse population); `var_refs` binds its references."""

    name: str
    group: str
    model: CustomUpdateModel
    params: Mapping[str, float] = field(default_factory=dict)
    var_init: Mapping[str, InitLike] = field(default_factory=dict)
    var_refs: Mapping[str, VarRef] = field(default_factory=dict)


@dataclass
class GeNNModel:
    """Everything a backend builds. Dictionaries keep the order in which groups were added."""

    name: str
    dt: float
    populations: dict[str, NeuronPopulation] = field(default_factory=dict)
    synapses: dict[str, SynapsePopulation] = field(default_factory=dict)
    custom_updates: dict[str, CustomUpdate] = field(default_factory=dict)

    def add(self, group: Any) -> Any:
        """Add a population, synapse population or custom update under its name, which must be free, and return it."""
        if group.name in self.populations.keys() | self.synapses.keys() | self.custom_updates.keys():
            raise UserError(f"the name '{group.name}' is taken", place=self.name)
        if isinstance(group, NeuronPopulation):
            self.populations[group.name] = group
        elif isinstance(group, SynapsePopulation):
            self.synapses[group.name] = group
        else:
            self.custom_updates[group.name] = group
        return group

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a group's variables; an update has its group's.

        (size,) of neurons; of synapses (pre, post) where they are dense, (synapses,) where they are sparse, and the
        kernel's where they share one.
        """
        if name in self.custom_updates:
            name = self.custom_updates[name].group
        if name in self.populations:
            return (self.populations[name].size,)
        return self.synapses[name].matrix.shape(*self.ends(name))

    def ends(self, name: str) -> tuple[int, int]:
        """Numbers of neurons of the source and of the target of a synapse population."""
        synapses = self.synapses[name]
        return self.populations[synapses.source].size, self.populations[synapses.target].size

    def group(self, name: str) -> NeuronPopulation | SynapsePopulation | CustomUpdate:
        """The group called `name`."""
        for groups in (self.populations, self.synapses, self.custom_updates):
            if name in groups:
                return groups[name]
        raise KeyError(name)

    def pairs(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """The source and target neuron of each synapse; where each has variables of its own, in their order."""
        return self.synapses[name].matrix.pairs(*self.ends(name))[:2]

    def transposed_places(self, name: str, variable: str) -> tuple[VarRef, np.ndarray]:
        """What a variable is the transpose of, and for each of its values the (flat) place of the same one."""
        other = self.synapses[name].transposes[variable]
        matrix = self.synapses[other.group].matrix
        assert not isinstance(matrix, KernelMatrix)
        return other, matrix.transposed(*self.ends(other.group))[1]

    def num_synapses(self, name: str) -> int:
        """How many synapses a synapse population has; those that share an element of a kernel count each."""
        return self.synapses[name].matrix.num_synapses(*self.ends(name))

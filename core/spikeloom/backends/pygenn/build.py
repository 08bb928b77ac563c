"""A GeNN model of ours built as PyGeNN's: populations, synapses, custom updates and what resets an example."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from spikeloom.backends.pygenn import counters, norms, replay, source
from spikeloom.backends.pygenn.connectivity import Tables, matrix_type
from spikeloom.backends.pygenn.resets import ResetBuilder
from spikeloom.backends.pygenn.translate import REPLAYED, TRACED, Translator, flag_of
from spikeloom.backends.pygenn.transposes import add_transposes
from spikeloom.genn.code import c_name
from spikeloom.genn.matrix import KernelMatrix, SparseMatrix
from spikeloom.genn.models import PostsynapticModel
from spikeloom.genn.network import CustomUpdate, GeNNModel, Init, InitLike, NeuronPopulation, SynapsePopulation
from spikeloom.genn.schedule import Schedule, SetNorm, SetParam
from spikeloom.genn.variables import Var, VarRef


@dataclass
class Groups:
    """PyGeNN's groups by our names.

    Parameters
    ----------
    resets
        GeNN's groups of custom updates that give an example its first state.
    transposes
        (synapse population, variable) of what a custom update writes as the transpose of other weights.
    squares
        Variable of a custom update -> the custom update that adds up its squares (`norms`).
    squaring
        GeNN's groups of custom updates that do so, in their order.
    arrays
        (group, variable) -> first values that differ between neurons or synapses; written from here at each reset.
    models
        PyGeNN's models, which must live as long as the groups.
    """

    model: Any
    populations: dict[str, Any] = field(default_factory=dict)
    synapses: dict[str, Any] = field(default_factory=dict)
    updates: dict[str, Any] = field(default_factory=dict)
    resets: list[str] = field(default_factory=list)
    transposes: set[tuple[str, str]] = field(default_factory=set)
    squares: dict[VarRef, Any] = field(default_factory=dict)
    squaring: list[str] = field(default_factory=list)
    arrays: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    models: list[Any] = field(default_factory=list)

    def find(self, name: str) -> Any:
        """The group of that name; None where there is none."""
        return self.updates.get(name) or self.synapses.get(name) or self.populations.get(name)

    def all(self) -> Iterator[Any]:
        """Every group that has variables."""
        for groups in (self.populations, self.synapses, self.updates):
            yield from groups.values()


class Builder:
    """Adds everything of `ours` to a PyGeNN model.

    Parameters
    ----------
    on_device
        Also add what the device does for a runtime, and a host could do as well: spikes of an example and squares are
        summed up (`counters`, `norms`), sums of some examples forgotten, and weights transposed (`transposes`).
    moves
        The parameters, as (group, parameter), that may change after the model is built.
    """

    def __init__(
        self,
        pygenn: Any,
        genn: Any,
        ours: GeNNModel,
        batch_size: int,
        timesteps: int,
        *,
        on_device: bool = False,
        moves: Collection[tuple[str, str]] = (),
    ) -> None:
        self.pygenn, self.on_device, self.moves = pygenn, on_device, sorted(moves)
        self.ours = complete(ours, timesteps, counting=on_device)
        self.timesteps = timesteps
        self.batch_size = batch_size
        self.translator = Translator(pygenn)
        self.groups = Groups(genn, models=self.translator.made)

    def add_all(self, schedules: list[Schedule]) -> Groups:
        """The groups."""
        if self.on_device:
            self.ours = norms.with_sums(self.ours, schedules)
        for population in self.ours.populations.values():
            self._population(population)
        for synapses in self.ours.synapses.values():
            self._synapses(synapses)
        for update in self.ours.custom_updates.values():
            self._update(update)
        if self.on_device:
            for update in counters.totals(self.ours):
                self._update(update, counters.COUNT_SPIKES)
            for update in counters.keepers(self.ours):
                self._update(update, counters.KEEP_SUMS).set_param_dynamic(counters.KEPT)
            self._norms(schedules)
            self._transposes()
        self._let_move(schedules)
        self._resets()
        return self.groups

    def _let_move(self, schedules: list[Schedule]) -> None:
        """Make dynamic the parameters that change after the model is built."""
        for name, param in self.moves:
            group = self.groups.find(name)
            (group.set_wu_param_dynamic if name in self.groups.synapses else group.set_param_dynamic)(param)
        for schedule in schedules:
            for op in schedule.each_batch:
                if isinstance(op, SetParam):
                    self.groups.updates[op.name].set_param_dynamic(op.param)
                elif isinstance(op, SetNorm):
                    for name, param in op.params:
                        self.groups.updates[name].set_param_dynamic(param)

    def _norms(self, schedules: list[Schedule]) -> None:
        """Add up the squares of what the schedules take norms of, where the device can."""
        groups = self.groups
        builder = norms.NormBuilder(
            self.pygenn, groups.model, self.ours, self.translator, groups.populations, groups.updates
        )
        groups.squares = {ref: builder.add(ref) for ref in norms.on_device(self.ours, schedules)}
        groups.squaring = builder.used

    def _transposes(self) -> None:
        groups = self.groups
        groups.transposes = add_transposes(self.pygenn, groups.model, self.ours, self.translator, groups.synapses)

    def _resets(self) -> None:
        builder = ResetBuilder(self.pygenn, self.groups.model, self.ours, self.translator)
        for name, population in self.ours.populations.items():
            if population.model.spike_source:
                builder.source(name, self.groups.populations[name])
            else:
                inputs = {s.name: self.groups.synapses[s.name] for s in self.ours.synapses.values() if s.target == name}
                builder.population(population, self.groups.populations[name], inputs)
        for name, synapses in self.ours.synapses.items():
            builder.synapses(synapses, self.groups.synapses[name])
        self.groups.resets, self.groups.arrays = builder.updates, builder.arrays

    # -- groups ------------------------------------------------------------------------------------------------
    def _population(self, population: NeuronPopulation) -> None:
        model = self.translator.neuron(population.model)
        if population.model.spike_source:
            params: dict[str, Any] = {"NumTimesteps": self.timesteps}
            variables: dict[str, Any] = {"StartSpike": 0, "EndSpike": 0, "Next": 0, source.FLAG: False}
        else:
            params = {name: population.params[name] for name in population.model.params}
            variables = self._first_values(population.model.vars, population.var_init)
        group = self.groups.model.add_neuron_population(
            c_name(population.name), population.size, model, {**params, "phase": 0}, variables
        )
        group.set_param_dynamic("phase")
        if population.model.spike_source:
            group.extra_global_params[source.ARRAY].set_init_values(np.zeros(1, np.int32))
        elif population.model.threshold_condition_code:
            group.spike_recording_enabled = True
        for array in population.model.extra_global_params:
            length = int(population.params[array.per_neuron]) * population.size * self.batch_size
            group.extra_global_params[array.name].set_init_values(np.zeros(length))
        self.groups.populations[population.name] = group

    def _synapses(self, synapses: SynapsePopulation) -> None:
        groups, create_ref = self.groups, self.pygenn.create_var_ref
        pre, post = groups.populations[synapses.source], groups.populations[synapses.target]
        update, source_model = synapses.weight_update, self.ours.populations[synapses.source].model
        pre_refs = {
            ref.name: create_ref(pre, synapses.pre_neuron_var_refs.get(ref.name, ref.name))
            for ref in update.pre_neuron_var_refs
        }
        if update.pre_event_threshold_condition_code and (flag := flag_of(source_model)):
            pre_refs[REPLAYED] = create_ref(pre, flag)
        post_refs = {
            ref.name: create_ref(post, synapses.post_neuron_var_refs.get(ref.name, ref.name))
            for ref in update.post_neuron_var_refs
        }
        matrix, tables, applied = synapses.matrix, None, None
        if isinstance(matrix, KernelMatrix):
            tables = Tables.of(matrix, *self.ours.ends(synapses.name))
            applied = tables.connectivity(self.pygenn, self.translator.taps(), matrix)
            if self.batch_size > 1:
                tables.check_parallel(synapses.name)
        params = {**{name: synapses.params[name] for name in update.params}, "phase": 0}
        if update.synapse_dynamics_code:
            params[TRACED] = 0
        group = groups.model.add_synapse_population(
            c_name(synapses.name),
            matrix_type(matrix),
            pre,
            post,
            self.pygenn.init_weight_update(
                self.translator.weight_update(update, source_model, kernel=tables is not None),
                params,
                self._first_values(update.vars, synapses.var_init),
                self._first_values(update.pre_vars, synapses.var_init),
                pre_var_refs=pre_refs,
                post_var_refs=post_refs,
            ),
            self._postsynaptic(synapses.postsynaptic, synapses),
            applied,
        )
        if tables is not None:
            tables.give_to(group)
        elif isinstance(matrix, SparseMatrix):
            group.set_sparse_connections(matrix.sources, matrix.targets)
            if matrix.room:
                group.max_connections = matrix.room
        if synapses.max_delay:
            group.max_dendritic_delay_timesteps = synapses.max_delay + 1
        for name in sorted({"phase", TRACED} & params.keys()):
            group.set_wu_param_dynamic(name)
        group.post_target_var = synapses.post_target
        if synapses.pre_target:
            group.pre_target_var = synapses.pre_target
        groups.synapses[synapses.name] = group

    def _postsynaptic(self, model: PostsynapticModel, synapses: SynapsePopulation) -> Any:
        params = {name: synapses.postsynaptic_params[name] for name in model.params}
        return self.pygenn.init_postsynaptic(self.translator.postsynaptic(model), params)

    def _update(self, update: CustomUpdate, together: str = "") -> Any:
        """Add a custom update, of GeNN's group of its own name or of those that run `together`."""
        on_synapses = update.group in self.ours.synapses
        create_ref = self.pygenn.create_wu_var_ref if on_synapses else self.pygenn.create_var_ref
        refs = {
            ref.name: create_ref(self.groups.find(update.var_refs[ref.name].group), update.var_refs[ref.name].var)
            for ref in update.model.var_refs
        }
        name = c_name(update.name)
        added = self.groups.updates[update.name] = self.groups.model.add_custom_update(
            name,
            together or name,
            self.translator.update(update.model),
            {param: update.params[param] for param in update.model.params},
            self._first_values(update.model.vars, update.var_init),
            refs,
        )
        return added

    # -- values ------------------------------------------------------------------------------------------------
    def _first_values(self, variables: tuple[Var, ...], first: Any) -> dict[str, Any]:
        return {var.name: self._first_value(first.get(var.name, 0.0)) for var in variables}

    def _first_value(self, first: InitLike) -> Any:
        if not isinstance(first, Init):
            return first
        if first.snippet is None:
            return np.asarray(first.values).ravel()
        return self.pygenn.init_var(self.translator.snippet(first.snippet), dict(first.params))


def complete(ours: GeNNModel, timesteps: int, *, counting: bool) -> GeNNModel:
    """The model with the tapes of what it replays and, where it is `counting`, the counters of its spikes."""
    populations = {name: replay.with_tape(own, timesteps) for name, own in ours.populations.items()}
    if counting:
        populations = {name: counters.with_counter(own) for name, own in populations.items()}
    return replace(ours, populations=populations)


def model_name(ours: GeNNModel) -> str:
    """A name for the folder of generated code."""
    return f"{c_name(ours.name)}_{zlib.crc32(repr(sorted(ours.populations)).encode()):08x}"

"""Where every variable of a model lies in the engine's memory.

Three arenas, each one block of bytes with fixed offsets that the generated code knows:

shared
    one: weights, optimiser state, first values: what outlives a batch.
slot
    one per thread: the state of the example at hand.
shard
    `shards` of them: gradients, with a stamp per row that says in which batch the row was last zeroed, so that only
    rows that a spike touched cost anything.

A sum over the batch lives only while the updates of its row run: one row of it lies in each slot.

The variables of synapses are stored row by row, one row for each source neuron: of a dense matrix the padded row
itself, of a sparse one the synapses that exist, close together. A kernel has a row for each of its elements along rows,
columns and channels of the source, in which the channels of the target stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from spikeloom.genn.batch_check import is_batch_wide
from spikeloom.genn.code import parse
from spikeloom.genn.code.names import used
from spikeloom.genn.matrix import KernelMatrix, SparseMatrix
from spikeloom.genn.network import CustomUpdate, GeNNModel, Init, InitLike, NeuronPopulation, SynapsePopulation
from spikeloom.genn.variables import NEURON_REDUCTIONS, SHARED_NEURON, WHOLE_BATCH, Access, Var

ALIGNMENT = 64
LIST_PADDING = 16  # neurons
ROW_ALIGNMENT = 8  # values: rows of a matrix start on a whole vector


@dataclass(frozen=True)
class Field:
    """A block of values in an arena: `rows` x `columns` of them, each row `stride` values long."""

    arena: str  # 'shared', 'slot', 'shard'
    offset: int
    scalar: bool
    rows: int
    columns: int
    stride: int

    @property
    def length(self) -> int:
        """Number of stored values, padding included."""
        return self.rows * self.stride


@dataclass
class Layout:
    """Fields by (group, variable), the places of parameters, and the size of each arena in bytes."""

    model: GeNNModel
    precision: str = "float"
    fields: dict[tuple[str, str], Field] = field(default_factory=dict)
    params: dict[tuple[str, str], int] = field(default_factory=dict)
    param_values: list[float] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=lambda: {"shared": 0, "slot": 0, "shard": 0})
    inputs: dict[tuple[str, str], list[list[str]]] = field(default_factory=dict)
    constants: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)  # shared fields that never change

    def __post_init__(self) -> None:
        for population in self.model.populations.values():
            self._population(population)
        for synapses in self.model.synapses.values():
            self._synapses(synapses)
            self._history(synapses)
        for update in self.model.custom_updates.values():
            self._update(update)

    @property
    def dtype(self) -> np.dtype:
        """The numpy type of ``scalar``."""
        return np.dtype(np.float64 if self.precision == "double" else np.float32)

    def bytes_of(self, place: Field) -> int:
        """Of one value."""
        return self.dtype.itemsize if place.scalar else 4

    def __getitem__(self, key: tuple[str, str]) -> Field:
        return self.fields[key]

    def place(
        self, key: tuple[str, str], arena: str, *, scalar: bool = True, rows: int = 1, columns: int, align: bool = False
    ) -> Field:
        """Append a field to an arena."""
        stride = -(-columns // ROW_ALIGNMENT) * ROW_ALIGNMENT if align else columns
        size = self.dtype.itemsize if scalar else 4
        placed = Field(arena, self.sizes[arena], scalar, rows, columns, stride)
        self.fields[key] = placed
        self.sizes[arena] += -(-rows * stride * size // ALIGNMENT) * ALIGNMENT
        return placed

    def scratch(self, key: tuple[str, str], columns: int) -> Field:
        """A row of values for a thread's own use."""
        return self.fields.get(key) or self.place(key, "slot", columns=columns, align=True)

    def row_sums(self, group: str, what: str) -> Field:
        """A value for each row of a group's variables, for all threads."""
        rows, _ = rows_and_columns(self.model, group)
        return self.fields.get((group, what)) or self.place((group, what), "shared", columns=rows)

    def param(self, group: str, name: str, value: float) -> None:
        """Append a parameter."""
        self.params[group, name] = len(self.param_values)
        self.param_values.append(float(value))

    # -- groups ----------------------------------------------------------------------------------------------
    def _population(self, population: NeuronPopulation) -> None:
        name, size, model = population.name, population.size, population.model
        for param in model.params:
            self.param(name, param, population.params[param])
        for var in model.vars:
            if var.access is Access.ACCUMULATE:
                self.place((name, var.name), "shard", columns=size, align=True)
                self._stamps(name, var, 1)
                continue
            arena = "shared" if var.access in WHOLE_BATCH else "slot"
            columns = 1 if var.access in SHARED_NEURON else size
            self.place((name, var.name), arena, scalar=var.type == "scalar", columns=columns)
            self._first_value(name, var, population.var_init)
        for extra in model.additional_input_vars:
            self.place((name, f"input:{extra}"), "slot", columns=size)
        for array in model.extra_global_params:
            rows = int(population.params[array.per_neuron])
            self.place((name, array.name), "slot", scalar=array.type == "scalar", rows=rows, columns=size)
        for what in ("spikes", "events", "flags"):
            # Places more: compaction writes before it knows what to keep.
            self.place((name, f"list:{what}"), "slot", scalar=False, columns=size + LIST_PADDING)
        for what in ("spikes", "events"):
            self.place((name, f"count:{what}"), "slot", scalar=False, columns=1)
        self.place((name, "flagged"), "slot", scalar=False, columns=size)
        if model.replays:
            steps = int(population.params[model.replays])
            self.place((name, "tape"), "slot", scalar=False, columns=(steps + 1) * size + LIST_PADDING)
            self.place((name, "starts"), "slot", scalar=False, columns=steps + 2)

    def _stamps(self, group: str, var: Var, rows: int) -> None:
        """For each row of a sum over the examples of a shard, the batch in which it was last zeroed."""
        self.place((group, f"stamp:{var.name}"), "shard", scalar=False, columns=rows)

    def _first_value(self, group: str, var: Var, first: Mapping[str, InitLike]) -> None:
        """Where a variable that every example starts afresh finds its first value."""
        init, like = first.get(var.name, 0.0), self[group, var.name]
        if var.access is not Access.READ_WRITE:
            return
        if isinstance(init, Init):
            key, align = (group, f"init:{var.name}"), like.stride != like.columns
            self.place(key, "shared", scalar=like.scalar, rows=like.rows, columns=like.columns, align=align)
        else:
            self.param(group, f"init:{var.name}", init)

    def _synapses(self, synapses: SynapsePopulation) -> None:
        name = synapses.name
        self._structure(synapses)
        for param in synapses.weight_update.params:
            self.param(name, param, synapses.params[param])
        for var in synapses.weight_update.vars:
            if var.access is Access.ACCUMULATE:
                self._synaptic((name, var.name), synapses, "shard")
                self._stamps(name, var, rows_and_columns(self.model, name)[0])
            elif var.access in WHOLE_BATCH:
                self._synaptic((name, var.name), synapses, "shared")
            else:
                self._synaptic((name, var.name), synapses, "slot")
                self._first_value(name, var, synapses.var_init)
        for variable in synapses.transposes:
            if not isinstance(synapses.matrix, SparseMatrix):
                continue
            _, places = self.model.transposed_places(name, variable)
            into: np.ndarray = np.empty(len(places), np.int32)
            into[places] = np.arange(len(places), dtype=np.int32)
            self._constant((name, f"into:{variable}"), into)
        for var in synapses.weight_update.pre_vars:
            size = self.model.populations[synapses.source].size
            self.place((name, var.name), "slot", scalar=var.type == "scalar", columns=size)
            self.param(name, f"init:{var.name}", 0.0)
        self._summed_input(synapses)

    def _constant(self, key: tuple[str, str], values: np.ndarray) -> None:
        """Whole numbers that never change."""
        self.place(key, "shared", scalar=False, columns=len(values))
        self.constants[key] = values

    def _synaptic(self, key: tuple[str, str], synapses: SynapsePopulation, arena: str) -> None:
        """A variable with a value for each synapse, or for each element of a kernel."""
        if isinstance(synapses.matrix, SparseMatrix):
            self.place(key, arena, columns=len(synapses.matrix.targets), align=True)
        else:
            rows, columns = rows_and_columns(self.model, synapses.name)
            self.place(key, arena, rows=rows, columns=columns, align=True)

    def _structure(self, synapses: SynapsePopulation) -> None:
        """The arrays that say which synapses there are."""
        matrix = synapses.matrix
        arrays: dict[str, np.ndarray] = {}
        if isinstance(matrix, SparseMatrix):
            arrays = {"offsets": matrix.offsets, "targets": matrix.targets}
        elif isinstance(matrix, KernelMatrix):
            for axis, taps in (("rows", matrix.row_taps), ("columns", matrix.column_taps)):
                arrays |= {f"{axis}_offsets": taps.offsets, f"{axis}_targets": taps.targets}
                arrays[f"{axis}_elements"] = taps.elements
        for what, values in arrays.items():
            self._constant((synapses.name, what), values)

    def _summed_input(self, synapses: SynapsePopulation) -> None:
        """Synapse populations that decay alike into the same input share one array, as in GeNN's fused models.

        Where spikes are delayed, a ring of such arrays, one per step to come, feeds it.
        """
        columns = self.model.populations[synapses.target].size
        group = self.inputs.setdefault((synapses.target, synapses.post_target), [])
        for others in group:
            first = self.model.synapses[others[0]]
            if _decays(first) == _decays(synapses):
                others.append(synapses.name)
                for what in ("inSyn", "ring"):
                    if (first.name, what) in self.fields:
                        self.fields[synapses.name, what] = self.fields[first.name, what]
                return
        group.append([synapses.name])
        self.place((synapses.name, "inSyn"), "slot", columns=columns)
        if synapses.max_delay:
            self.place((synapses.name, "ring"), "slot", rows=synapses.max_delay + 1, columns=columns, align=True)
        for param in synapses.postsynaptic.params:
            self.param(synapses.name, f"psm:{param}", synapses.postsynaptic_params[param])

    def _history(self, synapses: SynapsePopulation) -> None:
        """Where the last values of postsynaptic variables are kept that synapses want of some steps ago."""
        update = synapses.weight_update
        code = used(*map(parse, (update.pre_event_syn_code, update.pre_spike_syn_code, update.synapse_dynamics_code)))
        for var in update.pre_vars:
            if var.name in code.arrays:
                like, rows = self[synapses.name, var.name], synapses.max_delay + 1
                key = (synapses.name, f"history:{var.name}")
                self.place(key, "slot", scalar=like.scalar, rows=rows, columns=like.columns, align=True)
        for ref in update.post_neuron_var_refs:
            if ref.name not in code.arrays:
                continue
            bound = synapses.post_neuron_var_refs.get(ref.name, ref.name)
            delays = [other.max_delay for other in self.model.synapses.values() if other.target == synapses.target]
            key, like = (synapses.target, f"history:{bound}"), self[synapses.target, bound]
            if key not in self.fields:
                self.place(key, "slot", scalar=like.scalar, rows=max(delays) + 1, columns=like.columns, align=True)

    def _update(self, update: CustomUpdate) -> None:
        for param in update.model.params:
            self.param(update.name, param, update.params[param])
        synapses = self.model.synapses.get(update.group)
        for var in update.model.vars:
            key = (update.name, var.name)
            if var.access is Access.REDUCE_BATCH_SUM:
                self.scratch(key, rows_and_columns(self.model, update.group)[1])
            elif synapses is None and var.access not in NEURON_REDUCTIONS and is_batch_wide(self.model, update):
                self.place(key, "shared", columns=self.model.populations[update.group].size, align=True)
            elif synapses is not None:
                self._synaptic(key, synapses, "shared")
            elif var.access in NEURON_REDUCTIONS:
                self.place(key, "slot", columns=1)
            else:
                self.place(key, "slot", columns=self.model.populations[update.group].size)


def rows_and_columns(model: GeNNModel, group: str) -> tuple[int, int]:
    """The number of rows in which a group's variables are stored, and the length of the longest.

    Those of a population are one row.
    """
    if group not in model.synapses:
        return 1, model.shape(group)[0]
    return model.synapses[group].matrix.rows(*model.ends(group))


def _decays(synapses: SynapsePopulation) -> tuple[object, ...]:
    """What has to agree for two synapse populations to share their summed input."""
    return synapses.postsynaptic, dict(synapses.postsynaptic_params), synapses.max_delay

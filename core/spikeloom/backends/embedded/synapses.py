"""The kernels of one synapse population in one phase: a row for every spike, a row for every spike-like event.

A row holds the synapses of a presynaptic neuron: one for each target neuron (dense), those that exist (sparse), or,
where a kernel is shared, one stretch of the kernel for each place of the target that the neuron reaches. ``j`` numbers
the target neurons, and ``s`` the synapses of a row, where that is not the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pycparser import c_ast

from spikeloom.backends.embedded.layout import ROW_ALIGNMENT, Field, Layout
from spikeloom.backends.embedded.writer import address, block, c_type, clock, loop, params, pointer
from spikeloom.genn.code import c_name, emit, fold, fold_expression, parse, parse_expression
from spikeloom.genn.code.names import Used, calls_of, used
from spikeloom.genn.matrix import DenseMatrix, KernelMatrix, SparseMatrix
from spikeloom.genn.network import SynapsePopulation
from spikeloom.genn.variables import Access, Var

ROWS = (8, 4, 2)  # that are added to the targets' sums, or to which a gradient is added, at a time
DELAYED = "addToPostDelay"


@dataclass(frozen=True)
class SynapseKernel:
    """A generated function that runs over the `trigger` ('spikes' or 'events') of population `source`."""

    name: str
    text: str
    source: str
    trigger: str


class SynapseWriter:
    """Writes the kernels of `synapses` in `phase`."""

    def __init__(self, layout: Layout, synapses: SynapsePopulation, phase: int) -> None:
        self.layout = layout
        self.synapses = synapses
        self.matrix = synapses.matrix
        self.synapse = "j" if isinstance(synapses.matrix, DenseMatrix) else "s"
        self.model = synapses.weight_update
        self.phase = phase
        self.pre_size = layout.model.populations[synapses.source].size
        self.post_size = layout.model.populations[synapses.target].size
        self.accumulators = {var.name for var in self.model.vars if var.access is Access.ACCUMULATE}

    def kernels(self) -> list[SynapseKernel]:
        """At most one kernel for spikes and one for events; none where the phase leaves no code."""
        place = self.synapses.name
        known = {"phase": self.phase}
        made = [
            self._kernel("spikes", fold(parse(self.model.pre_spike_syn_code, f"{place}.pre_spike_syn_code"), known))
        ]
        condition = parse_expression(self.model.pre_event_threshold_condition_code, place)
        if fold_expression(condition, known) is not None:
            code = fold(parse(self.model.pre_event_syn_code, f"{place}.pre_event_syn_code"), known)
            made.append(self._kernel("events", code))
        return [kernel for kernel in made if kernel is not None]

    def _kernel(self, trigger: str, code: c_ast.Compound) -> SynapseKernel | None:
        if not code.block_items:
            return None
        what = used(code)
        delay = self._same_delay(code)
        hoisted = clock(self.layout)
        hoisted += params(self.layout, self.synapses.name, set(self.model.params) & what.names)
        hoisted += self._targets_of_sums(what, delay) + self._hoisted(what)
        hoisted += "(void)t; (void)shard; (void)ex;\nint64_t k = 0;\n"
        if isinstance(self.matrix, DenseMatrix) and self._adds_alone(what, same_delay=bool(delay)):
            hoisted += "".join(self._several_rows(code, what, count) for count in ROWS)
        elif isinstance(self.matrix, DenseMatrix) and self._accumulates_alone(what):
            hoisted += "".join(self._several_gradients(code, what, count) for count in ROWS)
        body = hoisted + f"for (; k < n; ++k) {{\n{block(self._one_row(code, what, same_delay=bool(delay)))}}}\n"
        name = f"synapses_{c_name(self.synapses.name)}_{trigger}_{self.phase}"
        text = (
            f"static void {name}(Job* job, char* slot, char* shard, const Example* ex, int32_t step, "
            f"const int32_t* list, int32_t n) {{\n{block(body)}}}\n"
        )
        return SynapseKernel(name, text, self.synapses.source, trigger)

    def _adds_alone(self, what: Used, *, same_delay: bool) -> bool:
        """Whether all that a spike does is to add to one sum of each target."""
        sums = what.functions & {"addToPost", DELAYED, "addToPre"}
        return not (what.written or what.arrays) and sums in ({"addToPost"}, {DELAYED} if same_delay else set())

    def _accumulates_alone(self, what: Used) -> bool:
        """Whether all that a spike does is to add to a gradient."""
        sums = what.functions & {"addToPost", DELAYED, "addToPre"}
        return bool(what.written) and what.written <= self.accumulators and not sums

    # -- where sums go -----------------------------------------------------------------------------------------
    def _same_delay(self, code: c_ast.Compound) -> str:
        """The delay that all synapses have, as code, where it is the same for all of them."""
        delays = [call.args.exprs[1] for call in calls_of(code, DELAYED)]
        known = set(self.model.params) | {"dt", "t"}
        if len(delays) != 1 or not used(delays[0]).names <= known:
            return ""
        return emit(delays[0], {name: f"p_{name}" for name in self.model.params} | {"dt": "dt", "t": "t"})

    def _targets_of_sums(self, what: Used, delay: str) -> str:
        """Pointers to the sums that ``addToPost``, ``addToPostDelay`` and ``addToPre`` add to."""
        text, name = "", self.synapses.name
        if "addToPost" in what.functions:
            text += pointer("out", self.layout[name, "inSyn"])
        if DELAYED in what.functions:
            ring = self._ring
            text += pointer("ring" if ring.rows > 1 else "later", ring)
            if delay and ring.rows > 1:
                row = f"ring_row(step, (int64_t)({delay}), {ring.rows})"
                text += f"scalar* RESTRICT later = (scalar*)ALIGNED(ring + {row} * {ring.stride});\n"
        if "addToPre" in what.functions:
            text += pointer("back", self.layout[self.synapses.source, f"input:{self.synapses.pre_target}"])
        return text

    @property
    def _ring(self) -> Field:
        """The sums of the steps to come; those of this one alone where nothing is delayed."""
        name = self.synapses.name
        return self.layout.fields.get((name, "ring")) or self.layout[name, "inSyn"]

    def _calls(self, *, same_delay: bool) -> dict[str, Callable[[list[str]], str]]:
        ring = self._ring

        def delayed(arguments: list[str]) -> str:
            if same_delay or ring.rows == 1:
                return f"(later[j] += ({arguments[0]}))"
            row = f"ring_row(step, (int64_t)({arguments[1]}), {ring.rows})"
            return f"(ring[{row} * {ring.stride} + j] += ({arguments[0]}))"

        return {
            "addToPost": lambda arguments: f"(out[j] += ({arguments[0]}))",
            DELAYED: delayed,
            "addToPre": lambda arguments: f"(sum += ({arguments[0]}))",
        }

    def _delayed(self, what: Used) -> dict[str, Callable[[str], str]]:
        """Postsynaptic variables of some steps ago."""
        printers: dict[str, Callable[[str], str]] = {}
        for ref in self.model.post_neuron_var_refs:
            if ref.name in what.arrays:
                place = self._history(ref)
                index = "j" if place.columns == self.post_size else "0"
                printers[ref.name] = lambda steps, ref=ref, place=place, index=index: (  # type: ignore[misc]
                    f"past_{ref.name}[past_row(step, (int64_t)({steps}), {place.rows}) * {place.stride} + {index}]"
                )
        return printers

    def _history(self, ref: Var) -> Field:
        bound = self.synapses.post_neuron_var_refs.get(ref.name, ref.name)
        return self.layout[self.synapses.target, f"history:{bound}"]

    # -- one spike ---------------------------------------------------------------------------------------------
    def _one_row(self, code: c_ast.Compound, what: Used, *, same_delay: bool) -> str:
        """What one spike does to its row."""
        back = "addToPre" in what.functions
        start = "scalar sum = 0;\n" if back else ""
        end = "back[i] += sum;\n" if back else ""
        loads, stores = self._loads_and_stores(what)
        synapse = emit(code, self._names(), self._calls(same_delay=same_delay), None, self._delayed(what))
        synapse = loads + synapse + stores
        start = "const int64_t i = list[k];\n" + self._of_source(what) + start
        match self.matrix:
            case DenseMatrix():
                text = self._row(what, "i") + loop(self.post_size, synapse)
            case SparseMatrix():
                text = "const int64_t first = offsets[i], length = offsets[i + 1] - first;\n"
                text += "const int32_t* RESTRICT row_targets = targets + first;\n" + self._row(what, "i")
                text += loop("length", f"const int64_t j = row_targets[s];\n{synapse}", index="s")
            case KernelMatrix():
                text = self._taps(self.matrix, what, synapse)
        return start + text + end

    def _taps(self, matrix: KernelMatrix, what: Used, synapse: str) -> str:
        """The stretches of the kernel that a neuron of the source meets, along rows and then along columns."""
        _, columns, channels, outputs = matrix.kernel
        width = len(matrix.column_taps)
        inner = f"const int64_t first = (rows_targets[a] * {matrix.width}ll + columns_targets[b]) * {outputs};\n"
        inner += f"const int64_t r = (rows_elements[a] * {columns}ll + columns_elements[b]) * {channels} + channel;\n"
        inner += self._row(what, "r")
        inner += loop(outputs, f"const int64_t j = first + s;\n{synapse}", index="s")
        text = f"const int64_t channel = i % {channels}, column = i / {channels} % {width};\n"
        text += f"const int64_t row = i / {channels * width};\n"
        for index, axis in (("b", "column"), ("a", "row")):
            offsets = f"{axis}s_offsets[{axis}"
            inner = f"for (int32_t {index} = {offsets}]; {index} < {offsets} + 1]; ++{index}) {{\n{block(inner)}}}\n"
        return text + inner

    def _several_gradients(self, code: c_ast.Compound, what: Used, count: int) -> str:
        """The loop over spikes, `count` at a time: what is added is then loaded once for all of them.

        No neuron may be among them twice, as an input may be whose data have two spikes of it in a step.
        """
        rows, adds = "", ""
        for number in range(count):
            rows += f"const int64_t i_{number} = list[k + {number}];\n" + self._of_source(what, f"_{number}")
        pairs = [f"i_{b} == i_{a}" for a in range(count) for b in range(a)]
        rows += f"if ({' || '.join(pairs)}) break;\n"
        for number in range(count):
            rows += self._row(what, f"i_{number}", f"_{number}")
            loads, _ = self._loads_and_stores(what, f"_{number}")
            synapse = emit(code, self._names(f"_{number}"), None, None, self._delayed(what))
            adds += f"{{\n{block(loads + synapse)}}}\n"
        return f"for (; k + {count} <= n; k += {count}) {{\n{block(rows + loop(self.post_size, adds))}}}\n"

    def _several_rows(self, code: c_ast.Compound, what: Used, count: int) -> str:
        """The loop over spikes, `count` at a time: the targets' sums are then loaded and stored once for all of them.

        They are added in the same order as one by one. Rows and sums are padded to whole vectors; what the padding sums
        up is read by nobody.
        """
        calls = dict.fromkeys(("addToPost", DELAYED), lambda arguments: f"(sum += ({arguments[0]}))")
        out = "later" if DELAYED in what.functions else "out"
        rows, adds = "", ""
        for number in range(count):
            suffix = f"_{number}"
            rows += f"const int64_t i{suffix} = list[k + {number}];\n" + self._of_source(what, suffix)
            rows += self._row(what, f"i{suffix}", suffix)
            loads, _ = self._loads_and_stores(what, suffix)
            adds += f"{{\n{block(loads + emit(code, self._names(suffix), calls))}}}\n"
        padded = -(-self.post_size // ROW_ALIGNMENT) * ROW_ALIGNMENT
        inner = loop(padded, f"scalar sum = {out}[j];\n{adds}{out}[j] = sum;\n")
        return f"for (; k + {count} <= n; k += {count}) {{\n{block(rows + inner)}}}\n"

    def _names(self, suffix: str = "") -> dict[str, str]:
        """What names are called in a row; `suffix` tells several rows apart."""
        model = self.model
        names = {var.name: f"l_{var.name}" for var in model.vars}
        names |= {name: f"row_{name}{suffix}[{self.synapse}]" for name in self.accumulators}
        names |= {ref.name: f"pre_{ref.name}{suffix}" for ref in model.pre_neuron_var_refs}
        for ref in model.post_neuron_var_refs:
            place = self._bound(self.synapses.target, self.synapses.post_neuron_var_refs, ref)
            names[ref.name] = f"post_{ref.name}[{'j' if place.columns == self.post_size else '0'}]"
        names |= {name: f"p_{name}" for name in model.params}
        names |= {"id_pre": f"(int32_t)i{suffix}", "id_post": "(int32_t)j", "t": "t", "dt": "dt", "batch": "0"}
        return names | {"num_pre": str(self.pre_size), "num_post": str(self.post_size)}

    def _hoisted(self, what: Used) -> str:
        """Pointers that no row changes."""
        text = ""
        for (group, name), values in self.layout.constants.items():
            if group == self.synapses.name and len(values) and ":" not in name:
                text += "const " + pointer(name, self.layout[group, name])
        for var in self._vars(what):
            text += pointer(f"all_{var.name}", self.layout[self.synapses.name, var.name])
            if var.access is Access.ACCUMULATE:
                text += pointer(f"stamp_{var.name}", self.layout[self.synapses.name, f"stamp:{var.name}"])
        for ref in self.model.pre_neuron_var_refs:
            if ref.name in what.names:
                place = self._bound(self.synapses.source, self.synapses.pre_neuron_var_refs, ref)
                text += f"const {c_type(place)}* ref_{ref.name} = {address(place)};\n"
        for ref in self.model.post_neuron_var_refs:
            if ref.name in what.names:
                place = self._bound(self.synapses.target, self.synapses.post_neuron_var_refs, ref)
                text += "const " + pointer(f"post_{ref.name}", place)
            if ref.name in what.arrays:
                text += "const " + pointer(f"past_{ref.name}", self._history(ref))
        return text

    def _of_source(self, what: Used, suffix: str = "") -> str:
        """What a row reads of its presynaptic neuron."""
        text = ""
        for ref in self.model.pre_neuron_var_refs:
            if ref.name in what.names:
                place = self._bound(self.synapses.source, self.synapses.pre_neuron_var_refs, ref)
                index = f"i{suffix}" if place.columns == self.pre_size else "0"
                text += f"const {c_type(place)} pre_{ref.name}{suffix} = ref_{ref.name}[{index}];\n"
        return text

    def _row(self, what: Used, row: str, suffix: str = "") -> str:
        """Pointers to the variables of row number `row`, and gradients zeroed where a batch first touches them."""
        text = ""
        for var in self._vars(what):
            place, name = self.layout[self.synapses.name, var.name], f"row_{var.name}{suffix}"
            sparse = isinstance(self.matrix, SparseMatrix)
            start = "first" if sparse else f"{row} * {place.stride}"
            text += f"{c_type(place)}* RESTRICT {name} = all_{var.name} + {start};\n"
            if var.access is Access.ACCUMULATE:
                stamp, count = f"stamp_{var.name}[{row}]", "length" if sparse else place.stride
                text += f"if ({stamp} != ex->stamp) {{ {stamp} = ex->stamp; zero({name}, {count}); }}\n"
        return text

    def _loads_and_stores(self, what: Used, suffix: str = "") -> tuple[str, str]:
        """What a synapse reads before its code and writes after it."""
        loads = stores = ""
        for var in self._vars(what):
            if var.access is Access.ACCUMULATE:
                continue
            kind = c_type(self.layout[self.synapses.name, var.name])
            loads += f"{kind} l_{var.name} = row_{var.name}{suffix}[{self.synapse}];\n"
            if var.name in what.written:
                stores += f"row_{var.name}{suffix}[{self.synapse}] = l_{var.name};\n"
        return loads, stores

    def _vars(self, what: Used) -> list[Var]:
        return [var for var in self.model.vars if var.name in what.names | what.written]

    def _bound(self, group: str, refs: Mapping[str, str], ref: Var) -> Field:
        return self.layout[group, refs.get(ref.name, ref.name)]

"""The kernels of one synapse population in one phase: a row for every spike, a row for every spike-like event.

A row holds the synapses of a presynaptic neuron: one for each target neuron (dense), those that exist (sparse), or,
where a kernel is shared, one stretch of the kernel for each place of the target that the neuron reaches. ``j`` numbers
the target neurons, and ``s`` the synapses of a row, where that is not the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pycparser import c_ast

from spikeloom.backends.embedded.layout import Field, Layout
from spikeloom.backends.embedded.rows import Added, added
from spikeloom.backends.embedded.writer import address, block, c_type, clock, loop, params, pointer
from spikeloom.genn.code import c_name, emit, fold, fold_expression, parse, parse_expression
from spikeloom.genn.code.names import Used, calls_of, used
from spikeloom.genn.matrix import DenseMatrix, KernelMatrix, SparseMatrix
from spikeloom.genn.network import SynapsePopulation
from spikeloom.genn.variables import Access, Var

DELAYED = "addToPostDelay"
FIRST_CACHE = 2**15  # bytes
DYNAMICS, TRACES = "dynamics", "traces"


@dataclass(frozen=True)
class SynapseKernel:
    """A generated function of synapses `group` that runs over the `trigger` ('spikes' or 'events') of `source`.

    That of the trigger ``dynamics`` runs over all neurons of the source.
    """

    group: str
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
        """At most one kernel for dynamics, spikes and events each; none where the phase leaves no code."""
        place = self.synapses.name
        known = {"phase": self.phase}
        made = [
            self._kernel(trigger, fold(parse(getattr(self.model, code), f"{place}.{code}"), known))
            for trigger, code in ((DYNAMICS, "synapse_dynamics_code"), ("spikes", "pre_spike_syn_code"))
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
        hoisted += "(void)t; (void)shard; (void)ex;\n"
        row = self._one_row(code, what, same_delay=bool(delay))
        listed = ", const int32_t* list, int32_t n"
        if trigger == DYNAMICS:
            loops, listed = f"for (int64_t i = 0; i < {self.pre_size}; ++i) {{\n{block(row)}}}\n", ""
        else:
            row = f"const int64_t i = list[k];\n{row}"
            loops = self._whole_rows(code, delay) or f"for (int64_t k = 0; k < n; ++k) {{\n{block(row)}}}\n"
        name = f"synapses_{c_name(self.synapses.name)}_{trigger}_{self.phase}"
        head = f"KERNEL {name}(Job* job, char* slot, char* shard, const Example* ex, int32_t step{listed})"
        text = f"{head} {{\n{block(hoisted + loops)}}}\n"
        return SynapseKernel(self.synapses.name, name, text, self.synapses.source, trigger)

    def _whole_rows(self, code: c_ast.Compound, delay: str) -> str:
        """The loops over all spikes of a step, where all that they do is to add; empty where they do more."""
        if not isinstance(self.matrix, DenseMatrix):
            return ""
        weights = {var.name for var in self.model.vars} - self.accumulators
        post = {ref.name for ref in self.model.post_neuron_var_refs}
        sums = {"addToPost", DELAYED} if delay else {"addToPost"}
        what = added(code, sums, self.accumulators, weights | post)
        if what is None:
            return ""
        if what.target in self.accumulators:
            return self._add_to_rows(what) if what.variable in post else ""
        return self._add_rows(what) if what.variable in weights else ""

    def _add_rows(self, what: Added) -> str:
        """Rows of weights, each times what its presynaptic neuron has, to the targets' sums."""
        names = {name: f"p_{name}" for name in self.model.params} | {"t": "t", "dt": "dt"}
        for ref in self.model.pre_neuron_var_refs:
            place = self._bound(self.synapses.source, self.synapses.pre_neuron_var_refs, ref)
            names[ref.name] = f"ref_{ref.name}[{'i' if place.columns == self.pre_size else '0'}]"
        if any(isinstance(factor, c_ast.ID) and factor.name not in names for factor in what.factors):
            return ""
        factor = what.sign + " * ".join(emit(factor, names) for factor in what.factors)
        factor = (
            f"[&](int64_t i) {{ (void)i; return S({factor}1); }}"
            if factor in ("", "-")
            else (f"[&](int64_t i) {{ (void)i; return S({factor}); }}")
        )
        out, stride = "later" if what.delayed else "out", self.layout[self.synapses.name, what.variable].stride
        return f"add_rows<{stride}, {self._far_away(stride)}>({out}, all_{what.variable}, list, n, {factor});\n"

    def _far_away(self, stride: int) -> str:
        """Whether a matrix with such rows is larger than a first cache."""
        return str(self.pre_size * stride * self.layout.dtype.itemsize > FIRST_CACHE).lower()

    def _add_to_rows(self, what: Added) -> str:
        """A postsynaptic variable, times what is the same for all synapses, to rows of a gradient."""
        names = {name: f"p_{name}" for name in self.model.params} | {"t": "t", "dt": "dt"}
        factors = [*what.factors, *([what.delayed] if what.delayed else [])]
        if not all(used(factor).names <= names.keys() for factor in factors):
            return ""
        ref = next(ref for ref in self.model.post_neuron_var_refs if ref.name == what.variable)
        if self._bound(self.synapses.target, self.synapses.post_neuron_var_refs, ref).columns != self.post_size:
            return ""
        values = f"post_{ref.name}"
        if what.delayed is not None:
            place = self._history(ref)
            row = f"past_row(step, (int64_t)({emit(what.delayed, names)}), {place.rows})"
            values = f"past_{ref.name} + {row} * {place.stride}"
        factor = what.sign + (" * ".join(emit(factor, names) for factor in what.factors) or "1")
        place, gradient = self.layout[self.synapses.name, what.target], what.target
        text = f"fresh_rows<{place.stride}>(all_{gradient}, stamp_{gradient}, ex->stamp, list, n);\n"
        far = self._far_away(place.stride)
        return f"{text}add_to_rows<{place.stride}, {far}>({values}, S({factor}), all_{gradient}, list, n);\n"

    def traces(self) -> SynapseKernel | None:
        """The kernel of the connection's own variables of its source's neurons; None where the phase leaves no code."""
        known, name = {"phase": self.phase}, self.synapses.name
        dynamics = fold(parse(self.model.pre_dynamics_code, f"{name}.pre_dynamics_code"), known)
        spike = fold(parse(self.model.pre_spike_code, f"{name}.pre_spike_code"), known)
        what = used(dynamics, spike)
        if not what.written:
            return None
        text = clock(self.layout) + params(self.layout, name, set(self.model.params) & what.names)
        names = {param: f"p_{param}" for param in self.model.params} | {"t": "t", "dt": "dt", "batch": "0"}
        names |= {"id": "(int32_t)j", "num_neurons": str(self.pre_size)}
        for var in self.model.pre_vars:
            text += pointer(f"v_{var.name}", self.layout[name, var.name])
            names[var.name] = f"v_{var.name}[j]"
        text += "(void)t;\n" + loop(self.pre_size, emit(dynamics, names))
        spiking = f"const int64_t j = list[k];\n{emit(spike, names)}"
        text += loop("n", spiking, index="k", independent=False) if spike.block_items else "(void)list; (void)n;\n"
        for var in self.model.pre_vars:
            past = self.layout.fields.get((name, f"history:{var.name}"))
            if past is not None:
                row = f"{address(past)} + (step % {past.rows}) * {past.stride}"
                text += f"{c_type(past)}* RESTRICT past_{var.name} = {row};\n"
                text += loop(self.pre_size, f"past_{var.name}[j] = v_{var.name}[j];\n")
        function = f"traces_{c_name(name)}_{self.phase}"
        head = f"KERNEL {function}(Job* job, char* slot, int32_t step, const int32_t* list, int32_t n)"
        return SynapseKernel(name, function, f"{head} {{\n{block(text)}}}\n", self.synapses.source, TRACES)

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
        for var in self.model.pre_vars:
            if var.name in what.arrays:
                past = self.layout[self.synapses.name, f"history:{var.name}"]
                printers[var.name] = lambda steps, var=var, past=past: (  # type: ignore[misc]
                    f"past_{var.name}[past_row(step, (int64_t)({steps}), {past.rows}) * {past.stride} + i]"
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
        start = self._of_source(what) + start
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

    def _names(self) -> dict[str, str]:
        """What names are called in a row."""
        model = self.model
        names = {var.name: f"l_{var.name}" for var in model.vars}
        names |= {name: f"row_{name}[{self.synapse}]" for name in self.accumulators}
        names |= {ref.name: f"pre_{ref.name}" for ref in (*model.pre_neuron_var_refs, *model.pre_vars)}
        for ref in model.post_neuron_var_refs:
            place = self._bound(self.synapses.target, self.synapses.post_neuron_var_refs, ref)
            names[ref.name] = f"post_{ref.name}[{'j' if place.columns == self.post_size else '0'}]"
        names |= {name: f"p_{name}" for name in model.params}
        names |= {"id_pre": "(int32_t)i", "id_post": "(int32_t)j", "t": "t", "dt": "dt", "batch": "0"}
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
        for var in self.model.pre_vars:
            if var.name in what.names:
                text += "const " + pointer(f"ref_{var.name}", self.layout[self.synapses.name, var.name])
            if var.name in what.arrays:
                text += "const " + pointer(f"past_{var.name}", self.layout[self.synapses.name, f"history:{var.name}"])
        for ref in self.model.post_neuron_var_refs:
            if ref.name in what.names:
                place = self._bound(self.synapses.target, self.synapses.post_neuron_var_refs, ref)
                text += "const " + pointer(f"post_{ref.name}", place)
            if ref.name in what.arrays:
                text += "const " + pointer(f"past_{ref.name}", self._history(ref))
        return text

    def _of_source(self, what: Used) -> str:
        """What a row reads of its presynaptic neuron."""
        text = ""
        for ref in self.model.pre_neuron_var_refs:
            if ref.name in what.names:
                place = self._bound(self.synapses.source, self.synapses.pre_neuron_var_refs, ref)
                index = "i" if place.columns == self.pre_size else "0"
                text += f"const {c_type(place)} pre_{ref.name} = ref_{ref.name}[{index}];\n"
        for var in self.model.pre_vars:
            if var.name in what.names:
                kind = c_type(self.layout[self.synapses.name, var.name])
                text += f"const {kind} pre_{var.name} = ref_{var.name}[i];\n"
        return text

    def _row(self, what: Used, row: str) -> str:
        """Pointers to the variables of row number `row`, and gradients zeroed where a batch first touches them."""
        text = ""
        for var in self._vars(what):
            place, name = self.layout[self.synapses.name, var.name], f"row_{var.name}"
            sparse = isinstance(self.matrix, SparseMatrix)
            start = "first" if sparse else f"{row} * {place.stride}"
            text += f"{c_type(place)}* RESTRICT {name} = all_{var.name} + {start};\n"
            if var.access is Access.ACCUMULATE:
                stamp, count = f"stamp_{var.name}[{row}]", "length" if sparse else place.stride
                text += f"if ({stamp} != ex->stamp) {{ {stamp} = ex->stamp; zero({name}, {count}); }}\n"
        return text

    def _loads_and_stores(self, what: Used) -> tuple[str, str]:
        """What a synapse reads before its code and writes after it."""
        loads = stores = ""
        for var in self._vars(what):
            if var.access is Access.ACCUMULATE:
                continue
            kind = c_type(self.layout[self.synapses.name, var.name])
            loads += f"{kind} l_{var.name} = row_{var.name}[{self.synapse}];\n"
            if var.name in what.written:
                stores += f"row_{var.name}[{self.synapse}] = l_{var.name};\n"
        return loads, stores

    def _vars(self, what: Used) -> list[Var]:
        return [var for var in self.model.vars if var.name in what.names | what.written]

    def _bound(self, group: str, refs: Mapping[str, str], ref: Var) -> Field:
        return self.layout[group, refs.get(ref.name, ref.name)]

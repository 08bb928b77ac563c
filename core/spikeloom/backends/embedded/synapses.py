"""The kernels of one synapse population in one phase: a row for every spike, a row for every spike-like event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pycparser import c_ast

from spikeloom.backends.embedded.layout import ROW_ALIGNMENT, Field, Layout
from spikeloom.backends.embedded.writer import address, block, c_type, clock, loop, params, pointer
from spikeloom.genn.code import c_name, emit, fold, fold_expression, parse, parse_expression
from spikeloom.genn.code.names import Used, used
from spikeloom.genn.network import SynapsePopulation
from spikeloom.genn.variables import Access, Var

ROWS = 4  # that are added to the targets' sums at a time


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
        hoisted = ""
        if "addToPost" in what.functions:
            hoisted += pointer("out", self.layout[self.synapses.name, "inSyn"])
        if "addToPre" in what.functions:
            hoisted += pointer("back", self.layout[self.synapses.source, f"input:{self.synapses.pre_target}"])
        hoisted += self._hoisted(what) + clock(self.layout)
        hoisted += params(self.layout, self.synapses.name, set(self.model.params) & what.names)
        hoisted += "(void)t; (void)shard; (void)ex;\nint64_t k = 0;\n"
        if "addToPost" in what.functions and "addToPre" not in what.functions and not what.written:
            hoisted += self._several_rows(code, what)
        body = hoisted + f"for (; k < n; ++k) {{\n{block(self._one_row(code, what))}}}\n"
        name = f"synapses_{c_name(self.synapses.name)}_{trigger}_{self.phase}"
        text = (
            f"static void {name}(Job* job, char* slot, char* shard, const Example* ex, int32_t step, "
            f"const int32_t* list, int32_t n) {{\n{block(body)}}}\n"
        )
        return SynapseKernel(name, text, self.synapses.source, trigger)

    def _one_row(self, code: c_ast.Compound, what: Used) -> str:
        """What one spike does to its row."""
        calls = {
            "addToPost": lambda arguments: f"(out[j] += ({arguments[0]}))",
            "addToPre": lambda arguments: f"(sum += ({arguments[0]}))",
        }
        back = "addToPre" in what.functions
        start = "scalar sum = 0;\n" if back else ""
        end = "back[i] += sum;\n" if back else ""
        loads, stores = self._loads_and_stores(what)
        inner = loop(self.post_size, loads + emit(code, self._names(), calls) + stores)
        return self._row(what) + start + inner + end

    def _several_rows(self, code: c_ast.Compound, what: Used) -> str:
        """The loop over spikes, `ROWS` at a time: the targets' sums are then loaded and stored once for all of them.

        They are added in the same order as one by one. Rows and sums are padded to whole vectors; what the padding sums
        up is read by nobody.
        """
        calls = {"addToPost": lambda arguments: f"(sum += ({arguments[0]}))"}
        rows, adds = "", ""
        for number in range(ROWS):
            suffix = f"_{number}"
            rows += self._row(what, suffix, f"k + {number}")
            loads, _ = self._loads_and_stores(what, suffix)
            adds += f"{{\n{block(loads + emit(code, self._names(suffix), calls))}}}\n"
        padded = -(-self.post_size // ROW_ALIGNMENT) * ROW_ALIGNMENT
        inner = loop(padded, f"scalar sum = out[j];\n{adds}out[j] = sum;\n")
        return f"for (; k + {ROWS} <= n; k += {ROWS}) {{\n{block(rows + inner)}}}\n"

    def _names(self, suffix: str = "") -> dict[str, str]:
        """What names are called in a row; `suffix` tells several rows apart."""
        model = self.model
        names = {var.name: f"l_{var.name}" for var in model.vars}
        names |= {name: f"row_{name}{suffix}[j]" for name in self.accumulators}
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
        return text

    def _row(self, what: Used, suffix: str = "", k: str = "k") -> str:
        """The start of the row of spike number `k` of the list."""
        text = f"const int64_t i{suffix} = list[{k}];\n"
        for var in self._vars(what):
            place, row = self.layout[self.synapses.name, var.name], f"row_{var.name}{suffix}"
            text += f"{c_type(place)}* RESTRICT {row} = all_{var.name} + i{suffix} * {place.stride};\n"
            if var.access is Access.ACCUMULATE:
                stamp = f"stamp_{var.name}[i{suffix}]"
                text += f"if ({stamp} != ex->stamp) {{ {stamp} = ex->stamp; zero({row}, {place.stride}); }}\n"
        for ref in self.model.pre_neuron_var_refs:
            if ref.name in what.names:
                place = self._bound(self.synapses.source, self.synapses.pre_neuron_var_refs, ref)
                index = f"i{suffix}" if place.columns == self.pre_size else "0"
                text += f"const {c_type(place)} pre_{ref.name}{suffix} = ref_{ref.name}[{index}];\n"
        return text

    def _loads_and_stores(self, what: Used, suffix: str = "") -> tuple[str, str]:
        """What a synapse reads before its code and writes after it."""
        loads = stores = ""
        for var in self._vars(what):
            if var.access is Access.ACCUMULATE:
                continue
            kind = c_type(self.layout[self.synapses.name, var.name])
            loads += f"{kind} l_{var.name} = row_{var.name}{suffix}[j];\n"
            if var.name in what.written:
                stores += f"row_{var.name}{suffix}[j] = l_{var.name};\n"
        return loads, stores

    def _vars(self, what: Used) -> list[Var]:
        return [var for var in self.model.vars if var.name in what.names | what.written]

    def _bound(self, group: str, refs: Mapping[str, str], ref: Var) -> Field:
        return self.layout[group, refs.get(ref.name, ref.name)]

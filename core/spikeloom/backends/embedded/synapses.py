"""The kernels of one synapse population in one phase: a row for every spike, a row for every spike-like event."""

from __future__ import annotations

from dataclasses import dataclass

from pycparser import c_ast

from spikeloom.backends.embedded.layout import Layout
from spikeloom.backends.embedded.writer import address, block, c_name, c_type, clock, loop, params, pointer
from spikeloom.genn.code import emit, fold, fold_expression, parse, parse_expression
from spikeloom.genn.code.names import used
from spikeloom.genn.network import SynapsePopulation
from spikeloom.genn.variables import Access


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
        hoisted, row, loads, stores = self._variables(what.names | what.written, what.written)
        row_end = ""
        calls = {"addToPost": lambda arguments: f"(out[j] += ({arguments[0]}))"}
        if "addToPost" in what.functions:
            hoisted += pointer("out", self.layout[self.synapses.name, "inSyn"])
        if "addToPre" in what.functions:
            place = self.layout[self.synapses.source, f"input:{self.synapses.pre_target}"]
            hoisted += pointer("back", place)
            row += "scalar sum = 0;\n"
            row_end = "back[i] += sum;\n"
            calls["addToPre"] = lambda arguments: f"(sum += ({arguments[0]}))"
        hoisted += clock(self.layout)
        hoisted += params(self.layout, self.synapses.name, set(self.model.params) & what.names)
        hoisted += "(void)t; (void)shard; (void)ex;\n"
        inner = loop(self.post_size, loads + emit(code, self._names(), calls) + stores)
        body = hoisted + loop("n", "const int64_t i = list[k];\n" + row + inner + row_end, index="k", independent=False)
        name = f"synapses_{c_name(self.synapses.name)}_{trigger}_{self.phase}"
        text = (
            f"static void {name}(Job* job, char* slot, char* shard, const Example* ex, int32_t step, "
            f"const int32_t* list, int32_t n) {{\n{block(body)}}}\n"
        )
        return SynapseKernel(name, text, self.synapses.source, trigger)

    def _names(self) -> dict[str, str]:
        model = self.model
        names = {var.name: f"l_{var.name}" for var in model.vars}
        names |= {name: f"row_{name}[j]" for name in self.accumulators}
        names |= {ref.name: f"pre_{ref.name}" for ref in model.pre_neuron_var_refs}
        names |= {ref.name: f"post_{ref.name}[j]" for ref in model.post_neuron_var_refs}
        names |= {name: f"p_{name}" for name in model.params}
        names |= {"id_pre": "(int32_t)i", "id_post": "(int32_t)j", "t": "t", "dt": "dt", "batch": "0"}
        return names | {"num_pre": str(self.pre_size), "num_post": str(self.post_size)}

    def _variables(self, names: set[str], written: set[str]) -> tuple[str, str, str, str]:
        """What is hoisted out of all loops, what starts a row, and the loads and stores of a synapse."""
        hoisted = row = loads = stores = ""
        for var in self.model.vars:
            if var.name not in names:
                continue
            place = self.layout[self.synapses.name, var.name]
            hoisted += pointer(f"all_{var.name}", place)
            row += f"{c_type(place)}* RESTRICT row_{var.name} = all_{var.name} + i * {place.stride};\n"
            if var.access is Access.ACCUMULATE:
                hoisted += pointer(f"stamp_{var.name}", self.layout[self.synapses.name, f"stamp:{var.name}"])
                row += (
                    f"if (stamp_{var.name}[i] != ex->stamp) {{ stamp_{var.name}[i] = ex->stamp; "
                    f"zero(row_{var.name}, {place.stride}); }}\n"
                )
                continue
            loads += f"{c_type(place)} l_{var.name} = row_{var.name}[j];\n"
            if var.name in written:
                stores += f"row_{var.name}[j] = l_{var.name};\n"
        for ref in self.model.pre_neuron_var_refs:
            if ref.name in names:
                bound = self.synapses.pre_neuron_var_refs.get(ref.name, ref.name)
                place = self.layout[self.synapses.source, bound]
                hoisted += f"const {c_type(place)}* ref_{ref.name} = {address(place)};\n"
                row += f"const {c_type(place)} pre_{ref.name} = ref_{ref.name}[i];\n"
        for ref in self.model.post_neuron_var_refs:
            if ref.name in names:
                bound = self.synapses.post_neuron_var_refs.get(ref.name, ref.name)
                hoisted += "const " + pointer(f"post_{ref.name}", self.layout[self.synapses.target, bound])
        return hoisted, row, loads, stores

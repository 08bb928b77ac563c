"""The kernel of one population in one phase: inputs, ``sim_code``, spikes and spike-like events, ``reset_code``.

The loop over neurons is kept free of what does not vectorise. Three things leave it: ``reset_code`` runs over the list
of neurons that spiked, a last ``if`` of ``sim_code`` that touches an array (a tape) over the list of those for which
its condition held, and the test for spike-like events over that list too where the code proves that no other has one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from pycparser import c_ast

from spikeloom.backends.embedded.layout import Layout
from spikeloom.backends.embedded.writer import block, c_type, clock, loop, params, pointer
from spikeloom.errors import UserError
from spikeloom.genn.code import (
    c_name,
    emit,
    fold,
    fold_expression,
    is_set,
    leaves_zero,
    own_elements,
    parse,
    parse_expression,
    steady_calls,
)
from spikeloom.genn.code.check import RANDOM
from spikeloom.genn.code.names import Used, used
from spikeloom.genn.network import NeuronPopulation, SynapsePopulation
from spikeloom.genn.schedule import BACKWARD
from spikeloom.genn.variables import Access

RANDOM_CALLS: dict[str, Callable[[list[str]], str]] = {
    "gennrand_uniform": lambda _: "random.uniform()",
    "gennrand_normal": lambda _: "random.normal()",
    "gennrand_exponential": lambda _: "random.exponential()",
}


def random_stream(group: str, what: str) -> int:
    """The random stream of a variable or code: it depends on names alone, so another population changes no number."""
    return zlib.crc32(f"{group}/{what}".encode())


@dataclass(frozen=True)
class NeuronKernel:
    """The generated function of a population in a phase, and what comes out of it."""

    name: str
    text: str
    spikes: bool
    events: bool


@dataclass(frozen=True)
class _Codes:
    """The codes of a population, specialised for a phase."""

    hot: c_ast.Compound
    cold_condition: c_ast.Node | None
    cold: c_ast.Compound | None
    threshold: c_ast.Node | None
    reset: c_ast.Compound


class NeuronWriter:
    """Writes the kernel of `population` in `phase`."""

    def __init__(self, layout: Layout, population: NeuronPopulation, phase: int) -> None:
        self.layout = layout
        self.population = population
        self.model = population.model
        self.phase = phase
        self.stream = random_stream(population.name, "sim_code")
        self.accumulators = {var.name for var in self.model.vars if var.access is Access.ACCUMULATE}
        self.vars = {var.name for var in self.model.vars} - self.accumulators
        self.arrays = {array.name for array in self.model.extra_global_params}
        self.codes = self._specialised()
        self.event_condition, self.event_synapses, self.events_are_cold = self._event_condition()

    def kernel(self) -> NeuronKernel | None:
        """The kernel, or None if the population does nothing in this phase."""
        codes = self.codes
        active = codes.hot.block_items or codes.cold is not None
        if self.model.spike_source or not (active or codes.threshold is not None):
            return None
        name = f"neurons_{c_name(self.population.name)}_{self.phase}"
        body = self._prologue() + self._hot_loop()
        if codes.cold is not None:
            body += self._over_list("list_flags", "list_flags", codes.cold, "cold")
        if self.event_condition is not None:
            body += self._event_loop()
        if codes.threshold is not None:
            body += self._spikes()
        body += self._history()
        text = (
            f"KERNEL {name}(Job* job, char* slot, char* shard, const Example* ex, int32_t step, "
            f"int32_t* spikes, int32_t* n_spikes, int32_t* n_events) {{\n{block(body)}}}\n"
        )
        return NeuronKernel(name, text, codes.threshold is not None, self.event_condition is not None)

    # -- specialisation --------------------------------------------------------------------------------------
    def _specialised(self) -> _Codes:
        known = {"phase": self.phase}
        place = self.population.name
        sim = fold(parse(self.model.sim_code, f"{place}.sim_code"), known)
        threshold = fold_expression(
            parse_expression(self.model.threshold_condition_code, f"{place}.threshold_condition_code"), known
        )
        reset = fold(parse(self.model.reset_code if threshold is not None else "", f"{place}.reset_code"), known)
        hot, condition, cold = self._split(sim, threshold)
        return _Codes(hot, condition, cold, threshold, reset)

    def _split(
        self, sim: c_ast.Compound, threshold: c_ast.Node | None
    ) -> tuple[c_ast.Compound, c_ast.Node | None, c_ast.Compound | None]:
        items = list(sim.block_items or [])
        if not items or not isinstance(items[-1], c_ast.If) or items[-1].iffalse is not None:
            return sim, None, None
        last, rest = items[-1], items[:-1]
        inside, before, after = used(last.iftrue), used(*rest), used(threshold)
        known = self.vars | self.accumulators | set(self.model.params) | inside.locals
        known |= {"id", "num_neurons", "t", "dt", "batch"}
        if not inside.arrays or not inside.names <= known or inside.functions & set(RANDOM):
            return sim, None, None
        if inside.locals & before.locals or inside.written & after.names:
            return sim, None, None
        cold = last.iftrue if isinstance(last.iftrue, c_ast.Compound) else c_ast.Compound([last.iftrue])
        return c_ast.Compound(rest), last.cond, cold

    def _event_condition(self) -> tuple[str | None, SynapsePopulation | None, bool]:
        """The condition as code, a synapse population that has it, and whether the cold code alone can make it true."""
        found: dict[str, tuple[c_ast.Node, SynapsePopulation]] = {}
        if self.model.replays and self.phase == BACKWARD:
            return None, None, False
        for synapses in self.layout.model.synapses.values():
            if synapses.source != self.population.name:
                continue
            model = synapses.weight_update
            condition = fold_expression(
                parse_expression(model.pre_event_threshold_condition_code, synapses.name), {"phase": self.phase}
            )
            if condition is None:
                continue
            names = {
                ref.name: f"l_{synapses.pre_neuron_var_refs.get(ref.name, ref.name)}"
                for ref in model.pre_neuron_var_refs
            }
            names |= {p: f"job->params[{self.layout.params[synapses.name, p]}]" for p in model.params}
            names |= {"t": "t", "dt": "dt", "batch": "0"}
            found.setdefault(emit(condition, names), (condition, synapses))
        if len(found) > 1:
            those = " and ".join(f"'{synapses.name}'" for _, synapses in found.values())
            message = f"the conditions for spike-like events of {those} differ, and the embedded engine knows one"
            raise UserError(message, place=self.population.name)
        for text, (condition, synapses) in found.items():
            return text, synapses, self._only_after_cold(condition, synapses)
        return None, None, False

    def _only_after_cold(self, condition: c_ast.Node, synapses: SynapsePopulation) -> bool:
        """Whether only the cold code can flag an event: for all other neurons the hot code cleared the flag."""
        flag, codes = is_set(condition), self.codes
        bound = synapses.pre_neuron_var_refs.get(flag, flag)
        written = used(codes.cold_condition).written
        return bool(bound) and codes.cold is not None and bound not in written and leaves_zero(codes.hot, bound)

    # -- names -----------------------------------------------------------------------------------------------
    def _names(self) -> dict[str, str]:
        names = {name: f"l_{name}" for name in self.vars | {"Isyn", *self.model.additional_input_vars}}
        names |= {name: f"p_{name}" for name in self.model.params} | {name: f"a_{name}" for name in self.arrays}
        names |= {name: f"v_{name}[j]" for name in self.accumulators}
        size = str(self.population.size)
        return names | {"id": "(int32_t)j", "num_neurons": size, "t": "t", "dt": "dt", "batch": "0"}

    def _emit(self, node: c_ast.Node, elements: dict[int, str] | None = None) -> str:
        bounds = {name: f"{self.layout[self.population.name, name].length}, {self._group}" for name in self.arrays}
        return emit(node, self._names(), RANDOM_CALLS, bounds, elements=elements)

    @property
    def _group(self) -> int:
        return list(self.layout.model.populations).index(self.population.name)

    def _steady(self) -> tuple[str, dict[int, str]]:
        """What is the same for all neurons and stands before their loop, and how its nodes are printed in the loop.

        That is calls of functions, and rows of tapes: pointers to them, checked once.
        """
        steady = {*self.model.params, "t", "dt"}
        text, elements = "", {}
        for number, call in enumerate(steady_calls(self.codes.hot, steady)):
            text += f"const auto steady_{number} = {self._emit(call)};\n"
            elements[id(call)] = f"steady_{number}"
        found = own_elements(self.codes.hot, steady)
        arrays = [node.name.name for node, _ in found]
        for number, (node, row) in enumerate(found):
            name, place = node.name.name, self.layout[self.population.name, node.name.name]
            alone = " RESTRICT" if arrays.count(name) == 1 else ""
            first = f"checked({self._emit(row)}, {place.rows}, {self._group}, job) * {place.stride}"
            text += f"{c_type(place)}*{alone} row_{number} = a_{name} + {first};\n"
            elements[id(node)] = f"row_{number}[j]"
            if self.phase == BACKWARD:
                text += f"PREFETCH(row_{number} - {place.stride}, {place.stride});\n"
        return text, elements

    def _var_index(self, name: str) -> str:
        return "j" if self.layout[self.population.name, name].columns == self.population.size else "0"

    def _loads(self, what: Used) -> str:
        return "".join(
            f"{c_type(self.layout[self.population.name, name])} l_{name} = v_{name}[{self._var_index(name)}];\n"
            for name in sorted(self.vars & (what.names | what.written))
        )

    def _stores(self, what: Used) -> str:
        return "".join(f"v_{name}[{self._var_index(name)}] = l_{name};\n" for name in sorted(self.vars & what.written))

    def _random(self, what: Used, first: int = 0) -> str:
        """The source of a neuron's random numbers in a step; `first` keeps those of two codes apart."""
        if not what.functions & set(RANDOM):
            return ""
        return (
            f"Random random = {{job->seed, {self.stream}u, (uint32_t)j, (uint32_t)step, "
            f"(uint32_t)ex->example, (job->epoch << 12) + {first}u}};\n"
        )

    # -- parts of the kernel -----------------------------------------------------------------------------------
    def _prologue(self) -> str:
        codes = self.codes
        what = used(codes.hot, codes.cold_condition, codes.cold, codes.threshold, codes.reset)
        condition = self._event_names()
        text = clock(self.layout)
        text += params(self.layout, self.population.name, set(self.model.params) & what.names)
        for name in sorted(self.vars & (what.names | what.written | condition)):
            text += pointer(f"v_{name}", self.layout[self.population.name, name])
        for name in sorted(self.accumulators & what.written):
            text += self._accumulator(name)
        for name in sorted(self.arrays & what.arrays):
            text += pointer(f"a_{name}", self.layout[self.population.name, name])
        for name in ("events", "flags"):
            text += pointer(f"list_{name}", self.layout[self.population.name, f"list:{name}"])
        text += pointer("flagged", self.layout[self.population.name, "flagged"])
        unused = ("t", "ex", "shard", "list_events", "list_flags", "flagged", "spikes", "n_events", "n_spikes")
        return text + " ".join(f"(void){name};" for name in unused) + "\n"

    def _accumulator(self, name: str) -> str:
        """A pointer to a sum over the examples of a shard, which is zeroed where a batch first touches it."""
        place, stamp = (self.layout[self.population.name, field] for field in (name, f"stamp:{name}"))
        return (
            pointer(f"v_{name}", place)
            + pointer(f"stamp_{name}", stamp)
            + f"if (*stamp_{name} != ex->stamp) {{ *stamp_{name} = ex->stamp; zero(v_{name}, {place.stride}); }}\n"
        )

    def _event_names(self) -> set[str]:
        synapses = self.event_synapses
        if synapses is None:
            return set()
        refs = synapses.weight_update.pre_neuron_var_refs
        return {synapses.pre_neuron_var_refs.get(ref.name, ref.name) for ref in refs}

    def _inputs(self, name: str, read: bool) -> tuple[str, str]:
        """Hoisted declarations and the loop's text for one input: its postsynaptic models and direct additions."""
        if not read:
            return "", ""
        declarations, text = "", f"scalar l_{name} = 0;\n"
        key = (self.population.name, f"input:{name}")
        if key in self.layout.fields:
            declarations += pointer(f"in_{name}", self.layout[key])
            text += f"l_{name} += in_{name}[j]; in_{name}[j] = 0;\n"
        for index, group in enumerate(self.layout.inputs.get((self.population.name, name), [])):
            synapses = self.layout.model.synapses[group[0]]
            array = f"in_{name}_{index}"
            declarations += pointer(array, self.layout[synapses.name, "inSyn"])
            names = {"inSyn": "inSyn", "id": "(int32_t)j", "num_neurons": str(self.population.size)}
            names |= {"t": "t", "dt": "dt", "batch": "0"}
            for param in synapses.postsynaptic.params:
                place = self.layout.params[synapses.name, f"psm:{param}"]
                declarations += f"const scalar {array}_{param} = job->params[{place}];\n"
                names[param] = f"{array}_{param}"
            code = emit(
                fold(parse(synapses.postsynaptic.sim_code, f"{synapses.name}.sim_code"), {"phase": self.phase}),
                names,
                {"injectCurrent": lambda arguments: f"(l_{name} += ({arguments[0]}))"},
            )
            summed, ring = f"{array}[j]", self.layout.fields.get((synapses.name, "ring"))
            if ring is not None:
                row = f"(scalar*)ALIGNED(slot + {ring.offset}) + (step % {ring.rows}) * {ring.stride}"
                declarations += f"scalar* RESTRICT now_{array} = {row};\n"
                code, summed = f"now_{array}[j] = 0;\n{code}", f"{summed} + now_{array}[j]"
            text += f"{{\n{block(f'scalar inSyn = {summed};' + chr(10) + code + f'{array}[j] = inSyn;')}}}\n"
        return declarations, text

    def _hot_loop(self) -> str:
        codes = self.codes
        what = used(codes.hot, codes.cold_condition, codes.threshold)
        later = used(codes.reset)
        declarations, body = "", ""
        for name in ("Isyn", *self.model.additional_input_vars):
            hoisted, text = self._inputs(name, name in what.names | later.names)
            declarations, body = declarations + hoisted, body + text
        if "Isyn" in later.names:
            kept = self.layout.place((self.population.name, f"kept:{self.phase}"), "slot", columns=self.population.size)
            declarations += pointer("kept_Isyn", kept)
            body += "kept_Isyn[j] = l_Isyn;\n"
        steady, elements = self._steady()
        body += self._loads(what) + self._random(what) + self._emit(codes.hot, elements)
        if codes.cold_condition is not None:
            body += f"list_flags[j] = ({self._emit(codes.cold_condition)}) ? 1 : 0;\n"
        if codes.threshold is not None:
            body += f"flagged[j] = ({self._emit(codes.threshold)}) ? 1 : 0;\n"
        return declarations + steady + loop(self.population.size, body + self._stores(what))

    def _over_list(self, flags: str, found: str, code: c_ast.Compound, name: str, extra: str = "") -> str:
        """Run `code` for the neurons that are flagged; `found` becomes the list of their numbers."""
        what = used(code)
        body = f"const int64_t j = {found}[k];\n" + extra + self._loads(what)
        body += self._random(what, first=2048) + self._emit(code) + self._stores(what)
        text = f"const int32_t n_{name} = compact({flags}, {self.population.size}, {found});\n"
        return text + loop(f"n_{name}", body, index="k", independent=False)

    def _event_loop(self) -> str:
        names = sorted(self._event_names())
        body = "".join(
            f"const {c_type(self.layout[self.population.name, n])} l_{n} = v_{n}[{self._var_index(n)}];\n"
            for n in names
        )
        if self.events_are_cold:
            body = "const int32_t j = list_flags[k];\n" + body
            body += f"list_events[n_flagged] = j;\nn_flagged += ({self.event_condition}) ? 1 : 0;\n"
            inner = loop("n_cold", body, index="k", independent=False)
            return f"int32_t n_flagged = 0;\n{inner}*n_events = n_flagged;\n"
        body += f"list_events[j] = ({self.event_condition}) ? 1 : 0;\n"
        return (
            loop(self.population.size, body)
            + f"*n_events = compact(list_events, {self.population.size}, list_events);\n"
        )

    def _history(self) -> str:
        """Note variables that synapses will want of some steps ago."""
        text, codes = "", self.codes
        written = used(codes.hot, codes.cold_condition, codes.cold, codes.reset).written
        for name in sorted(self.vars & written):
            past = self.layout.fields.get((self.population.name, f"history:{name}"))
            if past is not None:
                kind = f"{c_type(past)}* RESTRICT"
                text += f"{kind} past_{name} = ({c_type(past)}*)ALIGNED(slot + {past.offset}) + "
                text += f"(step % {past.rows}) * {past.stride};\n"
                text += loop(past.columns, f"past_{name}[j] = v_{name}[j];\n")
        return text

    def _spikes(self) -> str:
        kept = "const scalar l_Isyn = kept_Isyn[j];\n" if "Isyn" in used(self.codes.reset).names else ""
        return self._over_list("flagged", "spikes", self.codes.reset, "spiking", kept) + "*n_spikes = n_spiking;\n"

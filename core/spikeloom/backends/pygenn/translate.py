"""Our models as PyGeNN's: the same names and codes, with what our conventions leave to the backend written out.

- ``phase`` becomes a dynamic parameter of neurons and weight updates; phase 2 (`IDLE`) is a step without spikes.
- A spike source gets the model of `source`, and the events of its synapses ask for its flag.
- A tape is indexed within the example: the part of the example in the batch is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pycparser import c_ast, c_generator

from spikeloom.backends.pygenn import source
from spikeloom.backends.pygenn.connectivity import taps_snippet
from spikeloom.genn.code import parse
from spikeloom.genn.models import CustomUpdateModel, InitSnippet, NeuronModel, PostsynapticModel, WeightUpdateModel
from spikeloom.genn.variables import Access, Var

IDLE = 2
PHASE = ("phase", "int")
SOURCE_FLAG = "SourceFlag_pre"


class Translator:
    """Makes PyGeNN models of ours, and keeps them: GeNN holds them by their address alone."""

    def __init__(self, pygenn: Any) -> None:
        self.pygenn = pygenn
        self.made: list[Any] = []
        own, update, mode = pygenn.VarAccess, pygenn.CustomUpdateVarAccess, pygenn.VarAccessMode
        self.access = {
            Access.READ_WRITE: own.READ_WRITE,
            Access.ACCUMULATE: own.READ_WRITE,
            Access.READ_ONLY: own.READ_ONLY,
            Access.READ_ONLY_DUPLICATE: own.READ_ONLY_DUPLICATE,
            Access.READ_ONLY_SHARED_NEURON: own.READ_ONLY_SHARED_NEURON,
        }
        self.update_access = {
            Access.READ_WRITE: update.READ_WRITE,
            Access.REDUCE_BATCH_SUM: update.REDUCE_BATCH_SUM,
            Access.REDUCE_NEURON_SUM: update.REDUCE_NEURON_SUM,
            Access.REDUCE_NEURON_MAX: update.REDUCE_NEURON_MAX,
        }
        self.modes = {Access.READ_WRITE: mode.READ_WRITE, Access.READ_ONLY: mode.READ_ONLY}

    def _keep(self, made: Any) -> Any:
        self.made.append(made)
        return made

    def _vars(self, variables: Iterable[Var]) -> list[tuple[Any, ...]]:
        return [(var.name, var.type, self.access[var.access]) for var in variables]

    def neuron(self, model: NeuronModel) -> Any:
        """A neuron model; a threshold is never crossed in an idle step."""
        if model.spike_source:
            return self._source()
        tapes = {array.name: array.per_neuron for array in model.extra_global_params}
        condition = model.threshold_condition_code
        return self._keep(
            self.pygenn.create_neuron_model(
                model.name,
                params=[*model.params, PHASE],
                vars=self._vars(model.vars),
                sim_code=_within_example(model.sim_code, tapes),
                threshold_condition_code=f"phase != {IDLE} && ({condition})" if condition else "",
                reset_code=_within_example(model.reset_code, tapes),
                additional_input_vars=[(name, "scalar", 0.0) for name in model.additional_input_vars],
                extra_global_params=[(array.name, f"{array.type}*") for array in model.extra_global_params],
                auto_refractory_required=False,
            )
        )

    def _source(self) -> Any:
        duplicate = self.pygenn.VarAccess.READ_ONLY_DUPLICATE
        return self._keep(
            self.pygenn.create_neuron_model(
                "SpikeSource",
                params=source.PARAMS,
                vars=[
                    ("StartSpike", "int32_t", duplicate),
                    ("EndSpike", "int32_t", duplicate),
                    ("Next", "int32_t"),
                    (source.FLAG, "bool"),
                ],
                sim_code=source.SIM_CODE,
                threshold_condition_code=source.THRESHOLD_CODE,
                reset_code=source.RESET_CODE,
                extra_global_params=[(source.ARRAY, "int32_t*")],
                auto_refractory_required=False,
            )
        )

    def weight_update(self, model: WeightUpdateModel, *, from_source: bool, kernel: bool = False) -> Any:
        """A weight-update model; from a spike source its events are the spikes that the source replays.

        Of a `kernel`, which many synapses share, sums are added to by a function of GeNN's.
        """
        condition, read = model.pre_event_threshold_condition_code, self.modes[Access.READ_ONLY]
        pre = [(ref.name, ref.type, read) for ref in model.pre_neuron_var_refs]
        if condition:
            condition = f"phase != {IDLE} && ({condition})"
        if condition and from_source:
            condition += f" && {SOURCE_FLAG}"
            pre.append((SOURCE_FLAG, "bool", read))
        return self._keep(
            self.pygenn.create_weight_update_model(
                model.name,
                params=[*model.params, PHASE],
                vars=self._vars(model.vars),
                pre_neuron_var_refs=pre,
                post_neuron_var_refs=[(ref.name, ref.type, read) for ref in model.post_neuron_var_refs],
                pre_spike_syn_code=model.pre_spike_syn_code or None,
                pre_event_threshold_condition_code=condition or None,
                pre_event_syn_code=(_adding(model) if kernel else model.pre_event_syn_code) or None,
            )
        )

    def postsynaptic(self, model: PostsynapticModel) -> Any:
        """A postsynaptic model."""
        return self._keep(
            self.pygenn.create_postsynaptic_model(model.name, params=list(model.params), sim_code=model.sim_code)
        )

    def update(self, model: CustomUpdateModel) -> Any:
        """A custom update."""
        return self._keep(
            self.pygenn.create_custom_update_model(
                model.name,
                params=list(model.params),
                vars=[(var.name, var.type, self.update_access[var.access]) for var in model.vars],
                var_refs=[(ref.name, ref.type, self.modes[ref.access]) for ref in model.var_refs],
                update_code=model.update_code,
            )
        )

    def reset(self, variables: Iterable[Var], all_slots: Iterable[str] = ()) -> Any:
        """A custom update that gives variables their first values, the parameters ``First_<name>``.

        Of those in `all_slots`, the values of earlier steps that GeNN keeps are written too.
        """
        variables, all_slots = list(variables), set(all_slots)
        mode = self.pygenn.VarAccessMode
        return self._keep(
            self.pygenn.create_custom_update_model(
                "Reset",
                params=[f"First_{var.name}" for var in variables],
                var_refs=[
                    (var.name, var.type, mode.BROADCAST if var.name in all_slots else mode.READ_WRITE)
                    for var in variables
                ],
                update_code="\n".join(f"{var.name} = First_{var.name};" for var in variables),
            )
        )

    def taps(self) -> Any:
        """The snippet of all kernels."""
        return self._keep(taps_snippet(self.pygenn))

    def snippet(self, snippet: InitSnippet) -> Any:
        """An initialisation snippet."""
        return self._keep(
            self.pygenn.create_var_init_snippet(
                snippet.name, params=list(snippet.params), var_init_code=snippet.var_init_code
            )
        )


class _Adding(c_generator.CGenerator):
    """Prints code; what is added to a sum is handed to ``atomic_add_<sum>``."""

    def __init__(self, sums: set[str]) -> None:
        super().__init__()
        self.sums = sums

    def visit_Assignment(self, n: c_ast.Assignment) -> str:
        if isinstance(n.lvalue, c_ast.ID) and n.lvalue.name in self.sums:
            return f"atomic_add_{n.lvalue.name}({'-' if n.op == '-=' else ''}({self.visit(n.rvalue)}))"
        return str(super().visit_Assignment(n))


def _adding(model: WeightUpdateModel) -> str:
    """The event code of a shared kernel."""
    printer = _Adding({var.name for var in model.vars if var.access is Access.ACCUMULATE})
    return "".join(printer._generate_stmt(item) for item in parse(model.pre_event_syn_code).block_items or [])


class _WithinExample(c_generator.CGenerator):
    """Prints code; an index into a tape gets the place of the example added."""

    def __init__(self, tapes: dict[str, str]) -> None:
        super().__init__()
        self.tapes = tapes

    def visit_ArrayRef(self, n: c_ast.ArrayRef) -> str:
        index, name = self.visit(n.subscript), n.name.name
        return f"{name}[(batch * (int32_t){self.tapes[name]} * num_neurons) + ({index})]"


def _within_example(code: str, tapes: dict[str, str]) -> str:
    """The code with its indices into the tapes (name -> parameter with the places per neuron) made whole.

    It becomes a block: to GeNN all codes of a neuron are one, and their local variables would meet.
    """
    if not code.strip():
        return ""
    printer = _WithinExample(tapes)
    return "{\n" + "".join(printer._generate_stmt(item) for item in parse(code).block_items or []) + "}"

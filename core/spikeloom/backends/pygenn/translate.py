"""Our models as PyGeNN's: the same names and codes, with what our conventions leave to the backend written out.

- ``phase`` becomes a dynamic parameter of neurons and weight updates; phase 2 (`IDLE`) is a step without spikes.
- A spike source gets the model of `source`, a population that replays its spikes the tape of `replay`, and the events
  of their synapses ask for its flag.
- A tape is indexed within the example: the part of the example in the batch is added.
- What adds to a sum over the batch does not run in an idle step, in which nothing else lasts.
- What runs for all synapses does so where the dynamic parameter `TRACED` is set.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pycparser import c_ast, c_generator

from spikeloom.backends.pygenn import replay, source
from spikeloom.backends.pygenn.connectivity import taps_snippet
from spikeloom.backends.pygenn.counters import KEPT
from spikeloom.genn.code import parse
from spikeloom.genn.models import CustomUpdateModel, InitSnippet, NeuronModel, PostsynapticModel, WeightUpdateModel
from spikeloom.genn.variables import Access, Var

IDLE = 2
PHASE = ("phase", "int")
TRACED = "Traced_"  # whether codes run that run for all synapses
REPLAYED = "Replayed_pre"  # the flag of a population that replays its spikes


def flag_of(source_model: NeuronModel) -> str:
    """The variable that flags the spikes that a population replays; empty where it replays none."""
    if source_model.spike_source:
        return source.FLAG
    return replay.FLAG if source_model.replays else ""


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
        printer = _WithinExample({array.name: array.per_neuron for array in model.extra_global_params})
        condition = model.threshold_condition_code
        return self._keep(
            self.pygenn.create_neuron_model(
                model.name,
                params=[*model.params, PHASE],
                vars=self._vars(model.vars),
                sim_code=_awake(printer.code(model.sim_code), model.vars),
                threshold_condition_code=f"phase != {IDLE} && ({condition})" if condition else "",
                reset_code=printer.code(model.reset_code),
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
                    *self._vars(source.STATE),
                ],
                sim_code=source.SIM_CODE,
                threshold_condition_code=source.THRESHOLD_CODE.strip(),
                reset_code=source.RESET_CODE,
                extra_global_params=[(source.ARRAY, "int32_t*")],
                auto_refractory_required=False,
            )
        )

    def weight_update(self, model: WeightUpdateModel, source_model: NeuronModel, *, kernel: bool = False) -> Any:
        """A weight-update model; where its source replays spikes, its events in the backward phase are these.

        Of a `kernel`, which many synapses share, sums are added to by a function of GeNN's.
        """
        condition, read = model.pre_event_threshold_condition_code, self.modes[Access.READ_ONLY]
        pre = [(ref.name, ref.type, read) for ref in model.pre_neuron_var_refs]
        if condition:
            condition = f"phase != {IDLE} && ({condition})"
        if condition and flag_of(source_model):
            # A spike source has no other events.
            condition += f" && {REPLAYED}" if source_model.spike_source else f" && (phase != 1 || {REPLAYED})"
            pre.append((REPLAYED, "bool", read))
        printer, dynamics = _Synapse(model, kernel=kernel), model.synapse_dynamics_code
        return self._keep(
            self.pygenn.create_weight_update_model(
                model.name,
                params=[*model.params, PHASE, *([(TRACED, "int")] if dynamics else [])],
                vars=self._vars(model.vars),
                pre_vars=self._vars(model.pre_vars),
                pre_neuron_var_refs=pre,
                post_neuron_var_refs=[(ref.name, ref.type, read) for ref in model.post_neuron_var_refs],
                pre_spike_syn_code=_awake(printer.code(model.pre_spike_syn_code), model.vars) or None,
                pre_event_threshold_condition_code=condition or None,
                pre_event_syn_code=_awake(printer.code(model.pre_event_syn_code), model.vars) or None,
                pre_spike_code=_Printer().code(model.pre_spike_code) or None,
                pre_dynamics_code=_Printer().code(model.pre_dynamics_code) or None,
                synapse_dynamics_code=f"if ({TRACED} != 0) {printer.code(dynamics)}" if dynamics else None,
            )
        )

    def postsynaptic(self, model: PostsynapticModel) -> Any:
        """A postsynaptic model."""
        return self._keep(
            self.pygenn.create_postsynaptic_model(model.name, params=list(model.params), sim_code=model.sim_code)
        )

    def update(self, model: CustomUpdateModel) -> Any:
        """A custom update."""
        counted = [(name, "int") if name == KEPT else name for name in model.params]
        return self._keep(
            self.pygenn.create_custom_update_model(
                model.name,
                params=counted,
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

    def transpose(self) -> Any:
        """A custom update that copies a variable to where the reference to it says that its transpose is."""
        read = self.modes[Access.READ_ONLY]
        return self._keep(self.pygenn.create_custom_update_model("Transpose", var_refs=[("Variable", "scalar", read)]))

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


class _Printer(c_generator.CGenerator):
    """Prints code as one block: to GeNN all codes of a neuron are one, and their local variables would meet."""

    def code(self, code: str) -> str:
        """The code; nothing where there is none."""
        if not code.strip():
            return ""
        return "{\n" + "".join(self._generate_stmt(item) for item in parse(code).block_items or []) + "}"


class _Synapse(_Printer):
    """Prints code of synapses.

    What is added to a sum of a `kernel` is handed to ``atomic_add_<sum>``. An index of a presynaptic variable, which
    is 0 where there are no delays (`limits`), goes.
    """

    def __init__(self, model: WeightUpdateModel, *, kernel: bool) -> None:
        super().__init__()
        self.sums = {var.name for var in model.vars if kernel and var.access is Access.ACCUMULATE}
        self.traces = {var.name for var in model.pre_vars}

    def visit_Assignment(self, n: c_ast.Assignment) -> str:
        if isinstance(n.lvalue, c_ast.ID) and n.lvalue.name in self.sums:
            return f"atomic_add_{n.lvalue.name}({'-' if n.op == '-=' else ''}({self.visit(n.rvalue)}))"
        return str(super().visit_Assignment(n))

    def visit_ArrayRef(self, n: c_ast.ArrayRef) -> str:
        return str(n.name.name if n.name.name in self.traces else super().visit_ArrayRef(n))


class _WithinExample(_Printer):
    """Prints code; an index into a tape (name -> parameter with the places per neuron) is made whole.

    The place of the example is added to it.
    """

    def __init__(self, tapes: dict[str, str]) -> None:
        super().__init__()
        self.tapes = tapes

    def visit_ArrayRef(self, n: c_ast.ArrayRef) -> str:
        index, name = self.visit(n.subscript), n.name.name
        return f"{name}[(batch * (int32_t){self.tapes[name]} * num_neurons) + ({index})]"


def _awake(code: str, variables: Iterable[Var]) -> str:
    """The code, kept from idle steps if its model has a sum over the batch."""
    sums = any(var.access is Access.ACCUMULATE for var in variables)
    return f"if (phase != {IDLE}) {code}" if sums and code else code

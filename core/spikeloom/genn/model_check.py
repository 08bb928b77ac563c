"""Check the codes of every model against the names that GeNN gives each of them; needs no backend.

The editor runs this as the user types; a backend runs it before any compiler sees the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from spikeloom.errors import UserError, nearest
from spikeloom.genn.batch_check import check_order, check_update, variable
from spikeloom.genn.code import Names, Symbol, always_assigned, check, parse, parse_expression, read
from spikeloom.genn.code.check import MATHS, RANDOM
from spikeloom.genn.matrix import SparseMatrix
from spikeloom.genn.models import (
    CustomUpdateModel,
    InitSnippet,
    NeuronModel,
    PostsynapticModel,
    WeightUpdateModel,
)
from spikeloom.genn.network import CustomUpdate, GeNNModel, SynapsePopulation
from spikeloom.genn.schedule import Read, Rewire, Run, Schedule, SetInputs, SetNorm, SetParam, SetVar, Update
from spikeloom.genn.variables import REDUCTIONS, TYPES, Access, Var

_COMMON = {"t": Symbol(), "dt": Symbol(), "batch": Symbol("int32_t")}
_PHASE = {"phase": Symbol("int32_t")}
_NEURON = _COMMON | {"id": Symbol("int32_t"), "num_neurons": Symbol("int32_t")}
_SYNAPSE = _COMMON | {name: Symbol("int32_t") for name in ("id_pre", "id_post", "num_pre", "num_post")}
_INIT = _NEURON | _SYNAPSE | {"value": Symbol(writable=True)}
_READ_ONLY = {Access.READ_ONLY, Access.READ_ONLY_DUPLICATE, Access.READ_ONLY_SHARED_NEURON}


def _variables(variables: Iterable[Var]) -> dict[str, Symbol]:
    return {
        var.name: Symbol(var.type, writable=var.access not in _READ_ONLY, accumulate=var.access is Access.ACCUMULATE)
        for var in variables
    }


def _declared(place: str, names: Iterable[str], reserved: Iterable[str], variables: Iterable[Var] = ()) -> None:
    """Check what a model calls its parameters and variables, and the variables' types."""
    seen: set[str] = set()
    for name in names:
        if not (name.isascii() and name.isidentifier()):
            raise UserError(f"'{name}' is no name; use letters, digits and _", place=place)
        if name in reserved:
            raise UserError(f"the name '{name}' has a meaning of its own; choose another", place=place)
        if name in seen:
            raise UserError(f"the name '{name}' is declared twice", place=place)
        seen.add(name)
    for var in variables:
        if var.type not in TYPES:
            raise UserError(f"variable '{var.name}' has type '{var.type}', expected {', '.join(TYPES)}", place=place)
        if var.access is Access.ACCUMULATE and var.type != "scalar":
            raise UserError(f"'{var.name}' accumulates, and so has to be a scalar, not '{var.type}'", place=place)


def _read_only(names: Names) -> Names:
    """The names as a condition may use them."""
    symbols = {name: replace(symbol, writable=False) for name, symbol in names.symbols.items()}
    return Names(symbols, names.functions)


def neuron_names(model: NeuronModel) -> Names:
    """The names that all codes of a neuron model may use."""
    symbols = _NEURON | _PHASE | {name: Symbol() for name in (*model.params, "Isyn", *model.additional_input_vars)}
    symbols |= _variables(model.vars)
    symbols |= {array.name: Symbol(array.type, writable=True, array=True) for array in model.extra_global_params}
    return Names(symbols, MATHS | RANDOM)


def check_neuron_model(model: NeuronModel, place: str = "") -> None:
    """Raise a `UserError` where a code of the model is not allowed."""
    place = place or model.name
    arrays = model.extra_global_params
    declared = [*model.params, *model.additional_input_vars, *(var.name for var in model.vars)]
    declared += [array.name for array in arrays]
    _declared(place, declared, {*_NEURON, *_PHASE, "Isyn"}, model.vars)
    for array in arrays:
        _known(array.per_neuron, model.params, f"{place}.{array.name}.per_neuron", "parameter")
    names = neuron_names(model)
    check(parse(model.sim_code, f"{place}.sim_code"), names, f"{place}.sim_code")
    check(parse(model.reset_code, f"{place}.reset_code"), names, f"{place}.reset_code")
    where = f"{place}.threshold_condition_code"
    check(parse_expression(model.threshold_condition_code, where), _read_only(names), where)


def check_weight_update_model(model: WeightUpdateModel, place: str = "") -> None:
    """Raise a `UserError` where a code of the model is not allowed."""
    place = place or model.name
    pre = {var.name: Symbol(var.type) for var in model.pre_neuron_var_refs}
    post = {var.name: Symbol(var.type, delayed=True) for var in model.post_neuron_var_refs}
    traces = {var.name: Symbol(var.type, delayed=True) for var in model.pre_vars}
    declared = [*model.params, *(var.name for var in model.vars), *pre, *post, *traces]
    _declared(place, declared, {*_SYNAPSE, *_PHASE}, (*model.vars, *model.pre_vars))
    symbols = (
        _SYNAPSE | _PHASE | {name: Symbol() for name in model.params} | _variables(model.vars) | pre | post | traces
    )
    names = Names(symbols, MATHS | {"addToPost": 1, "addToPostDelay": 2, "addToPre": 1})
    for code in ("pre_spike_syn_code", "pre_event_syn_code", "synapse_dynamics_code"):
        check(parse(getattr(model, code), f"{place}.{code}"), names, f"{place}.{code}")
    of_source = _NEURON | _PHASE | {name: Symbol() for name in model.params} | _variables(model.pre_vars)
    for code in ("pre_spike_code", "pre_dynamics_code"):
        check(parse(getattr(model, code), f"{place}.{code}"), Names(of_source, MATHS), f"{place}.{code}")
    # The condition is tested per presynaptic neuron, where no synapse is known.
    condition = Names(_COMMON | _PHASE | {name: Symbol() for name in model.params} | pre, MATHS)
    where = f"{place}.pre_event_threshold_condition_code"
    check(parse_expression(model.pre_event_threshold_condition_code, where), condition, where)


def check_postsynaptic_model(model: PostsynapticModel, place: str = "") -> None:
    """Raise a `UserError` where the code of the model is not allowed."""
    where = f"{place or model.name}.sim_code"
    own = {"inSyn": Symbol(writable=True)}
    _declared(place or model.name, model.params, {*_NEURON, *_PHASE, *own})
    symbols = _NEURON | _PHASE | {name: Symbol() for name in model.params} | own
    check(parse(model.sim_code, where), Names(symbols, MATHS | {"injectCurrent": 1}), where)


def check_custom_update_model(model: CustomUpdateModel, place: str = "", *, of_synapses: bool = False) -> None:
    """Raise a `UserError` where the code of the model is not allowed."""
    where = f"{place or model.name}.update_code"
    variables = (*model.vars, *model.var_refs)
    given = _SYNAPSE if of_synapses else _NEURON
    _declared(place or model.name, [*model.params, *(var.name for var in variables)], given, variables)
    symbols = given | {name: Symbol() for name in model.params}
    own = {var.name: Symbol(var.type, writable=True) for var in (*model.vars, *model.var_refs)}
    read_only = {var.name: Symbol(var.type) for var in model.var_refs if var.access in _READ_ONLY}
    tree = parse(model.update_code, where)
    check(tree, Names(symbols | own | read_only), where)
    for var in model.vars:
        if var.access not in REDUCTIONS:
            continue
        if not always_assigned(tree, var.name):
            hint = f"Give it its value in every case: {var.name} = condition ? value : 0;"
            raise UserError(f"'{var.name}' is reduced and may be left without a value", place=where, hint=hint)
        if var.name in read(tree):
            hint = "Compute it in a variable of the code's own first."
            raise UserError(f"'{var.name}' is reduced and cannot be read", place=where, hint=hint)


def check_init_snippet(snippet: InitSnippet, place: str = "") -> None:
    """Raise a `UserError` where the code of the snippet is not allowed."""
    where = f"{place or snippet.name}.var_init_code"
    _declared(place or snippet.name, snippet.params, _INIT)
    symbols = _INIT | {name: Symbol() for name in snippet.params}
    check(parse(snippet.var_init_code, where), Names(symbols, MATHS | RANDOM), where)


def check_model(model: GeNNModel) -> None:
    """Check every code, parameter and reference of a model.

    Raises
    ------
    UserError
        At the first place that is wrong.
    """
    for population in model.populations.values():
        check_neuron_model(population.model, population.name)
        _params(population.name, population.model.params, population.params)
        _first_values(population.name, population.model.vars, population.var_init)
    for synapses in model.synapses.values():
        check_weight_update_model(synapses.weight_update, synapses.name)
        check_postsynaptic_model(synapses.postsynaptic, synapses.name)
        _params(synapses.name, synapses.weight_update.params, synapses.params)
        _params(synapses.name, synapses.postsynaptic.params, synapses.postsynaptic_params)
        _first_values(synapses.name, synapses.weight_update.vars, synapses.var_init)
        _ends(model, synapses)
    for update in model.custom_updates.values():
        check_custom_update_model(update.model, update.name, of_synapses=update.group in model.synapses)
        _params(update.name, update.model.params, update.params)
        _first_values(update.name, update.model.vars, update.var_init)
        _references(model, update)
        check_update(model, update)


def check_schedule(model: GeNNModel, schedule: Schedule) -> None:
    """Check that every op of a schedule names something the model has."""
    for op in (*schedule.each_example, *schedule.each_batch):
        match op:
            case SetInputs(population):
                _known(population, model.populations, "schedule", "population")
            case SetVar(population, var):
                _known(population, model.populations, "schedule", "population")
                arrays = [array.name for array in model.populations[population].model.extra_global_params]
                _known(var, [*_var_names(model, population), *arrays], f"schedule: {population}", "variable")
                if var not in arrays:
                    _of_an_example(model, population, var, "schedule")
            case Update(name) | SetParam(name):
                _known(name, model.custom_updates, "schedule", "custom update")
            case SetNorm() | Rewire():
                _check_batch_op(model, op)
            case Run(_, after_step):
                for name in after_step:
                    _known(name, model.custom_updates, "schedule", "custom update")
            case Read(group, var):
                _known(group, [*model.populations, *model.custom_updates], "schedule", "group")
                _known(var, _var_names(model, group), f"schedule: {group}", "variable")
                _of_an_example(model, group, var, "schedule")
    check_order(model, schedule)


def _check_batch_op(model: GeNNModel, op: SetNorm | Rewire) -> None:
    """Norms are of variables of custom updates; synapses move where there are some that could."""
    if isinstance(op, Rewire):
        _known(op.group, model.synapses, "schedule", "synapse population")
        if not isinstance(model.synapses[op.group].matrix, SparseMatrix):
            raise UserError(f"'{op.group}' has no synapses that could move", place="schedule")
        return
    for name, param in op.params:
        _known(name, model.custom_updates, "schedule", "custom update")
        _known(param, model.custom_updates[name].model.params, f"schedule: {name}", "parameter")
    for ref in op.of:
        _known(ref.group, model.custom_updates, "schedule", "custom update")
        _known(ref.var, _var_names(model, ref.group), f"schedule: {ref.group}", "variable")


def _known(name: str, candidates: Iterable[str], place: str, kind: str) -> None:
    candidates = list(candidates)
    if name not in candidates:
        raise UserError(f"no {kind} '{name}'{nearest(name, candidates)}", place=place)


def _params(place: str, names: Iterable[str], values: Iterable[str]) -> None:
    values = list(values)
    for name in names:
        if name not in values:
            raise UserError(f"parameter '{name}' has no value", place=place)


def _first_values(place: str, variables: Iterable[Var], first: Mapping[str, Any]) -> None:
    names = [var.name for var in variables]
    for name in first:
        _known(name, names, f"{place}: first values", "variable")


def _var_names(model: GeNNModel, group: str) -> list[str]:
    found = model.group(group)
    if isinstance(found, SynapsePopulation):
        return [var.name for var in found.weight_update.vars]
    return [var.name for var in found.model.vars]


def _ends(model: GeNNModel, synapses: SynapsePopulation) -> None:
    _known(synapses.source, model.populations, f"{synapses.name}.source", "population")
    _known(synapses.target, model.populations, f"{synapses.name}.target", "population")
    target = model.populations[synapses.target].model
    _known(synapses.post_target, ["Isyn", *target.additional_input_vars], f"{synapses.name}.post_target", "input")
    if synapses.pre_target:
        inputs = model.populations[synapses.source].model.additional_input_vars
        _known(synapses.pre_target, inputs, f"{synapses.name}.pre_target", "input")
    for name, other in synapses.transposes.items():
        _known(name, _var_names(model, synapses.name), f"{synapses.name}.transposes", "variable")
        _known(other.group, model.synapses, f"{synapses.name}.transposes", "synapse population")
        _known(other.var, _var_names(model, other.group), f"{synapses.name}.transposes", "variable")
        if model.ends(other.group) != model.ends(synapses.name)[::-1]:
            message = f"'{other.group}' does not run the other way"
            raise UserError(message, place=f"{synapses.name}.transposes")
    for ref in synapses.weight_update.pre_neuron_var_refs:
        bound = synapses.pre_neuron_var_refs.get(ref.name, ref.name)
        _known(bound, _var_names(model, synapses.source), synapses.name, "variable")
        _of_an_example(model, synapses.source, bound, synapses.name)
    for ref in synapses.weight_update.post_neuron_var_refs:
        bound = synapses.post_neuron_var_refs.get(ref.name, ref.name)
        _known(bound, _var_names(model, synapses.target), synapses.name, "variable")
        _of_an_example(model, synapses.target, bound, synapses.name)


def _of_an_example(model: GeNNModel, group: str, name: str, place: str) -> None:
    if variable(model, group, name).access is Access.ACCUMULATE:
        message = f"'{name}' of '{group}' accumulates over a batch and has no value in an example"
        raise UserError(message, place=place, hint="Sum it up with a custom update after the batch.")


def _references(model: GeNNModel, update: CustomUpdate) -> None:
    _known(update.group, [*model.populations, *model.synapses], f"{update.name}.group", "group")
    for ref in update.model.var_refs:
        if ref.name not in update.var_refs:
            raise UserError(f"variable reference '{ref.name}' is not bound", place=update.name)
        bound = update.var_refs[ref.name]
        owner = model.custom_updates.get(bound.group)
        if (owner.group if owner else bound.group) != update.group:
            raise UserError(f"reference '{ref.name}' leaves the update's group '{update.group}'", place=update.name)
        _known(bound.var, _var_names(model, bound.group), f"{update.name}.{ref.name}", "variable")


__all__ = [
    "check_custom_update_model",
    "check_init_snippet",
    "check_model",
    "check_neuron_model",
    "check_postsynaptic_model",
    "check_schedule",
    "check_weight_update_model",
    "neuron_names",
    "variable",
]

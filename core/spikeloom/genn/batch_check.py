"""Which custom updates belong to an example and which to the whole batch, and whether they are used so.

An update *belongs to an example* if it refers to a variable that each example has for itself (or to such an update).
All others are *batch-wide*: updates of synapses, sums over the batch, what is computed from these.
"""

from __future__ import annotations

from pycparser import c_ast

from spikeloom.errors import UserError
from spikeloom.genn.code import degree, parse
from spikeloom.genn.network import CustomUpdate, GeNNModel, SynapsePopulation
from spikeloom.genn.schedule import Run, Schedule, SetNorm, Update
from spikeloom.genn.variables import BATCH_REDUCTION, REDUCTIONS, WHOLE_BATCH, Access, Var


def variable(model: GeNNModel, group: str, name: str) -> Var:
    """The declaration of a variable."""
    found = model.group(group)
    variables = found.weight_update.vars if isinstance(found, SynapsePopulation) else found.model.vars
    return next(var for var in variables if var.name == name)


def is_batch_wide(model: GeNNModel, update: CustomUpdate) -> bool:
    """Whether an update runs after a batch, once, rather than in every example."""
    if update.group in model.synapses:
        return True
    for ref in update.var_refs.values():
        owner = model.custom_updates.get(ref.group)
        if owner is not None:
            if not is_batch_wide(model, owner):
                return False
        elif variable(model, ref.group, ref.var).access not in WHOLE_BATCH | {Access.ACCUMULATE}:
            return False
    return True


def check_update(model: GeNNModel, update: CustomUpdate) -> None:
    """Raise a `UserError` where an update mixes what belongs to an example with what belongs to the batch."""
    sums = {name for name, ref in update.var_refs.items() if _accumulates(model, ref.group, ref.var)}
    reduced = [var.name for var in update.model.vars if var.access is BATCH_REDUCTION]
    if not is_batch_wide(model, update) and (sums or reduced):
        message = (
            f"it reads variables of an example, and so cannot use {', '.join(map(repr, sorted([*sums, *reduced])))}"
        )
        raise UserError(message, place=update.name, hint="Only ACCUMULATE variables can be summed over a batch.")
    if not sums:
        return
    for item in parse(update.model.update_code).block_items or []:
        _check_use(item, sums, set(reduced), update.name)


def _accumulates(model: GeNNModel, group: str, name: str) -> bool:
    return group not in model.custom_updates and variable(model, group, name).access is Access.ACCUMULATE


def _check_use(item: c_ast.Node, sums: set[str], reduced: set[str], place: str) -> None:
    """A sum over the batch is taken of the variable times a factor; then GeNN zeroes it, which needs a statement."""
    if isinstance(item, c_ast.Assignment) and item.op == "=" and isinstance(item.lvalue, c_ast.ID):
        target, power = item.lvalue.name, degree(item.rvalue, sums)
        if target in sums and isinstance(item.rvalue, c_ast.Constant):
            return
        if (power == 0 and target not in sums) or (power == 1 and target in reduced):
            return
    elif degree(item, sums) == 0:
        return
    hint = "Such as: Sum = Scale * Gradient; Gradient = 0; what is not linear goes into the code that adds to it."
    raise UserError("an accumulated variable can only be summed over the batch, times a factor", place=place, hint=hint)


def check_order(model: GeNNModel, schedule: Schedule) -> None:
    """Raise a `UserError` where an op of a schedule runs an update out of its place."""
    made: set[str] = set()
    for op in schedule.each_example:
        names = op.after_step if isinstance(op, Run) else (op.name,) if isinstance(op, Update) else ()
        for name in names:
            if is_batch_wide(model, model.custom_updates[name]):
                message = f"'{name}' belongs to the whole batch and stands among the ops of an example"
                raise UserError(message, place="schedule", hint="Move it to each_batch.")
            _check_made(model, name, made)
    for batch_op in schedule.each_batch:
        if isinstance(batch_op, Update):
            if not is_batch_wide(model, model.custom_updates[batch_op.name]):
                message = f"'{batch_op.name}' belongs to an example and stands among the ops of the batch"
                raise UserError(message, place="schedule", hint="Move it to each_example.")
            _check_made(model, batch_op.name, made)
        if isinstance(batch_op, SetNorm):
            _check_norm(model, batch_op, made)


def _check_norm(model: GeNNModel, op: SetNorm, made: set[str]) -> None:
    """A norm is that of sums over the batch which are there already."""
    for ref in op.of:
        if variable(model, ref.group, ref.var).access is not BATCH_REDUCTION:
            message = f"'{ref.var}' of '{ref.group}' is no sum over the batch, and has no norm here"
            raise UserError(message, place="schedule")
        if ref.group not in made:
            raise UserError(f"the norm of '{ref.var}' is taken before '{ref.group}' has computed it", place="schedule")


def _check_made(model: GeNNModel, name: str, made: set[str]) -> None:
    """A reduction lives until the example or the row is done: whoever reads it comes after who made it."""
    for ref in model.custom_updates[name].var_refs.values():
        owner = model.custom_updates.get(ref.group)
        if owner is None or ref.group in made or variable(model, ref.group, ref.var).access not in REDUCTIONS:
            continue
        raise UserError(f"'{name}' reads '{ref.var}' before '{ref.group}' has computed it", place="schedule")
    made.add(name)

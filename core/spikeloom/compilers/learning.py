"""After a batch: means over its examples, of the gradient for the optimiser's step and of spikes for regularisation."""

from __future__ import annotations

from spikeloom.compilers.compiled import WEIGHT, CompiledNetwork
from spikeloom.genn import Access, CustomUpdate, CustomUpdateModel, GeNNModel, SetParam, Update, Var, VarRef
from spikeloom.genn.schedule import BatchOp
from spikeloom.spec import Optimiser

_BATCH_MEAN = CustomUpdateModel(
    name="BatchMean",
    params=("Scale",),
    vars=(Var("Mean", access=Access.REDUCE_BATCH_SUM),),
    var_refs=(Var("Sum"),),
    update_code="Mean = Scale * Sum; Sum = 0;",
)


def add_optimiser(
    model: GeNNModel, compiled: CompiledNetwork, group: str, optimiser: Optimiser, variable: str = WEIGHT
) -> list[BatchOp]:
    """Make the weights of a connection learn (or another variable with a ``Gradient``), and say so in `compiled`."""
    mean, step = f"{group}.gradient", f"{group}.optimiser"
    model.add(CustomUpdate(mean, group, _BATCH_MEAN, {"Scale": 1.0}, var_refs={"Sum": VarRef(group, "Gradient")}))
    update = optimiser.update_model()
    params = dict.fromkeys(update.params, 0.0) | optimiser.dynamic(1) | optimiser.constants()
    refs = {"Gradient": VarRef(mean, "Mean"), "Variable": VarRef(group, variable)}
    model.add(CustomUpdate(step, group, update, params, var_refs=refs))
    compiled.gradients[group] = VarRef(group, "Gradient")
    compiled.batch_means.append((mean, "Scale"))
    compiled.optimisers.append(step)
    for var in update.vars:
        compiled.checkpointed[f"{group}.{var.name}"] = VarRef(step, var.name)
    ops: list[BatchOp] = [SetParam(mean, "Scale", f"{mean}.Scale"), Update(mean)]
    ops += [SetParam(step, name, f"{step}.{name}") for name in optimiser.dynamic(1)]
    return [*ops, Update(step)]


_KEEP_MEAN = CustomUpdateModel(
    name="KeepMean",
    var_refs=(Var("Mean", access=Access.READ_ONLY), Var("Kept")),
    update_code="Kept = Mean;",
)


def add_mean_over_batch(
    model: GeNNModel, compiled: CompiledNetwork, population: str, summed: str, kept: str
) -> list[BatchOp]:
    """Keep the mean of variable `summed` of `population` over a batch as `kept`, for the batch after it."""
    mean, ref = f"{population}.mean_{summed}", VarRef(population, kept)
    refs = {"Sum": VarRef(population, summed)}
    model.add(CustomUpdate(mean, population, _BATCH_MEAN, {"Scale": 1.0}, var_refs=refs))
    refs = {"Mean": VarRef(mean, "Mean"), "Kept": ref}
    keep = model.add(CustomUpdate(f"{population}.keep_{kept}", population, _KEEP_MEAN, var_refs=refs))
    compiled.batch_means.append((mean, "Scale"))
    compiled.checkpointed[f"{population}.{kept}"] = ref
    return [SetParam(mean, "Scale", f"{mean}.Scale"), Update(mean), Update(keep.name)]

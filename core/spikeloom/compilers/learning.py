"""After a batch: means over its examples, of the gradient for the optimiser's step and of spikes for regularisation."""

from __future__ import annotations

from spikeloom.compilers.compiled import CompiledNetwork
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


def add_optimiser(model: GeNNModel, compiled: CompiledNetwork, connection: str, optimiser: Optimiser) -> list[BatchOp]:
    """Make the weights of `connection` learn, and say so in `compiled`."""
    mean, step = f"{connection}.gradient", f"{connection}.optimiser"
    weights = VarRef(connection, "g")
    model.add(
        CustomUpdate(mean, connection, _BATCH_MEAN, {"Scale": 1.0}, var_refs={"Sum": VarRef(connection, "Gradient")})
    )
    update = optimiser.update_model()
    params = dict.fromkeys(update.params, 0.0) | optimiser.dynamic(1) | optimiser.constants()
    refs = {"Gradient": VarRef(mean, "Mean"), "Variable": weights}
    model.add(CustomUpdate(step, connection, update, params, var_refs=refs))
    compiled.gradients[connection] = VarRef(connection, "Gradient")
    compiled.batch_means.append((mean, "Scale"))
    compiled.optimisers.append(step)
    for var in update.vars:
        compiled.checkpointed[f"{connection}.{var.name}"] = VarRef(step, var.name)
    ops: list[BatchOp] = [SetParam(mean, "Scale", f"{mean}.Scale"), Update(mean)]
    ops += [SetParam(step, name, f"{step}.{name}") for name in optimiser.dynamic(1)]
    return [*ops, Update(step)]


_KEEP_MEAN = CustomUpdateModel(
    name="KeepMean",
    var_refs=(Var("Mean", access=Access.READ_ONLY), Var("MeanSpikes")),
    update_code="MeanSpikes = Mean;",
)


def add_mean_spikes(model: GeNNModel, compiled: CompiledNetwork, population: str) -> list[BatchOp]:
    """Keep the mean of ``NumSpikes`` of `population` over a batch as ``MeanSpikes``, for the batch after it."""
    mean, kept = f"{population}.mean_spikes", VarRef(population, "MeanSpikes")
    refs = {"Sum": VarRef(population, "NumSpikes")}
    model.add(CustomUpdate(mean, population, _BATCH_MEAN, {"Scale": 1.0}, var_refs=refs))
    keep = model.add(
        CustomUpdate(
            f"{population}.keep_mean_spikes",
            population,
            _KEEP_MEAN,
            var_refs={"Mean": VarRef(mean, "Mean"), "MeanSpikes": kept},
        )
    )
    compiled.batch_means.append((mean, "Scale"))
    compiled.checkpointed[f"{population}.MeanSpikes"] = kept
    return [SetParam(mean, "Scale", f"{mean}.Scale"), Update(mean), Update(keep.name)]

"""After a batch: the gradient's mean over the examples, then the optimiser's step."""

from __future__ import annotations

from spikeloom.compilers.compiled import CompiledNetwork
from spikeloom.genn import Access, CustomUpdate, CustomUpdateModel, GeNNModel, SetParam, Update, Var, VarRef
from spikeloom.genn.schedule import BatchOp
from spikeloom.spec import Optimiser

_BATCH_MEAN = CustomUpdateModel(
    name="GradientBatchMean",
    params=("Scale",),
    vars=(Var("MeanGradient", access=Access.REDUCE_BATCH_SUM),),
    var_refs=(Var("Gradient"),),
    update_code="MeanGradient = Scale * Gradient; Gradient = 0;",
)


def add_optimiser(model: GeNNModel, compiled: CompiledNetwork, connection: str, optimiser: Optimiser) -> list[BatchOp]:
    """Make the weights of `connection` learn, and say so in `compiled`."""
    mean, step = f"{connection}.gradient", f"{connection}.optimiser"
    weights = VarRef(connection, "g")
    model.add(
        CustomUpdate(
            mean, connection, _BATCH_MEAN, {"Scale": 1.0}, var_refs={"Gradient": VarRef(connection, "Gradient")}
        )
    )
    update = optimiser.update_model()
    params = dict.fromkeys(update.params, 0.0) | optimiser.dynamic(1) | optimiser.constants()
    refs = {"Gradient": VarRef(mean, "MeanGradient"), "Variable": weights}
    model.add(CustomUpdate(step, connection, update, params, var_refs=refs))
    compiled.weights[connection] = weights
    compiled.gradients[connection] = VarRef(connection, "Gradient")
    compiled.gradient_scales.append((mean, "Scale"))
    compiled.optimisers.append(step)
    compiled.checkpointed[f"{connection}.g"] = weights
    for var in update.vars:
        compiled.checkpointed[f"{connection}.{var.name}"] = VarRef(step, var.name)
    ops: list[BatchOp] = [SetParam(mean, "Scale", f"{mean}.Scale"), Update(mean)]
    ops += [SetParam(step, name, f"{step}.{name}") for name in optimiser.dynamic(1)]
    return [*ops, Update(step)]

"""Losses on a readout, per trial: their value, and the derivative by the readout that drives the backward phase."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.genn import Access, CustomUpdate, CustomUpdateModel, GeNNModel, Read, SetVar, Update, Var, VarRef
from spikeloom.genn.schedule import ExampleOp
from spikeloom.spec import Loss, SparseCategoricalCrossentropy

LABEL = "Label"
TARGET = "Target"

# Softmax in three passes over the outputs, as GeNN's reductions allow: maximum, sum of exponentials, the rest.
_MAXIMUM = CustomUpdateModel(
    name="SoftmaxMaximum",
    vars=(Var("Maximum", access=Access.REDUCE_NEURON_MAX),),
    var_refs=(Var("Y", access=Access.READ_ONLY),),
    update_code="Maximum = Y;",
)
_SUM = CustomUpdateModel(
    name="SoftmaxSum",
    vars=(Var("Sum", access=Access.REDUCE_NEURON_SUM),),
    var_refs=(Var("Y", access=Access.READ_ONLY), Var("Maximum", access=Access.READ_ONLY)),
    update_code="Sum = exp(Y - Maximum);",
)
_CROSS_ENTROPY = CustomUpdateModel(
    name="CrossEntropy",
    vars=(Var("Loss", access=Access.REDUCE_NEURON_SUM),),
    var_refs=(
        Var("Y", access=Access.READ_ONLY),
        Var("Maximum", access=Access.READ_ONLY),
        Var("Sum", access=Access.READ_ONLY),
        Var("Label", "int32_t", Access.READ_ONLY),
        Var("Drive"),
    ),
    update_code="""
Drive = exp(Y - Maximum) / Sum;
if (id == Label) {
    Drive -= 1.0;
    Loss = log(Sum) - (Y - Maximum);
}
""",
)
_MEAN_SQUARE = CustomUpdateModel(
    name="MeanSquare",
    vars=(Var("Loss", access=Access.REDUCE_NEURON_SUM),),
    var_refs=(Var("Y", access=Access.READ_ONLY), Var("Target", access=Access.READ_ONLY), Var("Drive")),
    update_code="""
Drive = 2.0 * (Y - Target) / num_neurons;
Loss = (Y - Target) * (Y - Target) / num_neurons;
""",
)


def add_loss(model: GeNNModel, loss: Loss, output: str, result: str) -> tuple[SetVar, list[ExampleOp]]:
    """Add `loss` on variable `result` of `output`: the op that gives the target, and those that compute the loss.

    The output gets a variable for its label or target and must have a variable ``Drive``, to which dL/dy is written.
    """
    y, drive = VarRef(output, result), VarRef(output, "Drive")
    population = model.populations[output]
    if isinstance(loss, SparseCategoricalCrossentropy):
        label = Var(LABEL, "int32_t", Access.READ_ONLY_SHARED_NEURON)
        population.model = replace(population.model, vars=(*population.model.vars, label))
        maximum = model.add(CustomUpdate(f"{output}.softmax_maximum", output, _MAXIMUM, var_refs={"Y": y}))
        top = VarRef(maximum.name, "Maximum")
        total = model.add(CustomUpdate(f"{output}.softmax_sum", output, _SUM, var_refs={"Y": y, "Maximum": top}))
        refs = {"Y": y, "Maximum": top, "Sum": VarRef(total.name, "Sum"), "Drive": drive}
        refs["Label"] = VarRef(output, LABEL)
        last = model.add(CustomUpdate(f"{output}.loss", output, _CROSS_ENTROPY, var_refs=refs))
        updates = [Update(maximum.name), Update(total.name), Update(last.name)]
        return SetVar(output, LABEL, "labels"), [*updates, Read(last.name, "Loss", "loss")]
    target = Var(TARGET, access=Access.READ_ONLY_DUPLICATE)
    population.model = replace(population.model, vars=(*population.model.vars, target))
    refs = {"Y": y, "Target": VarRef(output, TARGET), "Drive": drive}
    last = model.add(CustomUpdate(f"{output}.loss", output, _MEAN_SQUARE, var_refs=refs))
    return SetVar(output, TARGET, "targets"), [Update(last.name), Read(last.name, "Loss", "loss")]

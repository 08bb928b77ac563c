"""The loss of every timestep: its value, summed over the example, and the error, its derivative by the voltage.

The readout weighs the steps: it reads a weighted sum of voltages, and the loss is the same sum of the steps' losses.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from spikeloom.compilers.losses import Chain
from spikeloom.compilers.ports import Output
from spikeloom.compilers.readouts import readout_weight
from spikeloom.genn import Access, CustomUpdateModel, ExtraGlobalParam, GeNNModel, Read, SetVar, Update, Var, VarRef
from spikeloom.genn.schedule import ExampleOp
from spikeloom.spec import (
    LI,
    Loss,
    MeanSquareError,
    Readout,
    SparseCategoricalCrossentropy,
    SumVar,
    VarReadout,
)
from spikeloom.spec.losses.loss import LABEL, TARGET
from spikeloom.spec.losses.sparse_categorical_crossentropy import SOFTMAX_MAXIMUM

ERROR = "Error"  # of the last step, a variable of the output

_SUM = CustomUpdateModel(
    name="SoftmaxSum",
    params=("PerTemperature",),
    vars=(Var("Exponential"), Var("Sum", access=Access.REDUCE_NEURON_SUM)),
    var_refs=(Var("Y", access=Access.READ_ONLY), Var("Maximum", access=Access.READ_ONLY)),
    update_code="""
const scalar exponential = exp((Y - Maximum) * PerTemperature);
Exponential = exponential;
Sum = exponential;
""",
)
_CROSS_ENTROPY = CustomUpdateModel(
    name="StepCrossEntropy",
    params=("PerTemperature",),
    var_refs=(
        Var("Sum", access=Access.READ_ONLY),
        Var("Exponential", access=Access.READ_ONLY),
        Var("StepWeight", access=Access.READ_ONLY),
        Var(LABEL, "int32_t", Access.READ_ONLY),
        Var(ERROR),
    ),
    update_code=f"""
{ERROR} = StepWeight * PerTemperature * ((Exponential / Sum) - ((id == {LABEL}) ? 1.0 : 0.0));
""",
)
# By itself: what few neurons do would slow the rest down.
_STEP_LOSS = CustomUpdateModel(
    name="StepLoss",
    params=("PerTemperature",),
    var_refs=(
        Var("Y", access=Access.READ_ONLY),
        Var("Maximum", access=Access.READ_ONLY),
        Var("Sum", access=Access.READ_ONLY),
        Var("StepWeight", access=Access.READ_ONLY),
        Var(LABEL, "int32_t", Access.READ_ONLY),
        Var("LossSum"),
    ),
    update_code=f"""
if (id == {LABEL}) {{
    LossSum += StepWeight * (log(Sum) - ((Y - Maximum) * PerTemperature));
}}
""",
)
# Of any other loss: its derivative and its value, as the step counts.
_STEP_ERROR = CustomUpdateModel(
    name="StepError",
    var_refs=(
        Var("Drive", access=Access.READ_ONLY),
        Var("Loss", access=Access.READ_ONLY),
        Var("StepWeight", access=Access.READ_ONLY),
        Var(ERROR),
        Var("LossSum"),
    ),
    update_code=f"""
{ERROR} = StepWeight * Drive;
LossSum += (id == 0) ? StepWeight * Loss : 0.0;
""",
)
_TOTAL = CustomUpdateModel(
    name="TotalLoss",
    vars=(Var("Loss", access=Access.REDUCE_NEURON_SUM),),
    var_refs=(Var("LossSum", access=Access.READ_ONLY),),
    update_code="Loss = LossSum;",
)


@dataclass(frozen=True)
class ErrorDynamics:
    """What a loss adds to the model of an output."""

    vars: tuple[Var, ...]
    sim_code: str
    params: dict[str, float] = field(default_factory=dict)
    arrays: tuple[ExtraGlobalParam, ...] = ()


def mean_weight(readout: Readout, timesteps: int) -> float:
    """That of the mean step, by which the regularisation of rates is weighed."""
    return 1.0 if isinstance(readout, SumVar) else 1.0 / timesteps


def error_dynamics(neuron: LI, loss: Loss, timesteps: int, first_error: int = 0) -> ErrorDynamics:
    """What follows the step of an output; the voltage is ``V``.

    Where targets change with time, an output of which the voltage is read is compared with them in every step.
    """
    assert neuron.readout is not None
    weight = readout_weight(neuron.readout, "n", f"{float(timesteps)!r}")
    if isinstance(neuron.readout, VarReadout) and getattr(loss, "target_per_timestep", False):
        weight = f"1.0 / {float(timesteps)!r}"
    if first_error:
        weight = f"(n >= {first_error}) ? ({weight}) : 0.0"
    step = "const int32_t n = (int32_t)round(t / dt);\n" if "n" in weight else ""
    variables = (Var(ERROR), Var("LossSum"))
    if isinstance(loss, SparseCategoricalCrossentropy):
        return ErrorDynamics((*variables, Var("StepWeight")), f"{step}StepWeight = {weight};")
    if not isinstance(loss, MeanSquareError):
        return ErrorDynamics((*variables, Var("StepWeight"), Var("Drive")), f"{step}StepWeight = {weight};")
    params: dict[str, float] = {}
    arrays: tuple[ExtraGlobalParam, ...] = ()
    target = TARGET
    if loss.target_per_timestep:
        params["NumTimesteps"] = timesteps
        arrays = (ExtraGlobalParam(TARGET, "scalar", "NumTimesteps"),)
        target = f"{TARGET}[((int32_t)round(t / dt) * num_neurons) + id]"
    code = f"""{step}const scalar stepWeight = {weight};
const scalar difference = V - {target};
{ERROR} = stepWeight * 2.0 * difference / num_neurons;
LossSum += stepWeight * difference * difference / num_neurons;"""
    return ErrorDynamics(variables, code, params, arrays)


def add_step_loss(model: GeNNModel, loss: Loss, keys: Output) -> tuple[SetVar, tuple[str, ...], list[ExampleOp]]:
    """Add `loss` of every step of an output that has `error_dynamics`.

    Returns
    -------
    The op that gives the target, the updates after each step, and the ops that sum the loss up.
    """
    output = keys.population
    chain = Chain(model, output, {name: VarRef(output, name) for name in (ERROR, "LossSum", "StepWeight")})
    chain.refs["Y"] = VarRef(output, "V")
    after_step: tuple[str, ...] = ()
    if isinstance(loss, SparseCategoricalCrossentropy):
        target = chain.answer(loss, keys)
        scale = {"PerTemperature": 1 / loss.temperature}
        chain.add("softmax_maximum", SOFTMAX_MAXIMUM)
        chain.add("softmax_sum", _SUM, scale)
        chain.add("error", _CROSS_ENTROPY, scale)
        chain.add("step_loss", _STEP_LOSS, scale)
        after_step = tuple(op.name for op in chain.ops if isinstance(op, Update))
        chain.ops.clear()
    elif isinstance(loss, MeanSquareError) and loss.target_per_timestep:
        target = SetVar(output, TARGET, keys.targets)
    elif isinstance(loss, MeanSquareError):
        target = chain.answer(loss, keys)
    else:
        chain.refs["Drive"] = VarRef(output, "Drive")
        target = chain.answer(loss, keys)
        chain.add_loss(loss)
        chain.add("step_error", _STEP_ERROR)
        after_step = tuple(op.name for op in chain.ops if isinstance(op, Update))
        chain.ops.clear()
    chain.add("total_loss", _TOTAL)
    return target, after_step, [*chain.ops, Read(f"{output}.total_loss", "Loss", keys.loss)]

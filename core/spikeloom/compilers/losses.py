"""Losses on a readout, per trial: their value, and the derivative by the readout that drives the backward phase."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.ports import Output
from spikeloom.genn import Access, CustomUpdate, CustomUpdateModel, GeNNModel, Read, SetVar, Update, Var, VarRef
from spikeloom.genn.schedule import ExampleOp
from spikeloom.spec import Loss, MeanSquareError, RelativeMeanSquareError, SparseCategoricalCrossentropy

LABEL = "Label"
TARGET = "Target"

_Y = Var("Y", access=Access.READ_ONLY)
_LABEL = Var(LABEL, "int32_t", Access.READ_ONLY)
_LOSS = Var("Loss", access=Access.REDUCE_NEURON_SUM)

# Softmax in three passes over the outputs, as GeNN's reductions allow: maximum, sum of exponentials, the rest.
SOFTMAX_MAXIMUM = CustomUpdateModel(
    name="SoftmaxMaximum",
    vars=(Var("Maximum", access=Access.REDUCE_NEURON_MAX),),
    var_refs=(_Y,),
    update_code="Maximum = Y;",
)
_SUM = CustomUpdateModel(
    name="SoftmaxSum",
    params=("Temperature",),
    vars=(Var("Sum", access=Access.REDUCE_NEURON_SUM),),
    var_refs=(_Y, Var("Maximum", access=Access.READ_ONLY)),
    update_code="Sum = exp((Y - Maximum) / Temperature);",
)
_CROSS_ENTROPY = CustomUpdateModel(
    name="CrossEntropy",
    params=("Temperature",),
    vars=(_LOSS,),
    var_refs=(_Y, Var("Maximum", access=Access.READ_ONLY), Var("Sum", access=Access.READ_ONLY), _LABEL, Var("Drive")),
    update_code="""
Drive = exp((Y - Maximum) / Temperature) / (Sum * Temperature);
if (id == Label) {
    Drive -= 1.0 / Temperature;
}
Loss = (id == Label) ? log(Sum) - ((Y - Maximum) / Temperature) : 0.0;
""",
)

_EARLY_CROSS_ENTROPY = replace(
    _CROSS_ENTROPY,
    name="EarlyCrossEntropy",
    params=("Temperature", "EarlyAlpha", "EarlyTau"),
    update_code="""
const scalar late = EarlyAlpha * exp(-Y / EarlyTau);
Drive = exp((Y - Maximum) / Temperature) / (Sum * Temperature);
if (id == Label) {
    Drive -= (1.0 / Temperature) + (late / EarlyTau);
}
Loss = (id == Label) ? log(Sum) - ((Y - Maximum) / Temperature) + late - EarlyAlpha : 0.0;
""",
)

# The lead of the class over the others, in three passes too: the class's readout, the sum of the errors, the rest.
_CLASS = CustomUpdateModel(
    name="ClassReadout",
    vars=(Var("YClass", access=Access.REDUCE_NEURON_SUM),),
    var_refs=(_Y, _LABEL),
    update_code="YClass = (id == Label) ? Y : 0.0;",
)
_LEAD = CustomUpdateModel(
    name="LeadError",
    params=("Delta",),
    vars=(Var("Error", access=Access.REDUCE_NEURON_SUM), _LOSS),
    var_refs=(_Y, _LABEL, Var("YClass", access=Access.READ_ONLY)),
    update_code="""
const scalar error = (id == Label) ? 0.0 : (YClass - Y) - Delta;
Error = error;
Loss = error * error / (num_neurons - 1);
""",
)
_RELATIVE = CustomUpdateModel(
    name="RelativeMeanSquare",
    params=("Delta",),
    var_refs=(
        _Y,
        _LABEL,
        Var("YClass", access=Access.READ_ONLY),
        Var("Error", access=Access.READ_ONLY),
        Var("Drive"),
    ),
    update_code="Drive = 2.0 * ((id == Label) ? Error : Delta - (YClass - Y)) / (num_neurons - 1);",
)
_MEAN_SQUARE = CustomUpdateModel(
    name="MeanSquare",
    vars=(_LOSS,),
    var_refs=(_Y, Var(TARGET, access=Access.READ_ONLY), Var("Drive")),
    update_code="""
Drive = 2.0 * (Y - Target) / num_neurons;
Loss = (Y - Target) * (Y - Target) / num_neurons;
""",
)


def add_loss(
    model: GeNNModel, loss: Loss, keys: Output, result: str, early: tuple[float, float] | None = None
) -> tuple[SetVar, list[ExampleOp]]:
    """Add `loss` on variable `result` of an output: the op that gives the target, and those that compute the loss.

    The output gets a variable for its label or target and must have a variable ``Drive``, to which dL/dy is written.

    Parameters
    ----------
    early
        Where the result is minus a spike time: alpha and tau (ms) of what the cross-entropy adds for a late spike of
        the class, ``alpha (exp(t / tau) - 1)``.
    """
    output = keys.population
    chain = Chain(model, output, {"Y": VarRef(output, result), "Drive": VarRef(output, "Drive")})
    if isinstance(loss, SparseCategoricalCrossentropy):
        target = chain.given(Var(LABEL, "int32_t", Access.READ_ONLY_SHARED_NEURON), keys.labels)
        temperature = {"Temperature": loss.temperature}
        chain.add("softmax_maximum", SOFTMAX_MAXIMUM)
        chain.add("softmax_sum", _SUM, temperature)
        if early is None:
            chain.add("loss", _CROSS_ENTROPY, temperature)
        else:
            chain.add("loss", _EARLY_CROSS_ENTROPY, {**temperature, "EarlyAlpha": early[0], "EarlyTau": early[1]})
    elif isinstance(loss, RelativeMeanSquareError):
        target = chain.given(Var(LABEL, "int32_t", Access.READ_ONLY_SHARED_NEURON), keys.labels)
        chain.add("class", _CLASS)
        chain.add("loss", _LEAD, {"Delta": loss.delta})
        chain.add("drive", _RELATIVE, {"Delta": loss.delta})
    elif isinstance(loss, MeanSquareError):
        target = chain.given(Var(TARGET, access=Access.READ_ONLY_DUPLICATE), keys.targets)
        chain.add("loss", _MEAN_SQUARE)
    else:
        raise NotImplementedError(loss.type)
    return target, [*chain.ops, Read(f"{output}.loss", "Loss", keys.loss)]


class Chain:
    """Custom updates on a population, one after the other: each may read what those before it computed."""

    def __init__(self, model: GeNNModel, population: str, refs: dict[str, VarRef]) -> None:
        self.model = model
        self.population = population
        self.refs = refs
        self.ops: list[ExampleOp] = []

    def given(self, variable: Var, key: str) -> SetVar:
        """A new variable of the population, which takes the batch's values for `key`."""
        population = self.model.populations[self.population]
        population.model = replace(population.model, vars=(*population.model.vars, variable))
        self.refs[variable.name] = VarRef(self.population, variable.name)
        return SetVar(self.population, variable.name, key)

    def add(self, name: str, update: CustomUpdateModel, params: dict[str, float] | None = None) -> None:
        """Append an update; its references are found by their names."""
        name = f"{self.population}.{name}"
        refs = {ref.name: self.refs[ref.name] for ref in update.var_refs}
        self.model.add(CustomUpdate(name, self.population, update, params or {}, var_refs=refs))
        self.refs |= {var.name: VarRef(name, var.name) for var in update.vars}
        self.ops.append(Update(name))

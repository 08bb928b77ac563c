"""Losses on a readout, per trial: their value, and the derivative by the readout that drives the backward phase."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.ports import Output
from spikeloom.errors import UserError, nearest
from spikeloom.genn import Access, CustomUpdate, CustomUpdateModel, GeNNModel, Read, SetVar, Update, Var, VarRef
from spikeloom.genn.schedule import ExampleOp
from spikeloom.spec import Loss, SparseCategoricalCrossentropy
from spikeloom.spec.losses.loss import LABEL, TARGET


def add_loss(
    model: GeNNModel, loss: Loss, keys: Output, result: str, early: tuple[float, float] | None = None
) -> tuple[SetVar, list[ExampleOp]]:
    """Add `loss` on variable `result` of an output: the op that gives the target, and those that compute the loss.

    The output gets a variable for its label or target and must have a variable ``Drive``, to which dL/dy is written.

    Parameters
    ----------
    early
        Where the result is minus a spike time: what the cross-entropy adds for a late spike of the class.
    """
    output = keys.population
    chain = Chain(model, output, {"Y": VarRef(output, result), "Drive": VarRef(output, "Drive")})
    target = chain.answer(loss, keys)
    total = chain.add_loss(loss, early)
    return target, [*chain.ops, Read(total.group, total.var, keys.loss)]


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

    def answer(self, loss: Loss, keys: Output) -> SetVar:
        """The variable that holds what the output should have been, for `loss`."""
        if loss.labels:
            return self.given(Var(LABEL, "int32_t", Access.READ_ONLY_SHARED_NEURON), keys.labels)
        return self.given(Var(TARGET, access=Access.READ_ONLY_DUPLICATE), keys.targets)

    def add_loss(self, loss: Loss, early: tuple[float, float] | None = None) -> VarRef:
        """Append what computes a loss and its derivative; where the loss is then."""
        if early is not None and isinstance(loss, SparseCategoricalCrossentropy):
            updates = loss.updates(early)
        else:
            updates = loss.updates()
        for update in updates:
            self.add(update.name, update.model, update.params)
        if not any("Drive" in {ref.name for ref in update.model.var_refs} for update in updates):
            raise UserError("no update has a reference 'Drive', to which dL/dY goes", place=type(loss).__name__)
        if "Loss" not in self.refs:
            raise UserError("no update has a variable 'Loss', which sums up to the loss", place=type(loss).__name__)
        return self.refs["Loss"]

    def add(self, name: str, update: CustomUpdateModel, params: dict[str, float] | None = None) -> None:
        """Append an update; its references are found by their names."""
        name = f"{self.population}.{name}"
        refs = {}
        for ref in update.var_refs:
            if ref.name not in self.refs:
                raise UserError(f"nothing gives '{ref.name}'{nearest(ref.name, self.refs)}", place=name)
            refs[ref.name] = self.refs[ref.name]
        self.model.add(CustomUpdate(name, self.population, update, params or {}, var_refs=refs))
        self.refs |= {var.name: VarRef(name, var.name) for var in update.vars}
        self.ops.append(Update(name))

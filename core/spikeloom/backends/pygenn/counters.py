"""What is counted on the device: the spikes of each example, and how many examples count in sums over a batch."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.genn.models import CustomUpdateModel
from spikeloom.genn.network import CustomUpdate, GeNNModel, NeuronPopulation
from spikeloom.genn.variables import Access, Var, VarRef

COUNT, TOTAL = "SpikesOfExample", "Spikes"  # of a neuron, and of the population
COUNT_SPIKES = "CountSpikes"  # GeNN's group of the custom updates that add them up
KEEP_SUMS = "KeepSums"  # GeNN's group of the custom updates that forget what some examples added to sums
KEPT = "NumKept"  # the parameter that says how many examples, from the first on, keep what they added

_TOTAL = CustomUpdateModel(
    name="CountSpikes",
    vars=(Var(TOTAL, "int32_t", Access.REDUCE_NEURON_SUM),),
    var_refs=(Var("Count", "int32_t", Access.READ_ONLY),),
    update_code=f"{TOTAL} = Count;",
)


def counts(population: NeuronPopulation) -> bool:
    """Whether spikes of a population are counted on the device; those of a spike source are known."""
    return not population.model.spike_source and bool(population.model.threshold_condition_code)


def with_counter(population: NeuronPopulation) -> NeuronPopulation:
    """The population with a variable that counts the spikes of a neuron in an example."""
    model = population.model
    if not counts(population):
        return population
    counting = replace(
        model,
        vars=(*model.vars, Var(COUNT, "int32_t")),
        reset_code=f"{model.reset_code}\nif (phase == 0) {{ {COUNT} += 1; }}",
    )
    return replace(population, model=counting)


def total(population: str) -> str:
    """The name of the custom update that adds up the spikes of a population."""
    return f"{population}.spikes_of_example"


def totals(model: GeNNModel) -> list[CustomUpdate]:
    """The custom updates that add up the spikes of each example, of populations that have counters."""
    return [
        CustomUpdate(total(name), name, _TOTAL, var_refs={"Count": VarRef(name, COUNT)})
        for name, population in model.populations.items()
        if counts(population)
    ]


def sums_over_batch(model: GeNNModel) -> dict[str, list[Var]]:
    """Group -> its variables that add up over the examples of a batch."""
    declared = {name: population.model.vars for name, population in model.populations.items()}
    declared |= {name: synapses.weight_update.vars for name, synapses in model.synapses.items()}
    found = {
        name: [var for var in variables if var.access is Access.ACCUMULATE] for name, variables in declared.items()
    }
    return {name: variables for name, variables in found.items() if variables}


def keepers(model: GeNNModel) -> list[CustomUpdate]:
    """The custom updates that forget what examples after the first `KEPT` have added to sums over the batch."""
    return [
        CustomUpdate(
            f"{group}.keep_sums",
            group,
            CustomUpdateModel(
                name="KeepSums",
                params=(KEPT,),
                var_refs=tuple(Var(var.name, var.type) for var in variables),
                update_code="\n".join(f"{var.name} = (batch < {KEPT}) ? {var.name} : 0;" for var in variables),
            ),
            {KEPT: 0},
            var_refs={var.name: VarRef(group, var.name) for var in variables},
        )
        for group, variables in sums_over_batch(model).items()
    ]

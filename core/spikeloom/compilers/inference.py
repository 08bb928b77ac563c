"""Inference: the network as drawn, its readout and nothing that learns. Other compilers start from here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spikeloom.compilers.compiled import CompiledNetwork
from spikeloom.compilers.connections import add_connection
from spikeloom.compilers.ports import Input, inputs_of, outputs_of
from spikeloom.genn import (
    FORWARD,
    GeNNModel,
    NeuronModel,
    NeuronPopulation,
    Read,
    Reset,
    Run,
    Schedule,
    SetInputs,
    SetVar,
)
from spikeloom.spec import Document, NeuronDynamics, Population, infer_shapes
from spikeloom.spec.neurons.array_input import INPUT


def population_size(document: Document, name: str) -> int:
    """Number of neurons of a population."""
    return int(np.prod(infer_shapes(document)[name]))


def with_readout(
    population: Population, dynamics: NeuronDynamics, timesteps: int, dt: float, first: int = 0
) -> tuple[NeuronDynamics, str]:
    """The neuron with its readout's variables and code, and the variable that holds the result.

    Steps before the `first` are not read: what no error trains would only add noise.
    """
    readout = population.readout
    if readout is None:
        return dynamics, ""
    added = readout.dynamics(population.neuron.output_var, timesteps, dt)
    model = dynamics.model
    read = f"if ((int32_t)round(t / dt) >= {first}) {{ {added.sim_code} }}" if first else added.sim_code
    return (
        NeuronDynamics(
            model=replace(
                model,
                name=f"{model.name}_{type(readout).__name__}",
                params=(*model.params, *added.params),
                vars=(*model.vars, *added.vars),
                sim_code=f"{model.sim_code}\n{read}".strip(),
                reset_code=f"{model.reset_code}\n{added.reset_code}".strip(),
            ),
            params={**dynamics.params, **added.params},
            var_init={**dynamics.var_init, **added.var_init},
        ),
        added.result,
    )


def input_op(taken: Input) -> SetInputs | SetVar:
    """The op that gives an input population an example."""
    return SetVar(taken.population, INPUT, taken.key) if taken.key else SetInputs(taken.population)


def forward_only(model: NeuronModel) -> NeuronModel:
    """The model with its codes guarded, so that they are silent in a backward phase."""
    condition = model.threshold_condition_code
    return replace(
        model,
        sim_code=f"if (phase == 0) {{\n{model.sim_code}\n}}",
        threshold_condition_code=f"phase == 0 && ({condition})" if condition else "",
    )


def add_population(model: GeNNModel, document: Document, population: Population, dynamics: NeuronDynamics) -> None:
    """Add a population with the size that its shape says."""
    size = population_size(document, population.name)
    model.add(NeuronPopulation(population.name, size, dynamics.model, dynamics.params, dynamics.var_init))


def compile_inference(document: Document) -> CompiledNetwork:
    """Lower a document to a model that only runs forward."""
    simulation = document.experiment.simulation
    model = GeNNModel("inference", simulation.dt)
    inputs, outputs = inputs_of(document.network), outputs_of(document.network)
    reads: list[Read] = []
    for population in document.network.populations:
        dynamics = population.neuron.dynamics(simulation.dt)
        if population.readout is not None:
            dynamics, result = with_readout(population, dynamics, simulation.timesteps, simulation.dt)
            reads.append(Read(population.name, result, outputs[len(reads)].readout))
        add_population(model, document, population, dynamics)
    for connection in document.network.connections:
        add_connection(model, document, connection)
    schedule = Schedule((Reset(), *map(input_op, inputs), Run(FORWARD), *reads))
    compiled = CompiledNetwork(
        model=model,
        schedules={"predict": schedule, "evaluate": schedule},
        inputs=inputs,
        outputs=outputs,
        timesteps=simulation.timesteps,
    )
    compiled.keep(document.network)
    return compiled

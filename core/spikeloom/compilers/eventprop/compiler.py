"""A document under EventProp as a GeNN model with the schedules train, evaluate and predict."""

from __future__ import annotations

from dataclasses import replace

from spikeloom.compilers.compiled import CompiledNetwork, Counter
from spikeloom.compilers.connections import add_connection
from spikeloom.compilers.eventprop.array_input import taped_input
from spikeloom.compilers.eventprop.hidden_lif import hidden_lif
from spikeloom.compilers.eventprop.output_li import output_li
from spikeloom.compilers.eventprop.output_lif import output_lif
from spikeloom.compilers.eventprop.synapses import Source, eventprop_pulse
from spikeloom.compilers.inference import add_population, forward_only, input_op, with_readout
from spikeloom.compilers.learning import Learning, add_mean_over_batch
from spikeloom.compilers.losses import add_loss
from spikeloom.compilers.ports import inputs_of, outputs_of
from spikeloom.genn import (
    BACKWARD,
    FORWARD,
    Access,
    CustomUpdate,
    CustomUpdateModel,
    GeNNModel,
    Read,
    Reset,
    Run,
    Schedule,
    SetVar,
    Update,
    Var,
    VarRef,
)
from spikeloom.genn.schedule import BatchOp, ExampleOp
from spikeloom.spec import LI, LIF, Document, EventProp, Exponential, Population


def compile_eventprop(document: Document, learning: EventProp) -> CompiledNetwork:
    """Lower a document whose constraints `validate` has checked."""
    simulation = document.experiment.simulation
    timesteps, dt = simulation.timesteps, simulation.dt
    model = GeNNModel("eventprop", dt)
    inputs, outputs = inputs_of(document.network), outputs_of(document.network)
    reads: list[Read] = []
    hidden: list[str] = []
    for population in document.network.populations:
        neuron = population.neuron
        dynamics = neuron.dynamics(dt)
        forward = replace(dynamics, model=forward_only(dynamics.model))
        tau_syn = _tau_syn(document, population)
        if neuron.is_input:
            if neuron.takes_values:
                dynamics = taped_input(forward, learning, timesteps)
        elif population.readout is not None:
            read_out, result = with_readout(population, forward, timesteps, dt)
            reads.append(Read(population.name, result, outputs[len(reads)].readout))
            if isinstance(neuron, LIF):
                dynamics = output_lif(neuron, read_out, tau_syn, dt, timesteps)
            elif isinstance(neuron, LI):
                dynamics = output_li(neuron, read_out, tau_syn, dt, timesteps)
        elif isinstance(neuron, LIF):
            hidden.append(population.name)
            dynamics = hidden_lif(neuron, forward, learning, tau_syn, dt, timesteps)
        add_population(model, document, population, dynamics)
    _add_connections(model, document, set(hidden))
    targets: list[SetVar] = []
    loss_ops: list[ExampleOp] = []
    for number, (output, read) in enumerate(zip(outputs, reads, strict=True)):
        loss = learning.loss_of(document.network.population(output.population))
        target, ops = add_loss(model, loss, output, read.var)
        outputs[number] = replace(output, needs=target.key)
        targets.append(target)
        loss_ops += ops
    counters, counter_ops = _add_counters(model, learning.tape_length(timesteps) < timesteps - 1)
    compiled = CompiledNetwork(
        model=model,
        schedules={},
        inputs=inputs,
        outputs=outputs,
        timesteps=timesteps,
        counters=counters,
    )
    start: tuple[ExampleOp, ...] = (Reset(), *map(input_op, inputs))
    compiled.keep(document.network)
    learn: list[BatchOp] = []
    if learning.regularises:
        for name in hidden:
            learn += add_mean_over_batch(model, compiled, name, "NumSpikes", "MeanSpikes")
    learners = Learning(model, compiled)
    for connection in document.network.connections:
        learners.add_weights(connection, learning.optimiser)
    learn += learners.ops()
    forward_ops: tuple[ExampleOp, ...] = (*start, *targets, Run(FORWARD), *reads, *loss_ops)
    compiled.schedules["predict"] = Schedule((*start, Run(FORWARD), *reads))
    compiled.schedules["evaluate"] = Schedule(forward_ops)
    compiled.schedules["train"] = Schedule((*forward_ops, Run(BACKWARD), *counter_ops), tuple(learn))
    return compiled


def _tau_syn(document: Document, population: Population) -> float:
    """The one synaptic time constant (ms) of a population; `validate` has seen to it that there is one."""
    into = [c.synapse for c in document.network.connections if c.target == population.name]
    # A population that nothing reaches has no current; any time constant will do.
    first = into[0] if into else Exponential()
    assert isinstance(first, Exponential)
    return first.tau


def _add_connections(model: GeNNModel, document: Document, hidden: set[str]) -> None:
    for connection in document.network.connections:
        if model.populations[connection.source].model.spike_source:
            source = Source.SPIKES
        else:
            source = Source.HIDDEN if connection.source in hidden else Source.TAPE
        pulse = eventprop_pulse(source, trained=connection.learns)
        group = add_connection(model, document, connection, pulse)
        assert isinstance(connection.synapse, Exponential)
        group.params = {**group.params, "TauSyn": connection.synapse.tau}
        group.post_neuron_var_refs = {"LambdaI_post": "LambdaI", "LambdaV_post": "LambdaV"}
        group.pre_neuron_var_refs = {"BackSpike_pre": "BackSpike"}
        group.pre_target = "RevISyn" if source is Source.HIDDEN else ""


def _add_counters(model: GeNNModel, can_overflow: bool) -> tuple[list[Counter], list[ExampleOp]]:
    """Lost and clipped spikes, summed over each population that has them."""
    counters: list[Counter] = []
    ops: list[ExampleOp] = []
    for population in list(model.populations.values()):
        known = {var.name for var in population.model.vars}
        kinds = [("NumClipped", "clipped", "spikes grazed the threshold; their slope was bounded", False)]
        if can_overflow:
            kinds.append(("NumLost", "lost", "spikes did not fit on the tape", True))
        for variable, what, message, fatal in kinds:
            if variable not in known:
                continue
            name = f"{population.name}.{what}"
            update = CustomUpdateModel(
                name="Count",
                vars=(Var("Count", access=Access.REDUCE_NEURON_SUM),),
                var_refs=(Var("Value", "int32_t", Access.READ_ONLY),),
                update_code="Count = Value;",
            )
            refs = {"Value": VarRef(population.name, variable)}
            model.add(CustomUpdate(name, population.name, update, var_refs=refs))
            hint = "raise max_spikes of the learning rule, or lower the weights" if fatal else ""
            key = f"{what}:{population.name}"
            counters.append(Counter(key, population.name, message, hint, fatal))
            ops += [Update(name), Read(name, "Count", key)]
    return counters, ops

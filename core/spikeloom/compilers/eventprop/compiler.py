"""A document under EventProp as a GeNN model with the schedules train, evaluate and predict."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from spikeloom.compilers.compiled import CompiledNetwork, Counter
from spikeloom.compilers.connections import add_connection
from spikeloom.compilers.eventprop.array_input import taped_input
from spikeloom.compilers.eventprop.hidden import hidden
from spikeloom.compilers.eventprop.output_li import output_li, stepwise_output_li
from spikeloom.compilers.eventprop.output_lif import output_lif
from spikeloom.compilers.eventprop.synapses import Source, eventprop_pulse
from spikeloom.compilers.inference import add_population, forward_only, input_op, with_readout
from spikeloom.compilers.learning import Learning, add_mean_over_batch, count_spikes
from spikeloom.compilers.losses import add_loss
from spikeloom.compilers.ports import inputs_of, outputs_of
from spikeloom.compilers.step_losses import add_step_loss
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
from spikeloom.spec import ALIF, LI, LIF, Connection, Document, EventProp, Exponential, NeuronDynamics, Population


def compile_eventprop(document: Document, learning: EventProp) -> CompiledNetwork:
    """Lower a document whose constraints `validate` has checked."""
    return _Compiler(document, learning).compiled()


@dataclass
class _Compiler:
    document: Document
    learning: EventProp
    reads: list[Read] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    targets: list[SetVar] = field(default_factory=list)
    after_step: tuple[str, ...] = ()
    loss_ops: list[ExampleOp] = field(default_factory=list)

    def __post_init__(self) -> None:
        simulation = self.document.experiment.simulation
        self.network = self.document.network
        self.timesteps, self.dt = simulation.timesteps, simulation.dt
        self.model = GeNNModel("eventprop", self.dt)
        self.outputs = outputs_of(self.network)

    def compiled(self) -> CompiledNetwork:
        """The network."""
        for population in self.network.populations:
            add_population(self.model, self.document, population, self._dynamics(population))
        for connection in self.network.connections:
            self._connection(connection)
        for number in range(len(self.outputs)):
            self._loss(number)
        can_overflow = self.learning.tape_length(self.timesteps) < self.timesteps - 1
        counters, counter_ops = _add_counters(self.model, can_overflow)
        compiled = CompiledNetwork(
            model=self.model,
            schedules={},
            inputs=inputs_of(self.network),
            outputs=self.outputs,
            timesteps=self.timesteps,
            counters=counters,
        )
        compiled.keep(self.network)
        learn = self._learn(compiled)
        start: tuple[ExampleOp, ...] = (Reset(), *map(input_op, compiled.inputs))
        forward: tuple[ExampleOp, ...] = (*start, *self.targets, Run(FORWARD, self.after_step))
        forward = (*forward, *self.reads, *self.loss_ops)
        compiled.schedules["predict"] = Schedule((*start, Run(FORWARD), *self.reads))
        compiled.schedules["evaluate"] = Schedule(forward)
        compiled.schedules["train"] = Schedule((*forward, Run(BACKWARD), *counter_ops), tuple(learn))
        return compiled

    # -- populations -------------------------------------------------------------------------------------------
    def _dynamics(self, population: Population) -> NeuronDynamics:
        """What a population does in both phases."""
        neuron, learning, dt, timesteps = population.neuron, self.learning, self.dt, self.timesteps
        dynamics, tau_syn = neuron.dynamics(dt), _tau_syn(self.document, population)
        forward = replace(dynamics, model=forward_only(dynamics.model))
        if neuron.is_input:
            return taped_input(forward, learning, timesteps) if neuron.takes_values else dynamics
        if population.readout is None:
            assert isinstance(neuron, LIF | ALIF)
            self.hidden.append(population.name)
            regularisation = learning.regularisation_of(population)
            return hidden(neuron, forward, learning, regularisation, tau_syn, dt, timesteps)
        stepwise = learning.steps_count(population)
        read_out, result = with_readout(population, dynamics if stepwise else forward, timesteps, dt)
        self.reads.append(Read(population.name, result, self.outputs[len(self.reads)].readout))
        if isinstance(neuron, LIF):
            return output_lif(neuron, read_out, tau_syn, dt, timesteps)
        assert isinstance(neuron, LI)
        if stepwise:
            return stepwise_output_li(neuron, read_out, learning.loss_of(population), tau_syn, dt, timesteps)
        return output_li(neuron, read_out, tau_syn, dt, timesteps)

    def _loss(self, number: int) -> None:
        """Add the loss of an output."""
        output = self.outputs[number]
        population = self.network.population(output.population)
        loss = self.learning.loss_of(population)
        if self.learning.steps_count(population):
            target, updates, ops = add_step_loss(self.model, loss, output)
            self.after_step += updates
        else:
            early = self.learning.early if isinstance(population.neuron, LIF) else None
            target, ops = add_loss(self.model, loss, output, self.reads[number].var, early)
        over_time = getattr(loss, "target_per_timestep", False)
        self.outputs[number] = replace(output, needs=target.key, over_time=over_time)
        self.targets.append(target)
        self.loss_ops += ops

    # -- connections -------------------------------------------------------------------------------------------
    def _connection(self, connection: Connection) -> None:
        model = self.model
        if model.populations[connection.source].model.spike_source:
            source = Source.SPIKES
        else:
            source = Source.HIDDEN if connection.source in self.hidden else Source.TAPE
        pulse = eventprop_pulse(source, trained=connection.learns, delays=connection.train_delays)
        group = add_connection(model, self.document, connection, pulse)
        assert isinstance(connection.synapse, Exponential)
        group.params = {**group.params, "TauSyn": connection.synapse.tau}
        group.post_neuron_var_refs = {"LambdaI_post": "LambdaI", "LambdaV_post": "LambdaV"}
        group.pre_neuron_var_refs = {"BackSpike_pre": "BackSpike"}
        group.pre_target = "RevISyn" if source is Source.HIDDEN else ""

    def _learn(self, compiled: CompiledNetwork) -> list[BatchOp]:
        """What happens after a batch."""
        ops: list[BatchOp] = []
        for name in self.hidden:
            if self.learning.regularisation_of(self.network.population(name)).active:
                ops += add_mean_over_batch(self.model, compiled, name, "NumSpikes", "MeanSpikes")
        if self.document.experiment.training.revive_silent:
            for name in self.hidden:
                ops += count_spikes(self.model, compiled, name)
        learners = Learning(self.model, compiled)
        for connection in self.network.connections:
            learners.add_weights(connection, self.learning.optimiser)
            learners.add_delays(connection, self.learning.delays_by, self.dt)
        return [*ops, *learners.ops()]


def _tau_syn(document: Document, population: Population) -> float:
    """The one synaptic time constant (ms) of a population; `validate` has seen to it that there is one."""
    into = [c.synapse for c in document.network.connections if c.target == population.name]
    # A population that nothing reaches has no current; any time constant will do.
    first = into[0] if into else Exponential()
    assert isinstance(first, Exponential)
    return first.tau


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

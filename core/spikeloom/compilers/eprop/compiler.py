"""A document under e-prop as a GeNN model with the schedules train, evaluate and predict."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from spikeloom.compilers.compiled import CompiledNetwork
from spikeloom.compilers.connections import add_connection
from spikeloom.compilers.eprop.feedback import Way, add_feedback
from spikeloom.compilers.eprop.filters import Filter, filter_of
from spikeloom.compilers.eprop.forward import (
    ELIGIBILITY,
    LATE,
    hidden_forward,
    onto_hidden,
    onto_output,
    output_forward,
)
from spikeloom.compilers.eprop.hidden import Times, hidden
from spikeloom.compilers.eprop.output import output
from spikeloom.compilers.eprop.segments import segment_length
from spikeloom.compilers.eprop.sweeps import Sweeps
from spikeloom.compilers.eprop.synapses import eprop_pulse
from spikeloom.compilers.inference import add_population, forward_only, input_op, with_readout
from spikeloom.compilers.learning import Learning, add_mean_over_batch, count_spikes
from spikeloom.compilers.ports import inputs_of, outputs_of
from spikeloom.compilers.step_losses import ERROR, add_step_loss, mean_weight
from spikeloom.genn import BACKWARD, FORWARD, GeNNModel, Read, Reset, Run, Schedule, SetVar
from spikeloom.genn.schedule import BatchOp, ExampleOp
from spikeloom.spec import (
    ALIF,
    LI,
    LIF,
    Connection,
    Constant,
    Document,
    EProp,
    MeanSquareError,
    NeuronDynamics,
    Population,
    SynapseRecorder,
)
from spikeloom.spec.neurons.li import BIASES


def replaying(dynamics: NeuronDynamics, times: Times) -> NeuronDynamics:
    """An input that makes its spikes itself, and replays them in the sweep."""
    params = {**dynamics.params, "Segment": times.segment}
    model = replace(forward_only(dynamics.model), params=tuple(params), replays="Segment")
    return NeuronDynamics(model, params, dynamics.var_init)


def compile_eprop(document: Document, learning: EProp, *, in_segments: bool = True) -> CompiledNetwork:
    """Lower a document whose constraints `validate` has checked; examples may be swept `in_segments`."""
    return _Compiler(document, learning, in_segments).compiled()


@dataclass
class _Compiler:
    document: Document
    learning: EProp
    in_segments: bool = True
    reads: list[Read] = field(default_factory=list)
    targets: list[SetVar] = field(default_factory=list)
    after_step: tuple[str, ...] = ()
    loss_ops: list[ExampleOp] = field(default_factory=list)

    def __post_init__(self) -> None:
        simulation = self.document.experiment.simulation
        self.network = self.document.network
        self.model = GeNNModel("eprop", simulation.dt)
        self.outputs = outputs_of(self.network)
        segment = segment_length(self.document, self.learning) if self.in_segments else simulation.timesteps
        self.times = Times(simulation.timesteps, segment, simulation.dt)
        self.sweeps: dict[str, Sweeps] = {}
        self.forward = self.learning.mode == "forward"
        names = {keys.population for keys in self.outputs}
        self.hidden = [p.name for p in self.network.populations if not p.neuron.is_input and p.name not in names]

    def compiled(self) -> CompiledNetwork:
        """The network."""
        for population in self.network.populations:
            self._population(population)
        for connection in self.network.connections:
            self._connection(connection)
        for number, keys in enumerate(self.outputs):
            loss = self.learning.loss_of(self.network.population(keys.population))
            target, after_step, ops = add_step_loss(self.model, loss, keys)
            over_time = isinstance(loss, MeanSquareError) and loss.target_per_timestep
            self.outputs[number] = replace(keys, needs=target.key, over_time=over_time)
            self.targets.append(target)
            self.after_step += after_step
            self.loss_ops += ops
        compiled = CompiledNetwork(
            model=self.model,
            schedules={},
            inputs=inputs_of(self.network),
            outputs=self.outputs,
            timesteps=self.times.timesteps,
        )
        compiled.keep(self.document.network)
        learn = self._learn(compiled)
        start: tuple[ExampleOp, ...] = (Reset(), *map(input_op, compiled.inputs))
        forward, backward = self._runs()
        whole = replace(forward, segment=0, segments=1) if self.forward else forward
        alone = replace(whole, after_step=(), traces=False)
        told: tuple[ExampleOp, ...] = (*start, *self.targets)
        seen: tuple[ExampleOp, ...] = (*self.reads, *self.loss_ops)
        compiled.schedules["predict"] = Schedule((*start, alone, *self.reads))
        compiled.schedules["evaluate"] = Schedule((*told, replace(whole, traces=False), *seen))
        online = forward.segments > 1 and not backward
        compiled.schedules["train"] = Schedule((*told, forward, *seen, *backward), tuple(learn), online=online)
        if self.forward:
            # What a step's eligibility leaves behind is there in the step after it.
            names = {var.name for group in self.model.synapses.values() for var in group.weight_update.vars}
            compiled.late = dict.fromkeys(names, LATE - 1) | {ELIGIBILITY: LATE}
            compiled.schedules["trace"] = Schedule((*start, replace(alone, traces=True), *self.reads))
        return compiled

    def _runs(self) -> tuple[Run, tuple[Run, ...]]:
        """Forward with errors, and backward in the adjoint form."""
        if self.forward:
            online = self.learning.online or 0
            segments = -(-(self.times.timesteps + LATE) // online) if online else 1
            return Run(FORWARD, self.after_step, online, segments, more=LATE), ()
        segments = -(-self.times.timesteps // self.times.segment)
        if segments == 1:
            return Run(FORWARD, self.after_step), (Run(BACKWARD),)
        forward = Run(FORWARD, self.after_step, self.times.segment, segments)
        return forward, (Run(BACKWARD, (), self.times.segment, segments, forward),)

    # -- populations -----------------------------------------------------------------------------------------
    def _population(self, population: Population) -> None:
        neuron, dt = population.neuron, self.times.dt
        into = self.network.incoming(population.name)
        if neuron.is_input:
            dynamics = neuron.dynamics(dt)
            if neuron.takes_values and not self.forward:
                dynamics = replaying(dynamics, self.times)
        elif isinstance(neuron, LI):
            biases = self.learning.train_biases
            if biases and neuron.biases is None:
                neuron = neuron.model_copy(update={"biases": Constant()})
            sweeps = self.sweeps[population.name] = Sweeps.of(neuron, dt, "F", into)
            plain = population.model_copy(update={"neuron": neuron})
            read_out, result = with_readout(
                plain, neuron.dynamics(dt), self.times.timesteps, dt, self.learning.error_start_timestep
            )
            self.reads.append(Read(population.name, result, self.outputs[len(self.reads)].readout))
            loss, first = self.learning.loss_of(population), self.learning.error_start_timestep
            if self.forward:
                dynamics = output_forward(neuron, read_out, loss, self.times, first, biases=biases)
            else:
                dynamics = output(neuron, read_out, loss, sweeps, self.times, first, biases=biases)
        else:
            assert isinstance(neuron, LIF | ALIF)
            sweeps = self.sweeps[population.name] = Sweeps.of(neuron, dt, "P", into)
            weight = self._mean_weight()
            if self.forward:
                dynamics = hidden_forward(neuron, self.learning, self._channels(population.name), self.times, weight)
            else:
                dynamics = hidden(neuron, self.learning, sweeps, self.times, weight)
        add_population(self.model, self.document, population, dynamics)

    def _mean_weight(self) -> float:
        """Of a step in the losses, over the outputs."""
        weights = [mean_weight(p.readout, self.times.timesteps) for p in self.network.outputs if p.readout]
        return sum(weights) / len(weights)

    # -- connections -----------------------------------------------------------------------------------------
    def _connection(self, connection: Connection) -> None:
        if not connection.learns and not connection.train_delays:
            add_connection(self.model, self.document, connection)
            return
        if not self.forward:
            pulse = partial(eprop_pulse, weights=connection.learns, delays=connection.train_delays)
            group = add_connection(self.model, self.document, connection, pulse)
            group.max_delay += connection.train_delays  # the sweep is read one step beyond the arrival
            group.post_neuron_var_refs = {"Sweep_post": self.sweeps[connection.target].variable(connection.synapse)}
            return
        neuron, through = self.network.population(connection.target).neuron, self._filter(connection)
        update = onto_output(through)
        if isinstance(neuron, LIF | ALIF):
            channels, recorded = self._channels(connection.target), connection.name in self._recorded()
            update = onto_hidden(neuron, through, channels, self.learning, self.times.dt, recorded=recorded)
        group = add_connection(self.model, self.document, connection, update)
        refs = group.weight_update.post_neuron_var_refs
        group.post_neuron_var_refs = {ref.name: ref.name.removesuffix("_post") for ref in refs}

    def _recorded(self) -> set[str]:
        """The connections whose eligibility is recorded."""
        recording = self.document.experiment.recording
        return {r.connection for r in recording if isinstance(r, SynapseRecorder) and r.variable == ELIGIBILITY}

    def _filter(self, connection: Connection) -> Filter:
        return filter_of(self.network.population(connection.target).neuron, connection.synapse, self.times.dt)

    def _channels(self, population: str) -> list[Filter]:
        """How the outputs that a hidden population reaches filter its eligibility; those that do it alike, once."""
        names = {keys.population for keys in self.outputs}
        onward = [connection for connection in self.network.outgoing(population) if connection.target in names]
        return list(dict.fromkeys(map(self._filter, onward)))

    def _way(self, connection: Connection) -> Way:
        """The way of the errors back along a connection to an output."""
        if not self.forward:
            return Way(self.sweeps[connection.target].variable(connection.synapse), "Feedback", BACKWARD)
        number = self._channels(connection.source).index(self._filter(connection))
        return Way(ERROR, f"Feedback{number}", FORWARD)

    def _learn(self, compiled: CompiledNetwork) -> list[BatchOp]:
        """What happens after a batch; adds the ways of the errors back."""
        ops: list[BatchOp] = []
        learning, names = self.learning, [keys.population for keys in self.outputs]
        if learning.regularises and learning.rate_start == "batch":
            for name in self.hidden:
                ops += add_mean_over_batch(self.model, compiled, name, "RateSum", "RateStart")
        if self.document.experiment.training.revive_silent:
            for name in self.hidden:
                ops += count_spikes(self.model, compiled, name)
        learners, feedback = Learning(self.model, compiled), list[BatchOp]()
        for connection in self.network.connections:
            learners.add_weights(connection, learning.optimiser)
            learners.add_delays(connection, learning.delays_by, self.times.dt)
            if connection.target in names and connection.source in self.hidden:
                feedback += add_feedback(
                    self.model, compiled, self.document, learning, connection.name, self._way(connection)
                )
        if learning.train_biases:
            for name in names:
                learners.add(name, learning.optimiser, BIASES)
        return [*ops, *learners.ops(), *feedback]

"""A document under e-prop as a GeNN model with the schedules train, evaluate and predict."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from spikeloom.compilers.compiled import CompiledNetwork
from spikeloom.compilers.connections import add_connection
from spikeloom.compilers.eprop.feedback import add_feedback
from spikeloom.compilers.eprop.hidden import Times, hidden
from spikeloom.compilers.eprop.losses import add_step_loss, mean_weight
from spikeloom.compilers.eprop.output import output
from spikeloom.compilers.eprop.segments import segment_length
from spikeloom.compilers.eprop.sweeps import Sweeps
from spikeloom.compilers.eprop.synapses import eprop_pulse
from spikeloom.compilers.inference import add_population, forward_only, input_op, with_readout
from spikeloom.compilers.learning import add_mean_over_batch, add_optimiser
from spikeloom.compilers.ports import inputs_of, outputs_of
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
)
from spikeloom.spec.neurons.li import BIASES


def replaying(dynamics: NeuronDynamics, times: Times) -> NeuronDynamics:
    """An input that makes its spikes itself, and replays them in the sweep."""
    params = {**dynamics.params, "Segment": times.segment}
    model = replace(forward_only(dynamics.model), params=tuple(params), replays="Segment")
    return NeuronDynamics(model, params, dynamics.var_init)


def compile_eprop(document: Document, learning: EProp) -> CompiledNetwork:
    """Lower a document whose constraints `validate` has checked."""
    return _Compiler(document, learning).compiled()


@dataclass
class _Compiler:
    document: Document
    learning: EProp
    reads: list[Read] = field(default_factory=list)
    targets: list[SetVar] = field(default_factory=list)
    after_step: tuple[str, ...] = ()
    loss_ops: list[ExampleOp] = field(default_factory=list)

    def __post_init__(self) -> None:
        simulation = self.document.experiment.simulation
        self.network = self.document.network
        self.model = GeNNModel("eprop", simulation.dt)
        self.outputs = outputs_of(self.network)
        segment = segment_length(self.document, self.learning)
        self.times = Times(simulation.timesteps, segment, simulation.dt)
        self.sweeps: dict[str, Sweeps] = {}

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
            optimiser=self.learning.optimiser,
        )
        compiled.keep(self.document.network)
        learn = self._learn(compiled)
        start: tuple[ExampleOp, ...] = (Reset(), *map(input_op, compiled.inputs))
        forward, alone, backward = self._runs()
        read: tuple[ExampleOp, ...] = (*start, *self.targets, forward, *self.reads, *self.loss_ops)
        compiled.schedules["predict"] = Schedule((*start, alone, *self.reads))
        compiled.schedules["evaluate"] = Schedule(read)
        compiled.schedules["train"] = Schedule((*read, backward), tuple(learn))
        return compiled

    def _runs(self) -> tuple[Run, Run, Run]:
        """Forward with errors, forward without, and backward."""
        segments = -(-self.times.timesteps // self.times.segment)
        if segments == 1:
            return Run(FORWARD, self.after_step), Run(FORWARD), Run(BACKWARD)
        forward = Run(FORWARD, self.after_step, self.times.segment, segments)
        return forward, replace(forward, after_step=()), Run(BACKWARD, (), self.times.segment, segments, forward)

    # -- populations -----------------------------------------------------------------------------------------
    def _population(self, population: Population) -> None:
        neuron, dt = population.neuron, self.times.dt
        into = self.network.incoming(population.name)
        if neuron.is_input:
            dynamics = neuron.dynamics(dt)
            if neuron.takes_values:
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
            dynamics = output(neuron, read_out, loss, sweeps, self.times, first, biases=biases)
        else:
            assert isinstance(neuron, LIF | ALIF)
            sweeps = self.sweeps[population.name] = Sweeps.of(neuron, dt, "P", into)
            dynamics = hidden(neuron, self.learning, sweeps, self.times, self._mean_weight())
        add_population(self.model, self.document, population, dynamics)

    def _mean_weight(self) -> float:
        """Of a step in the losses, over the outputs."""
        weights = [mean_weight(p.readout, self.times.timesteps) for p in self.network.outputs if p.readout]
        return sum(weights) / len(weights)

    # -- connections -----------------------------------------------------------------------------------------
    def _connection(self, connection: Connection) -> None:
        if not connection.connectivity.trained:
            add_connection(self.model, self.document, connection)
            return
        group = add_connection(self.model, self.document, connection, eprop_pulse)
        group.post_neuron_var_refs = {"Sweep_post": self.sweeps[connection.target].variable(connection.synapse)}

    def _learn(self, compiled: CompiledNetwork) -> list[BatchOp]:
        """What happens after a batch; adds the ways of the errors back."""
        ops: list[BatchOp] = []
        learning, names = self.learning, {keys.population for keys in self.outputs}
        hidden_names = [p.name for p in self.network.populations if not p.neuron.is_input and p.name not in names]
        if learning.regularises and learning.rate_start == "batch":
            for name in hidden_names:
                ops += add_mean_over_batch(self.model, compiled, name, "RateSum", "RateStart")
        for connection in self.network.connections:
            if connection.connectivity.trained:
                ops += add_optimiser(self.model, compiled, connection.name, learning.optimiser)
            if connection.target in names and connection.source in hidden_names:
                sent = self.sweeps[connection.target].variable(connection.synapse)
                ops += add_feedback(self.model, compiled, learning, connection.name, sent, BACKWARD)
        if learning.train_biases:
            for name in names:
                ops += add_optimiser(self.model, compiled, name, learning.optimiser, BIASES)
        return ops

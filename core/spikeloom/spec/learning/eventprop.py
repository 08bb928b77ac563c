"""EventProp."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.learning.learning import Learning
from spikeloom.spec.learning.target_problems import target_problems
from spikeloom.spec.losses.loss import Loss
from spikeloom.spec.losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy
from spikeloom.spec.neurons.alif import ALIF
from spikeloom.spec.neurons.li import LI
from spikeloom.spec.neurons.lif import LIF
from spikeloom.spec.neurons.neuron import Neuron
from spikeloom.spec.optimisers.adam import Adam
from spikeloom.spec.optimisers.optimiser import Optimiser
from spikeloom.spec.problem import Fix, Problem
from spikeloom.spec.shapes import infer_shapes
from spikeloom.spec.synapses.exponential import Exponential

if TYPE_CHECKING:
    from spikeloom.spec.document import Document
    from spikeloom.spec.network import Network, Population

READOUTS = ("avg_var", "sum_var", "avg_var_exp_weight", "max_var", "var")  # of a leaky integrator
STEP_READOUTS = ("avg_var", "sum_var", "avg_var_exp_weight")  # that weigh every timestep
STEP_LOSSES = ("sparse_categorical_crossentropy", "mean_square_error")
SPIKE_READOUTS = ("first_spike_time",)  # of a LIF
SPIKE_LOSSES = ("sparse_categorical_crossentropy", "relative_mean_square_error")


@dataclass(frozen=True)
class Regularisation:
    """Strengths with which neurons are held back and pushed, and the number of spikes per example that it aims at."""

    upper: float
    lower: float
    nu: float

    @property
    def active(self) -> bool:
        """Whether neurons are pushed at all."""
        return self.upper > 0 or self.lower > 0


class EventProp(Learning):
    """Exact gradients of spiking networks, computed by events that run backward in time.

    Wunderlich and Pehle 2021; Nowotny et al. 2022. Hidden neurons are LIF or adaptive LIF with an absolute reset,
    synapses exponential with one time constant per target. The output is a leaky integrator, or a LIF read by the time
    of its first spike.

    With `per_timestep_loss`, and with targets that change with time, the loss is ``sum over n of w_n l(V_n)``: V_n are
    the outputs' voltages after step n, l the loss and w_n what a step counts in the readout (1 / T under `avg_var`; of
    curves under `var` too). With `ttfs_alpha` the cross-entropy of spike times gains
    ``ttfs_alpha (exp(t / ttfs_tau) - 1)``, t the first spike of the class (Wunderlich and Pehle 2021).

    Regularisation pushes each hidden neuron towards `reg_nu_upper` spikes per example: at each of its spikes its
    adjoint voltage loses ``reg_lambda (mean - reg_nu_upper)``. The mean is taken over the batch before; in the first
    batch it counts as reached. A neuron that never spikes is not pushed.
    """

    type: ClassVar[str] = "eventprop"
    targets_over_time: ClassVar[bool] = True
    replaces: ClassVar[tuple[str, ...]] = ("event_prop",)
    title: ClassVar[str] = "EventProp"
    equations: ClassVar[tuple[str, ...]] = (
        r"\tau_{\mathrm{mem}}\, \dot{\lambda}_V = -\lambda_V - \partial l / \partial V",
        r"\tau\, \dot{\lambda}_I = -\lambda_I + \lambda_V \;\; \mathrm{(backward\ in\ time)}",
        r"dL / dw_{ij} = -\tau \sum_{\mathrm{spikes\ of}\ i}\, \lambda_{I,j}",
    )

    loss: Loss = setting(factory=SparseCategoricalCrossentropy, help="What training makes small.")
    optimiser: Optimiser = setting(factory=Adam, help="How the gradient moves the weights.")
    delay_optimiser: Optimiser | None = setting(
        None,
        help="How the gradient moves delays that learn, in ms; Adam with a learning rate of 0.1 ms by default.",
        advanced=True,
    )
    reg_lambda_upper: float = quantity(
        0.0,
        ge=0,
        help="Strength with which neurons that spike too much are held back.",
        scale="log",
        label="Too many spikes",
        live=True,
    )
    reg_lambda_lower: float = quantity(
        0.0,
        ge=0,
        help="Strength with which neurons that spike too little are pushed.",
        scale="log",
        label="Too few spikes",
        live=True,
    )
    reg_nu_upper: float = quantity(
        14.0,
        ge=0,
        help="Spikes per example that regularisation aims at, for each hidden neuron.",
        step=1.0,
        label="Spikes aimed at",
        live=True,
    )
    max_spikes: int | None = quantity(
        None,
        ge=1,
        help="Room for spikes per neuron and example; as many as timesteps by default. Too little stops the run.",
        advanced=True,
    )

    per_timestep_loss: bool = setting(
        False,
        help="Whether the loss is that of every timestep, weighed as the readout weighs it, instead of the readout's.",
        advanced=True,
        seldom=True,
    )
    ttfs_alpha: float = quantity(
        0.0,
        ge=0,
        help="Strength with which the class's first spike is pulled to the start, in a cross-entropy of spike times.",
        scale="log",
        label="Pull of first spikes",
        advanced=True,
        seldom=True,
    )
    ttfs_tau: float = quantity(
        10.0,
        gt=0,
        unit="ms",
        help="Lateness at which that pull has grown e-fold.",
        step=1.0,
        label="Scale of that pull",
        advanced=True,
        seldom=True,
    )

    def regularisation_of(self, population: Population) -> Regularisation:
        """How the spikes of a hidden population are regularised: its own settings, or those of the rule."""
        own = (population.reg_lambda_upper, population.reg_lambda_lower, population.reg_nu_upper)
        rule = (self.reg_lambda_upper, self.reg_lambda_lower, self.reg_nu_upper)
        return Regularisation(*(ours if mine is None else mine for mine, ours in zip(own, rule, strict=True)))

    @property
    def early(self) -> tuple[float, float] | None:
        """Strength and scale (ms) of the pull on first spikes, where there is one."""
        return (self.ttfs_alpha, self.ttfs_tau) if self.ttfs_alpha > 0 else None

    def steps_count(self, output: Population) -> bool:
        """Whether the loss of an output is that of every timestep."""
        curves = getattr(self.loss_of(output), "target_per_timestep", False)
        return type(output.neuron) is LI and (self.per_timestep_loss or curves)

    def tape_length(self, timesteps: int) -> int:
        """Spikes of one neuron and example for which there is room."""
        return max(1, timesteps - 1) if self.max_spikes is None else self.max_spikes

    @property
    def delays_by(self) -> Optimiser:
        """What moves delays that learn."""
        return Adam(alpha=0.1) if self.delay_optimiser is None else self.delay_optimiser

    def loss_of(self, output: Population) -> Loss:
        """The loss of an output: its own, or that of the rule."""
        return self.loss if output.loss is None else output.loss

    def backward_variables(self, document: Document, population: Population) -> tuple[str, ...]:
        """The adjoints of voltage, current and adaptation: of hidden neurons, and of leaky integrators as outputs."""
        kind = type(population.neuron)
        if population.readout is not None:
            return ("LambdaV", "LambdaI") if kind is LI else ()
        return {LIF: ("LambdaV", "LambdaI"), ALIF: ("LambdaV", "LambdaI", "LambdaA")}.get(kind, ())

    def problems(self, document: Document) -> list[Problem]:
        """What EventProp cannot do with the network."""
        network = document.network
        problems = _output_problems(network)
        for index, population in enumerate(network.populations):
            if not population.neuron.is_input and population.readout is None:
                problems += _hidden_problems(population, f"network.populations[{index}].neuron")
            if getattr(population.neuron, "signed_spikes", False):
                place = f"network.populations[{index}].neuron.signed_spikes"
                fix = Fix("Use no negative spikes", place, False)
                message = "EventProp has no rule for negative spikes"
                problems.append(Problem(place, message, "Set signed_spikes to false.", fix=fix))
            if not population.neuron.is_input and not network.incoming(population.name):
                message = f"nothing is connected to '{population.name}'"
                problems.append(Problem(f"network.populations[{index}]", message, "Connect it, or remove it."))
        problems += _connection_problems(network)
        return problems + self._loss_problems(document)

    def _loss_problems(self, document: Document) -> list[Problem]:
        network, shapes = document.network, infer_shapes(document)
        problems: list[Problem] = []
        for population in network.outputs:
            own = population.loss is not None
            place = f"{network.place(population)}.loss" if own else "experiment.learning.loss"
            found = _loss_problem(self.loss_of(population), population, shapes, place)
            news = [found] if found is not None else self._step_problems(population, network.place(population), place)
            news = news or target_problems(document, self.loss_of(population), place)
            problems += [problem for problem in news if problem not in problems]
        spiking = [p for p in network.outputs if p.readout is not None and p.readout.type in SPIKE_READOUTS]
        if self.ttfs_alpha > 0 and not any(self.loss_of(p).type == SPIKE_LOSSES[0] for p in spiking):
            place, message = "experiment.learning.ttfs_alpha", "no output has a cross-entropy of first spike times"
            fix = Fix("Do not pull", place, 0.0)
            problems.append(Problem(place, message, "Set it to 0, or read a LIF by first_spike_time.", fix=fix))
        return problems

    def _step_problems(self, population: Population, output: str, place: str) -> list[Problem]:
        """What a loss of every timestep cannot be read from."""
        readout, curves = population.readout, getattr(self.loss_of(population), "target_per_timestep", False)
        if readout is None or not (self.per_timestep_loss or curves):
            return []
        if type(population.neuron) is not LI:
            message = f"'{population.name}' is read by a spike, and has no loss of every timestep"
            where = f"{place}.target_per_timestep" if curves else "experiment.learning.per_timestep_loss"
            fix = Fix("Use the loss of the example", where, False)
            return [Problem(where, message, "Use LI neurons, or the loss of the example.", fix=fix)]
        known = (*STEP_READOUTS, "var") if curves else STEP_READOUTS
        if readout.type not in known:
            message = f"the loss of every timestep counts steps as a readout does, which '{readout.type}' does not"
            where = f"{output}.neuron.readout"
            fix = Fix(f"Use {known[0]}", where, {"type": known[0]})
            return [Problem(where, message, f"Use {listed(known)}.", fix=fix)]
        if not self.loss_of(population).of_steps:
            fix = Fix("Use cross-entropy", place, {"type": STEP_LOSSES[0]})
            message = f"'{self.loss_of(population).type}' has no value for a timestep"
            return [Problem(place, message, f"Use one of {', '.join(STEP_LOSSES)}.", fix=fix)]
        return []


def _loss_problem(loss: Loss, population: Population, shapes: dict[str, tuple[int, ...]], place: str) -> Problem | None:
    """Why an output cannot have a loss."""
    readout = population.readout
    if readout is not None and readout.type in SPIKE_READOUTS and not loss.of_spike_times:
        fix = Fix("Use cross-entropy", place, {"type": SPIKE_LOSSES[0]})
        message = f"'{loss.type}' does not go with the time of the first spike"
        return Problem(place, message, f"Use one of {', '.join(SPIKE_LOSSES)}.", fix=fix)
    if loss.type == "relative_mean_square_error" and prod(shapes.get(population.name, (2,))) < 2:
        message = f"it compares outputs, and '{population.name}' has only one"
        spikes = readout is not None and readout.type in SPIKE_READOUTS
        simpler = None if spikes else Fix("Use the mean square error", place, {"type": "mean_square_error"})
        return Problem(place, message, "Give it an output per class.", fix=simpler)
    return None


def _hidden_problems(population: Population, place: str) -> list[Problem]:
    neuron = population.neuron
    if type(neuron) not in (LIF, ALIF):
        message = f"EventProp trains hidden LIF and ALIF neurons, '{population.name}' is {called(neuron)}"
        fix = Fix("Use LIF neurons", place, {"type": "lif"})
        hint = "Use LIF or ALIF, or give the population a readout if it is the output."
        return [Problem(place, message, hint, fix=fix)]
    assert isinstance(neuron, LIF | ALIF)
    problems = []
    if neuron.relative_reset:
        fix = Fix("Use absolute reset", f"{place}.relative_reset", False)
        message = "EventProp needs an absolute reset"
        problems.append(Problem(f"{place}.relative_reset", message, "Set relative_reset to false.", fix=fix))
    if neuron.tau_refrac > 0:
        fix = Fix("Use no refractory period", f"{place}.tau_refrac", 0.0)
        message = "EventProp with a refractory period is not supported yet"
        problems.append(Problem(f"{place}.tau_refrac", message, "Set tau_refrac to 0.", fix=fix))
    return problems + _input_problems(neuron, place)


def _input_problems(neuron: LIF | ALIF, place: str) -> list[Problem]:
    """Options of a LIF's input that the backward phase does not know."""
    problems = []
    if neuron.bias:
        fix = Fix("Use no bias", f"{place}.bias", 0.0)
        message = "EventProp with a bias of spiking neurons is not supported yet"
        problems.append(Problem(f"{place}.bias", message, "Set bias to 0.", fix=fix))
    if neuron.scale_i:
        fix = Fix("Do not scale", f"{place}.scale_i", False)
        message = "EventProp integrates currents exactly and does not scale them"
        problems.append(Problem(f"{place}.scale_i", message, "Set scale_i to false.", fix=fix))
    return problems


def _output_problems(network: Network) -> list[Problem]:
    problems = []
    for population in network.outputs:
        place = f"{network.place(population)}.neuron"
        neuron, readout = population.neuron, population.readout
        known = {LI: READOUTS, LIF: SPIKE_READOUTS}.get(type(neuron))
        if known is None:
            message = f"EventProp needs LI or LIF neurons as output, '{population.name}' is {called(neuron)}"
            fix = Fix("Use a leaky integrator", place, {"type": "li", "readout": {"type": READOUTS[0]}})
            problems.append(Problem(place, message, "Use LI, or LIF with the readout first_spike_time.", fix=fix))
        elif readout is not None and readout.type not in known:
            message = f"EventProp has no rule for readout '{readout.type}' of {neuron.type.upper()} neurons"
            fix = Fix(f"Use {known[0]}", f"{place}.readout", {"type": known[0]})
            problems.append(Problem(f"{place}.readout", message, f"Use {listed(known)}.", fix=fix))
        elif isinstance(neuron, LIF):
            problems += _input_problems(neuron, place)
        for connection in network.outgoing(population.name):
            message = f"EventProp's output '{population.name}' cannot have outgoing connections"
            place = network.place(connection)
            fix = Fix("Remove the connection", place, removes=True)
            problems.append(Problem(f"{place}.source", message, "Remove the connection.", fix=fix))
    return problems


def called(neuron: Neuron) -> str:
    """A neuron in words: `an adaptive LIF`."""
    title = " ".join(word if word.isupper() else word.lower() for word in neuron.title.split())
    return f"{'an' if title[0] in 'aeiou' else 'a'} {title}"


def listed(names: tuple[str, ...]) -> str:
    """What to use, in words."""
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def _connection_problems(network: Network) -> list[Problem]:
    problems = []
    taus: dict[str, tuple[float, str]] = {}
    for connection in network.connections:
        place = f"{network.place(connection)}.synapse"
        if type(connection.synapse) is not Exponential:
            fix = Fix("Use an exponential synapse", place, {"type": "exponential"})
            message = f"EventProp needs exponential synapses, this one is '{connection.synapse.type}'"
            problems.append(Problem(place, message, "Use exponential.", fix=fix))
            continue
        tau, first = taus.setdefault(connection.target, (connection.synapse.tau, connection.name))
        if connection.synapse.tau != tau:
            message = f"{connection.synapse.tau:g} found, but '{first}' reaches '{connection.target}' with {tau:g} (ms)"
            fix = Fix(f"Use {tau:g} ms", f"{place}.tau", tau)
            hint = "EventProp needs one time constant per target."
            problems.append(Problem(f"{place}.tau", message, hint, fix=fix))
    return problems

"""What e-prop cannot do with a document, said at the part that it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikeloom.genn import KernelMatrix
from spikeloom.spec.connections import array_problems, ends_of, surroundings
from spikeloom.spec.connectivity.connectivity import Ends
from spikeloom.spec.initialisers.array import Array
from spikeloom.spec.learning.eventprop import called, listed
from spikeloom.spec.learning.target_problems import target_problems
from spikeloom.spec.neurons.alif import ALIF
from spikeloom.spec.neurons.li import LI
from spikeloom.spec.neurons.lif import LIF
from spikeloom.spec.problem import Fix, Problem
from spikeloom.spec.shapes import infer_shapes
from spikeloom.spec.synapses.delta import Delta
from spikeloom.spec.synapses.exponential import Exponential

if TYPE_CHECKING:
    from spikeloom.spec.document import Document
    from spikeloom.spec.learning.eprop import EProp
    from spikeloom.spec.network import Connection, Network, Population

READOUTS = ("sum_var", "avg_var", "avg_var_exp_weight", "var")
LOSSES = ("sparse_categorical_crossentropy", "mean_square_error")


def problems(learning: EProp, document: Document) -> list[Problem]:
    """All of them."""
    network = document.network
    found = _outputs(learning, document)
    for population in network.populations:
        if not population.neuron.is_input and population.readout is None:
            found += _hidden(network, population)
        if getattr(population.neuron, "signed_spikes", False):
            place = f"{network.place(population)}.neuron.signed_spikes"
            fix = Fix("Use no negative spikes", place, False)
            found.append(
                Problem(place, "e-prop has no rule for negative spikes", "Set signed_spikes to false.", fix=fix)
            )
    shapes = infer_shapes(document)
    for connection in network.connections:
        found += _connection(learning, document, connection, shapes)
    return found + _options(learning, document)


def _outputs(learning: EProp, document: Document) -> list[Problem]:
    network = document.network
    found: list[Problem] = []
    for population in network.outputs:
        place, neuron, readout = f"{network.place(population)}.neuron", population.neuron, population.readout
        if type(neuron) is not LI:
            message = f"e-prop needs LI neurons as output, '{population.name}' is {called(neuron)}"
            fix = Fix("Use a leaky integrator", place, {"type": "li", "readout": {"type": READOUTS[0]}})
            found.append(Problem(place, message, "Use LI.", fix=fix))
        elif readout is not None and readout.type not in READOUTS:
            message = f"e-prop counts the error of every timestep, which readout '{readout.type}' does not weigh"
            fix = Fix(f"Use {READOUTS[0]}", f"{place}.readout", {"type": READOUTS[0]})
            found.append(Problem(f"{place}.readout", message, f"Use {listed(READOUTS)}.", fix=fix))
        for connection in network.outgoing(population.name):
            where = network.place(connection)
            fix = Fix("Remove the connection", where, removes=True)
            message = f"e-prop's output '{population.name}' cannot have outgoing connections"
            found.append(Problem(f"{where}.source", message, "Remove the connection.", fix=fix))
        own = population.loss is not None
        where = f"{network.place(population)}.loss" if own else "experiment.learning.loss"
        loss = learning.loss_of(population)
        if not loss.of_steps:
            fix = Fix("Use cross-entropy", where, {"type": LOSSES[0]})
            problem = Problem(where, f"e-prop has no rule for '{loss.type}'", f"Use {listed(LOSSES)}.", fix=fix)
            found += [problem] if problem not in found else []
        else:
            found += [problem for problem in target_problems(document, loss, where) if problem not in found]
    return found


def _hidden(network: Network, population: Population) -> list[Problem]:
    place, neuron = f"{network.place(population)}.neuron", population.neuron
    if type(neuron) not in (LIF, ALIF):
        message = (
            f"e-prop trains hidden populations of LIF and adaptive LIF neurons, '{population.name}' is {called(neuron)}"
        )
        fix = Fix("Use adaptive LIF neurons", place, {"type": "alif"})
        return [Problem(place, message, "Use LIF or ALIF, or give it a readout if it is the output.", fix=fix)]
    assert isinstance(neuron, LIF | ALIF)
    found = []
    if not neuron.relative_reset:
        fix = Fix("Use relative reset", f"{place}.relative_reset", True)
        message = "e-prop needs a relative reset: traces of the voltage go on through a spike"
        found.append(Problem(f"{place}.relative_reset", message, "Set relative_reset to true.", fix=fix))
    if neuron.tau_refrac > 0 and not neuron.integrate_during_refrac:
        fix = Fix("Integrate while refractory", f"{place}.integrate_during_refrac", True)
        message = "e-prop's neurons go on integrating in their refractory period"
        hint = "Set integrate_during_refrac to true."
        found.append(Problem(f"{place}.integrate_during_refrac", message, hint, fix=fix))
    outputs = {output.name for output in network.outputs}
    if not any(connection.target in outputs for connection in network.outgoing(population.name)):
        message = f"no errors reach '{population.name}': it is connected to no output"
        hint = "Connect it to an output; each hidden population needs a connection of its own."
        found.append(Problem(network.place(population), message, hint))
    return found


def _connection(
    learning: EProp, document: Document, connection: Connection, shapes: dict[str, tuple[int, ...]]
) -> list[Problem]:
    network = document.network
    place = network.place(connection)
    found = []
    if type(connection.synapse) not in (Delta, Exponential):
        fix = Fix("Use a delta synapse", f"{place}.synapse", {"type": "delta"})
        message = f"e-prop needs delta or exponential synapses, this one is '{connection.synapse.type}'"
        found.append(Problem(f"{place}.synapse", message, "Use delta or exponential.", fix=fix))
    ends = ends_of(connection, shapes)
    names = {population.name for population in network.outputs}
    if ends is not None and not connection.connectivity.problems(ends):
        kernel = isinstance(connection.connectivity.matrix(ends), KernelMatrix)
        if kernel and (connection.learns or connection.target in names):
            fix = Fix("Use dense", f"{place}.connectivity", {"type": "dense", "weight": {"type": "xavier"}})
            message = "e-prop has no rule for weights that synapses share"
            found.append(Problem(f"{place}.connectivity", message, "Use dense or sparse connectivity.", fix=fix))
    if ends is not None and connection.target in names and learning.feedback != "symmetric" and not found:
        found += _feedback(learning, network, connection, ends)
    if learning.mode == "forward":
        found += _forward_connection(connection, place, connection.target in names)
    return found


def _feedback(learning: EProp, network: Network, connection: Connection, ends: Ends) -> list[Problem]:
    """Feedback weights that do not fit the connection whose way back they are."""
    place, weight = "experiment.learning.feedback_weight", learning.feedback_weight
    if isinstance(weight, Array):
        matrix = connection.connectivity.matrix(ends)
        return array_problems(weight, place, matrix.shape(*ends.sizes), f"as the weights of '{connection.name}'")
    message = weight.problem(surroundings(network, connection, ends))
    fix = Fix("Use a normal distribution", place, {"type": "normal", "sd": 1.0})
    return [Problem(place, message, "Choose another initialiser.", fix=fix)] if message else []


def _forward_connection(connection: Connection, place: str, to_output: bool) -> list[Problem]:
    """What traces that are carried forward cannot follow."""
    if connection.train_delays:
        fix = Fix("Use the adjoint", "experiment.learning.mode", "adjoint")
        message = "the forward mode has no rule for delays that learn"
        return [Problem(f"{place}.train_delays", message, "Use the adjoint mode.", fix=fix)]
    delay = connection.connectivity.delay
    if to_output and (delay.type != "constant" or delay.largest):
        fix = Fix("Use the adjoint", "experiment.learning.mode", "adjoint")
        message = "the forward mode has no delays of connections to an output"
        return [Problem(f"{place}.connectivity.delay", message, "Use the adjoint mode, or no delay.", fix=fix)]
    return []


def _options(learning: EProp, document: Document) -> list[Problem]:
    """Settings that do not go together."""
    found = []
    timesteps = document.experiment.simulation.timesteps
    if learning.error_start_timestep >= timesteps:
        place = "experiment.learning.error_start_timestep"
        message = (
            f"{learning.error_start_timestep} found, an example has timesteps 0 to {timesteps - 1}: no error counts"
        )
        found.append(Problem(place, message, "Choose an earlier one.", fix=Fix("Count all errors", place, 0)))
    if learning.online is not None and learning.mode != "forward":
        place = "experiment.learning.online"
        message = "updates within an example need the forward mode"
        fix = Fix("Use the forward mode", "experiment.learning.mode", "forward")
        found.append(Problem(place, message, "Set mode to forward, or leave online out.", fix=fix))
    if learning.online is not None and learning.regularises and learning.rate_start == "batch":
        place = "experiment.learning.rate_start"
        message = "with updates within an example, the mean over a batch comes too late"
        fix = Fix("Start from the target", place, "target")
        found.append(Problem(place, message, "Set rate_start to target.", fix=fix))
    return found

"""EventProp."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.learning.learning import Learning
from spikeloom.spec.losses.loss import Loss
from spikeloom.spec.losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy
from spikeloom.spec.neurons.li import LI
from spikeloom.spec.neurons.lif import LIF
from spikeloom.spec.optimisers.adam import Adam
from spikeloom.spec.optimisers.optimiser import Optimiser
from spikeloom.spec.problem import Fix, Problem
from spikeloom.spec.synapses.exponential import Exponential

if TYPE_CHECKING:
    from spikeloom.spec.document import Document
    from spikeloom.spec.network import Network, Population

READOUTS = ("avg_var", "sum_var", "avg_var_exp_weight", "max_var", "var")
LOSSES = ("sparse_categorical_crossentropy", "mean_square_error")


class EventProp(Learning):
    """Exact gradients of spiking networks, computed by events that run backward in time.

    Wunderlich and Pehle 2021; Nowotny et al. 2022. Hidden neurons are LIF with an absolute reset, synapses
    exponential with one time constant per target, the output a leaky integrator.
    """

    type: ClassVar[str] = "eventprop"
    replaces: ClassVar[tuple[str, ...]] = ("event_prop",)
    title: ClassVar[str] = "EventProp"

    loss: Loss = setting(factory=SparseCategoricalCrossentropy, help="What training makes small.")
    optimiser: Optimiser = setting(factory=Adam, help="How the gradient moves the weights.")
    max_spikes: int | None = quantity(
        None,
        ge=1,
        help="Room for spikes per neuron and example; as many as timesteps by default. Too little stops the run.",
        advanced=True,
    )

    def problems(self, document: Document) -> list[Problem]:
        """What EventProp cannot do with the network."""
        network = document.network
        problems = _output_problems(network)
        for index, population in enumerate(network.populations):
            if not population.neuron.is_input and population.readout is None:
                problems += _hidden_problems(population, f"network.populations[{index}].neuron")
            if not population.neuron.is_input and not network.incoming(population.name):
                message = f"nothing is connected to '{population.name}'"
                problems.append(Problem(f"network.populations[{index}]", message, "Connect it, or remove it."))
        problems += _connection_problems(network)
        if self.loss.type not in LOSSES:
            hint = f"Use one of {', '.join(LOSSES)}."
            problems.append(Problem("experiment.learning.loss", f"EventProp has no rule for '{self.loss.type}'", hint))
        return problems


def _hidden_problems(population: Population, place: str) -> list[Problem]:
    neuron = population.neuron
    if type(neuron) is not LIF:
        message = f"EventProp trains hidden populations of LIF neurons, '{population.name}' is a {neuron.title.lower()}"
        fix = Fix("Use LIF neurons", place, {"type": "lif"})
        return [Problem(place, message, "Use LIF, or give the population a readout if it is the output.", fix=fix)]
    problems = []
    if neuron.relative_reset:
        fix = Fix("Use absolute reset", f"{place}.relative_reset", False)
        message = "EventProp needs an absolute reset"
        problems.append(Problem(f"{place}.relative_reset", message, "Set relative_reset to false.", fix=fix))
    if neuron.tau_refrac > 0:
        fix = Fix("Use no refractory period", f"{place}.tau_refrac", 0.0)
        message = "EventProp with a refractory period is not supported yet"
        problems.append(Problem(f"{place}.tau_refrac", message, "Set tau_refrac to 0.", fix=fix))
    return problems


def _output_problems(network: Network) -> list[Problem]:
    problems = []
    for population in network.outputs:
        place = f"{network.place(population)}.neuron"
        if type(population.neuron) is not LI:
            message = f"EventProp needs leaky integrators (LI) as output, '{population.name}' is a "
            problems.append(Problem(place, message + population.neuron.title.lower(), "Use LI."))
        elif population.readout is not None and population.readout.type not in READOUTS:
            message = f"EventProp has no rule for readout '{population.readout.type}'"
            fix = Fix("Use avg_var", f"{place}.readout", {"type": "avg_var"})
            problems.append(Problem(f"{place}.readout", message, f"Use one of {', '.join(READOUTS)}.", fix=fix))
        for connection in network.outgoing(population.name):
            message = f"EventProp's output '{population.name}' cannot have outgoing connections"
            problems.append(Problem(f"{network.place(connection)}.source", message, "Remove the connection."))
    return problems


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

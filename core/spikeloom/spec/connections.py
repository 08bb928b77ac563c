"""What a connection means between its two populations: its synapses, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from spikeloom.errors import UserError
from spikeloom.spec.connectivity.connectivity import Ends
from spikeloom.spec.connectivity.dense import Dense
from spikeloom.spec.connectivity.fixed_probability import FixedProbability
from spikeloom.spec.initialisers.array import Array
from spikeloom.spec.initialisers.constant import Constant
from spikeloom.spec.initialisers.initialiser import Around
from spikeloom.spec.network import MOST_NEURONS
from spikeloom.spec.problem import Fix, Problem, Refused, join
from spikeloom.spec.shapes import infer_shapes

if TYPE_CHECKING:
    from spikeloom.spec.document import Document
    from spikeloom.spec.network import Connection, Network

Shapes = dict[str, tuple[int, ...]]
MOST_DELAY_STEPS = 65_535


def ends_of(connection: Connection, shapes: Shapes) -> Ends | None:
    """What the connection connects; None where the shape of an end is not known."""
    source, target = shapes.get(connection.source), shapes.get(connection.target)
    if source is None or target is None:
        return None
    return Ends(source, target, connection.name, connection.source == connection.target)


def surroundings(network: Network, connection: Connection, ends: Ends) -> Around:
    """What the distribution of the connection's weights may depend on."""
    target, connectivity = network.population(connection.target).neuron, connection.connectivity
    psp = connection.synapse.psp(target)
    if psp is not None:
        # A weight in front of which a window is averaged acts through that many synapses, each as much smaller.
        psp = psp[0], psp[1] * connectivity.scale
    rest = getattr(target, "bias", 0.0)
    return Around(*connectivity.fans(ends), psp, getattr(target, "v_thresh", None), rest)


def known_surroundings(document: Document, connection: Connection) -> Around | None:
    """What the distribution of a connection's weights may depend on; None while that cannot be said.

    It cannot where an end is missing or has no shape yet, or where the connectivity does not fit its ends.
    """
    network = document.network
    if not {connection.source, connection.target} <= {population.name for population in network.populations}:
        return None
    shapes = infer_shapes(document)
    ends = ends_of(connection, shapes)
    try:
        if ends is None or _shape_problems(connection, shapes, network) or connection.connectivity.problems(ends):
            return None
        return surroundings(network, connection, ends)
    except (UserError, Refused):
        return None


def connection_problems(document: Document) -> list[Problem]:
    """What is wrong with the connections: ends that cannot be connected, shapes, weights, delays."""
    problems: list[Problem] = []
    network = document.network
    neurons = {population.name: population.neuron for population in network.populations}
    shapes = infer_shapes(document)
    for index, connection in enumerate(network.connections):
        place = f"network.connections[{index}]"
        if connection.target in neurons and neurons[connection.target].is_input:
            message = f"'{connection.target}' is an input and takes no connections"
            fix = Fix("Remove the connection", place, removes=True)
            problems.append(Problem(f"{place}.target", message, "Connect to another population.", fix=fix))
        if connection.source in neurons and not neurons[connection.source].spiking:
            message = f"'{connection.source}' ({neurons[connection.source].title.lower()}) never spikes"
            fix = Fix("Remove the connection", place, removes=True)
            problems.append(Problem(f"{place}.source", message, "Connect from a population that spikes.", fix=fix))
        found = _shape_problems(connection, shapes, network)
        ends = ends_of(connection, shapes)
        if not found and ends is not None:
            found = [p.inside(f"{place}.connectivity") for p in connection.connectivity.problems(ends)]
            if not found and connection.source in neurons and connection.target in neurons:
                found = _value_problems(network, connection, ends, f"{place}.connectivity")
        else:
            found = [replace(problem, place=join(f"{place}.connectivity", problem.place)) for problem in found]
        problems += found
        problems += _delay_problems(connection, f"{place}.connectivity", document.experiment.simulation.dt)
        delay, longest = connection.connectivity.delay, connection.connectivity.max_delay
        if isinstance(delay, Constant) and longest is not None and delay.value > longest:
            message = f"{delay.value:g} ms are cut to max_delay, which is {longest:g} ms"
            where = f"{place}.connectivity.delay"
            problems.append(Problem(where, message, "Raise max_delay, or shorten the delay.", severity="warning"))
        if connection.rewiring is not None and not connection.connectivity.rewirable:
            title = connection.connectivity.title.lower()
            message = f"'{title}' connectivity has no synapses that could move, expected one that is sparse"
            hint = "Choose 'Fixed probability' or 'Sparse' as its connectivity."
            problems.append(Problem(f"{place}.rewiring", message, hint, fix=_sparse_fix(connection, place)))
        elif connection.rewiring is not None and connection.frozen:
            fix = Fix("Do not rewire", f"{place}.rewiring", None)
            problems.append(Problem(f"{place}.rewiring", "frozen weights change no sign: nothing moves", fix=fix))
        least, most = connection.min_weight, connection.max_weight
        if least is not None and most is not None and least >= most:
            message = f"{least:g} found, expected less than max_weight, which is {most:g}"
            fix = Fix("Leave out the least weight", f"{place}.min_weight", None)
            if least > most:
                fix = Fix("Exchange them", f"{place}.min_weight", most, also=((f"{place}.max_weight", least),))
            problems.append(Problem(f"{place}.min_weight", message, "Exchange the two, or leave one out.", fix=fix))
    return problems


def _sparse_fix(connection: Connection, place: str) -> Fix:
    """Connect a tenth of the pairs, where the rule for the weights can stay what it is; else rewire nothing."""
    dense = connection.connectivity
    if not isinstance(dense, Dense) or isinstance(dense.weight, Array) or isinstance(dense.delay, Array):
        return Fix("Do not rewire", f"{place}.rewiring", None)
    sparse = FixedProbability(p=0.1, weight=dense.weight, delay=dense.delay, max_delay=dense.max_delay)
    return Fix("Make it a random 10 %", f"{place}.connectivity", sparse)


def _shape_problems(connection: Connection, shapes: Shapes, network: Network) -> list[Problem]:
    """A connectivity that cannot start from its source, or does not give its target's shape; places are below it."""
    source, target = shapes.get(connection.source), shapes.get(connection.target)
    if source is None:
        return []
    try:
        expected = connection.connectivity.target_shape(source)
    except Refused as error:
        return list(error.problems)
    if expected is not None and prod(expected) > MOST_NEURONS:
        message = f"it makes {' x '.join(map(str, expected))} neurons, expected at most {MOST_NEURONS}"
        return [Problem("", message, "Use a smaller source, fewer filters or smaller strides.")]
    if target is None or expected is None or prod(expected) == prod(target):
        return []
    found, made = (" x ".join(map(str, shape)) for shape in (target, expected))
    message = f"it makes {made} neurons, but '{connection.target}' has {found}"
    population = network.population(connection.target)
    fix = Fix("Give the target this shape", f"{network.place(population)}.shape", list(expected))
    return [Problem("", message, "Change the shape of the target, or leave it out to infer it.", fix=fix)]


def _value_problems(network: Network, connection: Connection, ends: Ends, place: str) -> list[Problem]:
    """Weights and delays that do not fit the synapses."""
    connectivity = connection.connectivity
    drawn = [(name, getattr(connectivity, name, None)) for name in ("weight", "delay")]
    if not any(isinstance(value, Array) or (value is not None and value.needs_surroundings) for _, value in drawn):
        return []
    problems: list[Problem] = []
    for name, value in drawn:
        where = f"{place}.{name}"
        if isinstance(value, Array):
            matrix = connectivity.matrix(ends)
            problems += array_problems(value, where, matrix.shape(*ends.sizes), matrix.dimensions)
        elif value is not None and (message := value.problem(surroundings(network, connection, ends))):
            problems.append(Problem(where, message, "Choose another initialiser."))
    return problems


def array_problems(array: Array, place: str, expected: tuple[int, ...] | None, what: str = "") -> list[Problem]:
    """An array that cannot be read or has not the shape that is expected."""
    try:
        shape = array.shape()
    except UserError as error:
        return [Problem(place, error.message, error.hint)]
    if expected is not None and shape != expected:
        found = " x ".join(map(str, shape))
        return [Problem(place, f"an array of {found} found, expected {' x '.join(map(str, expected))} ({what})")]
    return []


def _room_problem(connection: Connection, place: str, dt: float) -> Problem | None:
    """Why delays that learn have no room to do so."""
    most = connection.connectivity.max_delay
    if most is None:
        fix = Fix("Let them grow to 20 ms", f"{place}.max_delay", 20.0)
        message = "delays that learn need a longest one, for which room is kept"
        return Problem(f"{place}.max_delay", message, "Give max_delay (ms).", fix=fix)
    if most < dt:
        message = f"{most:g} ms are less than a timestep: the delays cannot learn"
        return Problem(f"{place}.max_delay", message, "Give a longer max_delay (ms).")
    return None


def _delay_problems(connection: Connection, place: str, dt: float) -> list[Problem]:
    connectivity = connection.connectivity
    if connection.train_delays and (room := _room_problem(connection, place, dt)) is not None:
        return [room]
    shortest, longest = connectivity.delay.smallest, connectivity.longest_delay
    if isinstance(connectivity.delay, Array):
        try:
            values = connectivity.delay.values()
        except UserError:
            return []  # said with the other arrays
        shortest, longest = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if longest is None:
        message = f"'{connectivity.delay.type}' has no largest value, and room must be kept for the longest delay"
        fix = Fix("Cut at 20 ms", f"{place}.max_delay", 20.0)
        return [Problem(f"{place}.max_delay", message, "Give max_delay (ms).", fix=fix)]
    if shortest is not None and shortest < 0:
        fix = Fix("Use no delay", f"{place}.delay", 0.0)
        return [Problem(f"{place}.delay", f"{shortest:g} ms found, expected at least 0", fix=fix)]
    if longest / dt > MOST_DELAY_STEPS:
        message = f"{longest:g} ms are more than {MOST_DELAY_STEPS} timesteps"
        return [Problem(f"{place}.delay", message, "Use shorter delays or a longer dt.")]
    return []

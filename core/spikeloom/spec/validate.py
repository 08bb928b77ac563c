"""What keeps a document from running, said before anything is compiled, at the place it concerns."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from math import ceil, prod
from typing import TYPE_CHECKING

from spikeloom.errors import UserError
from spikeloom.spec.base import Type
from spikeloom.spec.connections import array_problems, connection_problems
from spikeloom.spec.dataset_problems import dataset_problems
from spikeloom.spec.datasets.pattern import Pattern
from spikeloom.spec.encoder_problems import encoder_problems
from spikeloom.spec.encoders.population_code import PopulationCode
from spikeloom.spec.figures import metric_problems, monitor_problems
from spikeloom.spec.initialisers.array import Array
from spikeloom.spec.initialisers.snippet import Snippet
from spikeloom.spec.neurons.array_input import ArrayInput
from spikeloom.spec.neurons.custom import CustomNeuron
from spikeloom.spec.node import walk
from spikeloom.spec.problem import Fix, InvalidDocument, Problem, join, printable, suggestion
from spikeloom.spec.recording_problems import recording_problems
from spikeloom.spec.shapes import infer_shapes, shape_problems
from spikeloom.spec.synapses.custom import CustomSynapse

if TYPE_CHECKING:
    from spikeloom.spec.document import Document
    from spikeloom.spec.network import Network

MOST_TIMESTEPS = 10**7
ANSWER_TIME = 56.0  # ms after an image that is shown pixel by pixel, as Bellec et al. 2018 have it
CODE_PLACE = re.compile(r"(.*?):(\d+:\d+)$")
CODE_FIELDS = {
    "sim_code": "sim_code",
    "threshold_condition_code": "threshold",
    "reset_code": "reset",
    "var_init_code": "code",
}
SMALLEST, LARGEST = 1.2e-38, 3.4e38  # of the numbers that single precision holds


def validate(document: Document) -> list[Problem]:
    """All problems of a document: errors, which keep it from running, and warnings; an empty list if it is sound."""
    problems = document.network.problems()
    # With dangling or doubled names, the rest would repeat the same news in other words.
    named = not problems
    problems += shape_problems(document)
    problems += _structure_problems(document.network)
    problems += connection_problems(document)
    problems += _population_array_problems(document)
    problems += _field_problems(document)
    problems += dataset_problems(document)
    problems += encoder_problems(document)
    problems += _target_problems(document)
    problems += _time_problems(document)
    problems += recording_problems(document)
    problems += _range_problems(document)
    problems += _code_problems(document)
    if named:
        problems += _unreachable(document.network)
        problems += metric_problems(document)
        problems += monitor_problems(document)
        if document.experiment.learning is not None:
            problems += document.experiment.learning.problems(document)
            problems += _frozen_problems(document)
        problems += _regularisation_problems(document)
    return problems


def check(document: Document) -> list[Problem]:
    """The warnings of a document that can run.

    Raises
    ------
    InvalidDocument
        A `UserError`, where it cannot.
    """
    problems = validate(document)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InvalidDocument(errors)
    return problems


def _regularisation_problems(document: Document) -> list[Problem]:
    """Settings of regularisation at populations that nothing regularises."""
    eventprop = document.experiment.learning is not None and document.experiment.learning.type == "eventprop"
    problems = []
    for index, population in enumerate(document.network.populations):
        if eventprop and not population.neuron.is_input and population.readout is None:
            continue
        for name in ("reg_lambda_upper", "reg_lambda_lower", "reg_nu_upper"):
            if getattr(population, name) is not None:
                place = f"network.populations[{index}].{name}"
                message = "has no effect here: EventProp regularises hidden populations alone"
                fix = Fix("Leave it out", place, None)
                problems.append(Problem(place, message, fix=fix, severity="warning"))
    return problems


def _frozen_problems(document: Document) -> list[Problem]:
    """A learning rule that finds nothing to move."""
    able = [connection for connection in document.network.connections if connection.connectivity.trained]
    rule, parts = document.experiment.learning, document.network.connections
    if not able or rule is None or rule.type == "inference" or any(c.learns or c.train_delays for c in parts):
        return []
    place = f"{document.network.place(able[-1])}.frozen"
    fix = Fix("Let it learn", place, False)
    return [Problem(place, "all connections are frozen: nothing learns", "Let one of them learn.", fix=fix)]


def _structure_problems(network: Network) -> list[Problem]:
    problems = []
    if not network.inputs:
        problems.append(Problem("network", "no input population", "Add a population of 'spike_input'."))
    if not network.outputs:
        hint = "Give the output population's neuron a readout, such as 'avg_var'."
        message = "no output population: none has a readout"
        problems.append(Problem("network", message, hint, fix=_readout_fix(network)))
    for index, population in enumerate(network.populations):
        readout, neuron = population.readout, population.neuron
        if readout is not None and readout.needs_spikes and not neuron.spiking:
            place = f"network.populations[{index}].neuron.readout"
            message = f"'{readout.type}' needs spikes, and '{neuron.type}' ({neuron.title.lower()}) has none"
            fix = Fix("Use avg_var", place, {"type": "avg_var"})
            problems.append(Problem(place, message, "Use a readout of a variable, such as 'avg_var'.", fix=fix))
    return problems


def _readout_fix(network: Network) -> Fix | None:
    """Read out the one population that can only be meant: the one that never spikes, or else the end of the network."""
    able = [p for p in network.populations if not p.neuron.is_input and "readout" in type(p.neuron).model_fields]
    silent = [p for p in able if not p.neuron.spiking]
    # A connection to itself does not make a population a way station.
    ends = [p for p in able if not any(c.target != p.name for c in network.outgoing(p.name))]
    found = silent or ends
    if len(found) != 1:
        return None
    readout = {"type": "spike_count" if found[0].neuron.spiking else "avg_var"}
    return Fix(f"Make '{found[0].name}' the readout", f"{network.place(found[0])}.neuron.readout", readout)


def _field_problems(document: Document) -> list[Problem]:
    """What inputs and outputs ask of the dataset, and what it does not have."""
    problems: list[Problem] = []
    dataset, network = document.experiment.dataset, document.network
    for population in network.populations:
        place, neuron = network.place(population), population.neuron
        if population.loss is not None and population.readout is None:
            fix = Fix("Remove the loss", f"{place}.loss", None)
            problems.append(Problem(f"{place}.loss", "only an output has a loss, and it has no readout", fix=fix))
        if dataset is None or not dataset.knows_fields:
            continue
        known = dataset.input_fields if neuron.is_input else dataset.label_fields
        takes_part = neuron.is_input or population.readout is not None
        if takes_part and population.field is not None and population.field not in known:
            message = f"no field '{printable(population.field, 64)}' in '{dataset.type}'"
            message += suggestion(population.field, known)
            # Fields are listed with the usual one first.
            first = next(iter(known))
            usual = Fix(f"Use '{first}'", f"{place}.field", first)
            problems.append(Problem(f"{place}.field", message, f"Known here: {', '.join(known)}.", fix=usual))
        frames = getattr(neuron, "input_frames", 1)
        if neuron.takes_values and dataset.gives_spikes:
            message = f"'{population.name}' makes spikes of numbers, but the examples of '{dataset.type}' are spikes"
            fix = Fix("Use a spike input", f"{place}.neuron", {"type": "spike_input"})
            problems.append(Problem(f"{place}.neuron", message, "Use a spike_input.", fix=fix))
        elif frames > 1:
            message = f"{frames} frames found, but the examples of '{dataset.type}' stand still"
            fix = Fix("Use one frame", f"{place}.neuron.input_frames", 1)
            problems.append(Problem(f"{place}.neuron.input_frames", message, "Set input_frames to 1.", fix=fix))
    return problems


def _target_problems(document: Document) -> list[Problem]:
    dataset = document.experiment.dataset
    rule = document.experiment.learning
    if dataset is None or not dataset.targets_over_time or rule is None or not document.learns:
        return []
    if rule.targets_over_time:
        return []
    message = f"'{rule.type}' takes one target for each example, and those of '{dataset.type}' change with time"
    curves = {"type": "eprop", "loss": {"type": "mean_square_error", "target_per_timestep": True}}
    fix = Fix("Use e-prop", "experiment.learning", curves)
    return [Problem("experiment.learning", message, "Use e-prop, or another data set.", fix=fix)]


def _expected_of(place: str, shape: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The shape that an array of a population must have, where it is known."""
    return (prod(shape),) if place.endswith(".biases") and shape is not None else None


def _population_array_problems(document: Document) -> list[Problem]:
    network, shapes = document.network, infer_shapes(document)
    return [
        problem
        for part in network.populations
        for where, node in walk(part, network.place(part))
        if isinstance(node, Array)
        for problem in array_problems(node, where, _expected_of(where, shapes.get(part.name)), "one for each neuron")
    ]


def _time_problems(document: Document) -> list[Problem]:
    problems = []
    experiment = document.experiment
    simulation = experiment.simulation
    place = "experiment.simulation.example_time"
    steps = simulation.example_time / simulation.dt
    if steps > MOST_TIMESTEPS:
        message = f"{steps:.3g} timesteps of {simulation.dt:g} ms found, expected at most {MOST_TIMESTEPS}"
        return [Problem(place, message, "Use a longer dt or a shorter example.")]
    if simulation.timesteps < 1:
        message = f"{simulation.example_time:g} ms is shorter than a timestep ({simulation.dt:g} ms)"
        return [Problem(place, message, "Use a longer example or a shorter dt.")]
    if abs(simulation.timesteps - steps) > 1e-6 * max(steps, 1):
        message = f"{simulation.example_time:g} ms is no whole number of timesteps; {simulation.timesteps} will be run"
        whole = float(f"{simulation.timesteps * simulation.dt:.9g}")
        problems.append(Problem(place, message, severity="warning", fix=Fix(f"Use {whole:g} ms", place, whole)))
    for index, population in enumerate(document.network.populations):
        neuron = population.neuron
        if isinstance(neuron, ArrayInput) and neuron.input_frames > 1:
            needed = (neuron.input_frames - 1) * neuron.input_frame_timesteps + 1
            if needed > simulation.timesteps:
                message = f"{neuron.input_frames} frames of {neuron.input_frame_timesteps} timesteps found, but an "
                message += f"example has {simulation.timesteps} timesteps; later frames are never seen"
                where = f"network.populations[{index}].neuron.input_frames"
                time = float(f"{needed * simulation.dt:.9g}")
                fix = Fix(f"Use examples of {time:g} ms", place, time)
                problems.append(Problem(where, message, "Use a longer example.", severity="warning", fix=fix))
    dataset = experiment.dataset
    if isinstance(dataset, Pattern) and abs(dataset.duration - simulation.example_time) > simulation.dt:
        duration = dataset.duration
        longer = duration > simulation.example_time
        rest = "the end of it is never seen" if longer else "its input is silent after that"
        message = f"{simulation.example_time:g} ms found, but a pattern lasts {duration:g} ms; {rest}"
        fix = Fix(f"Use {duration:g} ms", place, duration)
        problems.append(Problem(place, message, "Use examples as long as it.", severity="warning", fix=fix))
    problems += _showing_problems(document)
    encoder, inside = getattr(dataset, "encoder", None), "experiment.dataset.encoder"
    if isinstance(encoder, PopulationCode):
        encoder, inside = encoder.encoder, f"{inside}.encoder"
    longest = getattr(encoder, "max_time", None)
    if longest is not None and longest > simulation.example_time:
        message = f"{longest:g} found, but an example lasts {simulation.example_time:g} ms; later spikes are lost"
        hint = "Use a longer example_time or a shorter max_time."
        where = f"{inside}.max_time"
        fix = Fix(f"Use {simulation.example_time:g} ms", where, simulation.example_time)
        problems.append(Problem(where, message, hint, severity="warning", fix=fix))
    return problems


def _showing_problems(document: Document) -> list[Problem]:
    """An encoder that shows the numbers of an example one after the other needs time for them and for the answer."""
    dataset, simulation = document.experiment.dataset, document.experiment.simulation
    if dataset is None or dataset.encoder is None or not dataset.knows_fields:
        return []
    encoder, fields = dataset.encoder, dataset.input_fields
    taken = [p.field or dataset.field_names[0] for p in document.network.inputs if not p.neuron.takes_values]
    needed = max((encoder.time_needed(fields[name]) for name in taken if name in fields), default=0.0)
    if not needed or simulation.timesteps * simulation.dt >= needed + simulation.dt * (1 - 1e-6):
        return []
    lost = "the rest is never seen" if simulation.example_time < needed else "no time is left to answer"
    message = f"{simulation.example_time:g} ms found, but '{encoder.type}' shows an example for {needed:g} ms; {lost}"
    time = float(f"{ceil((needed + ANSWER_TIME) / simulation.dt - 1e-6) * simulation.dt:.9g}")
    place = "experiment.simulation.example_time"
    fix = Fix(f"Use {time:g} ms", place, time)
    return [Problem(place, message, "Use a longer example_time.", severity="warning", fix=fix)]


def _range_problems(document: Document) -> list[Problem]:
    """Numbers that single precision, in which networks run, would turn into 0 or infinity."""
    problems = []
    for place, node in walk(document):
        for name in type(node).model_fields:
            value = getattr(node, name)
            items = value.items() if isinstance(value, dict) else [("", value)]
            for key, number in items:
                if isinstance(number, float) and number and not SMALLEST <= abs(number) <= LARGEST:
                    message = f"{number:g} found, too {'large' if abs(number) > 1 else 'small'} for single precision"
                    hint = f"Use a number from {SMALLEST:g} to {LARGEST:g}, or 0."
                    where = join(place, name)
                    problems.append(Problem(join(where, key) if key else where, message, hint))
    return problems


def _code_problems(document: Document) -> list[Problem]:
    """Codes of the user's that are not in GeNN's language, with line and column."""
    # The parser is needed for such codes alone: importing it costs time.
    from spikeloom.genn.model_check import check_init_snippet, check_neuron_model, check_postsynaptic_model

    problems = []
    network, dt = document.network, document.experiment.simulation.dt
    for population in network.populations:
        neuron, place = population.neuron, f"{network.place(population)}.neuron"
        if _is_users(neuron, CustomNeuron):
            problems += _code_problem(neuron, place, partial(check_neuron_model, neuron.dynamics(dt).model, place))
        if isinstance(neuron, CustomNeuron) and (message := neuron.check_variable()):
            problems.append(Problem(f"{place}.variable", message, "Name one of its variables."))
    neurons = {population.name: population.neuron for population in network.populations}
    for connection in network.connections:
        synapse, place = connection.synapse, f"{network.place(connection)}.synapse"
        for where, node in walk(connection, network.place(connection)):
            if isinstance(node, Snippet):
                problems += _code_problem(node, where, partial(check_init_snippet, node.snippet(), where))
        target = neurons.get(connection.target)
        if target is not None and _is_users(synapse, CustomSynapse):
            model = synapse.postsynaptic(target, dt)[0]
            problems += _code_problem(synapse, place, partial(check_postsynaptic_model, model, place))
    return problems


def _is_users(node: Type, custom: type[Type]) -> bool:
    """Whether codes are the user's own: typed in, or of a class of a script."""
    return type(node) is custom or not type(node).__module__.startswith("spikeloom.spec.")


def _code_problem(node: Type, place: str, look: Callable[[], None]) -> list[Problem]:
    """What `look` raises, at the field that holds the code."""
    try:
        look()
    except UserError as error:
        found = CODE_PLACE.match(error.place)
        code, where = (found[1], found[2]) if found else (error.place, "")
        field = CODE_FIELDS.get(code.removeprefix(f"{place}."), "")
        known = field in type(node).model_fields
        message = f"line {where.replace(':', ', column ')}: {error.message}" if where else error.message
        return [Problem(f"{place}.{field}" if known else place, message, error.hint)]
    return []


def _unreachable(network: Network) -> list[Problem]:
    targets: dict[str, list[str]] = {}
    for connection in network.connections:
        targets.setdefault(connection.source, []).append(connection.target)
    reached = {population.name for population in network.inputs}
    waiting = list(reached)
    while waiting:
        for target in targets.get(waiting.pop(), []):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    problems = []
    for index, population in enumerate(network.populations):
        if population.name not in reached and network.inputs:
            message = f"no connections lead from an input to '{population.name}'"
            problems.append(Problem(f"network.populations[{index}]", message, severity="warning"))
    return problems

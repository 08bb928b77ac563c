"""Recorders of parts, variables, neurons and synapses that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikeloom.errors import UserError
from spikeloom.spec.experiment import PopulationRecorder, SynapseRecorder, VariableRecorder
from spikeloom.spec.problem import Fix, Problem, printable, suggestion
from spikeloom.spec.selection import chosen
from spikeloom.spec.shapes import infer_shapes

if TYPE_CHECKING:
    from spikeloom.spec.document import Document


def recording_problems(document: Document) -> list[Problem]:
    """Recorders of what is not there."""
    problems = []
    shapes = infer_shapes(document)
    populations = {population.name: population for population in document.network.populations}
    for index, recorder in enumerate(document.experiment.recording):
        place = f"experiment.recording[{index}]"
        problems += _example_problems(recorder.examples, f"{place}.examples")
        if isinstance(recorder, SynapseRecorder):
            problems += synapse_problems(document, recorder, place)
            continue
        assert isinstance(recorder, PopulationRecorder)
        if recorder.population not in populations:
            message = f"no population '{printable(recorder.population, 64)}'"
            message += suggestion(recorder.population, populations)
            problems.append(Problem(f"{place}.population", message))
            continue
        neuron = populations[recorder.population].neuron
        if isinstance(recorder, VariableRecorder):
            names = [var.name for var in neuron.dynamics(document.experiment.simulation.dt).model.vars]
            if recorder.variable not in names:
                known = f"Known here: {', '.join(names) or 'none'}."
                message = f"no variable '{printable(recorder.variable, 64)}' in '{recorder.population}'"
                message += suggestion(recorder.variable, names)
                problems.append(Problem(f"{place}.variable", message, known))
        elif not neuron.spiking:
            message = f"'{recorder.population}' ({neuron.title.lower()}) never spikes"
            problems.append(Problem(f"{place}.population", message, "Record a variable instead."))
        problems += selection_problems(recorder.neurons, f"{place}.neurons", recorder.population, shapes)
    return problems


def _example_problems(selection: str | list[Any] | None, place: str) -> list[Problem]:
    """Examples that are chosen along several axes: they have one."""
    axes = selection if isinstance(selection, list) else []
    if not any(isinstance(axis, list | str) for axis in axes) or len(axes) == 1:
        return []
    single = [axis[0] for axis in axes if isinstance(axis, list) and len(axis) == 1]
    message = f"{len(axes)} axes found, but examples stand in a row"
    if len(single) != len(axes):
        return [Problem(place, message, "Write numbers such as [0, 7], or one slice such as 0:100.")]
    fix = Fix(f"Examples {', '.join(map(str, single))}", place, single)
    return [Problem(place, message, f"Write [{', '.join(map(str, single))}].", fix=fix)]


def selection_problems(
    selection: str | list[Any] | None, place: str, population: str, shapes: dict[str, tuple[int, ...]]
) -> list[Problem]:
    """Neurons that a population has not."""
    if population not in shapes:
        return []
    try:
        chosen(selection, shapes[population], "neurons", population)
    except UserError as error:
        return [Problem(place, error.message, error.hint)]
    return []


def synapse_problems(document: Document, recorder: SynapseRecorder, place: str) -> list[Problem]:
    """A recorder of a connection, a variable or neurons that are not there."""
    connections = {connection.name: connection for connection in document.network.connections}
    if recorder.connection not in connections:
        message = f"no connection '{printable(recorder.connection, 64)}'"
        return [Problem(f"{place}.connection", message + suggestion(recorder.connection, connections))]
    connection, rule, shapes = connections[recorder.connection], document.experiment.learning, infer_shapes(document)
    ends = {population.name for population in document.network.populations}
    if not {connection.source, connection.target} <= ends:
        return []  # said of the connection
    known = rule.synapse_variables(document, connection) if rule is not None else ()
    problems = selection_problems(recorder.sources, f"{place}.sources", connection.source, shapes)
    problems += selection_problems(recorder.targets, f"{place}.targets", connection.target, shapes)
    if recorder.variable not in known:
        message = f"no variable '{printable(recorder.variable, 64)}' of the synapses of '{recorder.connection}'"
        hint = f"Known here: {', '.join(known)}."
        fix = Fix(f"Record {known[0]}", f"{place}.variable", known[0]) if known else None
        if not known:
            hint = "Synapses onto hidden populations have traces under e-prop in its forward mode."
            fix = Fix("Remove this recorder", place, removes=True)
        problems.append(Problem(f"{place}.variable", message + suggestion(recorder.variable, known), hint, fix=fix))
    return problems

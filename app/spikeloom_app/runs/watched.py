"""What the window watches while a network learns: a few neurons of each population that has a voltage, some synapses."""

from __future__ import annotations

from math import prod
from typing import Any

from spikeloom.spec import Document, SynapseRecorder, ends_of, infer_shapes

HIDDEN_NEURONS = 4
OUTPUT_NEURONS = 10
MOST_POPULATIONS = 8
SYNAPSES = 4
MOST_CONNECTIONS = 4
GOLDEN = 0.618034


def watched_variables(document: Document) -> list[list[Any]]:
    """``[population, variable, [neurons]]`` for the worker's probe, or ``[connection, variable, [synapses]]``."""
    shapes = infer_shapes(document)
    found: list[list[Any]] = []
    for population in document.network.populations:
        if population.neuron.is_input or population.name not in shapes:
            continue
        most = HIDDEN_NEURONS if population.readout is None else OUTPUT_NEURONS
        count = min(most, prod(shapes[population.name]))
        found.append([population.name, population.neuron.output_var, list(range(count))])
    return found[:MOST_POPULATIONS] + _synapses(document)[:MOST_CONNECTIONS]


def _synapses(document: Document) -> list[list[Any]]:
    """The traces that the learning rule keeps for synapses: of some, spread over the connection."""
    rule, shapes = document.experiment.learning, infer_shapes(document)
    names = {population.name for population in document.network.populations}
    found: list[list[Any]] = []
    for connection in document.network.connections:
        ends = ends_of(connection, shapes)
        if rule is None or ends is None or not {connection.source, connection.target} <= names:
            continue
        known = rule.synapse_variables(document, connection)
        recorders = [r for r in document.experiment.recording if isinstance(r, SynapseRecorder)]
        asked = {recorder.variable for recorder in recorders if recorder.connection == connection.name}
        # A trace that somebody records is kept; else one that the rule needs anyway.
        chosen = next((variable for variable in known if variable in asked), known[-1] if known else None)
        if chosen is not None and not connection.connectivity.problems(ends):
            count = connection.connectivity.matrix(ends).num_synapses(*ends.sizes)
            # Multiples of the golden ratio: far from each other, and in no row or column of pixels.
            places = {int((k + 1) * GOLDEN % 1 * count) for k in range(min(SYNAPSES, count))}
            found.append([connection.name, chosen, sorted(places)])
    return found

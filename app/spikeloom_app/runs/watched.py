"""What the window watches while a network learns: a few neurons of each population with a voltage, some synapses."""

from __future__ import annotations

from math import prod
from typing import Any

from spikeloom.spec import Document, SynapseRecorder, infer_shapes

HIDDEN_NEURONS = 4
OUTPUT_NEURONS = 10
MOST_POPULATIONS = 8
MOST_CONNECTIONS = 4


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
    """The traces that the learning rule keeps for synapses; the worker chooses which, by the example."""
    rule, recording = document.experiment.learning, document.experiment.recording
    names = {population.name for population in document.network.populations}
    found: list[list[Any]] = []
    for connection in document.network.connections:
        if rule is None or not {connection.source, connection.target} <= names:
            continue
        known = rule.synapse_variables(document, connection)
        recorders = [r for r in recording if isinstance(r, SynapseRecorder) and r.connection == connection.name]
        asked = {recorder.variable for recorder in recorders}
        # A trace that somebody records is kept; else one that the rule needs anyway.
        chosen = next((variable for variable in known if variable in asked), known[-1] if known else None)
        found += [] if chosen is None else [[connection.name, chosen, []]]
    return found

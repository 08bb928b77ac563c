"""What the window watches while a network learns: a few neurons of each population that has a voltage."""

from __future__ import annotations

from math import prod
from typing import Any

from spikeloom.spec import Document, infer_shapes

HIDDEN_NEURONS = 4
OUTPUT_NEURONS = 10
MOST_POPULATIONS = 8


def watched_variables(document: Document) -> list[list[Any]]:
    """``[population, variable, [neurons]]`` for the worker's probe."""
    shapes = infer_shapes(document)
    found: list[list[Any]] = []
    for population in document.network.populations:
        if population.neuron.is_input or population.name not in shapes:
            continue
        most = HIDDEN_NEURONS if population.readout is None else OUTPUT_NEURONS
        count = min(most, prod(shapes[population.name]))
        found.append([population.name, population.neuron.output_var, list(range(count))])
    return found[:MOST_POPULATIONS]

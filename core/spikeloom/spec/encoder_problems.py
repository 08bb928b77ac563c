"""What is wrong with the encoder of a document: it does not fit the examples, or the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikeloom.spec.problem import Fix, Problem

if TYPE_CHECKING:
    from spikeloom.spec.document import Document

PLACE = "experiment.dataset.encoder"
LATENCY = Fix("Use linear latency", PLACE, {"type": "linear_latency"})


def encoder_problems(document: Document) -> list[Problem]:
    """All of them."""
    dataset = document.experiment.dataset
    encoder = dataset.encoder if dataset is not None else None
    if dataset is None or encoder is None:
        return []
    taken = [(n, p) for n, p in enumerate(document.network.populations) if p.neuron.is_input]
    taken = [(number, population) for number, population in taken if not population.neuron.takes_values]
    if not encoder.makes_spikes:
        return [_of_input(encoder.type, number, population.name) for number, population in taken]
    if encoder.over_time and dataset.still and taken:
        message = f"the values of '{dataset.type}' stand still, and '{encoder.type}' needs values that change with time"
        hint = "Use an encoder of single values, or values over time, whose first axis is time."
        return [Problem(PLACE, message, hint, fix=LATENCY)]
    return []


def _of_input(encoder: str, number: int, name: str) -> Problem:
    place = f"network.populations[{number}].neuron"
    message = f"'{name}' takes spikes, and '{encoder}' makes none: it hands over the numbers"
    hint = "Use an input that takes numbers (lif_input, if_input), or another encoder."
    return Problem(place, message, hint, fix=Fix("Use an LIF input", place, {"type": "lif_input"}))

"""How many steps of an example the tape holds, given the memory that a thread may use for it."""

from __future__ import annotations

from math import ceil, sqrt

from spikeloom.compilers.inference import population_size
from spikeloom.spec import Document, EProp

BYTES = 4
STATE = 12  # values that a neuron's state may take at the start of a segment


def segment_length(document: Document, learning: EProp) -> int:
    """Steps per segment: all of an example where they fit, else as many as do beside the states that are kept.

    It depends on the document alone, never on the machine. Where even short segments do not fit, those that need the
    least memory are taken.
    """
    timesteps = document.experiment.simulation.timesteps
    step = neurons = 0
    for population in document.network.populations:
        size = population_size(document, population.name)
        neurons += size
        if population.neuron.is_input:
            step += BYTES * size if population.neuron.takes_values else 0
        else:
            hidden = population.readout is None
            step += BYTES * size * ((2 + learning.regularises) if hidden else 1)
    limit = learning.tape_memory * 1e6
    if step * timesteps <= limit:
        return timesteps
    # A segment more costs a state more: the least memory is needed where both grow alike.
    state = BYTES * STATE * neurons
    least = max(1, ceil(sqrt(timesteps * state / step)))
    length = timesteps
    while length > least and step * length + state * ceil(timesteps / length) > limit:
        length = max(least, int(length * 0.9))
    return min(length, timesteps)

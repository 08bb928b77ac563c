"""How many steps of an example the tape holds, given the memory that a thread may use for it."""

from __future__ import annotations

from math import ceil

from spikeloom.compilers.inference import population_size
from spikeloom.spec import Document, EProp

BYTES = 4
STATE = 12  # values that a neuron's state may take at the start of a segment


def segment_length(document: Document, learning: EProp) -> int:
    """Steps per segment: all of an example where they fit, else as many as do beside the states that are kept.

    It depends on the document alone, never on the machine. Where even short segments do not fit, those that need the
    least memory are taken.
    """
    simulation = document.experiment.simulation
    timesteps, step, state = simulation.timesteps, 0, 0
    for population in document.network.populations:
        size = population_size(document, population.name)
        state += BYTES * STATE * size
        if population.neuron.is_input:
            step += BYTES * size if population.neuron.takes_values else 0
        else:
            hidden = population.readout is None
            step += BYTES * size * ((2 + learning.regularises) if hidden else 1)
    for connection in document.network.connections:  # spikes on their way
        delay = round((connection.connectivity.longest_delay or 0) / simulation.dt)
        state += BYTES * (delay + 1) * population_size(document, connection.target) if delay else 0

    def needed(length: int) -> float:
        return step * length + (state * ceil(timesteps / length) if length < timesteps else 0)

    lengths = [timesteps]
    while lengths[-1] > 1:
        lengths.append(max(1, int(lengths[-1] * 0.9)))
    fitting = [length for length in lengths if needed(length) <= learning.tape_memory * 1e6]
    return fitting[0] if fitting else min(lengths, key=needed)

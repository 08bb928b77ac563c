"""What becomes of a spike that arrives: the current of its synapse, and the membrane that the current charges."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spikeloom.spec import Exponential, Neuron, Synapse


@dataclass(frozen=True)
class Filter:
    """A step of current and membrane.

    Parameters
    ----------
    decay
        What is left of the voltage.
    gain
        What a unit of current adds to the voltage.
    left
        What is left of the current; 0 where a spike acts at once.
    """

    decay: float
    gain: float
    left: float


def filter_of(neuron: Neuron, synapse: Synapse, dt: float) -> Filter:
    """That of a synapse onto a leaky neuron, for a timestep of `dt` ms."""
    tau_mem: float = neuron.tau_mem  # type: ignore[attr-defined]
    scale = -math.expm1(-dt / tau_mem) if getattr(neuron, "scale_i", False) else 1.0
    decay = math.exp(-dt / tau_mem)
    if isinstance(synapse, Exponential):
        return Filter(decay, scale * neuron.current_gain(synapse.tau, dt), math.exp(-dt / synapse.tau))
    return Filter(decay, scale, 0.0)

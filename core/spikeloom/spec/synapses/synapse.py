"""The family of synapses: how the summed input of a connection becomes a current."""

from __future__ import annotations

from abc import abstractmethod

from spikeloom.genn import PostsynapticModel
from spikeloom.spec.base import Type
from spikeloom.spec.neurons.neuron import Neuron


class Synapse(Type):
    """How the spikes that arrive at a neuron, each times its weight, become a current."""

    @abstractmethod
    def postsynaptic(self, target: Neuron, dt: float) -> tuple[PostsynapticModel, dict[str, float]]:
        """The GeNN model and its parameters, for a target neuron and a timestep of `dt` ms."""

    def psp(self, target: Neuron) -> tuple[float, float] | None:
        """Integral (ms) of the potential that a spike of weight 1 evokes in the target, and of its square."""
        return None

"""Neurons: one file per type."""

from spikeloom.spec.neurons.li import LI
from spikeloom.spec.neurons.lif import LIF
from spikeloom.spec.neurons.neuron import Neuron, NeuronDynamics
from spikeloom.spec.neurons.spike_input import SpikeInput

__all__ = ["LI", "LIF", "Neuron", "NeuronDynamics", "SpikeInput"]

"""Neurons: one file per type."""

from spikeloom.spec.neurons.alif import ALIF
from spikeloom.spec.neurons.array_input import ArrayInput
from spikeloom.spec.neurons.binary_input import BinaryInput
from spikeloom.spec.neurons.custom import CustomNeuron
from spikeloom.spec.neurons.if_input import IFInput
from spikeloom.spec.neurons.integrate_and_fire import IF
from spikeloom.spec.neurons.li import LI
from spikeloom.spec.neurons.lif import LIF
from spikeloom.spec.neurons.lif_input import LIFInput
from spikeloom.spec.neurons.neuron import Neuron, NeuronDynamics
from spikeloom.spec.neurons.poisson_input import PoissonInput
from spikeloom.spec.neurons.spike_input import SpikeInput

__all__ = [
    "ALIF",
    "IF",
    "LI",
    "LIF",
    "ArrayInput",
    "BinaryInput",
    "CustomNeuron",
    "IFInput",
    "LIFInput",
    "Neuron",
    "NeuronDynamics",
    "PoissonInput",
    "SpikeInput",
]

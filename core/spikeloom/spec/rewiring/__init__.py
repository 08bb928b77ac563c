"""Rules by which synapses move while a network learns: one file per type."""

from spikeloom.spec.rewiring.deep_r import DeepR
from spikeloom.spec.rewiring.rewiring import Rewiring

__all__ = ["DeepR", "Rewiring"]

"""Synapses: one file per type."""

from spikeloom.spec.synapses.custom import CustomSynapse
from spikeloom.spec.synapses.delta import Delta
from spikeloom.spec.synapses.exponential import Exponential
from spikeloom.spec.synapses.synapse import Synapse

__all__ = ["CustomSynapse", "Delta", "Exponential", "Synapse"]

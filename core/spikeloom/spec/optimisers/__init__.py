"""Optimisers: one file per type."""

from spikeloom.spec.optimisers.adam import Adam
from spikeloom.spec.optimisers.optimiser import Optimiser
from spikeloom.spec.optimisers.sgd import SGD

__all__ = ["SGD", "Adam", "Optimiser"]

"""Optimisers: one file per type."""

from spikeloom.spec.optimisers.adam import Adam
from spikeloom.spec.optimisers.adam_w import AdamW
from spikeloom.spec.optimisers.optimiser import Optimiser
from spikeloom.spec.optimisers.rms_prop import RMSprop
from spikeloom.spec.optimisers.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimiser", "RMSprop"]

"""Initialisers: one file per type."""

from spikeloom.spec.initialisers.array import Array
from spikeloom.spec.initialisers.constant import Constant
from spikeloom.spec.initialisers.distribution import Distribution
from spikeloom.spec.initialisers.fluctuation_driven import FluctuationDriven
from spikeloom.spec.initialisers.initialiser import Around, Initialiser
from spikeloom.spec.initialisers.kaiming import Kaiming
from spikeloom.spec.initialisers.normal import Normal
from spikeloom.spec.initialisers.snippet import Snippet
from spikeloom.spec.initialisers.uniform import Uniform
from spikeloom.spec.initialisers.xavier import Xavier

__all__ = [
    "Around",
    "Array",
    "Constant",
    "Distribution",
    "FluctuationDriven",
    "Initialiser",
    "Kaiming",
    "Normal",
    "Snippet",
    "Uniform",
    "Xavier",
]

"""Initialisers: one file per type."""

from spikeloom.spec.initialisers.array import Array
from spikeloom.spec.initialisers.constant import Constant
from spikeloom.spec.initialisers.initialiser import Initialiser
from spikeloom.spec.initialisers.kaiming import Kaiming
from spikeloom.spec.initialisers.normal import Normal
from spikeloom.spec.initialisers.uniform import Uniform
from spikeloom.spec.initialisers.xavier import Xavier

__all__ = ["Array", "Constant", "Initialiser", "Kaiming", "Normal", "Uniform", "Xavier"]

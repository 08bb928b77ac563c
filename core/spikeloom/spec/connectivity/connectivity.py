"""The family of connectivities: which neurons are connected, with which weights."""

from __future__ import annotations

from spikeloom.spec.base import Type
from spikeloom.spec.fields import setting
from spikeloom.spec.initialisers.initialiser import Initialiser


class Connectivity(Type):
    """Which neurons of two populations are connected, with which weights."""

    weight: Initialiser = setting(help="The weights' first values.")

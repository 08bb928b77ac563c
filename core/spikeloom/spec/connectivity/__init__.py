"""Connectivity: one file per type."""

from spikeloom.spec.connectivity.connectivity import Connectivity
from spikeloom.spec.connectivity.dense import Dense

__all__ = ["Connectivity", "Dense"]

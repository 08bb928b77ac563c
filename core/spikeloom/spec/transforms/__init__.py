"""Transforms of spikes: one file per type."""

from spikeloom.spec.transforms.time_scaling import TimeScaling
from spikeloom.spec.transforms.transform import Transform

__all__ = ["TimeScaling", "Transform"]

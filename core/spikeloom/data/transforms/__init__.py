"""What transforms do to spikes, all of many examples at once: one file per kind."""

from spikeloom.data.transforms import blending, channels, denoising, dropping, space, times  # noqa: F401 - they register
from spikeloom.data.transforms.chain import apply
from spikeloom.data.transforms.transformed import Surroundings, transformed

__all__ = ["Surroundings", "apply", "transformed"]

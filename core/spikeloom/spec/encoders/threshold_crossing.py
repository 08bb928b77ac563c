"""Crossings of thresholds, one number after the other."""

from __future__ import annotations

from math import prod
from typing import ClassVar

import numpy as np
from pydantic import field_validator

from spikeloom.spec.encoders.encoder import Encoder, gain_field
from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse


class ThresholdCrossing(Encoder):
    """The numbers of an example one after the other, as rises and falls through thresholds; then a cue to answer.

    Pixel p of an image is shown from ``p pixel_time`` on, row by row. Each threshold has two neurons: one spikes where
    the value rises through it from one pixel to the next, the other where it falls. The thresholds are
    ``(k + 1/2) / (neurons / 2)``; before the first pixel the value is 0. One neuron more, the last, spikes in every
    timestep once the image is over. The sequential MNIST of Bellec et al. 2018.
    """

    title: ClassVar[str] = "Threshold crossing"
    equations: ClassVar[tuple[str, ...]] = (
        r"\mathrm{rise:}\;\; x_{p-1} < \theta_k \leq x_p \qquad \mathrm{fall:}\;\; x_p < \theta_k \leq x_{p-1}",
        r"t = p \cdot t_{\mathrm{pixel}}, \;\; \theta_k = \dfrac{k + 1/2}{N / 2}",
    )

    neurons: int = quantity(
        80, ge=2, le=10**6, help="Neurons for rises and falls, half of them for each; the cue has one more.", step=2
    )
    pixel_time: float = quantity(1.0, gt=0, unit="ms", help="How long each number is shown.", step=0.5)
    gain: float = gain_field()

    @field_validator("neurons")
    @classmethod
    def _even(cls, neurons: int) -> int:
        if neurons % 2:
            refuse(f"{neurons} found, expected an even number: two for each threshold")
        return neurons

    @property
    def thresholds(self) -> np.ndarray:
        """Evenly spaced within 0..1; those of the rises and of the falls alike."""
        half = self.neurons // 2
        return (np.arange(half) + 0.5) / half

    def input_shape(self, sample: tuple[int, ...]) -> tuple[int, ...]:
        """Rises, falls and the cue, whatever the size of an example."""
        return (self.neurons + 1,)

    def time_needed(self, sample: tuple[int, ...]) -> float:
        """All of its numbers; the cue comes after that."""
        return prod(sample) * self.pixel_time

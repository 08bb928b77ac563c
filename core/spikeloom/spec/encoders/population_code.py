"""Population code."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import field_validator

from spikeloom.spec.encoders.encoder import Encoder
from spikeloom.spec.encoders.linear_latency import LinearLatency
from spikeloom.spec.encoders.log_latency import LogLatency
from spikeloom.spec.encoders.poisson_rate import PoissonRate
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.problem import refuse

OF_ACTIVATIONS = (LinearLatency, LogLatency, PoissonRate)


def _early() -> LinearLatency:
    return LinearLatency(threshold=0.1)


class PopulationCode(Encoder):
    """Each value becomes several neurons, each of which prefers a value of its own: Gaussian receptive fields.

    The preferred values are spread evenly over 0..1. How active a neuron is, from 0 to 1, becomes spikes as the
    `encoder` within says: early spikes or many of them (Bohte et al. 2002).
    """

    title: ClassVar[str] = "Population code"
    equations: ClassVar[tuple[str, ...]] = (
        r"a_k = \exp \left(-\dfrac{(x - c_k)^2}{2 \sigma^2}\right), \;\; c_k = \dfrac{k}{N - 1}",
        r"\sigma = \dfrac{\mathrm{width}}{N - 1}",
    )

    neurons: int = quantity(8, ge=2, le=1000, help="Neurons for each value.")
    width: float = quantity(
        0.7,
        gt=0,
        le=1000,
        help="Standard deviation of a receptive field, where the distance to the next one is 1.",
        step=0.1,
    )
    encoder: Encoder = setting(factory=_early, help="How activations become spikes.", label="Encoder of activations")

    @field_validator("encoder")
    @classmethod
    def _of_activations(cls, encoder: Any) -> Any:
        if not isinstance(encoder, OF_ACTIVATIONS):
            names = " or ".join(f"'{cls.type}'" for cls in OF_ACTIVATIONS)
            refuse(f"'{encoder.type}' found, expected {names}")
        return encoder

    @property
    def draws(self) -> bool:
        """Where the encoder within does."""
        return self.encoder.draws

    @property
    def centres(self) -> np.ndarray:
        """The preferred values."""
        return np.arange(self.neurons) / (self.neurons - 1)

    @property
    def standard_deviation(self) -> float:
        """Of the receptive fields, in units of the values."""
        return self.width / (self.neurons - 1)

    def input_shape(self, sample: tuple[int, ...]) -> tuple[int, ...]:
        """One axis more, the last."""
        return (*sample, self.neurons) if sample else ()

"""Rate code."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.encoders.encoder import Encoder, gain_field
from spikeloom.spec.fields import quantity


class PoissonRate(Encoder):
    """Spikes at random, at a rate that is proportional to the value: a Poisson process for each input.

    Training examples are drawn anew in each epoch; those for validation and test are drawn once. Several spikes of a
    neuron in one timestep are one, so that it spikes in a step with the probability ``1 - exp(-x max_rate dt)``.
    """

    title: ClassVar[str] = "Poisson rate"
    equations: ClassVar[tuple[str, ...]] = (r"P(\mathrm{spike}) = 1 - e^{-x\, r_{\mathrm{max}}\, dt}",)

    max_rate: float = quantity(100.0, gt=0, le=10_000, unit="Hz", help="Rate of a value of 1.", step=10.0, live=True)
    gain: float = gain_field()

    @property
    def draws(self) -> bool:
        """It does."""
        return True

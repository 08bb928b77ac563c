"""Random spikes at a rate that follows the value."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.neurons.array_input import ArrayInput, frame_timesteps_field, frames_field
from spikeloom.spec.neurons.neuron import NeuronDynamics


class PoissonInput(ArrayInput):
    """Spikes at random, at a rate that is proportional to the value: a Poisson process.

    In a step of dt it spikes with the probability ``1 - exp(-|x| rate dt)``. With `signed_spikes` a negative value
    gives negative spikes: they act on the targets with the weight's opposite sign; otherwise it gives none.
    """

    title: ClassVar[str] = "Poisson input"
    equations: ClassVar[tuple[str, ...]] = (r"P(\mathrm{spike}) = 1 - e^{-x \cdot \mathrm{rate} \cdot dt}, \;\; x > 0",)

    rate: float = quantity(100.0, gt=0, unit="Hz", help="Rate for a value of 1.", step=10.0, live=True)
    signed_spikes: bool = setting(False, help="Negative values give negative spikes.", advanced=True)
    input_frames: int = frames_field()
    input_frame_timesteps: int = frame_timesteps_field()

    def dynamics(self, dt: float) -> NeuronDynamics:
        """One random number per neuron and step."""
        fires = "gennrand_uniform() >= exp(-size * RateStep)"
        params = {"RateStep": self.rate * dt / 1000.0}
        return self.flagging("PoissonInput", params, fires, signed=self.signed_spikes)

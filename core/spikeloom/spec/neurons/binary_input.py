"""A spike in every step in which the value is large enough."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.neurons.array_input import ArrayInput, frame_timesteps_field, frames_field
from spikeloom.spec.neurons.neuron import NeuronDynamics


class BinaryInput(ArrayInput):
    """Spikes in every step in which the value is above the threshold.

    With `signed_spikes` a value below minus the threshold gives negative spikes, which act on the targets with the
    weight's opposite sign.
    """

    title: ClassVar[str] = "Binary input"
    equations: ClassVar[tuple[str, ...]] = (r"\mathrm{spike\ in\ each\ step\ with}\ x > \mathrm{threshold}",)

    threshold: float = quantity(0.0, ge=0, help="Values up to it give no spike.", step=0.1)
    signed_spikes: bool = setting(False, help="Negative values give negative spikes.", advanced=True)
    input_frames: int = frames_field()
    input_frame_timesteps: int = frame_timesteps_field()

    def dynamics(self, dt: float) -> NeuronDynamics:
        """A comparison in each step."""
        return self.flagging(
            "BinaryInput", {"Threshold": self.threshold}, "size > Threshold", signed=self.signed_spikes
        )

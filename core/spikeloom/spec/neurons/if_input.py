"""The value as a current into an integrate-and-fire neuron."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.neurons.array_input import ArrayInput, frame_timesteps_field, frames_field
from spikeloom.spec.neurons.neuron import NeuronDynamics
from spikeloom.spec.neurons.spiking import AT_THRESHOLD, SpikingNeuron


class IFInput(ArrayInput, SpikingNeuron):
    """Integrates the value as a current and spikes where it reaches the threshold: a rate that follows the value.

    ``V' = gain x`` (per ms); at ``V >= v_thresh`` it spikes and V is set to `v_reset`, or, with `relative_reset`,
    lowered by ``v_thresh - v_reset``.
    """

    type: ClassVar[str] = "if_input"
    title: ClassVar[str] = "Integrate-and-fire input"
    equations: ClassVar[tuple[str, ...]] = (
        r"\dot{V} = \mathrm{gain} \cdot x",
        AT_THRESHOLD,
    )

    gain: float = quantity(1.0, unit="1/ms", help="What a value of 1 adds to the voltage.", step=0.1)
    v_thresh: float = quantity(1.0, help="Voltage at which it spikes.", step=0.1)
    v_reset: float = quantity(0.0, help="Voltage after a spike.", step=0.1)
    v: float = quantity(0.0, help="Voltage at the start of an example.", label="Initial voltage", step=0.1)
    tau_refrac: float = quantity(
        0.0, ge=0, unit="ms", help="Refractory period after a spike.", step=1.0, label="Refractory period"
    )
    relative_reset: bool = setting(False, help="Lower the voltage by v_thresh - v_reset at a spike.", advanced=True)
    integrate_during_refrac: bool = setting(False, help="Go on integrating while refractory.", advanced=True)
    input_frames: int = frames_field()
    input_frame_timesteps: int = frame_timesteps_field()

    def dynamics(self, dt: float) -> NeuronDynamics:
        """The exact integral of a value that stands still over each step."""
        params = {"GainStep": self.gain * dt}
        step = "V += GainStep * input;"
        return self.with_input(self.spiking_dynamics(step, params, {"V": self.v}, always=self.reading()))

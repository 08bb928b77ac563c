"""The value as a current into a leaky integrate-and-fire neuron."""

from __future__ import annotations

import math
from typing import ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.neurons.array_input import ArrayInput, frame_timesteps_field, frames_field
from spikeloom.spec.neurons.neuron import NeuronDynamics
from spikeloom.spec.neurons.spiking import AT_THRESHOLD, SpikingNeuron


class LIFInput(ArrayInput, SpikingNeuron):
    """Integrates the value as a current, leaks, and spikes where it reaches the threshold.

    ``tau_mem V' = -V + gain x``; at ``V >= v_thresh`` it spikes and V is set to `v_reset`, or, with `relative_reset`,
    lowered by ``v_thresh - v_reset``.
    """

    type: ClassVar[str] = "lif_input"
    title: ClassVar[str] = "LIF input"
    equations: ClassVar[tuple[str, ...]] = (
        r"\tau_{\mathrm{mem}}\, \dot{V} = -V + \mathrm{gain} \cdot x",
        AT_THRESHOLD,
    )

    tau_mem: float = quantity(
        20.0, gt=0, unit="ms", help="Time constant of the membrane.", step=1.0, label="Membrane time constant"
    )
    gain: float = quantity(2.0, help="Voltage that a value of 1 would lead to in the end.", step=0.1)
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
        """The exact step for a value that stands still."""
        params = {"Alpha": math.exp(-dt / self.tau_mem), "Gain": self.gain}
        step = "V = (Alpha * V) + ((1.0 - Alpha) * Gain * input);"
        return self.with_input(self.spiking_dynamics(step, params, {"V": self.v}, always=self.reading()))

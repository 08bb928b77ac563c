"""The leaky integrate-and-fire neuron."""

from __future__ import annotations

import math
from typing import ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.neurons.neuron import NeuronDynamics, membrane_gain
from spikeloom.spec.neurons.spiking import AT_THRESHOLD, SpikingNeuron, leaky_step
from spikeloom.spec.readouts.readout import Readout


class LIF(SpikingNeuron):
    """Integrates its input, leaks, and spikes where it reaches a threshold.

    ``tau_mem V' = -V + I + bias``; at ``V >= v_thresh`` it spikes and V is set to `v_reset`, or, with `relative_reset`,
    lowered by ``v_thresh - v_reset``. For `tau_refrac` after a spike it cannot spike, and V is held unless
    `integrate_during_refrac`.
    """

    title: ClassVar[str] = "Leaky integrate-and-fire"
    equations: ClassVar[tuple[str, ...]] = (
        r"\tau_{\mathrm{mem}}\, \dot{V} = -V + I + b",
        AT_THRESHOLD,
    )

    tau_mem: float = quantity(
        20.0, gt=0, unit="ms", help="Time constant of the membrane.", step=1.0, label="Membrane time constant"
    )
    v_thresh: float = quantity(1.0, help="Voltage at which it spikes.", step=0.1)
    v_reset: float = quantity(0.0, help="Voltage after a spike.", step=0.1)
    v: float = quantity(0.0, help="Voltage at the start of an example.", label="Initial voltage", step=0.1)
    tau_refrac: float = quantity(
        0.0, ge=0, unit="ms", help="Refractory period after a spike.", step=1.0, label="Refractory period"
    )
    relative_reset: bool = setting(False, help="Lower the voltage by v_thresh - v_reset at a spike.", advanced=True)
    integrate_during_refrac: bool = setting(False, help="Go on integrating while refractory.", advanced=True)
    bias: float = quantity(0.0, help="Constant input.", step=0.1, advanced=True)
    scale_i: bool = setting(
        False, help="Scale the input by 1 - exp(-dt / tau_mem), as if it lasted a step.", advanced=True
    )
    readout: Readout | None = setting(None, help="What is read from the neurons, where they are an output.")

    def dynamics(self, dt: float) -> NeuronDynamics:
        """The model; the refractory period is in it only where there is one."""
        code, params = leaky_step(self.bias, scale_i=self.scale_i)
        return self.spiking_dynamics(
            code,
            {"Alpha": math.exp(-dt / self.tau_mem), **params},
            {"V": self.v},
        )

    def current_gain(self, tau_syn: float, dt: float) -> float:
        """The exact integral of the current over a step (see `membrane_gain`)."""
        return membrane_gain(self.tau_mem, tau_syn, dt)

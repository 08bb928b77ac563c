"""The integrate-and-fire neuron."""

from __future__ import annotations

import math
from typing import ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.neurons.neuron import NeuronDynamics
from spikeloom.spec.neurons.spiking import AT_THRESHOLD, SpikingNeuron
from spikeloom.spec.readouts.readout import Readout


class IF(SpikingNeuron):
    """Integrates its input without leaking, and spikes where it reaches a threshold.

    ``V' = I + bias`` (per ms); at ``V >= v_thresh`` it spikes and V is set to `v_reset`, or, with `relative_reset`,
    lowered by ``v_thresh - v_reset``.
    """

    title: ClassVar[str] = "Integrate-and-fire"
    equations: ClassVar[tuple[str, ...]] = (
        r"\dot{V} = I + b",
        AT_THRESHOLD,
    )

    v_thresh: float = quantity(1.0, help="Voltage at which it spikes.", step=0.1)
    v_reset: float = quantity(0.0, help="Voltage after a spike.", step=0.1)
    v: float = quantity(0.0, help="Voltage at the start of an example.", label="Initial voltage", step=0.1)
    tau_refrac: float = quantity(
        0.0, ge=0, unit="ms", help="Refractory period after a spike.", step=1.0, label="Refractory period"
    )
    relative_reset: bool = setting(False, help="Lower the voltage by v_thresh - v_reset at a spike.", advanced=True)
    integrate_during_refrac: bool = setting(False, help="Go on integrating while refractory.", advanced=True)
    bias: float = quantity(0.0, unit="1/ms", help="Constant input.", step=0.1, advanced=True)
    readout: Readout | None = setting(None, help="What is read from the neurons, where they are an output.")

    def dynamics(self, dt: float) -> NeuronDynamics:
        """The model; the bias is in it only where there is one."""
        return self.spiking_dynamics(
            "V += Isyn + BiasStep;" if self.bias else "V += Isyn;",
            {"BiasStep": self.bias * dt} if self.bias else {},
            {"V": self.v},
        )

    def current_gain(self, tau_syn: float, dt: float) -> float:
        """The exact integral (ms) of a current that decays with `tau_syn`: ``tau_syn (1 - exp(-dt / tau_syn))``."""
        return -tau_syn * math.expm1(-dt / tau_syn)

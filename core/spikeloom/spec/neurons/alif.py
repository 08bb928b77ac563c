"""The adaptive leaky integrate-and-fire neuron."""

from __future__ import annotations

import math
from typing import ClassVar

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.neurons.neuron import NeuronDynamics, membrane_gain
from spikeloom.spec.neurons.spiking import RELATIVE_RESET, SpikingNeuron, leaky_step
from spikeloom.spec.readouts.readout import Readout


class ALIF(SpikingNeuron):
    """A leaky integrate-and-fire neuron whose threshold rises with each of its spikes and sinks again.

    ``tau_mem V' = -V + I + bias``, ``tau_adapt A' = -A``; at ``V >= v_thresh + beta A`` it spikes: V is lowered by
    ``v_thresh - v_reset`` (or, without `relative_reset`, set to `v_reset`) and A rises by 1, from the next step on
    (Bellec et al. 2020).
    """

    title: ClassVar[str] = "Adaptive LIF"
    equations: ClassVar[tuple[str, ...]] = (
        r"\tau_{\mathrm{mem}}\, \dot{V} = -V + I + b",
        r"\tau_{\mathrm{adapt}}\, \dot{A} = -A",
        r"V \geq V_{\mathrm{thresh}} + \beta A: \;\; A \leftarrow A + 1,",
        r"\qquad " + RELATIVE_RESET,
    )

    tau_mem: float = quantity(
        20.0, gt=0, unit="ms", help="Time constant of the membrane.", step=1.0, label="Membrane time constant"
    )
    tau_adapt: float = quantity(
        2000.0, gt=0, unit="ms", help="Time constant of the adaptation.", step=100.0, label="Adaptation time constant"
    )
    beta: float = quantity(0.0174, help="What the adaptation adds to the threshold, per spike.", step=0.01)
    v_thresh: float = quantity(1.0, help="Voltage at which it spikes, without adaptation.", step=0.1)
    v_reset: float = quantity(0.0, help="Voltage after a spike.", step=0.1)
    v: float = quantity(0.0, help="Voltage at the start of an example.", label="Initial voltage", step=0.1)
    a: float = quantity(0.0, help="Adaptation at the start of an example.", label="Initial adaptation", step=0.1)
    tau_refrac: float = quantity(
        0.0, ge=0, unit="ms", help="Refractory period after a spike.", step=1.0, label="Refractory period"
    )
    relative_reset: bool = setting(True, help="Lower the voltage by v_thresh - v_reset at a spike.", advanced=True)
    integrate_during_refrac: bool = setting(True, help="Go on integrating while refractory.", advanced=True)
    bias: float = quantity(0.0, help="Constant input.", step=0.1, advanced=True)
    scale_i: bool = setting(
        False, help="Scale the input by 1 - exp(-dt / tau_mem), as if it lasted a step.", advanced=True
    )
    readout: Readout | None = setting(None, help="What is read from the neurons, where they are an output.")

    def dynamics(self, dt: float) -> NeuronDynamics:
        """The model: the adaptation goes on while the voltage is held."""
        code, params = leaky_step(self.bias, scale_i=self.scale_i)
        alpha, rho = math.exp(-dt / self.tau_mem), math.exp(-dt / self.tau_adapt)
        return self.spiking_dynamics(
            code,
            {"Alpha": alpha, "Rho": rho, "BetaAdapt": self.beta, **params},
            {"V": self.v, "A": self.a, "Spiked": 0.0},
            always="A = (Rho * A) + Spiked; Spiked = 0.0;",
            threshold="V >= Vthresh + (BetaAdapt * A)",
            at_spike=["Spiked = 1.0;"],
        )

    def current_gain(self, tau_syn: float, dt: float) -> float:
        """The exact integral of the current over a step (see `membrane_gain`)."""
        return membrane_gain(self.tau_mem, tau_syn, dt)

"""The leaky integrate-and-fire neuron."""

from __future__ import annotations

import math
from typing import ClassVar, Self

from pydantic import model_validator

from spikeloom.genn import NeuronModel, Var
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.neurons.neuron import Neuron, NeuronDynamics, membrane_gain
from spikeloom.spec.problem import refuse
from spikeloom.spec.readouts.readout import Readout


class LIF(Neuron):
    """Integrates its input, leaks, and spikes where it reaches a threshold.

    ``tau_mem V' = -V + I``; at ``V >= v_thresh`` it spikes and V is set to `v_reset`, or, with `relative_reset`,
    lowered by ``v_thresh - v_reset``. For `tau_refrac` after a spike it cannot spike, and V is held unless
    `integrate_during_refrac`.
    """

    title: ClassVar[str] = "Leaky integrate-and-fire"

    tau_mem: float = quantity(20.0, gt=0, unit="ms", help="Time constant of the membrane.", step=1.0)
    v_thresh: float = quantity(1.0, help="Voltage at which it spikes.", step=0.1)
    v_reset: float = quantity(0.0, help="Voltage after a spike.", step=0.1)
    v: float = quantity(0.0, help="Voltage at the start of an example.", label="Initial v", step=0.1)
    tau_refrac: float = quantity(0.0, ge=0, unit="ms", help="Refractory period after a spike.", step=1.0)
    relative_reset: bool = setting(False, help="Lower the voltage by v_thresh - v_reset at a spike.", advanced=True)
    integrate_during_refrac: bool = setting(False, help="Go on integrating while refractory.", advanced=True)
    readout: Readout | None = setting(None, help="What is read from the neurons, where they are an output.")

    @model_validator(mode="after")
    def _reset_below_threshold(self) -> Self:
        if self.v_thresh <= self.v_reset:
            refuse(f"{self.v_thresh:g} found, expected more than v_reset ({self.v_reset:g})", place="v_thresh")
        return self

    def dynamics(self, dt: float) -> NeuronDynamics:
        """The model; the refractory period is in it only where there is one."""
        params = {"Alpha": math.exp(-dt / self.tau_mem), "Vthresh": self.v_thresh, "Vreset": self.v_reset}
        variables = [Var("V")]
        var_init = {"V": self.v}
        sim_code = "V = (Alpha * V) + Isyn;"
        threshold = "V >= Vthresh"
        reset = "V -= (Vthresh - Vreset);" if self.relative_reset else "V = Vreset;"
        if self.tau_refrac > 0:
            params["TauRefrac"] = self.tau_refrac
            variables.append(Var("RefracTime"))
            var_init["RefracTime"] = 0.0
            # Half a step, not 0: counting down in single precision may leave a rest.
            sim_code = (
                f"if (RefracTime > (0.5 * dt)) {{ RefracTime -= dt; }}\n{sim_code}"
                if self.integrate_during_refrac
                else f"if (RefracTime > (0.5 * dt)) {{ RefracTime -= dt; }}\nelse {{ {sim_code} }}"
            )
            threshold = f"RefracTime <= (0.5 * dt) && {threshold}"
            reset = f"{reset}\nRefracTime = TauRefrac;"
        model = NeuronModel("LIF", tuple(params), tuple(variables), sim_code, threshold, reset)
        return NeuronDynamics(model, params, var_init)

    def current_gain(self, tau_syn: float, dt: float) -> float:
        """The exact integral of the current over a step (see `membrane_gain`)."""
        return membrane_gain(self.tau_mem, tau_syn, dt)

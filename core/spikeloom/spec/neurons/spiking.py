"""What spiking neurons have in common: threshold, reset, refractory period, and how their codes are put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from spikeloom.genn import NeuronModel, Var
from spikeloom.spec.neurons.neuron import Neuron, NeuronDynamics
from spikeloom.spec.problem import refuse

# What equations say of the reset, where it is absolute and where it is relative.
RESET = r"V \leftarrow V_{\mathrm{reset}}"
RELATIVE_RESET = r"V \leftarrow V - (V_{\mathrm{thresh}} - V_{\mathrm{reset}})"
AT_THRESHOLD = r"V \geq V_{\mathrm{thresh}}: \;\; " + RESET


class SpikingNeuron(Neuron):
    """A neuron that spikes at a threshold. Each type declares the fields itself, in the order of its form."""

    if TYPE_CHECKING:
        v_thresh: float
        v_reset: float
        relative_reset: bool
        tau_refrac: float
        integrate_during_refrac: bool

    @model_validator(mode="after")
    def _reset_below_threshold(self) -> Self:
        if self.v_thresh <= self.v_reset:
            refuse(f"{self.v_thresh:g} found, expected more than v_reset ({self.v_reset:g})", place="v_thresh")
        return self

    def own_equations(self) -> tuple[str, ...]:
        """Those of the type, with the reset that was chosen."""
        used, other = (RELATIVE_RESET, RESET) if self.relative_reset else (RESET, RELATIVE_RESET)
        return tuple(line.replace(other, used) for line in self.equations)

    def spiking_dynamics(
        self,
        sim_code: str,
        params: dict[str, float],
        var_init: dict[str, float],
        *,
        always: str = "",
        threshold: str = "V >= Vthresh",
        at_spike: Sequence[str] = (),
    ) -> NeuronDynamics:
        """The model; the refractory period is in its codes only where there is one.

        Parameters
        ----------
        sim_code
            The step of ``V``, which a refractory period may hold.
        params, var_init
            Of `sim_code`, `always`, `threshold` and `at_spike`; the names of the variables are those of `var_init`.
        always
            What a step does whether or not the neuron is refractory.
        at_spike
            What a spike does beside the reset.
        """
        params = {**params, "Vthresh": self.v_thresh, "Vreset": self.v_reset}
        var_init = dict(var_init)
        reset = "V -= (Vthresh - Vreset);" if self.relative_reset else "V = Vreset;"
        if self.tau_refrac > 0:
            params["TauRefrac"] = self.tau_refrac
            var_init["RefracTime"] = 0.0
            # Half a step, not 0: counting down in single precision may leave a rest.
            counted = "if (RefracTime > (0.5 * dt)) { RefracTime -= dt; }"
            held = f"{counted}\nelse {{ {sim_code} }}"
            sim_code = f"{counted}\n{sim_code}" if self.integrate_during_refrac else held
            threshold = f"RefracTime <= (0.5 * dt) && {threshold}"
            reset = f"{reset}\nRefracTime = TauRefrac;"
        model = NeuronModel(
            type(self).__name__,
            tuple(params),
            tuple(map(Var, var_init)),
            f"{always}\n{sim_code}".strip(),
            threshold,
            "\n".join([reset, *at_spike]),
        )
        return NeuronDynamics(model, params, var_init)


def leaky_step(bias: float, *, scale_i: bool) -> tuple[str, dict[str, float]]:
    """The step of ``tau_mem V' = -V + I + bias``: its code, and parameters beside ``Alpha``."""
    current = "((1 - Alpha) * Isyn)" if scale_i else "Isyn"
    if not bias:
        return f"V = (Alpha * V) + {current};", {}
    return f"V = (Alpha * V) + {current} + ((1 - Alpha) * Bias);", {"Bias": bias}

"""The average of the output variable, early steps weighing more."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Var
from spikeloom.spec.fields import quantity
from spikeloom.spec.readouts.readout import Readout, ReadoutDynamics, forward


class AvgVarExpWeight(Readout):
    """The average of the output variable with weights that decay exponentially over the example.

    ``sum over steps n of exp(-local_t_scale * n / timesteps) * V[n] / timesteps`` (Nowotny et al. 2022).
    """

    title: ClassVar[str] = "Average of variable, exponentially weighted"
    equations: ClassVar[tuple[str, ...]] = (
        r"y = \dfrac{1}{T}\, \sum_{n=0}^{T-1}\, e^{-\mathrm{scale} \cdot n / T}\; V_n",
    )

    local_t_scale: float = quantity(1.0, ge=0, help="Decays of the weight over one example.", step=0.1)

    def dynamics(self, output_var: str, timesteps: int, dt: float) -> ReadoutDynamics:
        """Add up the weighted steps; step n is t / dt."""
        return ReadoutDynamics(
            result="AvgVar",
            vars=(Var("AvgVar"),),
            sim_code=forward(f"AvgVar += (ReadoutScale * exp(-ReadoutDecay * t) * {output_var});"),
            params={"ReadoutScale": 1.0 / timesteps, "ReadoutDecay": self.local_t_scale / (timesteps * dt)},
            var_init={"AvgVar": 0.0},
        )

"""The average of the output variable."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Var
from spikeloom.spec.readouts.readout import Readout, ReadoutDynamics, forward


class AvgVar(Readout):
    """The output variable (the voltage) averaged over the timesteps."""

    title: ClassVar[str] = "Average of variable"
    equations: ClassVar[tuple[str, ...]] = (r"y = \dfrac{1}{T}\, \sum_{n=0}^{T-1}\, V_n",)

    def dynamics(self, output_var: str, timesteps: int, dt: float) -> ReadoutDynamics:
        """Add up the steps' shares, 1 / timesteps each."""
        return ReadoutDynamics(
            result="AvgVar",
            vars=(Var("AvgVar"),),
            sim_code=forward(f"AvgVar += (ReadoutScale * {output_var});"),
            params={"ReadoutScale": 1.0 / timesteps},
            var_init={"AvgVar": 0.0},
        )

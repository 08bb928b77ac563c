"""The sum of the output variable."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Var
from spikeloom.spec.readouts.readout import Readout, ReadoutDynamics, forward


class SumVar(Readout):
    """The output variable (the voltage) summed over the timesteps."""

    title: ClassVar[str] = "Sum of variable"
    equations: ClassVar[tuple[str, ...]] = (r"y = \sum_{n=0}^{T-1}\, V_n",)

    def dynamics(self, output_var: str, timesteps: int, dt: float) -> ReadoutDynamics:
        """Add it up in every step."""
        return ReadoutDynamics(
            result="SumVar",
            vars=(Var("SumVar"),),
            sim_code=forward(f"SumVar += {output_var};"),
            var_init={"SumVar": 0.0},
        )

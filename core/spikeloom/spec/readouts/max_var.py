"""The maximum of the output variable."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Var
from spikeloom.spec.readouts.readout import Readout, ReadoutDynamics, forward


class MaxVar(Readout):
    """The largest value of the output variable (the voltage) over the timesteps."""

    title: ClassVar[str] = "Maximum of variable"
    equations: ClassVar[tuple[str, ...]] = (r"y = \max_{0 \leq n < T}\, V_n",)

    def dynamics(self, output_var: str, timesteps: int, dt: float) -> ReadoutDynamics:
        """Keep the maximum and the step of it, which a learning rule needs; of equal ones, the first."""
        code = (
            f"if (MaxStep < 0 || {output_var} > MaxVar) {{ MaxVar = {output_var}; MaxStep = (int32_t)round(t / dt); }}"
        )
        return ReadoutDynamics(
            result="MaxVar",
            vars=(Var("MaxVar"), Var("MaxStep", "int32_t")),
            sim_code=forward(code),
            var_init={"MaxVar": 0.0, "MaxStep": -1},
        )

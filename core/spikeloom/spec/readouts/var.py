"""The output variable at the end."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.readouts.readout import Readout, ReadoutDynamics


class VarReadout(Readout):
    """The output variable (the voltage) at the end of the example."""

    type: ClassVar[str] = "var"
    title: ClassVar[str] = "Variable"
    equations: ClassVar[tuple[str, ...]] = (r"y = V_{T-1}",)

    def dynamics(self, output_var: str, timesteps: int, dt: float) -> ReadoutDynamics:
        """Nothing to add: the variable itself."""
        return ReadoutDynamics(result=output_var)

"""The number of spikes."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Var
from spikeloom.spec.readouts.readout import Readout, ReadoutDynamics, forward


class SpikeCount(Readout):
    """The number of spikes in the example."""

    needs_spikes: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (r"y = \mathrm{number\ of\ spikes}",)

    def dynamics(self, output_var: str, timesteps: int, dt: float) -> ReadoutDynamics:
        """Count in the reset code, which runs once per spike."""
        return ReadoutDynamics(
            result="SpikeCount",
            vars=(Var("SpikeCount"),),
            reset_code=forward("SpikeCount += 1.0;"),
            var_init={"SpikeCount": 0.0},
        )

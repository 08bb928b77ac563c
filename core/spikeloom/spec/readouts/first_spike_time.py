"""The time of the first spike."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import Var
from spikeloom.spec.readouts.readout import Readout, ReadoutDynamics, forward


class FirstSpikeTime(Readout):
    """Minus the time of the first spike, so that the earliest wins; minus the example's time where silent."""

    needs_spikes: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"y = -t_{\mathrm{first\ spike}} \;\; \mathrm{(silent:} \;{-T}\, dt\mathrm{)}",
    )

    def dynamics(self, output_var: str, timesteps: int, dt: float) -> ReadoutDynamics:
        """Keep the largest -t: later spikes have a smaller one."""
        return ReadoutDynamics(
            result="FirstSpike",
            vars=(Var("FirstSpike"),),
            reset_code=forward("FirstSpike = fmax(FirstSpike, -t);"),
            var_init={"FirstSpike": -timesteps * dt},
        )

"""The exponential synapse."""

from __future__ import annotations

import math
from typing import ClassVar

from spikeloom.genn import PostsynapticModel
from spikeloom.spec.fields import quantity
from spikeloom.spec.neurons.neuron import Neuron
from spikeloom.spec.synapses.synapse import Synapse


class Exponential(Synapse):
    """A spike adds the weight to a current that decays exponentially.

    ``tau I' = -I``; the target's equation is integrated exactly over each step.
    """

    equations: ClassVar[tuple[str, ...]] = (
        r"\tau\, \dot{I} = -I",
        r"\mathrm{spike}: \;\; I \leftarrow I + w",
    )

    tau: float = quantity(5.0, gt=0, unit="ms", help="Time constant of the current.", step=1.0)

    def postsynaptic(self, target: Neuron, dt: float) -> tuple[PostsynapticModel, dict[str, float]]:
        """``Gain`` is the target's `current_gain`, ``Beta`` the decay over a step."""
        params = {"Gain": target.current_gain(self.tau, dt), "Beta": math.exp(-dt / self.tau)}
        return PostsynapticModel("Exponential", tuple(params), "injectCurrent(Gain * inSyn); inSyn *= Beta;"), params

    def psp(self, target: Neuron) -> tuple[float, float] | None:
        """Of ``tau / (tau_mem - tau) * (exp(-t / tau_mem) - exp(-t / tau))``."""
        leak = target.tau_leak
        return None if leak is None else (self.tau, self.tau**2 / (2 * (leak + self.tau)))

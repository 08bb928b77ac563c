"""The delta synapse."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import PostsynapticModel
from spikeloom.spec.neurons.neuron import Neuron
from spikeloom.spec.synapses.synapse import Synapse


class Delta(Synapse):
    """A spike moves the voltage by the weight, at once."""

    equations: ClassVar[tuple[str, ...]] = (r"\mathrm{spike}: \;\; V \leftarrow V + w",)

    def postsynaptic(self, target: Neuron, dt: float) -> tuple[PostsynapticModel, dict[str, float]]:
        """The model has no parameters."""
        return PostsynapticModel("Delta", (), "injectCurrent(inSyn); inSyn = 0;"), {}

    def psp(self, target: Neuron) -> tuple[float, float] | None:
        """Of ``exp(-t / tau_mem)``."""
        tau = target.tau_leak
        return None if tau is None else (tau, tau / 2)

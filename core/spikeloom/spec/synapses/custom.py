"""A synapse in GeNN code."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import PostsynapticModel
from spikeloom.spec.fields import setting
from spikeloom.spec.neurons.neuron import Neuron
from spikeloom.spec.synapses.synapse import Synapse


class CustomSynapse(Synapse):
    """A synapse whose current you write, in GeNN's language.

    In each step the weights of the spikes that arrive are added to ``inSyn``; then `sim_code` runs for each target
    neuron. It hands on a current with ``injectCurrent(...)`` and says what becomes of ``inSyn``.
    """

    type: ClassVar[str] = "custom"
    title: ClassVar[str] = "Custom synapse"

    params: dict[str, float] = setting(
        factory=lambda: {"tau": 5.0}, help="Parameters of the code, the same for all synapses: name = value."
    )
    sim_code: str = setting(
        "injectCurrent(inSyn);\ninSyn *= exp(-dt / tau);",
        help="What a step does for each target neuron.",
        code=True,
    )

    def postsynaptic(self, target: Neuron, dt: float) -> tuple[PostsynapticModel, dict[str, float]]:
        """The model as it was written; the target's `current_gain` plays no part."""
        return PostsynapticModel("Custom", tuple(self.params), self.sim_code), dict(self.params)

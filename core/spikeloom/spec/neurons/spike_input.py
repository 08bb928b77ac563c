"""The spike input."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import NeuronModel
from spikeloom.spec.neurons.neuron import Neuron, NeuronDynamics


class SpikeInput(Neuron):
    """Emits the spikes that the encoder makes of an example; one neuron per input."""

    is_input: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"s_i(t) = \sum_k\, \delta(t - t_i^k), \;\; t_i^k\ \mathrm{from\ the\ encoder}",
    )

    def dynamics(self, dt: float) -> NeuronDynamics:
        """A spike source: no parameters, no variables."""
        return NeuronDynamics(NeuronModel("SpikeInput", spike_source=True), {}, {})

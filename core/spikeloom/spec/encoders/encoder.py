"""The family of encoders: how the numbers of an example become spikes."""

from __future__ import annotations

from spikeloom.spec.base import Type


class Encoder(Type):
    """How the numbers of an example, each scaled to 0..1, become spikes of the input; `data` does it."""

    def input_shape(self, sample: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the input that takes the spikes of examples of shape `sample`: a neuron per number."""
        return sample

    def time_needed(self, sample: tuple[int, ...]) -> float:
        """How long (ms) an example of shape `sample` is shown; 0 where that depends on its numbers."""
        return 0.0

"""The family of encoders: how the numbers of an example become spikes, which `data` makes of them."""

from __future__ import annotations

from typing import Any, ClassVar

from spikeloom.spec.base import Type
from spikeloom.spec.fields import quantity


def gain_field() -> Any:
    """The declaration of ``gain``, the last field of an encoder."""
    return quantity(
        1.0, gt=0, le=1000, help="Factor of the values; what then exceeds 1 counts as 1.", step=0.1, live=True
    )


class Encoder(Type):
    """How the numbers of an example, each scaled to 0..1, become spikes of the input.

    Class attributes
    ----------------
    makes_spikes
        Whether it makes spikes; else inputs take the numbers themselves.
    over_time
        Whether numbers follow each other in time along the first axis of an example.
    """

    makes_spikes: ClassVar[bool] = True
    over_time: ClassVar[bool] = False

    @property
    def draws(self) -> bool:
        """Whether it draws random numbers: the spikes of training examples are others in each epoch."""
        return False

    def input_shape(self, sample: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the input that takes the spikes of examples of shape `sample`: a neuron per number."""
        return sample

    def time_needed(self, sample: tuple[int, ...]) -> float:
        """How long (ms) an example of shape `sample` is shown; 0 where that depends on its numbers."""
        return 0.0

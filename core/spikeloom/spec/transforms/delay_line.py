"""The past beside the present."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.network import MOST_NEURONS
from spikeloom.spec.problem import refuse
from spikeloom.spec.transforms.transform import Transform


class DelayLine(Transform):
    """Adds copies of all channels that are heard later: of one channel, the spikes of several times at once.

    Copy k of channel i spikes ``k delay`` after it; its neuron is that of channel ``k n + i``, of n channels.
    Nowotny et al. 2022 use 10 delays of 30 ms.
    """

    equations: ClassVar[tuple[str, ...]] = (r"(i, t) \mapsto (k\, n + i,\; t + k\, d), \;\; k = 0, \ldots, K - 1",)

    copies: int = quantity(10, ge=1, le=100, help="How many times each channel is there, the undelayed one among them.")
    delay: float = quantity(30.0, ge=0, le=1e6, unit="ms", help="Time between two copies.", step=5.0)

    def shape_after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The last axis is as many times as long as there are copies."""
        if not shape:
            refuse("an example is a single number, and has no channels", hint="Leave it out.")
        if prod(shape) * self.copies > MOST_NEURONS:
            refuse(f"{prod(shape)} neurons {self.copies} times are more than {MOST_NEURONS}", place="copies")
        return (*shape[:-1], shape[-1] * self.copies)

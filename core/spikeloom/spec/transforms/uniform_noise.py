"""Spikes that mean nothing."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.transforms.transform import Transform


class UniformNoise(Transform):
    """Adds spikes to each example, of any neuron and at any time for which the example is shown, all as likely."""

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (r"t \sim U(0, T), \;\; i \sim U\{0, \ldots, N - 1\}",)

    spikes: int = quantity(100, ge=0, le=100_000, help="Spikes that are added to each example.", step=10)

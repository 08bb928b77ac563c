"""Spikes left out at random."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.transforms.transform import Transform, chance_field


class DropEvent(Transform):
    """Leaves out each spike with the same probability."""

    draws: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (r"P(\mathrm{dropped}) = p",)

    p: float = chance_field(0.1, "Probability that a spike is left out.", label="Probability")

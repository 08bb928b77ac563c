"""A share for the test."""

from __future__ import annotations

from spikeloom.spec.fields import quantity
from spikeloom.spec.splits.split import Split, seed_field, stratified_field


class HoldOut(Split):
    """A share of the examples, drawn with a seed, is for the test."""

    fraction: float = quantity(0.2, gt=0, lt=1, help="Share of the test.", step=0.05)
    stratified: bool = stratified_field()
    seed: int = seed_field()

"""Deep rewiring."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.spec.fields import quantity
from spikeloom.spec.rewiring.rewiring import Rewiring


class DeepR(Rewiring):
    """A synapse whose weight changes its sign goes, and another pair of neurons is connected (Bellec et al. 2018).

    Every pair of neurons has a sign, that of its first weight or one that is drawn. After each update a synapse with
    ``w s < 0`` goes, and as many pairs that have none, chosen at random, get a synapse with a weight of 0. In each
    update ``w -= alpha l1_strength s``, which makes small weights go. The paper's noise is left out (its temperature
    is 0).
    """

    title: ClassVar[str] = "Deep R"
    equations: ClassVar[tuple[str, ...]] = (
        r"w_{ij} \leftarrow w_{ij} - \alpha\, (dL / dw_{ij} + \lambda_1\, s_{ij})",
        r"w_{ij}\, s_{ij} < 0: \;\; \mathrm{another\ pair\ is\ connected,}\;\; w = 0",
    )

    l1_strength: float = quantity(
        0.01, ge=0, help="Pull of every weight towards 0, as a share of the learning rate.", scale="log", step=0.01
    )
    every: int = quantity(1, ge=1, unit="batches", help="Updates from one rewiring to the next.", advanced=True)

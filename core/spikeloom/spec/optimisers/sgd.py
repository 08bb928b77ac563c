"""Stochastic gradient descent."""

from __future__ import annotations

from typing import ClassVar

from spikeloom.genn import CustomUpdateModel, Var
from spikeloom.spec.fields import quantity
from spikeloom.spec.optimisers.optimiser import GRADIENT_AND_VARIABLE, Optimiser


class SGD(Optimiser):
    """Steps along the gradient, with momentum.

    ``u = momentum u + g``, ``w -= alpha u`` in every batch.
    """

    title: ClassVar[str] = "Stochastic gradient descent"
    by_position: ClassVar[tuple[str, ...]] = ("alpha", "momentum")
    equations: ClassVar[tuple[str, ...]] = (
        r"u \leftarrow \mathrm{momentum} \cdot u + g",
        r"w \leftarrow w - \alpha\, u",
    )

    alpha: float = quantity(
        0.01, gt=0, label="Learning rate", help="Step of the weights along the gradient.", scale="log", live=True
    )
    momentum: float = quantity(0.0, ge=0, lt=1, help="Share of the last step that is kept.", step=0.1)

    def update_model(self) -> CustomUpdateModel:
        """The velocity, then the step."""
        return CustomUpdateModel(
            name="SGD",
            params=("Alpha", "Momentum"),
            vars=(Var("Velocity"),),
            var_refs=GRADIENT_AND_VARIABLE,
            update_code="Velocity = (Momentum * Velocity) + Gradient; Variable -= Alpha * Velocity;",
        )

    def constants(self) -> dict[str, float]:
        """The momentum."""
        return {"Momentum": self.momentum}

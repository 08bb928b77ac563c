"""The family of optimisers: each gives the custom update that moves a weight."""

from __future__ import annotations

from abc import abstractmethod

from spikeloom.genn import Access, CustomUpdateModel, Var
from spikeloom.spec.base import Type
from spikeloom.spec.fields import quantity

# The references of every update: the mean gradient of the batch, and the weight that it moves.
GRADIENT_AND_VARIABLE = (Var("Gradient", access=Access.READ_ONLY), Var("Variable"))


class Optimiser(Type):
    """How a gradient moves the weights."""

    alpha: float = quantity(
        ..., gt=0, label="Learning rate", help="Step of the weights along the gradient.", scale="log", live=True
    )

    @abstractmethod
    def update_model(self) -> CustomUpdateModel:
        """The step as a custom update with references ``Gradient`` (read) and ``Variable`` (written)."""

    def constants(self) -> dict[str, float]:
        """The parameters of the update that stay."""
        return {}

    def dynamic(self, step: int) -> dict[str, float]:
        """The parameters of the update in batch `step`, counted from 1."""
        return {"Alpha": self.alpha}

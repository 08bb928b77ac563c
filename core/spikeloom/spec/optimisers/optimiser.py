"""The family of optimisers: each gives the custom update that moves a weight."""

from __future__ import annotations

from abc import abstractmethod

from spikeloom.genn import Access, CustomUpdateModel, Var
from spikeloom.spec.base import Type
from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.schedules.rate_schedule import RateSchedule

# The references of every update: the mean gradient of the batch, and the weight that it moves.
GRADIENT_AND_VARIABLE = (Var("Gradient", access=Access.READ_ONLY), Var("Variable"))


class Optimiser(Type):
    """How a gradient moves the weights."""

    alpha: float = quantity(
        ..., gt=0, label="Learning rate", help="Step of the weights along the gradient.", scale="log", live=True
    )
    schedule: RateSchedule | None = setting(None, help="How the learning rate changes; it stays where left out.")
    clip_norm: float | None = quantity(
        None,
        gt=0,
        help="Largest norm of the gradient of all weights together; a longer one is shortened to it.",
        label="Clip gradient at",
        scale="log",
        advanced=True,
        live=True,
    )

    @abstractmethod
    def update_model(self) -> CustomUpdateModel:
        """The step as a custom update with references ``Gradient`` (read) and ``Variable`` (written)."""

    def constants(self) -> dict[str, float]:
        """The parameters of the update that stay."""
        return {}

    def dynamic(self, step: int, rate: float) -> dict[str, float]:
        """The parameters of the update in batch `step`, counted from 1, at a learning rate."""
        return {"Alpha": rate}

    def rate(self, at: float, epochs: float) -> float:
        """The learning rate after `at` epochs of a training of `epochs`."""
        return self.alpha if self.schedule is None else self.schedule.rate(self.alpha, at, epochs)

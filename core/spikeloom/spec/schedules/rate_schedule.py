"""The family of schedules: how the learning rate changes as training goes on."""

from __future__ import annotations

from abc import abstractmethod
from math import floor
from typing import Literal

from spikeloom.spec.base import Type
from spikeloom.spec.fields import quantity, setting

Every = Literal["epoch", "batch"]


class RateSchedule(Type):
    """How the learning rate changes as training goes on, after a warm-up if there is one.

    A schedule gives the factor by which an optimiser's learning rate is multiplied. During the warm-up it rises in a
    straight line from `warm_up_start` to 1; what the schedule itself says begins when the warm-up is over.
    """

    warm_up: float = quantity(0.0, ge=0, unit="epochs", help="How long the learning rate rises first.", step=1.0)
    warm_up_start: float = quantity(
        0.01, gt=0, le=1, help="Share of the learning rate at which a warm-up starts.", scale="log", advanced=True
    )
    every: Every = setting("epoch", help="Whether it changes from epoch to epoch or from batch to batch.")

    @classmethod
    def noun(cls) -> str:
        """What a message calls a member of the family."""
        return "a schedule of the learning rate"

    @abstractmethod
    def factor(self, at: float, epochs: float) -> float:
        """The factor of the learning rate `at` epochs after the warm-up, of a training of `epochs` after it."""

    def rate(self, alpha: float, at: float, epochs: float) -> float:
        """The learning rate.

        Parameters
        ----------
        alpha
            That of the optimiser.
        at
            Epochs trained so far; within an epoch the share of its batches counts.
        epochs
            Those there will be in all.
        """
        at = floor(at) if self.every == "epoch" else at
        if at < self.warm_up:
            return alpha * (self.warm_up_start + (1 - self.warm_up_start) * at / self.warm_up)
        return alpha * self.factor(at - self.warm_up, max(epochs - self.warm_up, 0.0))

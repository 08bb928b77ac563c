"""Folds, one of which is for the test."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from spikeloom.spec.fields import quantity
from spikeloom.spec.problem import refuse
from spikeloom.spec.splits.split import Split, seed_field, stratified_field


class KFold(Split):
    """The examples are dealt into equal folds; one of them is for the test, the others for training."""

    folds: int = quantity(5, ge=2, le=10**6, help="Number of folds.")
    fold: int = quantity(0, ge=0, help="Which fold is for the test, from 0.")
    stratified: bool = stratified_field()
    seed: int = seed_field()

    @model_validator(mode="after")
    def _there(self) -> Self:
        if self.fold >= self.folds:
            refuse(f"{self.fold} found, expected 0 to {self.folds - 1}", place="fold")
        return self

"""Losses: one file per type."""

from spikeloom.spec.losses.loss import Loss, LossUpdate
from spikeloom.spec.losses.mean_square_error import MeanSquareError
from spikeloom.spec.losses.relative_mean_square_error import RelativeMeanSquareError
from spikeloom.spec.losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy

__all__ = ["Loss", "LossUpdate", "MeanSquareError", "RelativeMeanSquareError", "SparseCategoricalCrossentropy"]

"""Whether a loss takes the targets that the data set has: one for each example, or curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikeloom.spec.losses.loss import Loss
from spikeloom.spec.losses.mean_square_error import MeanSquareError
from spikeloom.spec.problem import Fix, Problem

if TYPE_CHECKING:
    from spikeloom.spec.document import Document


def target_problems(document: Document, loss: Loss, place: str) -> list[Problem]:
    """A loss that takes other targets than the data set has."""
    if type(loss).updates is Loss.updates:
        fix = Fix("Use cross-entropy", place, {"type": "sparse_categorical_crossentropy"})
        return [Problem(place, f"'{loss.type}' does not say how it is computed", "Give it `updates`.", fix=fix)]
    dataset = document.experiment.dataset
    if dataset is None or not dataset.knows_fields:
        return []
    curves = isinstance(loss, MeanSquareError) and loss.target_per_timestep
    if dataset.targets_over_time and not curves:
        curves_loss = {"type": "mean_square_error", "target_per_timestep": True}
        fix = Fix("Use the mean square error of curves", place, curves_loss)
        message = f"the targets of '{dataset.type}' are curves, and '{loss.type}' takes one target per example"
        return [Problem(place, message, "Use mean_square_error with target_per_timestep.", fix=fix)]
    if curves and not dataset.targets_over_time:
        fix = Fix("Use one target per example", f"{place}.target_per_timestep", False)
        message = f"the targets of '{dataset.type}' do not change with time"
        return [Problem(f"{place}.target_per_timestep", message, "Set it to false.", fix=fix)]
    return []

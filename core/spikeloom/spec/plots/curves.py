"""Figures of a run over its course."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.plots.plot import MOST, Figure, Plot

Folder = Annotated[str, Field(max_length=255)]  # the name of a run's folder


class Curves(Plot):
    """Loss, accuracy, learning rate and firing rates over the course of training."""

    title: ClassVar[str] = "Curves"

    quantities: Annotated[list[Figure], Field(max_length=MOST)] = setting(
        factory=lambda: ["loss", "accuracy"],
        help="What is shown, a chart each: loss, accuracy, learning_rate, rate:<population>, or another metric.",
    )
    x: Literal["epoch", "step", "time"] = setting("epoch", label="Over", help="Epochs, batches, or wall time in s.")
    smoothing: float = quantity(0.0, ge=0, lt=1, step=0.1, help="How far the past reaches into a smoothed curve.")
    log: bool = setting(False, label="Logarithmic", help="Logarithmic axis, for quantities that are positive.")
    envelope: bool = setting(True, help="Show the least and the largest figure where several fall together.")
    training: bool = setting(True, help="Show figures of training.")
    validation: bool = setting(True, help="Show figures of validation.")
    runs: Annotated[list[Folder], Field(max_length=MOST)] = setting(
        factory=list, help="Earlier runs that are drawn too, by the names of their folders."
    )

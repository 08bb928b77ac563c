"""The best epoch so far, by one figure, and for how many epochs none has been better."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spikeloom.errors import UserError
from spikeloom.spec import Document, EarlyStopping, Metric
from spikeloom.spec.figures import VALIDATION, figures_of, larger_is_better

Checkpoint = tuple[dict[str, np.ndarray], dict[str, Any]]  # arrays, and where in training they were taken


class Best:
    """Watches a figure.

    Parameters
    ----------
    monitor
        Its name.
    larger
        Whether the larger of two figures is the better one.
    stopping
        When training ends for want of a better one; None: it does not.

    Attributes
    ----------
    value, epoch
        The best figure, and after how many epochs it was there; NaN and 0 before the first.
    waited
        Epochs since then.
    checkpoint
        What was learned then.
    """

    def __init__(self, monitor: str, larger: bool, stopping: EarlyStopping | None = None) -> None:
        self.monitor, self.larger, self.stopping = monitor, larger, stopping
        self.value, self.epoch, self.waited = math.nan, 0, 0
        self.checkpoint: Checkpoint | None = None

    @classmethod
    def of(
        cls, document: Document, stopping: EarlyStopping | None = None, metrics: Sequence[Metric] | None = None
    ) -> Best | None:
        """What a document asks for, or `stopping` and `metrics` in its place; None where nothing is watched."""
        training = document.experiment.training
        stopping = stopping or training.early_stopping
        monitor = training.monitor if stopping is None else stopping.monitor
        return cls(monitor, larger_is_better(document, monitor, metrics), stopping) if monitor else None

    def check(self, document: Document, metrics: Sequence[Metric], validated: bool) -> None:
        """Refuse to watch what the epochs will not have."""
        known = figures_of(document, metrics)
        place = "early_stopping.monitor"
        if self.monitor.removeprefix(VALIDATION) not in known:
            hint = f"Known here: {', '.join(known)}, and the same with '{VALIDATION}' in front."
            raise UserError(f"no figure '{self.monitor}'", place=place, hint=hint)
        if self.monitor.startswith(VALIDATION) and not validated:
            hint = "Hold some out (validation_split, validation_data), or watch the training."
            raise UserError(f"'{self.monitor}' is watched, but no examples are held out", place=place, hint=hint)

    def take(self, figures: Mapping[str, float], epoch: int) -> bool:
        """Take the figures of an epoch; whether it is the best one."""
        value, least = figures.get(self.monitor, math.nan), self.stopping.min_delta if self.stopping else 0.0
        gain = (value - self.value) if self.larger else (self.value - value)
        better = math.isfinite(value) and (math.isnan(self.value) or gain > least)
        if better:
            self.value, self.epoch, self.waited = float(value), epoch, 0
        else:
            self.waited += 1
        return better

    @property
    def exhausted(self) -> bool:
        """Whether the patience is at its end."""
        return self.stopping is not None and self.waited >= self.stopping.patience

    @property
    def words(self) -> str:
        """Why training ended: ``loss has not become better since epoch 7 (0.3211)``."""
        if not self.epoch:
            return f"{self.monitor} has never been a number"
        return f"{self.monitor} has not become better since epoch {self.epoch} ({self.value:.4f})"

    @property
    def state(self) -> dict[str, Any]:
        """What goes with a checkpoint, so that a run that is resumed waits as one that went on would."""
        known = None if math.isnan(self.value) else self.value
        return {"monitor": self.monitor, "value": known, "epoch": self.epoch, "waited": self.waited}

    def restore(self, state: Any) -> None:
        """Go on from where a checkpoint was taken, if the same figure was watched then."""
        self.value, self.epoch, self.waited, self.checkpoint = math.nan, 0, 0, None
        match state:
            case {"monitor": self.monitor, "value": int() | float() as value, "epoch": int(), "waited": int()}:
                self.value, self.epoch, self.waited = float(value), state["epoch"], state["waited"]
        self.begin()

    def begin(self) -> None:
        """Training begins or goes on: whoever asks for more after it has stopped early gets as much patience again."""
        if self.exhausted:
            self.waited = 0

"""The figures of one epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np


@dataclass
class EpochMetrics:
    """What one epoch gave; validation figures are NaN where nothing is held out.

    Of several outputs `loss` is the sum and `accuracy` the mean; `outputs` has them one by one, and for validation,
    as ``{"name": {"loss": ..., "accuracy": ..., "validation_loss": ..., "validation_accuracy": ...}}``. `step` counts
    batches and `elapsed` seconds (pauses left out) since training began, `rates` are means of populations in Hz.
    `metrics` has the numbers of the experiment's metrics by their names, and ``rewired:connection``, how many of its
    synapses have moved, `tables` what of the metrics is no number.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    outputs: dict[str, dict[str, float]] = field(default_factory=dict)
    step: int = 0
    elapsed: float = 0.0
    learning_rate: float = float("nan")
    rates: dict[str, float] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    validation_metrics: dict[str, float] = field(default_factory=dict)
    tables: dict[str, np.ndarray] = field(default_factory=dict)
    validation_tables: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def more(self) -> dict[str, float]:
        """The figures of single outputs (``loss:name``) and of metrics, those of validation with their prefix."""
        found = {f"{name}:{output}": v for output, values in self.outputs.items() for name, v in values.items()}
        found |= {name: value for name, value in self.metrics.items() if name not in found}
        held = {f"validation_{name}": value for name, value in self.validation_metrics.items()}
        return found | {name: value for name, value in held.items() if name not in found}

    @property
    def figures(self) -> dict[str, float]:
        """Loss and accuracy, of training and validation, and `more`: what can be watched."""
        names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
        return self.more | {name: getattr(self, name) for name in names}

    @property
    def logs(self) -> dict[str, float]:
        """What callbacks hear: all numbers that the history has of the epoch, whose number they are told besides."""
        known = [each.name for each in fields(self) if each.type in ("int", "float") and each.name != "epoch"]
        plain = {name: float(getattr(self, name)) for name in known}
        rates = {f"rate:{population}": rate for population, rate in self.rates.items()}
        return plain | rates | {name: value for name, value in self.more.items() if name not in plain}

    def event(self) -> dict[str, Any]:
        """What the event ``epoch`` tells of it: all but tables."""
        return {name: value for name, value in vars(self).items() if not name.endswith("tables")}


def columns_of(history: Sequence[EpochMetrics]) -> dict[str, np.ndarray]:
    """Figures by their names, one for each epoch; ``rate:population`` for rates, an array per epoch for tables."""
    plain = [each.name for each in fields(EpochMetrics) if each.type in ("int", "float")]
    found = {name: np.array([getattr(metrics, name) for metrics in history]) for name in plain}
    if not history:
        return found
    for population in history[0].rates:
        found[f"rate:{population}"] = np.array([metrics.rates[population] for metrics in history])
    names = dict.fromkeys(name for metrics in history for name in metrics.more if name not in found)
    for name in names:
        found[name] = np.array([metrics.more.get(name, float("nan")) for metrics in history])
    for name in history[0].tables:
        found[name] = np.array([metrics.tables[name] for metrics in history])
    for name in history[0].validation_tables:
        tables = [metrics.validation_tables.get(name) for metrics in history]
        found[f"validation_{name}"] = np.array([table for table in tables if table is not None])
    return found

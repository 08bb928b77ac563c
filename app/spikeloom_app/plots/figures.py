"""The figures of a run, by what they measure: gathered from its events, or read from the columns of an earlier run."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from spikeloom_app.plots.series import Series

PARTS = ("batches", "training", "validation")
STEADY = ("learning_rate", "rate:")  # of which a value stands for itself, and no mean of an epoch is wanted
NOT_FIGURES = frozenset({"event", "epoch", "epochs", "step", "seconds", "elapsed", "remaining", "examples_per_second"})
VALIDATION = "validation_"
MOST_MARKS = 100


def number(value: Any) -> float:
    """A figure of an event; NaN where it has none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def is_steady(quantity: str) -> bool:
    """Whether a quantity has one curve, neither means of epochs nor a validation."""
    return quantity.startswith(STEADY)


class Figures:
    """Series of one run.

    Attributes
    ----------
    epochs
        How many the run shall have; 0 where it is not known.
    marks
        Where (epoch, step, time) parameters were moved or the best epoch was, and words for it; the last ones.
    live
        Running means of the epoch at hand, by quantity: (epoch, step, time, value).
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Another run begins."""
        self._series: dict[tuple[str, str], Series] = {}
        self.live: dict[str, tuple[float, float, float, float]] = {}
        self.epochs = 0
        self._epoch = 0  # the last that is complete
        self._seconds = 0.0  # where events do not say when they were
        self.marks: deque[tuple[tuple[float, float, float], str]] = deque(maxlen=MOST_MARKS)
        self._place = (0.0, 0.0, 0.0)  # of the last event

    @property
    def quantities(self) -> list[str]:
        """What there are figures of, in the order in which they came."""
        known = dict.fromkeys(quantity for (quantity, _), series in self._series.items() if len(series))
        return list(known | dict.fromkeys(q for q, point in self.live.items() if math.isfinite(point[3])))

    def series(self, quantity: str, part: str) -> Series | None:
        """The figures of a quantity in one of `PARTS`; None where there are none."""
        found = self._series.get((quantity, part))
        return found if found is not None and len(found) else None

    def rename(self, old: str, new: str) -> None:
        """What was of a part called `old` is of `new`: ``rate:hidden``, ``loss:out``."""

        def of_new(quantity: str) -> str:
            kind, colon, part = quantity.partition(":")
            return f"{kind}:{new}" if colon and part == old else quantity

        self._series = {(of_new(quantity), part): series for (quantity, part), series in self._series.items()}
        self.live = {of_new(quantity): point for quantity, point in self.live.items()}

    def _add(self, quantity: str, part: str, value: Any, place: tuple[float, float, float]) -> None:
        if math.isfinite(number(value)):
            self._series.setdefault((quantity, part), Series()).add(number(value), *place)

    # -- events --------------------------------------------------------------------------------------------------
    def take(self, event: Mapping[str, Any]) -> bool:
        """Take an event; whether there is something new in it."""
        if event["event"] == "live":
            self.marks.append((self._place, _moved(event)))
            return True
        if event["event"] == "result":
            return self._mark_best((event.get("result") or {}).get("best_epoch"))
        if event["event"] not in ("progress", "epoch"):
            return False
        self.epochs = int(event.get("epochs") or 0)
        if event["event"] == "epoch":
            self._take_epoch(event)
        else:
            self._take_progress(event)
        return True

    def _mark_best(self, epoch: Any) -> bool:
        """Mark the best epoch of a run that has ended, where one was looked for."""
        if not isinstance(epoch, int) or not 0 < epoch <= self._epoch:
            return False
        _, step, seconds = self._place
        share = epoch / self._epoch  # places of all epochs would grow with the run; they are alike in length
        self.marks.append(((float(epoch), share * step, share * seconds), f"Best epoch: {epoch}"))
        return True

    def _take_progress(self, event: Mapping[str, Any]) -> None:
        epoch = float(event["epoch"]) - 1 + float(event.get("fraction") or 0.0)
        if event["epoch"] <= self._epoch:
            return  # it was overtaken by the end of its epoch
        place = (epoch, number(event.get("step")), number(event.get("seconds")))
        self._place = place
        for quantity in ("loss", "accuracy"):
            self.live[quantity] = (*place, number(event.get(quantity)))
            self._add(quantity, "batches", event.get(f"batch_{quantity}"), place)
        self._take_steady(event, place)

    def _take_epoch(self, event: Mapping[str, Any]) -> None:
        self._epoch = int(event["epoch"])
        self._seconds += max(0.0, number(event.get("seconds")) if event.get("seconds") is not None else 0.0)
        elapsed = event.get("elapsed")
        place = (
            float(event["epoch"]),
            number(event.get("step")),
            self._seconds if elapsed is None else number(elapsed),
        )
        self._place = place
        self.live.clear()
        for quantity, part, value in _epoch_figures(event):
            self._add(quantity, part, value, place)
        self._take_steady(event, place)

    def _take_steady(self, event: Mapping[str, Any], place: tuple[float, float, float]) -> None:
        self._add("learning_rate", "batches", event.get("learning_rate"), place)
        for population, rate in (event.get("rates") or {}).items():
            self._add(f"rate:{population}", "batches", rate, place)

    # -- earlier runs --------------------------------------------------------------------------------------------
    @classmethod
    def of_columns(cls, columns: Mapping[str, np.ndarray]) -> Figures:
        """The figures of a run by the columns of its ``metrics.csv``, a row per epoch."""
        made = cls()
        epochs = np.asarray(columns.get("epoch", ()), dtype=float)
        steps = np.asarray(columns.get("step", np.full(len(epochs), math.nan)), dtype=float)
        seconds = columns.get("elapsed")
        if seconds is None:
            seconds = np.cumsum(np.nan_to_num(np.asarray(columns.get("seconds", np.zeros(len(epochs))), dtype=float)))
        for name, values in columns.items():
            if name in NOT_FIGURES:
                continue
            steady = is_steady(name)
            part = "validation" if name.startswith(VALIDATION) else "batches" if steady else "training"
            for value, *place in zip(values, epochs, steps, seconds, strict=False):
                made._add(name.removeprefix(VALIDATION), part, _float(value), tuple(map(float, place)))  # type: ignore[arg-type]
        made.epochs = int(epochs[-1]) if len(epochs) else 0
        return made


def _moved(event: Mapping[str, Any]) -> str:
    """``Learning rate 0.005 → 0.01``."""
    unit = f" {event['unit']}" if event.get("unit") else ""
    old = f"{event['old']:g} → " if math.isfinite(number(event.get("old"))) else ""
    return f"{event.get('label') or event.get('path')} {old}{number(event.get('value')):g}{unit}"


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _epoch_figures(event: Mapping[str, Any]) -> Iterable[tuple[str, str, Any]]:
    """Quantity, part and value of whatever an epoch's event tells in numbers."""
    for name, value in event.items():
        if name not in NOT_FIGURES and not is_steady(name) and math.isfinite(number(value)):
            yield name.removeprefix(VALIDATION), "validation" if name.startswith(VALIDATION) else "training", value
    for key, part in (("metrics", "training"), ("validation_metrics", "validation")):
        for name, value in (event.get(key) or {}).items():
            if math.isfinite(number(value)):
                yield name, part, value
    for output, figures in (event.get("outputs") or {}).items():
        for name, value in figures.items() if isinstance(figures, Mapping) else ():
            part = "validation" if name.startswith(VALIDATION) else "training"
            yield f"{name.removeprefix(VALIDATION)}:{output}", part, value

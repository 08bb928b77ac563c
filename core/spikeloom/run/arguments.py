"""What a script gives to a model besides arrays, checked before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spikeloom.data import hold_out
from spikeloom.errors import UserError
from spikeloom.spec import Document, Metric
from spikeloom.spec.figures import metric_problems
from spikeloom.spec.problem import InvalidDocument, Refused


def made(family: type[Any], value: Any, place: str) -> Any:
    """The object of a family that an argument stands for, or None for None."""
    try:
        return None if value is None else family.make(value)
    except Refused as refused:
        raise InvalidDocument([problem.inside(place) for problem in refused.problems]) from None


def each_made(family: type[Any], values: Any, place: str) -> list[Any]:
    """The objects of a family that an argument lists."""
    if isinstance(values, str | family) or not isinstance(values, Sequence):
        raise UserError(f"{type(values).__name__} found, expected a list", place=place)
    return [made(family, value, f"{place}[{index}]") for index, value in enumerate(values)]


def metrics_of(document: Document, values: Any) -> list[Metric]:
    """The metrics that an argument lists, of which a document's network has what they count."""
    metrics = each_made(Metric, values, "metrics")
    problems = metric_problems(document, metrics, "metrics")
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InvalidDocument(errors)
    return metrics


def epochs_of(document: Document, value: Any) -> int:
    """How many epochs an argument asks for; by default what the document says."""
    if value is None:
        return document.experiment.training.epochs
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < 0:
        raise UserError(f"{value!r} found, expected a whole number of at least 0", place="epochs")
    return int(value)


def held_out(count: int, share: Any, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the examples that are trained on, and of those that a share of them holds out."""
    place = "validation_split"
    if isinstance(share, bool) or not isinstance(share, int | float | np.number) or not 0 <= share < 1:
        raise UserError(f"{share!r} found, expected a share between 0 and 1", place=place)
    rest, held = hold_out(count, float(share), seed)
    if share and count and not len(held):
        message = f"{share} found, and of {count} examples that is none"
        raise UserError(message, place=place, hint=f"Give at least {1 / count:.3g}, or leave it out.")
    return rest, held

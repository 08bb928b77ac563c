"""Labels in words, as the files of users have them, and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from spikeloom.errors import UserError, nearest
from spikeloom.spec.problem import printable

SHOWN = 12  # names that a message lists


def in_order(names: Iterable[str]) -> list[str]:
    """Each name once; numbers by their size, other names by the alphabet."""
    each = set(names)
    if all(name.isdecimal() for name in each):
        return sorted(each, key=lambda name: (int(name), name))
    return sorted(each)


def numbered(found: Sequence[str], label_names: Sequence[str], classes: int, place: str) -> np.ndarray:
    """The number of each label; int32.

    Parameters
    ----------
    found
        The label of each example.
    label_names
        The names in the order of their numbers; where there are none, those that were found, in order.

    Raises
    ------
    UserError
        Where a label is none of the names, or there are more or fewer of them than classes.
    """
    names = list(label_names) or in_order(found)
    if len(names) != classes:
        hint = f"Set 'classes' of the data set to {len(names)}."
        if len(names) < classes:
            hint += " Or give 'label_names', if some classes have no examples here."
        raise UserError(f"{len(names)} classes found ({listed(names)}), expected {classes}", place=place, hint=hint)
    numbers = {name: number for number, name in enumerate(names)}
    for name in dict.fromkeys(found):
        if name not in numbers:
            message = f"class '{printable(name, 64)}' found{nearest(name, names)}"
            hint = f"'label_names' of the data set has {listed(names)}."
            raise UserError(message, place=place, hint=hint)
    return np.array([numbers[name] for name in found], np.int32)


def check_labels(labels: np.ndarray, classes: int, place: str) -> np.ndarray:
    """Labels that are numbers already, as int32.

    Raises
    ------
    UserError
        Where they are no whole numbers, or out of range.
    """
    if labels.ndim != 1:
        message = f"labels of shape {labels.shape} found, expected one for each example"
        hint = "Labels are numbers from 0, not one-hot." if labels.ndim == 2 else ""
        raise UserError(message, place=place, hint=hint)
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels == np.floor(labels)).all():
        labels = np.clip(labels, -(2.0**31), 2.0**31).astype(np.int64)
    if labels.dtype.kind not in "iub":
        raise UserError(f"labels of {labels.dtype} found, expected whole numbers from 0", place=place)
    labels = labels.astype(np.int64) if labels.dtype.kind != "u" else labels
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong):
        largest = int(wrong.max())
        fits = largest >= classes and labels.min() >= 0
        hint = f"Set 'classes' of the data set to {largest + 1}." if fits and largest < 10**6 else ""
        raise UserError(f"label {wrong[0]} found, expected 0 to {classes - 1}", place=place, hint=hint)
    return labels.astype(np.int32)


def listed(names: Sequence[str]) -> str:
    """The first of some names."""
    shown = ", ".join(printable(name, 40) for name in names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown}, ... {len(names)} in all"

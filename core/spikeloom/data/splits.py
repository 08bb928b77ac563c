"""Seeded splits of a data set: which examples are for training, and which for the test."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

import numpy as np

from spikeloom.errors import UserError, nearest
from spikeloom.spec import HoldOut, KFold, LeaveOneGroupOut, Split

PLACE = "experiment.dataset.split"


@singledispatch
def divide(split: Split, labels: np.ndarray, groups: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The examples for training and those for the test, by their numbers in ascending order.

    Parameters
    ----------
    labels
        (examples,).
    groups
        By what they are grouped -> (examples,).

    Raises
    ------
    UserError
        If there is no such group, or a part is empty.
    """
    raise UserError(f"nothing divides by '{split.type}'", place=PLACE)


@divide.register
def _(split: HoldOut, labels: np.ndarray, groups: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    draw = stratified(labels, split.fraction, split.seed) if split.stratified else None
    return _filled(*(draw or hold_out(len(labels), split.fraction, split.seed)))


@divide.register
def _(split: KFold, labels: np.ndarray, groups: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(split.seed)
    order = rng.permutation(len(labels))
    if split.stratified:  # dealt class by class, so that every fold gets as many of each, but for one
        order = order[np.argsort(labels[order], kind="stable")]
    fold = np.empty(len(labels), int)
    fold[order] = np.arange(len(labels)) % split.folds
    return _filled(np.flatnonzero(fold != split.fold), np.flatnonzero(fold == split.fold))


@divide.register
def _(split: LeaveOneGroupOut, labels: np.ndarray, groups: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    if split.group not in groups:
        known = f"Known here: {', '.join(groups)}." if groups else "Its examples are not grouped."
        message = f"no group '{split.group}' in the data{nearest(split.group, groups)}"
        raise UserError(message, place=f"{PLACE}.group", hint=known)
    mine = groups[split.group] == split.held
    if not mine.any():
        there = ", ".join(map(str, np.unique(groups[split.group])[:20]))
        raise UserError(f"no example of {split.group} {split.held}", place=f"{PLACE}.held", hint=f"There are {there}.")
    return _filled(np.flatnonzero(~mine), np.flatnonzero(mine))


def _filled(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    for name, part in (("training", train), ("test", test)):
        if not len(part):
            raise UserError(
                f"no examples are left for the {name}", place=PLACE, hint="Choose other settings of the split."
            )
    return train, test


def stratified(labels: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Hold out `fraction` of each class.

    Returns
    -------
    rest, held_out
        Sorted example numbers. Each class gives ``round(fraction * its size)`` of its examples.
    """
    rng = np.random.default_rng(seed)
    held = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        held[members[: round(fraction * len(members))]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)


def hold_out(count: int, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Hold out `fraction` of `count` examples, whatever their classes; sorted example numbers."""
    order = np.random.default_rng(seed).permutation(count)
    size = round(fraction * count)
    return np.sort(order[size:]), np.sort(order[:size])

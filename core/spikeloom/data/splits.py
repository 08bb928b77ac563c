"""Seeded splits of a data set."""

from __future__ import annotations

import numpy as np


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

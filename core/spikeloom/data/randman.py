"""Random manifolds: spike times that are smooth random functions of a few coordinates.

Zenke and Vogels (2021), The remarkable robustness of surrogate gradient learning for instilling complex function in
spiking neural networks, Neural Computation 33.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.events import Events
from spikeloom.spec import Randman

MANIFOLD, POINTS, ORDER = 0, 1, 2  # streams of random numbers
VALUES_AT_ONCE = 2**21


@load_dataset.register
def _(dataset: Randman, base: Path | None = None) -> dict[str, Arrays]:
    total = dataset.train_size + dataset.test_size
    labels = np.arange(total) % dataset.classes
    times = np.empty((total, dataset.spikes, dataset.channels), np.float32)
    for label in range(min(dataset.classes, total)):
        times[labels == label] = _of_class(dataset, label, int((labels == label).sum()))
    order = np.random.default_rng([dataset.data_seed, ORDER]).permutation(total)
    parts = {"train": order[: dataset.train_size], "test": order[dataset.train_size :]}
    return {
        name: Arrays(_events(times[numbers], dataset), labels[numbers].astype(np.int32))
        for name, numbers in parts.items()
    }


def _of_class(dataset: Randman, label: int, count: int) -> np.ndarray:
    """Times (ms) of the examples of a class; (examples, spikes, channels)."""
    # A seed of its own for each class and spike: more classes leave the others as they were.
    points = np.random.default_rng([dataset.data_seed, POINTS, label]).random((count, dataset.dimensions))
    found = [
        manifold(points, dataset, np.random.default_rng([dataset.data_seed, MANIFOLD, label, spike]))
        for spike in range(dataset.spikes)
    ]
    values = np.stack(found, axis=1)
    low, high = values.min(axis=0), values.max(axis=0)
    return (values - low) / np.where(high > low, high - low, 1.0) * dataset.duration


def manifold(points: np.ndarray, dataset: Randman, rng: np.random.Generator) -> np.ndarray:
    """A random function of points (examples, dimensions) for each channel; (examples, channels)."""
    order = np.arange(1, dataset.terms + 1)
    values = np.ones((len(points), dataset.channels))
    rows = max(1, VALUES_AT_ONCE // (dataset.terms * max(1, len(points))))
    for first in range(0, dataset.channels, rows):
        inside = slice(first, min(first + rows, dataset.channels))
        for dimension in range(dataset.dimensions):
            amplitude, pace, phase = rng.random((3, inside.stop - first, dataset.terms))
            turns = points[:, dimension, None, None] * (order * pace) + phase
            values[:, inside] *= (np.sin(2 * np.pi * turns) * (amplitude * order**-dataset.smoothness)).sum(axis=2)
    return values


def _events(times: np.ndarray, dataset: Randman) -> Events:
    each = dataset.spikes * dataset.channels
    ids = np.tile(np.arange(dataset.channels, dtype=np.int32), len(times) * dataset.spikes)
    return Events(np.arange(len(times) + 1, dtype=np.int64) * each, times.reshape(-1), ids)

"""The Yin-Yang data set: points in the plane and the part of the yin-yang figure that they lie in.

Kriener, Göltz and Petrovici (2022), The Yin-Yang dataset, NICE 2022, arXiv:2102.08211.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.spec import YinYang

RADIUS = 0.5  # of the figure, whose centre is (0.5, 0.5)
DOT_RADIUS = 0.1
YIN, YANG, DOT = 0, 1, 2


@load_dataset.register
def _(dataset: YinYang, base: Path | None = None) -> dict[str, Arrays]:
    sizes = {"train": dataset.train_size, "test": dataset.test_size}
    # A seed of its own for each split: the same seed would give the same points.
    return {
        split: yin_yang(size, np.random.default_rng([dataset.data_seed, number]), dataset.bias)
        for number, (split, size) in enumerate(sizes.items())
    }


def yin_yang(size: int, rng: np.random.Generator, bias: float) -> Arrays:
    """Points as (x, y, 1 - x, 1 - y, bias), in the classes yin, yang and dot.

    The class of each point is drawn first, evenly; then points are drawn until one is of that class.
    """
    labels = rng.integers(3, size=size)
    points = np.empty((size, 2))
    missing = np.arange(size)
    while len(missing):
        drawn = 2 * RADIUS * rng.random((len(missing), 2))
        fits = classify(drawn) == labels[missing]
        points[missing[fits]] = drawn[fits]
        missing = missing[~fits]
    x = np.column_stack([points, 1 - points, np.full(size, bias)])
    return Arrays(x.astype(np.float32), labels.astype(np.int32))


def classify(points: np.ndarray) -> np.ndarray:
    """The class of each point (n, 2): `YIN`, `YANG`, `DOT`, or -1 outside of the figure."""
    x, y = points.T
    left = np.hypot(x - 0.5 * RADIUS, y - RADIUS)
    right = np.hypot(x - 1.5 * RADIUS, y - RADIUS)
    # Yin is the upper half without the right half-disc, with the left half-disc; its dot lies in the other's half.
    yin = (left <= 0.5 * RADIUS) | ((y > RADIUS) & (right > 0.5 * RADIUS))
    classes = np.where(yin, YIN, YANG)
    classes[(left < DOT_RADIUS) | (right < DOT_RADIUS)] = DOT
    classes[np.hypot(x - RADIUS, y - RADIUS) > RADIUS] = -1
    return classes

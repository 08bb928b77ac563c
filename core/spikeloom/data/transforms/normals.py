"""Normally distributed numbers, four times as fast as numpy draws them, and good enough to move spikes."""

from __future__ import annotations

from functools import cache

import numpy as np

VALUES = 2**16


def normals(rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
    """Numbers of the standard normal distribution, float32: each is one of 65,536 that are all as likely."""
    return quantiles()[rng.integers(0, VALUES, shape, np.uint16)]


@cache
def quantiles() -> np.ndarray:
    """The values below which lie the shares ``(k + 1/2) / 65536`` of the distribution; float32."""
    grid = np.linspace(-6.0, 6.0, 120_001)
    density = np.exp(-0.5 * grid**2)
    below = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return np.interp((np.arange(VALUES) + 0.5) / VALUES, below / below[-1], grid).astype(np.float32)

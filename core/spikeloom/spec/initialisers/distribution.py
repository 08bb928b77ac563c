"""The shape of a distribution: what a picture of an initialiser shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spikeloom.genn import Init
from spikeloom.genn.models import CONSTANT, NORMAL, UNIFORM
from spikeloom.genn.network import InitLike

TAILS = 3.0  # standard deviations that a picture shows on both sides
BELL_POINTS = 97
MOST_SAMPLES = 10_000  # of an array
BINS = 48


@dataclass(frozen=True)
class Distribution:
    """A density, as the corners of a line.

    Parameters
    ----------
    x, density
        The corners from left to right, as many of both. A single one stands for a value that is always the same.
    bounded
        Whether no value lies outside the ends; else they are where the picture stops.
    """

    x: tuple[float, ...]
    density: tuple[float, ...]
    bounded: bool = True

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest x."""
        return self.x[0], self.x[-1]


def of_init(init: InitLike) -> Distribution | None:
    """The distribution that a GeNN initialisation draws from.

    None for a snippet that is not one of GeNN's own, and where its numbers are beyond what can be drawn.
    """
    found = _of_init(init)
    if found is None or not all(map(math.isfinite, (*found.x, *found.density))) or not max(found.density) > 0:
        return None
    return found


def _of_init(init: InitLike) -> Distribution | None:
    if not isinstance(init, Init):
        return always(float(init))
    if init.snippet is None:
        return None if init.values is None else histogram(np.asarray(init.values))
    match init.snippet, init.params:
        case snippet, {"mean": mean, "sd": sd} if snippet == NORMAL:
            return normal(mean, sd)
        case snippet, {"min": low, "max": high} if snippet == UNIFORM:
            return uniform(low, high)
        case snippet, {"constant": value} if snippet == CONSTANT:
            return always(value)
    return None


def always(value: float) -> Distribution:
    """The same value everywhere."""
    return Distribution((value,), (1.0,))


def uniform(low: float, high: float) -> Distribution:
    """A box."""
    if not high > low:
        return always(low)
    height = 1.0 / (high - low)
    return Distribution((low, low, high, high), (0.0, height, height, 0.0))


def normal(mean: float, sd: float) -> Distribution:
    """A bell, as far as `TAILS` standard deviations from its mean."""
    if not sd > 0:
        return always(mean)
    z = np.linspace(-TAILS, TAILS, BELL_POINTS)
    with np.errstate(over="ignore"):  # `of_init` refuses what is not finite
        density = np.exp(-0.5 * z**2) / (sd * math.sqrt(2.0 * math.pi))
        return Distribution(_tuple(mean + sd * z), _tuple(density), bounded=False)


def histogram(values: np.ndarray) -> Distribution | None:
    """How often the values of an array occur; of a large one, those of at most `MOST_SAMPLES` evenly spaced places."""
    flat = values.reshape(-1)
    flat = flat[:: max(1, -(-flat.size // MOST_SAMPLES))].astype(np.float64)
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        return None
    low, high = float(flat.min()), float(flat.max())
    if not np.all(np.diff(np.linspace(low, high, BINS + 1)) > 0):  # all the same, or too close together to tell
        return always(low)
    counts, edges = np.histogram(flat, BINS, (low, high), density=True)
    return Distribution(_tuple(np.repeat(edges, 2)), _tuple(np.pad(np.repeat(counts, 2), 1)))


def _tuple(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)

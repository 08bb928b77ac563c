"""A figure over the course of a run in memory that does not grow: old points are merged in pairs, extremes are kept."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

AXES = ("epoch", "step", "time")
MOST_BINS = 2048  # more than a chart has pixels


@dataclass(frozen=True)
class Curve:
    """Bins of a series over one axis, those alone that have a place on it.

    Parameters
    ----------
    x, mean, minimum, maximum
        Float64, (bins,): where a bin stands, and what the points in it have been.
    count
        Float64, (bins,): how many points are in it.
    """

    x: np.ndarray
    mean: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    count: np.ndarray

    def __len__(self) -> int:
        return len(self.x)

    def smoothed(self, factor: float) -> np.ndarray:
        """Exponential means of the past, without the pull towards 0 at the beginning.

        Each point that is passed leaves a share `factor` of the past; a bin of n points leaves ``factor ** n``.
        """
        if not factor:
            return self.mean
        result, total, weight = np.empty(len(self)), 0.0, 0.0
        for k, (value, share) in enumerate(zip(self.mean.tolist(), (factor**self.count).tolist(), strict=True)):
            total = share * total + (1 - share) * value
            weight = share * weight + (1 - share)
            result[k] = total / weight
        return result

    def at(self, x: float) -> int:
        """The bin that is nearest to `x`."""
        return int(np.argmin(np.abs(self.x - x)))


class Series:
    """Points that come one after the other.

    Parameters
    ----------
    most
        Bins that are kept; an even number.
    """

    def __init__(self, most: int = MOST_BINS) -> None:
        self._places = np.full((len(AXES), most), math.nan)
        self._mean, self._minimum, self._maximum, self._count = (np.zeros(most) for _ in range(4))
        self._bins = 0
        self._per_bin = 1  # points that a bin takes; doubled whenever the bins are full

    def __len__(self) -> int:
        return self._bins

    @property
    def points(self) -> int:
        """How many points have been added."""
        return int(self._count[: self._bins].sum())

    @property
    def last(self) -> float:
        """The mean of the last bin; NaN where there is none."""
        return float(self._mean[self._bins - 1]) if self._bins else math.nan

    def add(self, value: float, epoch: float = math.nan, step: float = math.nan, time: float = math.nan) -> None:
        """Take a point; one that is not finite is left out.

        Parameters
        ----------
        epoch, step, time
            Where it stands on each axis, NaN where that is not known; time in s.
        """
        if not math.isfinite(value):
            return
        if not self._bins or self._count[self._bins - 1] >= self._per_bin:
            self._open()
        k = self._bins - 1
        count = self._count[k]
        places = np.array((epoch, step, time))
        self._places[:, k] = places if not count else self._places[:, k] + (places - self._places[:, k]) / (count + 1)
        self._mean[k] += (value - self._mean[k]) / (count + 1)
        self._minimum[k] = min(self._minimum[k], value) if count else value
        self._maximum[k] = max(self._maximum[k], value) if count else value
        self._count[k] = count + 1

    def _open(self) -> None:
        """Begin a bin, in the place of merged ones where there is no room."""
        if self._bins == len(self._count):
            self._merge()
        self._bins += 1
        k = self._bins - 1
        self._mean[k] = self._count[k] = 0.0

    def _merge(self) -> None:
        half = self._bins // 2
        left, right = slice(0, 2 * half, 2), slice(1, 2 * half, 2)
        counts = self._count[left] + self._count[right]
        share = self._count[right] / counts
        for values in (self._mean, *self._places):
            values[:half] = values[left] + share * (values[right] - values[left])
        self._minimum[:half] = np.minimum(self._minimum[left], self._minimum[right])
        self._maximum[:half] = np.maximum(self._maximum[left], self._maximum[right])
        self._count[:half] = counts
        self._bins, self._per_bin = half, 2 * self._per_bin

    def over(self, axis: str) -> Curve:
        """The bins over one of `AXES`."""
        places = self._places[AXES.index(axis), : self._bins]
        known = np.isfinite(places)
        columns = (self._mean, self._minimum, self._maximum, self._count)
        return Curve(places[known], *(column[: self._bins][known] for column in columns))

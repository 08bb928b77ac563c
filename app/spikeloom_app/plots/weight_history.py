"""Histograms of weights in the course of a run, in memory that does not grow: old ones are merged in pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_COLUMNS = 256


@dataclass(frozen=True)
class Distribution:
    """How weights are distributed at one moment.

    Parameters
    ----------
    place
        The moment: batches so far.
    counts, edges
        Float64, (bins,) and (bins + 1,).
    """

    place: float
    counts: np.ndarray
    edges: np.ndarray

    def shares(self, edges: np.ndarray) -> np.ndarray:
        """The shares of all weights that lie between other edges."""
        cumulated = np.concatenate(([0.0], np.cumsum(self.counts)))
        total = cumulated[-1] or 1.0
        return np.diff(np.interp(edges, self.edges, cumulated)) / total

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation, as the bins tell them."""
        centres, total = (self.edges[1:] + self.edges[:-1]) / 2, self.counts.sum() or 1.0
        mean = float((centres * self.counts).sum() / total)
        return mean, float(np.sqrt((self.counts * (centres - mean) ** 2).sum() / total))


def merged(one: Distribution, two: Distribution) -> Distribution:
    """Both in one, on edges that reach around both."""
    bins = len(one.counts)
    edges = np.linspace(min(one.edges[0], two.edges[0]), max(one.edges[-1], two.edges[-1]), bins + 1)
    counts = one.shares(edges) * one.counts.sum() + two.shares(edges) * two.counts.sum()
    return Distribution((one.place + two.place) / 2, counts, edges)


class WeightHistory:
    """The distributions of a connection since the run began.

    Parameters
    ----------
    most
        How many are kept; an even number.
    """

    def __init__(self, most: int = MOST_COLUMNS) -> None:
        self._most = most
        self.clear()

    def clear(self) -> None:
        """Another run, another connection."""
        self.columns: list[Distribution] = []
        self._per_column, self._pending = 1, 0

    def __len__(self) -> int:
        return len(self.columns)

    def add(self, place: float, counts: np.ndarray, edges: np.ndarray) -> None:
        """Take the distribution of a moment."""
        new = Distribution(place, np.asarray(counts, dtype=float), _rising(np.asarray(edges, dtype=float)))
        if self._pending and self._pending < self._per_column:
            self.columns[-1] = merged(self.columns[-1], new)
            self._pending += 1
            return
        if len(self.columns) == self._most:
            self.columns = [merged(*self.columns[k : k + 2]) for k in range(0, self._most, 2)]
            self._per_column *= 2
        self.columns.append(new)
        self._pending = 1

    @property
    def span(self) -> tuple[float, float]:
        """The least and the largest weight that there ever was."""
        return min(c.edges[0] for c in self.columns), max(c.edges[-1] for c in self.columns)

    def image(self, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
        """Shares of weights, float64 (rows, columns), the smallest first; and the edges of the rows."""
        edges = np.linspace(*self.span, rows + 1)
        shares = np.stack([column.shares(edges) for column in self.columns], axis=1)
        places = np.array([column.place for column in self.columns])
        wanted = np.linspace(places[0], places[-1], columns)
        nearest = np.clip(np.searchsorted((places[1:] + places[:-1]) / 2, wanted), 0, len(places) - 1)
        return shares[:, nearest], edges


def _rising(edges: np.ndarray) -> np.ndarray:
    """Edges that are apart, where all weights are the same."""
    return edges if edges[-1] > edges[0] else edges[0] + np.linspace(-0.5, 0.5, len(edges)) * (abs(edges[0]) or 1.0)

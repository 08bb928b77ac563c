"""The spikes of stacked populations as graphics: ticks where they are few, an image where they are many."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg

from spikeloom_app.plots.spike_image import SpikeImage, tints

MOST_TICKS = 30_000  # visible spikes; beyond that an image of the view is quicker (see the GUI notes)
WIDE_TICKS = 4_000  # up to here ticks are 2 px wide
SHORTEST_TICK = 3.0  # px
SMALLEST_SHARE = 0.14  # of the height, for a population among two; less among more
GAP = 0.02  # between populations, as a share of the height
CHUNK = 1 << 15  # spikes that are binned at a time: what lies between stays in cache

NOTHING = np.zeros(0, np.int32)


@dataclass
class Band:
    """A population in the stack.

    Parameters
    ----------
    name, size
        Of the population.
    top, height
        Where it stands, as shares of the stack's height.
    steps, ids
        Its spikes, sorted by time: timesteps and neurons.
    """

    name: str
    size: int
    top: float
    height: float
    steps: np.ndarray = field(default_factory=lambda: NOTHING)
    ids: np.ndarray = field(default_factory=lambda: NOTHING)

    def take(self, steps: np.ndarray, ids: np.ndarray) -> None:
        """Take other spikes; sorted, what is visible of them is a slice."""
        self.steps, self.ids = np.asarray(steps, np.int32), np.asarray(ids, np.int32)  # as they come: no copies
        if not rises(self.steps):
            order = np.argsort(self.steps, kind="stable")
            self.steps, self.ids = self.steps[order], self.ids[order]

    @property
    def centre(self) -> float:
        """The middle of the band."""
        return self.top + self.height / 2

    def y(self, ids: np.ndarray) -> np.ndarray:
        """Where neurons stand: the middle of each one's row."""
        return self.top + (ids + 0.5) / self.size * self.height

    def neuron(self, y: float) -> int | None:
        """The neuron at a height; None outside the band."""
        number = int(np.floor((y - self.top) / self.height * self.size))
        return number if 0 <= number < self.size else None

    def between(self, first: float, last: float) -> slice:
        """The spikes of timesteps from `first` to before `last`."""
        start, end = before(self.steps, np.ceil([first, last]))
        return slice(int(start), int(end))


def rises(steps: np.ndarray) -> bool:
    """Whether spikes are sorted by time, as the worker sends them."""
    return not bool(np.any(steps[1:] < steps[:-1]))


def before(steps: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How many of sorted `steps` lie before each of `edges`: a few searches, however many spikes there are."""
    limits = np.iinfo(np.int32)
    # Edges of the same type: for others numpy copies all steps.
    return np.searchsorted(steps, np.clip(edges, limits.min, limits.max).astype(steps.dtype))


def stack(sizes: list[tuple[str, int]]) -> list[Band]:
    """Bands from top to bottom: heights by size, but none too thin to be seen; all of them 1."""
    total = sum(size for _, size in sizes) or 1
    least = SMALLEST_SHARE * 2 / max(2, len(sizes))
    shares = [max(least, size / total) for _, size in sizes]
    room = 1.0 - GAP * (len(sizes) - 1)
    bands, top = [], 0.0
    for (name, size), share in zip(sizes, shares, strict=True):
        height = room * share / sum(shares)
        bands.append(Band(name, size, top, height))
        top += height + GAP
    return bands


@dataclass(frozen=True)
class View:
    """What is visible: times in steps, heights as shares, and how many pixels that is."""

    left: float
    right: float
    low: float
    high: float
    columns: int
    rows: int


class SpikeGraphics:
    """Draws bands into a view box and chooses how, by what is visible.

    Parameters
    ----------
    box
        Where to draw; x is in ms, y a share of the stack.
    """

    def __init__(self, box: pg.ViewBox) -> None:
        self.box = box
        self.bands: list[Band] = []
        self.dt = 1.0
        self.mode = "ticks"
        self._ticks: list[pg.PlotCurveItem] = []
        self.image = SpikeImage()
        self.image.setZValue(-1)
        box.addItem(self.image, ignoreBounds=True)

    def show(self, bands: list[Band], dt: float) -> None:
        """Take other bands."""
        self.bands, self.dt = bands, dt
        while len(self._ticks) < len(bands):
            item = pg.PlotCurveItem(connect="pairs", antialias=False, skipFiniteCheck=True)
            self.box.addItem(item, ignoreBounds=True)
            self._ticks.append(item)
        while len(self._ticks) > len(bands):
            self.box.removeItem(self._ticks.pop())

    @property
    def points(self) -> int:
        """How many spikes are held."""
        return sum(len(band.steps) for band in self.bands)

    def view(self) -> View:
        """What is visible, at the pixels of the device: binned coarser spikes blur, finer they vanish."""
        (left, right), (low, high) = self.box.viewRange()
        widget = self.box.getViewWidget()
        ratio = widget.devicePixelRatioF() if widget is not None else 1.0
        columns, rows = (max(1, round(side * ratio)) for side in (self.box.width(), self.box.height()))
        return View(left / self.dt, right / self.dt, low, high, columns, rows)

    def visible(self, view: View) -> list[slice]:
        """Per band, the spikes in the times of the view; none where the band is out of it."""
        inside = [band.top < view.high and band.top + band.height > view.low for band in self.bands]
        # One step more on the left: a tick is drawn around its time.
        return [
            band.between(view.left - 1, view.right + 1) if seen else slice(0, 0)
            for band, seen in zip(self.bands, inside, strict=True)
        ]

    def draw(self, colors: list[str]) -> None:
        """Draw what is visible now."""
        view = self.view()
        chosen = self.visible(view)
        count = sum(part.stop - part.start for part in chosen)
        if count > MOST_TICKS:
            count = sum(self._count(band, part, view) for band, part in zip(self.bands, chosen, strict=True))
        self.mode = "image" if count > MOST_TICKS else "ticks"
        self.image.setVisible(self.mode == "image")
        for item in self._ticks:
            item.setVisible(self.mode == "ticks")
        if self.mode == "image":
            self._draw_image(chosen, colors, view)
        else:
            self._draw_ticks(chosen, colors, view, 2 if count <= WIDE_TICKS else 1)

    @staticmethod
    def _rows(band: Band, view: View) -> tuple[int, int]:
        """The neurons of a band within the heights of the view, from first to before last."""
        edges = ((edge - band.top) / band.height * band.size for edge in (view.low, view.high))
        first, last = (min(max(float(edge), 0.0), float(band.size)) for edge in edges)
        return int(np.floor(first)), int(np.ceil(last))

    def _count(self, band: Band, part: slice, view: View) -> int:
        first, last = self._rows(band, view)
        if (first, last) == (0, band.size):
            return part.stop - part.start
        ids = band.ids[part]
        return int(np.count_nonzero((ids >= first) & (ids < last)))

    def _draw_ticks(self, chosen: list[slice], colors: list[str], view: View, width: int) -> None:
        pixel = (view.high - view.low) / view.rows
        for band, part, color, item in zip(self.bands, chosen, colors, self._ticks, strict=True):
            steps, ids = band.steps[part], band.ids[part]
            first, last = self._rows(band, view)
            if (first, last) != (0, band.size):
                inside = (ids >= first) & (ids < last)
                steps, ids = steps[inside], ids[inside]
            half = max(0.36 * band.height / band.size, 0.5 * SHORTEST_TICK * pixel)
            y = band.y(ids)
            ends = np.empty((len(ids), 2))
            ends[:, 0], ends[:, 1] = y - half, y + half
            item.setPen(pg.mkPen(color, width=width))
            item.setData(np.repeat(steps * self.dt, 2), ends.ravel())

    def _draw_image(self, chosen: list[slice], colors: list[str], view: View) -> None:
        pixels = np.zeros((view.rows, view.columns), np.uint32)
        for band, part, color in zip(self.bands, chosen, colors, strict=True):
            first, counts = binned(band, part, view)
            if len(counts):
                flat = counts.ravel()
                shades = tints(color, flat).take(np.minimum(flat, 255)).reshape(counts.shape)
                # Where a pixel is shared by two bands, the one that has spikes there is seen.
                np.maximum(pixels[first : first + len(counts)], shades, out=pixels[first : first + len(counts)])
        (left, right), (low, high) = self.box.viewRange()
        self.image.set_pixels(pixels, (left, low, right - left, high - low))


def binned(band: Band, part: slice, view: View) -> tuple[int, np.ndarray]:
    """The spikes of a band per pixel of the view.

    Returns
    -------
    tuple
        The first row of the view that the band is in, and counts of shape (rows of the band, columns).
    """
    columns = view.columns
    row = np.floor((band.y(np.arange(band.size)) - view.low) * (view.rows / (view.high - view.low))).astype(np.intp)
    inside = (row >= 0) & (row < view.rows)
    if part.stop <= part.start or not inside.any():
        return 0, np.zeros((0, columns), np.intp)
    first, last = int(row[inside].min()), int(row[inside].max())
    nowhere = (last - first + 1) * columns  # a row below, for what is out of sight
    base = np.where(inside, (row - first) * columns, nowhere)
    start = int(band.steps[part.start])
    steps = np.arange(start, int(band.steps[part.stop - 1]) + 1)
    column = np.floor((steps - view.left) * (columns / (view.right - view.left))).astype(np.intp)
    column[(column < 0) | (column >= columns)] = nowhere
    places = np.empty(part.stop - part.start, np.intp)
    for k in range(0, len(places), CHUNK):
        end = min(k + CHUNK, len(places))
        here = slice(part.start + k, part.start + end)
        place = base.take(band.ids[here])
        place += column.take(band.steps[here] - start)
        np.minimum(place, nowhere, out=places[k:end])
    counts = np.bincount(places, minlength=nowhere + 1)
    return first, counts[:nowhere].reshape(-1, columns)

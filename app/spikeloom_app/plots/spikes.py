"""The spikes of stacked populations as graphics: ticks where they are few, an image where they are many."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

MOST_TICKS = 30_000  # visible spikes; beyond that an image of the view is quicker (see the GUI notes)
WIDE_TICKS = 4_000  # up to here ticks are 2 px wide
SHORTEST_TICK = 3.0  # px
SMALLEST_SHARE = 0.14  # of the height, for a population among two; less among more
GAP = 0.02  # between populations, as a share of the height


@dataclass
class Band:
    """A population in the stack.

    Parameters
    ----------
    name, size
        Of the population.
    top, height
        Where it stands, as shares of the stack's height.
    times, ids
        Its spikes: ms and neurons.
    """

    name: str
    size: int
    top: float
    height: float
    times: np.ndarray = field(default_factory=lambda: np.zeros(0))
    ids: np.ndarray = field(default_factory=lambda: np.zeros(0, int))

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


class SpikeGraphics:
    """Draws bands into a view box and chooses how, by what is visible.

    Parameters
    ----------
    box
        Where to draw; y is a share of the stack.
    """

    def __init__(self, box: pg.ViewBox) -> None:
        self.box = box
        self.bands: list[Band] = []
        self.dt = 1.0
        self.mode = "ticks"
        self._ticks: list[pg.PlotCurveItem] = []
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image.setZValue(-1)
        box.addItem(self._image, ignoreBounds=True)

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
        return sum(len(band.times) for band in self.bands)

    def visible(self) -> list[np.ndarray]:
        """Per band, the indices of the spikes within the view."""
        (left, right), (low, high) = self.box.viewRange()
        found = []
        for band in self.bands:
            y = band.y(band.ids)
            inside = (band.times >= left - self.dt) & (band.times <= right) & (y >= low) & (y <= high)
            found.append(np.flatnonzero(inside))
        return found

    def draw(self, colors: list[str]) -> None:
        """Draw what is visible now."""
        chosen = self.visible()
        count = sum(map(len, chosen))
        self.mode = "image" if count > MOST_TICKS else "ticks"
        self._image.setVisible(self.mode == "image")
        for item in self._ticks:
            item.setVisible(self.mode == "ticks")
        if self.mode == "image":
            self._draw_image(chosen, colors)
        else:
            self._draw_ticks(chosen, colors, 2 if count <= WIDE_TICKS else 1)

    def _draw_ticks(self, chosen: list[np.ndarray], colors: list[str], width: int) -> None:
        pixel = abs(self.box.viewPixelSize()[1])
        for band, which, color, item in zip(self.bands, chosen, colors, self._ticks, strict=True):
            half = max(0.36 * band.height / band.size, 0.5 * SHORTEST_TICK * pixel)
            y = band.y(band.ids[which])
            ends = np.empty((len(which), 2))
            ends[:, 0], ends[:, 1] = y - half, y + half
            item.setPen(pg.mkPen(color, width=width))
            item.setData(np.repeat(band.times[which], 2), ends.ravel())

    def _draw_image(self, chosen: list[np.ndarray], colors: list[str]) -> None:
        """Bin at the pixels of the device: binned coarser spikes blur, finer they vanish."""
        (left, right), (low, high) = self.box.viewRange()
        view = self.box.getViewWidget()
        ratio = view.devicePixelRatioF() if view is not None else 1.0
        columns = max(1, round(self.box.width() * ratio))
        rows = max(1, round(self.box.height() * ratio))
        pixels = np.zeros((rows * columns, 4), np.uint8)
        for band, which, color in zip(self.bands, chosen, colors, strict=True):
            column = ((band.times[which] - left) * (columns / (right - left))).astype(np.int64)
            row = ((band.y(band.ids[which]) - low) * (rows / (high - low))).astype(np.int64)
            inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
            counts = np.bincount((row * columns + column)[inside], minlength=rows * columns)
            hit = np.flatnonzero(counts)
            if not len(hit):
                continue
            tint = QColor(color)
            pixels[hit, :3] = (tint.red(), tint.green(), tint.blue())
            # One spike is plainly visible already; where many fall on a pixel it is full.
            full = max(1.0, float(np.percentile(counts[hit], 95)))
            pixels[hit, 3] = 255 * (0.55 + 0.45 * np.minimum(1.0, counts[hit] / full))
        self._image.setImage(pixels.reshape(rows, columns, 4), autoLevels=False, levels=(0, 255))
        self._image.setRect(QRectF(left, low, right - left, high - low))

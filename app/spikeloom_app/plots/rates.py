"""How often the neurons of each population spike, over the time of an example."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from spikeloom_app.plots.chart import Chart
from spikeloom_app.plots.spikes import Band, before

MOST_BINS = 200
HEIGHT = 46  # px
AXIS_WIDTH = 72  # px, as that of the raster
WIDTHS = (1, 2, 5)  # times a power of ten: lengths of bins, in steps


def bin_steps(timesteps: int) -> int:
    """Timesteps of a bin, a round number, so that an example has at most `MOST_BINS`."""
    power = 1
    while True:
        for width in WIDTHS:
            if timesteps <= MOST_BINS * width * power:
                return width * power
        power *= 10


def rates(band: Band, timesteps: int, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """The mean rate of a neuron of a population.

    Returns
    -------
    tuple
        The edges of bins (ms), and the rate in each (Hz).
    """
    width = bin_steps(timesteps)
    count = -(-timesteps // width)
    edges = np.minimum(np.arange(count + 1) * width, timesteps)
    spikes = np.diff(before(band.steps, edges))
    return edges * dt, spikes / (band.size * np.diff(edges * dt) / 1000)


class RateStrip(Chart):
    """A curve for each population, above the raster and with its times."""

    def __init__(self) -> None:
        super().__init__("", "Hz")
        self.setAccessibleName("Firing rates over time")
        self.setToolTip("Mean rate of the neurons of each population, in Hz")
        self.setMinimumHeight(HEIGHT)
        self.setMaximumHeight(HEIGHT)
        self.getAxis("left").setWidth(AXIS_WIDTH)
        self.getPlotItem().hideAxis("bottom")
        self.getPlotItem().setContentsMargins(4, 2, 12, 0)
        self.curves: list[pg.PlotCurveItem] = []
        box = self.getViewBox()
        box.setDefaultPadding(0)
        box.setMouseEnabled(x=True, y=False)

    def show_rates(self, bands: Sequence[Band], timesteps: int, dt: float) -> None:
        """Show the rates of populations."""
        while len(self.curves) > len(bands):
            self.removeItem(self.curves.pop())
        while len(self.curves) < len(bands):
            self.curves.append(pg.PlotCurveItem([0, 1], [0], stepMode="center", skipFiniteCheck=True))
            self.addItem(self.curves[-1], ignoreBounds=True)
        highest = 0.0
        for band, curve in zip(bands, self.curves, strict=True):
            edges, values = rates(band, timesteps, dt)
            curve.setData(edges, values)
            highest = max(highest, float(values.max(initial=0.0)))
        self.setYRange(0, 1.1 * highest or 1.0, padding=0)
        words = f"{highest:.0f}" if highest >= 100 else f"{highest:.3g}"
        self.getAxis("left").setTicks([[(highest, words)]] if highest else [[]])

    def paint_curves(self, colors: Sequence[str]) -> None:
        """Draw the curves in these colours."""
        for curve, color in zip(self.curves, colors, strict=False):
            curve.setPen(pg.mkPen(color, width=1))

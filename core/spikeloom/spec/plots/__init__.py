"""Plots of the window: one file per type. They say what is shown and how; nothing of them reaches a run."""

from spikeloom.spec.plots.confusion import Confusion
from spikeloom.spec.plots.curves import Curves
from spikeloom.spec.plots.examples import Examples
from spikeloom.spec.plots.plot import MOST, Place, Plot, as_tuple
from spikeloom.spec.plots.raster import Raster
from spikeloom.spec.plots.traces import Traces
from spikeloom.spec.plots.weights import Weights


def default_plots() -> list[Plot]:
    """What a window shows of a document that says nothing of plots."""
    return [Curves(name="plot:1"), Raster(name="plot:2"), Traces(name="plot:3")]


__all__ = [
    "MOST",
    "Confusion",
    "Curves",
    "Examples",
    "Place",
    "Plot",
    "Raster",
    "Traces",
    "Weights",
    "as_tuple",
    "default_plots",
]

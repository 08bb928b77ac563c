"""The plots: each takes the events of a run (`handle`), can be emptied (`reset`) and follows the theme."""

from spikeloom_app.plots.board import Board
from spikeloom_app.plots.curves import CurvesPlot
from spikeloom_app.plots.log import LogView
from spikeloom_app.plots.panel import PlotPanel, Wants
from spikeloom_app.plots.raster import RasterPlot
from spikeloom_app.plots.traces import TracePlot

__all__ = ["Board", "CurvesPlot", "LogView", "PlotPanel", "RasterPlot", "TracePlot", "Wants"]

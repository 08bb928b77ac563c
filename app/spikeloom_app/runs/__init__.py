"""Running the document: the worker process, what it says, and the bar that steers it."""

from spikeloom_app.runs.controller import RunController
from spikeloom_app.runs.live_panel import LivePanel
from spikeloom_app.runs.run_bar import RunBar
from spikeloom_app.runs.run_watch import RunWatch

__all__ = ["LivePanel", "RunBar", "RunController", "RunWatch"]

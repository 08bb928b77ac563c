"""The data set, looked at before anything runs: how many examples, of which classes, and each of them."""

from spikeloom_app.data.looker import DataLooker
from spikeloom_app.data.panel import DataPanel

__all__ = ["DataLooker", "DataPanel"]

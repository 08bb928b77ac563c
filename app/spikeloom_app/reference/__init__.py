"""The reference in the window: the pages of `spikeloom.reference`, searched, read and copied. Nothing is fetched."""

from spikeloom_app.reference.trail import Stop
from spikeloom_app.reference.view import ReferenceView

__all__ = ["ReferenceView", "Stop"]

"""The node graph: populations as cards, connections as pills on their wires, a view of the open document.

This is the only package that knows NodeGraphQt. It keeps no model of its own: `Canvas` listens to the document and
changes it through its methods, and every item on the scene is made from what the document says.
"""

from spikeloom_app.canvas.canvas import Canvas
from spikeloom_app.canvas.mime import TYPE_MIME
from spikeloom_app.canvas.palette import Palette

__all__ = ["TYPE_MIME", "Canvas", "Palette"]

"""The one place that imports NodeGraphQt: its viewer, its scene and its items, which the canvas subclasses.

Not its `NodeGraph`: that is a second model with its own undo stack, ids and session files, and the document is ours.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")  # Qt.py reads it when it is imported

from NodeGraphQt.constants import PortTypeEnum
from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from NodeGraphQt.qgraphics.pipe import PipeItem
from NodeGraphQt.qgraphics.port import PortItem
from NodeGraphQt.widgets.scene import NodeScene
from NodeGraphQt.widgets.viewer import NodeViewer

__all__ = ["AbstractNodeItem", "NodeScene", "NodeViewer", "PipeItem", "PortItem", "PortTypeEnum"]

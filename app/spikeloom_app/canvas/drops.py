"""What is dropped on the canvas: neuron types of the palette, in the open, on a wire or on a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent

from spikeloom_app.canvas import mime
from spikeloom_app.canvas.items import Card, Part, Pill, Port
from spikeloom_app.canvas.marks import Fold

if TYPE_CHECKING:
    from spikeloom_app.canvas.view import View


class Drops:
    """Takes neuron types alone; everything else is left to the window."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._onto: Part | None = None

    def enter(self, event: QDropEvent) -> None:
        """Whether it would be taken."""
        if mime.unpack(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def move(self, event: QDropEvent) -> None:
        """Mark the wire or card that a type would be dropped on."""
        self.enter(event)
        found = self.view.hit(event.position().toPoint()) if event.isAccepted() else None
        onto = found.card if isinstance(found, Port) else found
        self.mark(onto if isinstance(onto, Card | Pill) and not isinstance(onto, Fold) else None)

    def drop(self, event: QDropEvent) -> None:
        """Add a population of the type."""
        self.mark(None)
        self.enter(event)
        if event.isAccepted():
            place = self.view.mapToScene(event.position().toPoint())
            self.view.type_dropped.emit(mime.unpack(event.mimeData()), place)

    def mark(self, onto: Part | None) -> None:
        """Mark what is under the mouse, and nothing else."""
        if onto is not self._onto:
            for part, mark in ((self._onto, ""), (onto, "target")):
                if part is not None:
                    part.show_mark(mark)
            self._onto = onto

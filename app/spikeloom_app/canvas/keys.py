"""The keys of the canvas that are no actions of the window: Tab, Escape, Space and the arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from spikeloom_app.canvas.gestures import GRID
from spikeloom_app.canvas.items import Part, Pill

if TYPE_CHECKING:
    from spikeloom_app.canvas.view import View

ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
STEP, FINE = 8.0, 1.0  # px that an arrow moves the selection, and with Shift


class Keys:
    """What keys do in `view`."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.space = False
        self._nudged: dict[Part, QPointF] = {}

    def press(self, event: QKeyEvent) -> bool:
        """Whether a key that went down meant something here."""
        view, key = self.view, Qt.Key(event.key())
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            view.delete_selected()
        elif key == Qt.Key.Key_F2:
            view.rename_selected()
        elif key == Qt.Key.Key_Escape and view.leave():
            pass
        elif key == Qt.Key.Key_Space:
            self.space = True
            view.show_cursor()
        elif key in ARROWS and plain and view.selected_parts() and not view.busy:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._nudge(ARROWS[key] * (FINE if fine else GRID if view.snap else STEP))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and len(view.selected_parts()) == 1:
            view.open_part(view.selected_parts()[0])
        else:
            return False
        return True

    def release(self, event: QKeyEvent) -> None:
        """The end of Space and of the arrows."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self.space = False
            self.view.show_cursor()
        elif event.key() in ARROWS:
            self.finish()

    def finish(self) -> None:
        """The keys are up, or the keyboard went elsewhere: what was moved stays there, if it is still there."""
        self.space = False
        moved, self._nudged = self._nudged, {}
        self.view.graph.held = frozenset()
        self.view.document.move({p.part: (p.pos().x(), p.pos().y()) for p in moved if p.scene() is not None})

    def forget(self) -> None:
        """Parts came or went: what was moved so far is where the document says."""
        self._nudged = {}
        self.view.graph.held = frozenset()

    def _nudge(self, by: QPointF) -> None:
        """Move the selection while a key is held; the document follows when it is released."""
        for part in self.view.graph.along(self.view.selected_parts()):
            self._nudged.setdefault(part, part.pos())
            self.view.graph.held = frozenset(self._nudged)
            if isinstance(part, Pill):
                part.fixed = part.pos() + by
            else:
                part.setPos(part.pos() + by)
        self.view.graph.route(self._nudged)

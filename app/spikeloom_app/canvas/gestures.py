"""What the mouse does on the canvas, one class per gesture.

A gesture is told each position of the mouse and in the end either finishes, which may change the document by one step,
or is cancelled, which leaves everything as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from spikeloom_app.canvas.items import Card, Part, Pill, Wire

if TYPE_CHECKING:
    from spikeloom_app.canvas.view import View

SLACK = 4  # px that the mouse may move in a click
SNAP = 28.0  # px around a card within which a connection snaps to it


class Gesture(Protocol):
    """From a press to the release."""

    def move(self, at: QPoint) -> None:
        """The mouse is at `at` (viewport)."""

    def finish(self, at: QPoint) -> None:
        """The button was released."""

    def cancel(self) -> None:
        """Leave everything as it was."""


class Pan:
    """Move the view."""

    def __init__(self, view: View, at: QPoint) -> None:
        self.view, self.last = view, at
        view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, at: QPoint) -> None:
        """Follow the mouse."""
        self.view.pan(at - self.last)
        self.last = at

    def finish(self, at: QPoint) -> None:
        """Stay here."""
        self.view.show_cursor()

    def cancel(self) -> None:
        """Stay here."""
        self.view.show_cursor()


class Drag:
    """Move the selected parts; pills follow their cards unless they were put somewhere."""

    def __init__(self, view: View, pressed: Part, at: QPoint, only: bool) -> None:
        self.view, self.pressed, self.at = view, pressed, at
        self.only = only  # a click without a drag selects the pressed part alone
        self.moving: dict[Part, QPointF] | None = None

    def move(self, at: QPoint) -> None:
        """Move the items; the document follows in the end."""
        if self.moving is None:
            if (at - self.at).manhattanLength() < SLACK:
                return
            self.moving = {part: part.pos() for part in self._parts()}
        delta = self.view.mapToScene(at) - self.view.mapToScene(self.at)
        for part, start in self.moving.items():
            place = QPointF(round(start.x() + delta.x()), round(start.y() + delta.y()))
            if isinstance(part, Pill):
                part.fixed = place
            else:
                part.setPos(place)
        self.view.graph.route()

    def _parts(self) -> list[Part]:
        chosen = [part for part in self.view.graph.parts() if part.isSelected()]
        cards = {part for part in chosen if isinstance(part, Card)}
        if not cards or isinstance(self.pressed, Pill):
            return chosen
        # With its cards a pill moves on its own; only one that was put somewhere has to be moved.
        along = [
            pill
            for pill in self.view.graph.pills.values()
            if pill.fixed is not None and (pill in chosen or {pill.source, pill.target} <= cards)
        ]
        return [*cards, *along]

    def finish(self, at: QPoint) -> None:
        """Put the parts there, in one step of undo."""
        if self.moving is None:
            if self.only:
                self.view.select([self.pressed])
            return
        self.move(at)
        places = {part.part: (part.pos().x(), part.pos().y()) for part in self.moving}
        moved = any(part.pos() != start for part, start in self.moving.items())
        if not moved:
            self.cancel()
            return
        self.moving = None
        self.view.document.move(places)

    def cancel(self) -> None:
        """Put the items back where the document says."""
        for part, start in (self.moving or {}).items():
            if isinstance(part, Pill):
                place = self.view.document.position(part.part)
                part.fixed = None if place is None else QPointF(*place)
            else:
                part.setPos(start)
        self.moving = None
        self.view.graph.route()


class Connect:
    """Draw a wire from a population; it snaps to the population it would connect."""

    def __init__(self, view: View, source: Card, at: QPoint) -> None:
        self.view, self.source, self.start = view, source, at
        self.target: Card | None = None
        self.refusal = ""
        self.wire = Wire(None)
        self.wire.setVisible(False)
        view.scene().addItem(self.wire)
        source.output.show_hover(True)

    def move(self, at: QPoint) -> None:
        """Follow the mouse, and say why what is under it cannot be connected."""
        scene_at = self.view.mapToScene(at)
        # A wire that has barely left its own card is no wish for a loop.
        near = self._near(scene_at) if (at - self.start).manhattanLength() >= SLACK else None
        if near is not self.target:
            self._mark("")
            self.target = near
            self.refusal = self.view.document.refusal(self.source.part, near.part) if near is not None else ""
            self._mark("refused" if self.refusal else "target")
        if self.refusal:
            self.view.bubble.say(self.refusal, at + QPoint(16, 18))
        else:
            self.view.bubble.hide()
        self._draw(scene_at)

    def _near(self, at: QPointF) -> Card | None:
        """The card under the mouse, or the one whose input is near."""
        best, nearest = None, SNAP
        for card in self.view.graph.cards.values():
            if card.outline().contains(at):
                over_output = card is self.source and (at - card.output.scenePos()).manhattanLength() < SNAP
                return None if over_output else card
            if card.words.takes_input:
                away = (at - card.input.scenePos()).manhattanLength()
                if away < nearest:
                    best, nearest = card, away
        return best

    def _mark(self, mark: str) -> None:
        if self.target is not None:
            self.target.show_mark(mark)

    def _draw(self, at: QPointF) -> None:
        start = self.source.output.scenePos()
        snapped = self.target is not None and not self.refusal
        end = self.target.input.scenePos() if self.target is not None and snapped else at
        path = QPainterPath(start)
        if self.target is self.source and snapped:
            top = self.source.outline().top() - 36
            middle = QPointF((start.x() + end.x()) / 2, top)
            path.cubicTo(start + QPointF(64, 0), middle + QPointF(90, 0), middle)
            path.cubicTo(middle - QPointF(90, 0), end - QPointF(64, 0), end)
        else:
            reach = QPointF(max(36.0, min(abs(end.x() - start.x()) / 2, 150.0)), 0)
            path.cubicTo(start + reach, end - reach if snapped else end - reach / 3, end)
        self.wire.refused = bool(self.refusal)
        self.wire.lay(path, end, arrow=snapped)
        self.wire.setVisible(True)

    def finish(self, at: QPoint) -> None:
        """Connect, or leave the reason standing for a moment."""
        self.move(at)
        target, refusal = self.target, self.refusal
        self._clear()
        if refusal:
            self.view.bubble.say(refusal, at + QPoint(16, 18), seconds=4.0)
        elif target is not None:
            self.view.connect_parts(self.source.part, target.part)

    def cancel(self) -> None:
        """Take the wire away."""
        self._clear()
        self.view.bubble.hide()

    def _clear(self) -> None:
        self._mark("")
        self.source.output.show_hover(False)
        self.target = None
        if self.wire.scene() is not None:
            self.view.scene().removeItem(self.wire)


class RubberBand:
    """Select what a rectangle touches."""

    def __init__(self, view: View, at: QPoint, extend: bool) -> None:
        self.view, self.start = view, view.mapToScene(at)
        self.before = view.selected_parts() if extend else []
        if not extend:
            view.select([])

    def move(self, at: QPoint) -> None:
        """Select what it touches now."""
        rect = QRectF(self.start, self.view.mapToScene(at)).normalized()
        self.view.show_band(rect)
        rect = rect.adjusted(-1, -1, 1, 1)  # a straight line touches, too
        touched = [part for part in self.view.graph.parts() if part.outline().intersects(rect)]
        self.view.select([*self.before, *touched])

    def finish(self, at: QPoint) -> None:
        """Keep the selection."""
        self.view.show_band(QRectF())

    def cancel(self) -> None:
        """Select what was selected before."""
        self.view.show_band(QRectF())
        self.view.select(self.before)

"""What the mouse does on the canvas, one class per gesture.

A gesture is told each position of the mouse and in the end either finishes, which may change the document by one step,
or is cancelled, which leaves everything as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QMouseEvent, QPainterPath

from spikeloom_app.canvas.items import Card, Part, Pill, Port, Wire
from spikeloom_app.canvas.marks import Fold, FrameItem, Mark

if TYPE_CHECKING:
    from spikeloom_app.canvas.view import View

SLACK = 4  # px that the mouse may move in a click
SNAP = 28.0  # px around a card within which a connection snaps to it
DROP = 40  # px that a wire must be drawn into the open to ask for something new there
GRID = 12.0  # px, where parts snap to the grid


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
    """Move the selected parts; pills follow their cards unless they were put somewhere.

    A card without connections that is dropped on a wire is inserted into its connection.
    """

    def __init__(self, view: View, pressed: Part, at: QPoint, only: bool) -> None:
        self.view, self.pressed, self.at = view, pressed, at
        self.only = only  # a click without a drag selects the pressed part alone
        self.moving: dict[Part, QPointF] | None = None
        self.onto: Pill | None = None

    def move(self, at: QPoint) -> None:
        """Move the items; the document follows in the end."""
        if self.moving is None:
            if (at - self.at).manhattanLength() < SLACK:
                return
            self.moving = {part: part.pos() for part in self._parts()}
            self.view.graph.held = frozenset(self.moving)
        delta = self._delta(self.view.mapToScene(at) - self.view.mapToScene(self.at))
        for part, start in self.moving.items():
            place = QPointF(round(start.x() + delta.x()), round(start.y() + delta.y()))
            if isinstance(part, Pill):
                part.fixed = place
            else:
                part.setPos(place)
        self.view.graph.route(self.moving)
        self._mark(self._wire_under(at))

    def _delta(self, delta: QPointF) -> QPointF:
        """How far to move: with the pressed part on the grid where parts snap to it."""
        if not self.view.snap or self.moving is None:
            return delta
        start = self.moving.get(self.pressed, QPointF(0, 0))
        place = start + delta
        return QPointF(GRID * round(place.x() / GRID), GRID * round(place.y() / GRID)) - start

    def _wire_under(self, at: QPoint) -> Pill | None:
        """The connection that the one moved card would be inserted into."""
        card = self.pressed
        if self.moving is None or len(self.moving) != 1 or not isinstance(card, Card):
            return None
        if card.part not in self.view.graph.cards or not (card.words.takes_input and card.words.gives_spikes):
            return None
        if any(card in (pill.source, pill.target) for pill in self.view.graph.pills.values()):
            return None
        found = self.view.hit(at, through=card)
        return found if isinstance(found, Pill) else None

    def _mark(self, onto: Pill | None) -> None:
        if onto is not self.onto:
            for pill, mark in ((self.onto, ""), (onto, "target")):
                if pill is not None:
                    pill.show_mark(mark)
            self.onto = onto

    def _parts(self) -> list[Part]:
        chosen = self.view.graph.along(self.view.selected_parts())
        cards = {part for part in chosen if isinstance(part, Card)}
        if not cards or isinstance(self.pressed, Pill):
            return chosen
        # With its cards a pill moves on its own; only one that was put somewhere has to be moved.
        along = [
            pill
            for pill in self.view.graph.pills.values()
            if pill.fixed is not None and (pill in chosen or {pill.source, pill.target} <= cards)
        ]
        return list(dict.fromkeys([*(part for part in chosen if not isinstance(part, Pill)), *along]))

    def finish(self, at: QPoint) -> None:
        """Put the parts there, in one step of undo."""
        if self.moving is None:
            if self.only:
                self.view.select([self.pressed])
            return
        self.move(at)
        onto, document = self.onto, self.view.document
        places = {part.part: (part.pos().x(), part.pos().y()) for part in self.moving}
        moved = any(part.pos() != start for part, start in self.moving.items())
        if not moved:
            self.cancel()
            return
        self._end()
        if onto is None:
            document.move(places)
            return
        with document.one_step(f"insert {self.pressed.part} into {onto.part}"):
            document.move(places)
            document.lead_through(onto.part, self.pressed.part)

    def cancel(self) -> None:
        """Put the items back where the document says."""
        for part, start in (self.moving or {}).items():
            if isinstance(part, Pill):
                place = self.view.document.position(part.part)
                part.fixed = None if place is None else QPointF(*place)
            else:
                part.setPos(start)
        self._end()
        self.view.graph.route()

    def _end(self) -> None:
        self._mark(None)
        self.moving, self.view.graph.held = None, frozenset()


class Resize:
    """Drag the corner of a note or frame."""

    def __init__(self, view: View, mark: Mark, at: QPoint) -> None:
        self.view, self.mark, self.at, self.before = view, mark, at, mark.extent

    def move(self, at: QPoint) -> None:
        """Follow the mouse."""
        delta = self.view.mapToScene(at) - self.view.mapToScene(self.at)
        width, height = self.before.width() + delta.x(), self.before.height() + delta.y()
        if self.view.snap:
            corner = self.mark.pos() + QPointF(width, height)
            width = GRID * round(corner.x() / GRID) - self.mark.pos().x()
            height = GRID * round(corner.y() / GRID) - self.mark.pos().y()
        self.mark.resize(QSizeF(round(width), round(height)))

    def finish(self, at: QPoint) -> None:
        """Keep the size, in one step of undo."""
        self.move(at)
        size, name = self.mark.extent, self.mark.part
        if size != self.before:
            path = ("view", f"{name.partition(':')[0]}s", name)
            values: dict[tuple[str, ...], float] = {(*path, "width"): size.width(), (*path, "height"): size.height()}
            self.view.document.set_values(values, f"resize {name.replace(':', ' ')}")

    def cancel(self) -> None:
        """Take the size that it had."""
        self.mark.resize(self.before)


class PressFold:
    """Press the mark of a frame that folds it."""

    def __init__(self, view: View, frame: FrameItem) -> None:
        self.view, self.frame = view, frame

    def move(self, at: QPoint) -> None:
        """Nothing yet."""

    def finish(self, at: QPoint) -> None:
        """Fold it, where the mouse is still there."""
        if self.frame.over_fold(self.view.mapToScene(at)):
            self.view.fold_wanted.emit(self.frame.part)

    def cancel(self) -> None:
        """Nothing."""


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
            self.refusal = self._refusal(near)
            self._mark("refused" if self.refusal else "target")
        if self.refusal:
            self.view.bubble.say(self.refusal, at + QPoint(16, 18))
        else:
            self.view.bubble.hide()
        self._draw(scene_at)

    def _refusal(self, near: Card | None) -> str:
        if isinstance(near, Fold):
            return f"'{near.words.name}' is folded; unfold it to connect to what stands in it"
        return self.view.document.refusal(self.source.part, near.part) if near is not None else ""

    def _near(self, at: QPointF) -> Card | None:
        """The card under the mouse, or the one whose input is near."""
        best, nearest = None, SNAP
        graph = self.view.graph
        for card in (*graph.cards.values(), *graph.marks.folds.values()):
            if not card.isVisible():
                continue
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
        elif (at - self.start).manhattanLength() >= DROP:
            if self.view.hit(at) is None:
                self.view.wire_dropped.emit(self.source.part, at)
            else:
                self.view.bubble.say("Drop a wire on a population, or in the open for a new one", at, seconds=4.0)

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
        touched = [part for part in self.view.graph.everything() if part.touched(rect)]
        self.view.select([*self.before, *touched])

    def finish(self, at: QPoint) -> None:
        """Keep the selection."""
        self.view.show_band(QRectF())

    def cancel(self) -> None:
        """Select what was selected before."""
        self.view.show_band(QRectF())
        self.view.select(self.before)


def begin(view: View, event: QMouseEvent) -> Gesture | None:
    """The gesture that a press of a button begins."""
    at = event.position().toPoint()
    if event.button() == Qt.MouseButton.MiddleButton or view.keys.space:
        return Pan(view, at)
    if event.button() != Qt.MouseButton.LeftButton:
        return None
    extend = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
    found = view.hit(at)
    if found is None:
        return RubberBand(view, at, extend)
    if isinstance(found, Port):
        return Connect(view, found.card, at)
    return _on_mark(view, found, at) or _on_part(view, found, at, extend)


def _on_mark(view: View, found: Part, at: QPoint) -> Gesture | None:
    """Where the corner or the fold of a note or frame is pressed."""
    place = view.mapToScene(at)
    if isinstance(found, Mark) and found.over_grip(place):
        view.select([found])
        return Resize(view, found, at)
    if isinstance(found, FrameItem) and found.over_fold(place):
        return PressFold(view, found)
    return None


def _on_part(view: View, found: Part, at: QPoint, extend: bool) -> Gesture | None:
    chosen = view.selected_parts()
    if extend:
        view.select([part for part in chosen if part is not found] if found in chosen else [*chosen, found])
        return Drag(view, found, at, only=False) if found.isSelected() else None
    several = found in chosen
    if not several:
        view.select([found])
    return Drag(view, found, at, only=several)

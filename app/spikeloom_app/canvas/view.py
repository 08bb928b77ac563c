"""The canvas's view: which gesture a mouse event begins, what the keys do, and what is dropped.

NodeGraphQt's own handling of mouse and keys is replaced as a whole, since it would change a graph of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom_app import theme
from spikeloom_app.canvas import ink
from spikeloom_app.canvas.badge import Badge
from spikeloom_app.canvas.bubble import Bubble
from spikeloom_app.canvas.chooser import Chooser
from spikeloom_app.canvas.drops import Drops
from spikeloom_app.canvas.gestures import Gesture, begin
from spikeloom_app.canvas.graph import Graph
from spikeloom_app.canvas.ink import FAR
from spikeloom_app.canvas.items import Z_WIRE, Part, Pill, Port, Wire
from spikeloom_app.canvas.keys import Keys
from spikeloom_app.canvas.marks import Fold, Mark, NoteItem
from spikeloom_app.canvas.pane import Pane
from spikeloom_app.canvas.rename import NameEdit, NoteEdit
from spikeloom_app.canvas.stages import Stage
from spikeloom_app.document import OpenDocument
from spikeloom_app.listening import listen

HINT = "Drag a neuron here to begin, or press Tab and type what to add."


class View(Pane):
    """Shows `document`.

    Signals
    -------
    chosen
        The selection changed.
    menu_wanted
        A context menu, at a global position.
    type_dropped
        The name of a neuron type, and where on the scene.
    add_wanted
        Something is to be added, at a place of the viewport, or where the mouse is (None).
    wire_dropped
        A wire from a population was dropped in the open: its name, and where in the viewport.
    fold_wanted
        A frame is to be folded or unfolded: its name.
    stage_opened
        A card of the experiment was double-clicked: its name.
    """

    chosen = Signal()
    menu_wanted = Signal(QPoint)
    type_dropped = Signal(str, QPointF)
    add_wanted = Signal(object)
    wire_dropped = Signal(str, QPoint)
    fold_wanted = Signal(str)
    stage_opened = Signal(str)

    def __init__(self, document: OpenDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.bubble = Bubble(self.viewport())
        self.name_edit, self.note_edit = NameEdit(self), NoteEdit(self)
        self.chooser = Chooser(self.viewport(), self)
        self.keys, self.drops = Keys(self), Drops(self)
        self.snap = False
        self.graph = Graph(document, self.scene(), self)
        self.graph.rebuilt.connect(self._start_anew)
        listen(document.undo_stack.about_to_move, self.finish)
        listen(document.changed, self.chooser.leave)
        self.graph.parts_changed.connect(self._check_gesture)
        self.scene().selectionChanged.connect(self.chosen)
        self._gesture: Gesture | None = None
        self._hovered: Part | Port | None = None
        self._over_grip = False
        self._band = QRectF()
        self._fit_pending = True
        for edit in (self.name_edit, self.note_edit):
            self.moved.connect(edit.place)

    # -- what is where ------------------------------------------------------------
    def hit(self, at: QPoint, through: Part | None = None) -> Part | Port | None:
        """The part or output port at a place of the viewport; a wire counts as its pill.

        Parameters
        ----------
        through
            A part to look through.
        """
        parts = (self._part_of(item) for item in self.items(QRect(at - QPoint(2, 2), at + QPoint(2, 2))))
        found = next((part for part in parts if part is not None and part is not through), None)
        if self.zoom() >= FAR and not isinstance(found, Pill) and through is None:
            for item in self.items(QRect(at - QPoint(12, 12), at + QPoint(12, 12))):
                if isinstance(item, Port) and item.starts_wire:
                    return item
        return found

    @staticmethod
    def _part_of(item: QGraphicsItem) -> Part | None:
        if isinstance(item, Badge | Port):
            item = item.parentItem()
        if isinstance(item, Wire):
            return item.pill
        return item if isinstance(item, Part) else None

    def selected_parts(self) -> list[Part]:
        """What is selected, in the document's order."""
        return [part for part in self.graph.everything() if part.isSelected()]

    def select(self, parts: Iterable[Part]) -> None:
        """Select these alone; listeners hear of it once."""
        wanted = set(parts)
        before = self.selected_parts()
        if wanted == set(before):
            return
        self.scene().blockSignals(True)
        for part in self.graph.everything():
            part.setSelected(part in wanted)
            if isinstance(part, Pill):
                part.wire.setZValue(Z_WIRE + part.isSelected())
                part.wire.update()
        self.scene().blockSignals(False)
        self.viewport().update()
        self.chosen.emit()

    # -- the selection and what is seen ------------------------------------------------------------
    def zoom_to(self, zoom: float, at: QPoint | None = None) -> None:
        """Zoom by the user's wish: what is shown is no longer fitted on a resize."""
        self._fit_pending = False
        super().zoom_to(zoom, at)

    def pan(self, by: QPoint) -> None:
        """Pan by the user's wish."""
        self._fit_pending = False
        super().pan(by)

    def fit(self, parts: Iterable[Part] = ()) -> None:
        """Show these parts, or the whole network."""
        self.graph.settle()
        rect = QRectF()
        for part in list(parts) or self.graph.everything():
            rect = rect.united(part.outline())
        if not rect.isValid():
            rect = QRectF(-200, -120, 400, 240)
        self.show_rect(rect)

    def bring_into_view(self, rect: QRectF) -> None:
        """Pan as far as it takes to see `rect` with some room around it."""
        self._fit_pending = False
        self.ensureVisible(rect, 60, 60)
        self.moved.emit()

    def show_place(self, at: QPointF) -> None:
        """Bring a place of the scene to the middle."""
        self._fit_pending = False
        self.centerOn(at)
        self.moved.emit()

    def finish(self) -> None:
        """Take what is being typed on the canvas into the document, and leave off what the mouse does."""
        self.cancel()
        self.name_edit.finish()
        self.note_edit.finish()

    def _start_anew(self) -> None:
        self.name_edit.stop()
        self.note_edit.stop()
        self.chooser.leave()
        self._fit_pending = True
        if self.isVisible():
            self.fit()

    @property
    def busy(self) -> bool:
        """Whether the mouse is in the middle of something."""
        return self._gesture is not None

    # -- gestures ------------------------------------------------------------
    def connect_parts(self, source: str, target: str) -> None:
        """Connect two populations and select the connection."""
        try:
            name = self.document.add_connection(source, target)
        except SpikeloomError as error:
            self.bubble.say(error.message, self._place_of(source), seconds=4.0)
            return
        self.graph.settle()
        self.select([self.graph.pills[name]])

    def _place_of(self, name: str) -> QPoint:
        part = self.graph.part(name)
        return self.mapFromScene(part.outline().bottomLeft()) + QPoint(0, 8) if part is not None else QPoint(8, 8)

    def show_band(self, rect: QRectF) -> None:
        """Show the rectangle of a selection; an empty one for none."""
        self._band = rect
        self.viewport().update()

    def show_cursor(self) -> None:
        """The cursor of what a press would begin."""
        if self.keys.space:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif isinstance(self._hovered, Port):
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        elif self._over_grip:
            self.viewport().setCursor(Qt.CursorShape.SizeFDiagCursor)
        else:
            self.viewport().unsetCursor()

    def cancel(self) -> None:
        """Leave off the gesture that is under way."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()

    def _check_gesture(self) -> None:
        """An item of the gesture may be gone."""
        if self._hovered is not None and self._hovered.scene() is not None:
            self._hovered.show_hover(False)
        self._hovered = None
        self.keys.forget()
        self.cancel()
        for edit in (self.name_edit, self.note_edit):
            if edit.item is not None and edit.item.scene() is None:
                edit.stop()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._gesture is None:
            self.bubble.hide()
            self._gesture = begin(self, event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        at = event.position().toPoint()
        if self._gesture is not None:
            self._gesture.move(at)
        else:
            found = self.hit(at)
            self._over_grip = isinstance(found, Mark) and found.over_grip(self.mapToScene(at))
            self._hover(found)
            self.show_cursor()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.finish(event.position().toPoint())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a card, pill or note: edit its name or text; in the open: add something."""
        at = event.position().toPoint()
        found = self.hit(at)
        if event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
        elif isinstance(found, Part):
            self.cancel()
            self.select([found])
            self.open_part(found)
        elif found is None:
            self.cancel()
            self.select([])
            self.add_wanted.emit(at)
        else:
            self.mousePressEvent(event)

    def open_part(self, part: Part) -> None:
        """What a double click or Enter does: edit a name or a text, unfold a frame, look at the data."""
        if isinstance(part, NoteItem):
            self.edit_text(part)
        elif isinstance(part, Fold):
            self.fold_wanted.emit(part.part)
        elif isinstance(part, Stage):
            self.stage_opened.emit(part.part)
        else:
            self.graph.settle()
            self.bring_into_view(part.outline())
            self.name_edit.start(part)

    def edit_text(self, note: NoteItem) -> None:
        """Edit the text of a note, on the note."""
        self.bring_into_view(note.outline())
        self.note_edit.start(note)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._hover(None)
        QGraphicsView.leaveEvent(self, event)

    def forget_mouse(self) -> None:
        """Show nothing as being under the mouse."""
        self._hover(None)

    def _hover(self, found: Part | Port | None) -> None:
        if found is not self._hovered:
            for item, hovered in ((self._hovered, False), (found, True)):
                if item is not None:
                    item.show_hover(hovered)
            self._hovered = found
            self.show_cursor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the mouse."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        self.zoom_to(self.zoom() * 1.0014**delta, event.position().toPoint())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the mouse, or of the selection where a key asked."""
        if self._gesture is not None:
            event.accept()
            return
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            found = self.hit(event.pos())
            part = found.card if isinstance(found, Port) else found
            if part is None:
                self.select([])
            elif not part.isSelected():
                self.select([part])
            self.menu_wanted.emit(event.globalPos())
        else:
            chosen = self.selected_parts()
            at = self._place_of(chosen[0].part) if chosen else self.viewport().rect().center()
            self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        event.accept()

    # -- keys ------------------------------------------------------------
    def leave(self) -> bool:
        """Leave off the gesture, or select nothing; False where there was neither."""
        if self._gesture is not None:
            self.cancel()
        elif self.selected_parts():
            self.select([])
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See `Keys`."""
        if self.keys.press(event):
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `Keys`."""
        self.keys.release(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No key is held any more, as far as the canvas will hear."""
        super().focusOutEvent(event)
        self.keys.finish()
        self.show_cursor()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab asks what to add; Shift+Tab leaves the canvas."""
        if not forward or not self.hasFocus():
            return bool(QGraphicsView.focusNextPrevChild(self, forward))
        self.add_wanted.emit(None)
        return True

    def delete_selected(self) -> None:
        """Remove what is selected from the document; with a folded frame, all that it stands for."""
        chosen = self.selected_parts()
        inside = self.graph.along(part for part in chosen if isinstance(part, Fold))
        self.document.remove([part.part for part in (*chosen, *inside)])

    def rename_selected(self) -> None:
        """Edit the name of the first selected part, at the part."""
        chosen = self.selected_parts()
        if chosen and not isinstance(chosen[0], Stage | NoteItem):
            self.graph.settle()
            self.bring_into_view(chosen[0].outline())
            self.name_edit.start(chosen[0])

    # -- drops ------------------------------------------------------------
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """See `Drops`."""
        self.drops.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """See `Drops`."""
        self.drops.move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Mark nothing."""
        self.drops.mark(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """See `Drops`."""
        self.drops.drop(event)

    # -- the whole ------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        """Fit a network that nobody has looked at yet."""
        super().showEvent(event)
        if self._fit_pending:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Go on fitting until somebody zooms or pans."""
        super().resizeEvent(event)
        if self._fit_pending and self.isVisible():
            self.fit()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """The rectangle of a selection, and what to do with an empty canvas."""
        tokens = theme.current()
        if not self._band.isEmpty():
            painter.setPen(ink.pen(tokens.accent, 1.0 / self.zoom()))
            painter.setBrush(ink.colour(tokens.accent, 28))
            painter.drawRect(self._band)
        if not self.graph.cards:
            painter.save()
            painter.resetTransform()
            painter.setFont(ink.font(tokens.font_large))
            painter.setPen(ink.colour(tokens.text_muted))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, HINT)
            painter.restore()

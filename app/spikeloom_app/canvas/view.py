"""The canvas's view: which gesture a mouse event begins, what the keys do, and what is dropped.

NodeGraphQt's own handling of mouse and keys is replaced as a whole, since it would change a graph of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
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
from spikeloom_app.canvas import ink, mime
from spikeloom_app.canvas.bubble import Bubble
from spikeloom_app.canvas.gestures import Connect, Drag, Gesture, Pan, RubberBand
from spikeloom_app.canvas.graph import Graph
from spikeloom_app.canvas.items import FAR, Z_WIRE, Badge, Part, Pill, Port, Wire
from spikeloom_app.canvas.pane import Pane
from spikeloom_app.canvas.rename import NameEdit
from spikeloom_app.document import OpenDocument

HINT = "Drag a neuron here to begin, or double-click one in the palette."
ARROWS = {
    Qt.Key.Key_Left: QPointF(-8, 0),
    Qt.Key.Key_Right: QPointF(8, 0),
    Qt.Key.Key_Up: QPointF(0, -8),
    Qt.Key.Key_Down: QPointF(0, 8),
}


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
    """

    chosen = Signal()
    menu_wanted = Signal(QPoint)
    type_dropped = Signal(str, QPointF)

    def __init__(self, document: OpenDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.bubble = Bubble(self.viewport())
        self.name_edit = NameEdit(self)
        self.graph = Graph(document, self.scene(), self)
        self.graph.rebuilt.connect(self._start_anew)
        self.graph.parts_changed.connect(self._check_gesture)
        self.scene().selectionChanged.connect(self.chosen)
        self._gesture: Gesture | None = None
        self._hovered: Part | Port | None = None
        self._space = False
        self._nudged: dict[Part, QPointF] = {}
        self._band = QRectF()
        self._fit_pending = True
        self.moved.connect(self.name_edit.place)

    # -- what is where ------------------------------------------------------------
    def hit(self, at: QPoint) -> Part | Port | None:
        """The part or output port at a place of the viewport; a wire counts as its pill."""
        found: Part | None = None
        for item in self.items(QRect(at - QPoint(2, 2), at + QPoint(2, 2))):
            part = self._part_of(item)
            if part is not None:
                found = part
                break
        if self.zoom() >= FAR and not isinstance(found, Pill):
            for item in self.items(QRect(at - QPoint(12, 12), at + QPoint(12, 12))):
                if isinstance(item, Port) and item is item.card.output and item.isVisible():
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
        return [part for part in self.graph.parts() if part.isSelected()]

    def select(self, parts: Iterable[Part]) -> None:
        """Select these alone; listeners hear of it once."""
        wanted = set(parts)
        before = self.selected_parts()
        if wanted == set(before):
            return
        self.scene().blockSignals(True)
        for part in self.graph.parts():
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

    def fit(self) -> None:
        """Show the whole network."""
        self.graph.settle()
        rect = QRectF()
        for part in self.graph.parts():
            rect = rect.united(part.outline())
        if not rect.isValid():
            rect = QRectF(-200, -120, 400, 240)
        self.show_rect(rect)

    def _start_anew(self) -> None:
        self.name_edit.stop()
        self._fit_pending = True
        if self.isVisible():
            self.fit()

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
        if self._space:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif isinstance(self._hovered, Port):
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
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
        self.cancel()
        if self.name_edit.item is not None and self.name_edit.item.scene() is None:
            self.name_edit.stop()

    def _begin(self, event: QMouseEvent) -> Gesture | None:
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.MiddleButton or self._space:
            return Pan(self, at)
        if event.button() != Qt.MouseButton.LeftButton:
            return None
        extend = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
        found = self.hit(at)
        if found is None:
            return RubberBand(self, at, extend)
        if isinstance(found, Port):
            return Connect(self, found.card, at)
        if extend:
            chosen = self.selected_parts()
            self.select([part for part in chosen if part is not found] if found in chosen else [*chosen, found])
            return Drag(self, found, at, only=False) if found.isSelected() else None
        several = found.isSelected()
        if not several:
            self.select([found])
        return Drag(self, found, at, only=several)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._gesture is None:
            self.bubble.hide()
            self._gesture = self._begin(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        at = event.position().toPoint()
        if self._gesture is not None:
            self._gesture.move(at)
        else:
            self._hover(self.hit(at))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.finish(event.position().toPoint())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a card or pill: rename it."""
        found = self.hit(event.position().toPoint())
        if isinstance(found, Part) and event.button() == Qt.MouseButton.LeftButton:
            self.cancel()
            self.select([found])
            self.name_edit.start(found)
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._hover(None)
        QGraphicsView.leaveEvent(self, event)

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
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete, F2, Escape, Space, the arrows, and Tab through the parts."""
        key = event.key()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_selected()
        elif key == Qt.Key.Key_F2:
            self.rename_selected()
        elif key == Qt.Key.Key_Escape and (self._gesture is not None or self.selected_parts()):
            if self._gesture is not None:
                self.cancel()
            else:
                self.select([])
        elif key == Qt.Key.Key_Space:
            self._space = True
            self.show_cursor()
        elif key in ARROWS and self.selected_parts():
            self._nudge(ARROWS[Qt.Key(key)])
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The end of Space and of the arrows."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._space = False
            self.show_cursor()
        elif event.key() in ARROWS and self._nudged:
            moved, self._nudged = self._nudged, {}
            self.document.move({part.part: (part.pos().x(), part.pos().y()) for part in moved})

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from part to part, and on to the next widget after the last."""
        if not self.hasFocus():  # something inside was hidden
            return bool(QGraphicsView.focusNextPrevChild(self, forward))
        parts = self.graph.parts()
        chosen = self.selected_parts()
        step = 1 if forward else -1
        index = parts.index(chosen[0]) + step if chosen else (0 if forward else len(parts) - 1)
        if not 0 <= index < len(parts):
            return bool(QGraphicsView.focusNextPrevChild(self, forward))
        self.select([parts[index]])
        self.ensureVisible(parts[index].outline(), 40, 40)
        return True

    def _nudge(self, by: QPointF) -> None:
        """Move the selection while a key is held; the document follows when it is released."""
        for part in self.selected_parts():
            self._nudged.setdefault(part, part.pos())
            if isinstance(part, Pill):
                part.fixed = part.pos() + by
            else:
                part.setPos(part.pos() + by)
        self.graph.route()

    def delete_selected(self) -> None:
        """Remove what is selected from the document."""
        self.document.remove([part.part for part in self.selected_parts()])

    def rename_selected(self) -> None:
        """Edit the name of the first selected part, at the part."""
        chosen = self.selected_parts()
        if chosen:
            self.graph.settle()
            self.ensureVisible(chosen[0].outline(), 40, 40)
            self.name_edit.start(chosen[0])

    # -- drops ------------------------------------------------------------
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take neuron types alone."""
        self._accept(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take neuron types alone."""
        self._accept(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add a population of the type."""
        self._accept(event)
        if event.isAccepted():
            self.type_dropped.emit(mime.unpack(event.mimeData()), self.mapToScene(event.position().toPoint()))

    @staticmethod
    def _accept(event: QDropEvent) -> None:
        if mime.unpack(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

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

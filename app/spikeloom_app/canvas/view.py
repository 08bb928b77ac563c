"""The window onto the scene: zoom, pan, the dotted ground, and which gesture an event begins.

NodeGraphQt's viewer is the base; its mouse and keyboard handling, context menus and search box are replaced, since they
would change a graph of their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsItem, QGraphicsScene, QGraphicsView, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom_app import theme
from spikeloom_app.canvas import ink, mime
from spikeloom_app.canvas.bubble import Bubble
from spikeloom_app.canvas.gestures import Connect, Drag, Gesture, Pan, RubberBand
from spikeloom_app.canvas.graph import Graph
from spikeloom_app.canvas.items import FAR, Badge, Card, Part, Pill, Port, Wire
from spikeloom_app.canvas.nodegraph import NodeScene, NodeViewer
from spikeloom_app.canvas.rename import NameEdit
from spikeloom_app.document import OpenDocument

ZOOM_LEAST, ZOOM_MOST = 0.2, 3.0
ZOOM_FIT = 1.25  # `fit` does not magnify a small network beyond this
ZOOM_STEP = 1.25
EXTENT = 100_000.0  # px, half the side of the ground
DOTS = 24.0  # px between the dots of the ground
MARGIN = 56.0  # px around the network in `fit`
HINT = "Drag a neuron here to begin, or double-click one in the palette."


class Ground(NodeScene):  # type: ignore[misc]
    """The scene: a dotted ground."""

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Dots at a distance that stays readable at any zoom."""
        tokens = theme.current()
        painter.fillRect(rect, ink.colour(tokens.canvas))
        zoom = painter.worldTransform().m11()
        step = DOTS
        while step * zoom < 16:
            step *= 2
        dots = ink.pen(tokens.canvas_dot, 1.8 / zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, zoom > FAR)
        painter.setPen(dots)
        left, top = step * (rect.left() // step), step * (rect.top() // step)
        across, down = int(rect.width() // step) + 2, int(rect.height() // step) + 2
        painter.drawPoints([QPointF(left + i * step, top + j * step) for i in range(across) for j in range(down)])


class View(NodeViewer):  # type: ignore[misc]
    """Shows `document`; `chosen` is emitted when the selection changed."""

    chosen = Signal()
    menu_wanted = Signal(QPoint)  # global position

    def __init__(self, document: OpenDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strip()
        self.document = document
        self.setScene(Ground(self))
        self.scene().setSceneRect(-EXTENT, -EXTENT, 2 * EXTENT, 2 * EXTENT)
        self.setSceneRect(self.scene().sceneRect())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState, True)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.bubble = Bubble(self.viewport())
        self.name_edit = NameEdit(self)
        self.graph = Graph(document, self.scene(), self)
        self.graph.rebuilt.connect(self._start_anew)
        self.graph.parts_changed.connect(self._check_gesture)
        self.scene().selectionChanged.connect(self.chosen)
        self._gesture: Gesture | None = None
        self._hovered: Part | Port | None = None
        self._space = False
        self._band = QRectF()
        self._fit_pending = True
        self.centerOn(0, 0)

    def _strip(self) -> None:
        """Take away what NodeGraphQt's viewer brings and the canvas does not use."""
        self._search_widget.deleteLater()
        self._ctx_menu_bar.deleteLater()
        self._rubber_band.deleteLater()
        self._LIVE_PIPE = self._SLICER_PIPE = self._cursor_text = None
        self.acyclic = False

    def _update_scene(self) -> None:
        """NodeGraphQt fits the scene into the view at every step; here the scroll bars place it."""

    # -- what is where -------------------------------------------------------------------------------------------------
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
                part.wire.update()
        self.scene().blockSignals(False)
        self.viewport().update()
        self.chosen.emit()

    # -- zoom and pan ----------------------------------------------------------------------------------------------------
    def zoom(self) -> float:
        """Pixels per unit of the scene."""
        return float(self.transform().m11())

    def zoom_to(self, zoom: float, at: QPoint | None = None) -> None:
        """Zoom so that what is at `at` (default: the middle) stays there."""
        at = self.viewport().rect().center() if at is None else at
        zoom = max(ZOOM_LEAST, min(ZOOM_MOST, zoom))
        held = self.mapToScene(at)
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self.pan(at - self.mapFromScene(held))
        self._fit_pending = False
        self._moved()

    def pan(self, by: QPoint) -> None:
        """Move what is seen by some pixels."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - by.x())
        down.setValue(down.value() - by.y())
        self._fit_pending = False
        self._moved()

    def fit(self) -> None:
        """Show the whole network."""
        self.graph.settle()
        rect = QRectF()
        for part in self.graph.parts():
            rect = rect.united(part.outline())
        if not rect.isValid():
            rect = QRectF(-200, -120, 400, 240)
        size = self.viewport().size()
        across = (size.width() - 2 * MARGIN) / max(rect.width(), 1.0)
        down = (size.height() - 2 * MARGIN) / max(rect.height(), 1.0)
        zoom = max(ZOOM_LEAST, min(ZOOM_FIT, across, down))
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self.centerOn(rect.center())
        self._moved()

    def _moved(self) -> None:
        if self.name_edit.item is not None:
            self.name_edit.place()

    def _start_anew(self) -> None:
        self.name_edit.stop()
        self._fit_pending = True
        if self.isVisible():
            self.fit()

    # -- gestures ----------------------------------------------------------------------------------------------------------
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

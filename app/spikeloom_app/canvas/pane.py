"""The pane through which the scene is seen: zoom, pan and the dotted ground.

NodeGraphQt's viewer is the base; its own scheme (the scene is fitted into the view at every step) draws everything anew
for each pixel of a pan, so here scroll bars place the scene, and its search box, menus and live wire are taken away.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from spikeloom_app import theme
from spikeloom_app.canvas import ink
from spikeloom_app.canvas.nodegraph import NodeScene, NodeViewer

ZOOM_LEAST, ZOOM_MOST = 0.05, 3.0
ZOOM_FURTHEST = 0.005  # to show everything, however large
ZOOM_FIT = 1.25  # showing everything does not magnify a small network beyond this
EXTENT = 1_100_000.0  # px, half the side of the ground
DOTS = 24.0  # px between the dots of the ground
MARGIN = 56.0  # px around what is shown by `show_rect`


class Ground(NodeScene):
    """The scene: a dotted ground."""

    dotted = True

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Dots at a distance that stays readable at any zoom."""
        tokens = theme.current()
        painter.fillRect(rect, ink.colour(tokens.canvas))
        if not self.dotted:  # in a picture
            return
        zoom = painter.worldTransform().m11()
        step = DOTS
        while step * zoom < 16:
            step *= 2
        # On whole pixels and without smoothing: a thousand smooth dots take longer than the rest of a frame.
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        left, top = step * (rect.left() // step), step * (rect.top() // step)
        across, down = int(rect.width() // step) + 2, int(rect.height() // step) + 2
        to_pixels = painter.worldTransform()
        first = to_pixels.map(QPointF(left, top))
        painter.resetTransform()
        painter.setPen(QPen(ink.colour(tokens.canvas_dot), 2))
        x, y, step = first.x(), first.y(), step * zoom
        painter.drawPoints(
            [QPoint(round(x + i * step), round(y + j * step)) for i in range(across) for j in range(down)]
        )
        painter.restore()


class Pane(NodeViewer):
    """Shows a piece of the ground; `moved` is emitted when it shows another."""

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strip()
        self.setScene(Ground(self))
        self.scene().setSceneRect(-EXTENT, -EXTENT, 2 * EXTENT, 2 * EXTENT)
        self.setSceneRect(self.scene().sceneRect())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.centerOn(0, 0)

    def _strip(self) -> None:
        """Take away what NodeGraphQt's viewer brings and the canvas does not use."""
        self._search_widget.deleteLater()
        self._ctx_menu_bar.deleteLater()
        self._rubber_band.deleteLater()
        self._LIVE_PIPE = self._SLICER_PIPE = self._cursor_text = None
        self.acyclic = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Without NodeGraphQt's menus."""
        QGraphicsView.focusInEvent(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Without NodeGraphQt's menus."""
        QGraphicsView.focusOutEvent(self, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the zoom and the middle."""
        QGraphicsView.resizeEvent(self, event)

    def _update_scene(self) -> None:
        """NodeGraphQt fits the scene into the view at every step; here the scroll bars place it."""

    def zoom(self) -> float:
        """Pixels per unit of the scene."""
        return float(self.transform().m11())

    def zoom_to(self, zoom: float, at: QPoint | None = None) -> None:
        """Zoom so that what is at `at` (default: the middle) stays there."""
        at = self.viewport().rect().center() if at is None else at
        zoom = max(min(ZOOM_LEAST, self.zoom()), min(ZOOM_MOST, zoom))
        held = self.mapToScene(at)
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self.pan(at - self.mapFromScene(held))
        self.moved.emit()

    def pan(self, by: QPoint) -> None:
        """Move what is seen by some pixels."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - by.x())
        down.setValue(down.value() - by.y())
        self.moved.emit()

    def show_rect(self, rect: QRectF) -> None:
        """Show all of `rect` with a margin, as far as the zoom goes."""
        size = self.viewport().size()
        across = (size.width() - 2 * MARGIN) / max(rect.width(), 1.0)
        down = (size.height() - 2 * MARGIN) / max(rect.height(), 1.0)
        zoom = max(ZOOM_FURTHEST, min(ZOOM_FIT, across, down))
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self.centerOn(rect.center())
        self.moved.emit()

"""The minimap: the whole network small in a corner of the canvas, and what the view shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.canvas import ink
from spikeloom_app.canvas.items import Card
from spikeloom_app.canvas.marks import Mark, tint
from spikeloom_app.canvas.stages import Stage
from spikeloom_app.listening import listen

if TYPE_CHECKING:
    from spikeloom_app.canvas.view import View

SIZE = QSize(190, 124)
EDGE = 12  # px from the corner
MARGIN = 8.0
SMALLEST = 560  # px, a viewport narrower than this has no room for it


class Minimap(QWidget):
    """Lies on the lower right corner of `view`."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.view = view
        self.wanted = True
        self.setFixedSize(SIZE)
        self.setAccessibleName("Minimap")
        self.setToolTip("The whole network. Click or drag to go somewhere.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._picture = QPixmap()
        self._world = QRectF()
        view.graph.refreshed.connect(self._redraw)
        view.graph.parts_changed.connect(self._redraw)
        view.moved.connect(self.update)
        view.viewport().installEventFilter(self)
        listen(theme.changed, self._redraw)
        self._redraw()

    def show_wanted(self, wanted: bool) -> None:
        """Show it where there is room, or not."""
        self.wanted = wanted
        self._place()

    def _place(self) -> None:
        port = self.view.viewport().geometry()
        room = port.width() >= SMALLEST and port.height() >= SIZE.height() * 2
        self.setVisible(self.wanted and room and bool(self.view.graph.cards))
        self.move(port.right() - SIZE.width() - EDGE + 1, port.bottom() - SIZE.height() - EDGE + 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
            self.update()
        return False

    # -- drawing ------------------------------------------------------------
    def _redraw(self) -> None:
        """Draw the network anew; the piece that is seen is drawn over it at each paint."""
        world = QRectF()
        parts = [part for part in self.view.graph.everything() if isinstance(part, Card | Stage | Mark)]
        for part in parts:
            world = world.united(part.outline())
        self._world = world.adjusted(-60, -60, 60, 60)
        ratio = self.devicePixelRatioF()
        self._picture = QPixmap(SIZE * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        tokens = theme.current()
        painter = QPainter(self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(tokens.wire, 1.0, 120))
        for pill in self.view.graph.pills.values():
            if pill.source is not None and pill.target is not None and pill.isVisible():
                start, end = pill.source.outline().center(), pill.target.outline().center()
                painter.drawLine(self._small(start), self._small(end))
        painter.setPen(Qt.PenStyle.NoPen)
        for part in sorted(parts, key=lambda part: part.zValue()):
            box = QRectF(self._small(part.outline().topLeft()), self._small(part.outline().bottomRight()))
            if isinstance(part, Mark):
                painter.setBrush(ink.colour(tint(part.annotation.tint), 60))
            else:
                painter.setBrush(
                    ink.colour(tokens.role(part.words.role) if isinstance(part, Card) else part.tint(), 220)
                )
            painter.drawRoundedRect(box, 1.5, 1.5)
        painter.end()
        self._place()
        self.update()

    def _scale(self) -> float:
        room = QRectF(0, 0, SIZE.width() - 2 * MARGIN, SIZE.height() - 2 * MARGIN)
        return min(room.width() / max(self._world.width(), 1.0), room.height() / max(self._world.height(), 1.0))

    def _small(self, at: QPointF) -> QPointF:
        centre = QPointF(SIZE.width() / 2, SIZE.height() / 2)
        return centre + (at - self._world.center()) * self._scale()

    def _large(self, at: QPointF) -> QPointF:
        centre = QPointF(SIZE.width() / 2, SIZE.height() / 2)
        return self._world.center() + (at - centre) / self._scale()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the network and the piece that is seen."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(ink.pen(tokens.border, 1.0))
        painter.setBrush(ink.colour(tokens.surface, 235))
        painter.drawRoundedRect(box, tokens.radius, tokens.radius)
        painter.drawPixmap(0, 0, self._picture)
        seen = self.view.mapToScene(self.view.viewport().rect()).boundingRect()
        frame = QRectF(self._small(seen.topLeft()), self._small(seen.bottomRight())).intersected(
            box.adjusted(3, 3, -3, -3)
        )
        painter.setPen(ink.pen(tokens.accent, 1.4))
        painter.setBrush(ink.colour(tokens.accent, 24))
        painter.drawRoundedRect(frame, 2, 2)

    # -- the mouse ------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        self.view.show_place(self._large(event.position()))
        event.accept()

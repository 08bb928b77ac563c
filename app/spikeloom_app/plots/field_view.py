"""Receptive fields: a small picture for each target neuron, in the shape of the source."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots import colours
from spikeloom_app.plots.weight_state import WeightState

SMALLEST, LARGEST = 34, 96  # px, the longer side of a picture
GAP, MARGIN = 5, 14  # px between pictures, and around them
WIDEST = 6.0  # a flat picture is drawn no wider than so many times its height


class FieldView(QWidget):
    """A page of pictures; Page Up and Page Down, or the wheel, turn the pages."""

    pointed = Signal(str)
    page_changed = Signal(str)  # which page of how many; empty where there is one

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Receptive fields")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(60)
        self.page = 0
        self._state: WeightState | None = None
        self._fields: np.ndarray = np.zeros((0, 1, 1))
        self._limit = 1.0
        self._pointed: int | None = None
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.update()

    def draw(self, state: WeightState, channel: int | None) -> bool:
        """Draw the fields of a channel (None: of all, summed); whether the event had all that is needed."""
        fields = state.fields(channel)
        self._state = state
        self._fields = np.zeros((0, 1, 1)) if fields is None else fields
        self._limit = colours.limit_of(self._fields)
        self.turn(0)
        return fields is not None

    @property
    def limit(self) -> float:
        """The end of the scale of colours, both ways."""
        return self._limit

    # -- where pictures stand ------------------------------------------------------------------------------------
    def _layout(self) -> tuple[int, int, float, float]:
        """Columns, rows on a page, width and height of a picture."""
        count, (rows, columns) = len(self._fields), self._fields.shape[1:]
        shape = min(WIDEST, max(1 / WIDEST, columns / rows))
        room_x, room_y = max(1, self.width() - 2 * MARGIN), max(1, self.height() - 2 * MARGIN)
        for side in range(LARGEST, SMALLEST - 1, -2):
            wide, high = (side, side / shape) if shape >= 1 else (side * shape, side)
            across, down = int((room_x + GAP) // (wide + GAP)), int((room_y + GAP) // (high + GAP))
            if across * down >= count:
                break
        return max(1, across), max(1, down), wide, high

    @property
    def pages(self) -> int:
        """How many pages there are."""
        across, down, _, _ = self._layout()
        return max(1, math.ceil(len(self._fields) / (across * down)))

    def turn(self, pages: int) -> None:
        """Turn so many pages on, or back."""
        self.page = min(max(0, self.page + pages), self.pages - 1)
        self.page_changed.emit(f"page {self.page + 1} of {self.pages}" if self.pages > 1 else "")
        self.update()

    def shown(self) -> list[tuple[int, QRectF]]:
        """The fields of the page and where they stand."""
        across, down, wide, high = self._layout()
        first = self.page * across * down
        count = min(across * down, len(self._fields) - first)
        left = max(MARGIN, (self.width() - (min(across, count) * (wide + GAP) - GAP)) / 2)
        return [
            (first + k, QRectF(left + k % across * (wide + GAP), MARGIN + k // across * (high + GAP), wide, high))
            for k in range(max(0, count))
        ]

    # -- events --------------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """The pictures, and a frame around the one that is pointed at."""
        painter = QPainter(self)
        table, t = colours.diverging(), theme.current()
        for number, box in self.shown():
            pixels = colours.paint(self._fields[number], -self._limit, self._limit, table)
            painter.drawImage(box, colours.image(pixels))
            painter.setPen(QPen(QColor(t.accent if number == self._pointed else t.plot_grid), 1))
            painter.drawRect(box)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay on a page that there is."""
        super().resizeEvent(event)
        self.turn(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn pages."""
        turns = {
            Qt.Key.Key_PageDown: 1,
            Qt.Key.Key_PageUp: -1,
            Qt.Key.Key_Home: -self.pages,
            Qt.Key.Key_End: self.pages,
        }
        if event.key() in turns:
            self.turn(turns[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn pages."""
        if event.angleDelta().y():
            self.turn(-1 if event.angleDelta().y() > 0 else 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say whose field it is."""
        self._point(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        self._point(QPointF(-1, -1))

    def _point(self, place: QPointF) -> None:
        found = next(((number, box) for number, box in self.shown() if box.contains(place)), None)
        self._pointed = None if found is None else found[0]
        self.update()
        if found is None or self._state is None:
            self.pointed.emit("")
            return
        number, box = found
        field = self._fields[number]
        row = int((place.y() - box.top()) / box.height() * field.shape[0])
        column = int((place.x() - box.left()) / box.width() * field.shape[1])
        row, column = min(row, field.shape[0] - 1), min(column, field.shape[1] - 1)
        where = f"({row}, {column})" if field.shape[0] > 1 else f"source {column}"
        self.pointed.emit(f"{self._state.target_word(number)} · {where}: {field[row, column]:.3g}")

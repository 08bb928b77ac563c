"""The confusion matrix as a picture: truths from top to bottom, predictions from left to right, accuracies beside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots import colours
from spikeloom_app.plots.tally import Tally, name_of

MARGIN = 14.0  # px
MOST_NAME = 84.0  # px of a class's name at the left
CAPTION = 18.0  # px of the words above and below
ROOM = 4.0  # px that a number keeps from the sides of its cell
DARK_FROM = 0.55  # lightness from which on words on a colour are dark
ALIGN = Qt.AlignmentFlag


class ConfusionView(QWidget):
    """Cells that can be pointed at and chosen, with the mouse or the arrow keys and Enter.

    Attributes
    ----------
    pointed
        Signal with words about the cell that is pointed at; empty for none.
    chosen
        Signal (truth, prediction).
    """

    pointed = Signal(str)
    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Confusion matrix: rows are truths, columns predictions")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 90)
        self.tally: Tally | None = None
        self.names: Sequence[str] = ()
        self.shares = False
        self.cell: tuple[int, int] | None = None
        self._widest = 0.0
        follow_theme(self._dress)

    def _dress(self) -> None:
        self._measure()
        self.update()

    def show_tally(self, tally: Tally, names: Sequence[str], shares: bool) -> None:
        """Show this matrix, in shares or in numbers."""
        if self.tally is not None and tally.classes != self.tally.classes:
            self.cell = None
        self.tally, self.names, self.shares = tally, names, shares
        self._measure()
        self.update()

    # -- where things stand --------------------------------------------------------------------------------------
    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.current().font_small)
        return font

    def _measure(self) -> None:
        """How wide the widest name is; asked for once, as there may be many."""
        metrics = QFontMetricsF(self._font())
        classes = range(self.tally.classes if self.tally is not None else 0)
        self._widest = max((metrics.horizontalAdvance(name_of(k, self.names)) for k in classes), default=0.0)

    def _name_width(self) -> float:
        return min(MOST_NAME, self._widest)

    def area(self) -> QRectF:
        """Where the cells stand."""
        left = MARGIN + CAPTION + self._name_width() + 6
        right = theme.large(92) if self.width() > theme.large(300) else MARGIN
        low = 2 * CAPTION + 4
        return QRectF(left, 4, max(1.0, self.width() - left - right), max(1.0, self.height() - 4 - low))

    def box(self, truth: int, prediction: int) -> QRectF:
        """Where a cell stands."""
        assert self.tally is not None
        area, count = self.area(), self.tally.classes
        wide, high = area.width() / count, area.height() / count
        return QRectF(area.left() + prediction * wide, area.top() + truth * high, wide, high)

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """The cell (truth, prediction) at a place."""
        if self.tally is None or not self.area().contains(place):
            return None
        area, count = self.area(), self.tally.classes
        truth = int((place.y() - area.top()) / area.height() * count)
        prediction = int((place.x() - area.left()) / area.width() * count)
        return min(truth, count - 1), min(prediction, count - 1)

    # -- painting ------------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """Cells, names, accuracies."""
        if self.tally is None:
            return
        painter = QPainter(self)
        painter.setFont(self._font())
        pixels = self._pixels(self.tally)
        painter.drawImage(self.area(), colours.image(pixels))
        self._paint_numbers(painter, self.tally, pixels)
        self._paint_names(painter, self.tally)
        if self.width() > theme.large(300):
            self._paint_accuracies(painter, self.tally)
        if self.cell is not None and max(self.cell) < self.tally.classes:
            painter.setPen(QPen(QColor(theme.current().accent if self.hasFocus() else theme.current().text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.box(*self.cell).adjusted(1, 1, -1, -1))

    def _pixels(self, tally: Tally) -> np.ndarray:
        """Colours of the cells: what is right in one colour, what is wrong in another; roots, so that little shows."""
        t = theme.current()
        share = np.sqrt(tally.shares)
        wrong = colours.paint(share * 0.75, 0, 1, colours.sequential(t.series[1]))
        right = colours.paint(share * 0.75, 0, 1, colours.sequential(t.series[0]))
        diagonal = np.eye(tally.classes, dtype=bool)
        pixels: np.ndarray = np.where(diagonal[..., None], right, wrong)
        return pixels

    def _paint_numbers(self, painter: QPainter, tally: Tally, pixels: np.ndarray) -> None:
        size = self.box(0, 0)
        metrics = QFontMetricsF(self._font())
        widest = "100" if self.shares else str(int(tally.matrix.max()))
        if size.width() < metrics.horizontalAdvance(widest) + ROOM or size.height() < metrics.height():
            return
        shares = tally.shares
        for truth, prediction in np.argwhere(tally.matrix > 0):
            share = shares[truth, prediction]
            text = f"{100 * share:.0f}" if self.shares else str(tally.matrix[truth, prediction])
            light = QColor(*map(int, pixels[truth, prediction])).lightnessF()
            painter.setPen(QColor("black" if light > DARK_FROM else "white"))
            painter.drawText(self.box(int(truth), int(prediction)), ALIGN.AlignCenter, text)

    def _paint_names(self, painter: QPainter, tally: Tally) -> None:
        metrics, area = QFontMetricsF(self._font()), self.area()
        painter.setPen(QColor(theme.current().text_muted))
        size, wide = self.box(0, 0), self._name_width()
        every = max(1, math.ceil(metrics.height() / max(1e-6, size.height())))
        for k in range(0, tally.classes, every):
            row = self.box(k, 0)
            box = QRectF(area.left() - wide - 6, row.center().y() - 8, wide, 16)
            text = metrics.elidedText(name_of(k, self.names), Qt.TextElideMode.ElideRight, wide + 1)
            painter.drawText(box, ALIGN.AlignRight | ALIGN.AlignVCenter, text)
        # Names that are too long for their columns are cut, as those of the rows say them whole.
        every = max(1, math.ceil(min(self._widest + 4, metrics.averageCharWidth() * 4) / max(1e-6, size.width())))
        for k in range(0, tally.classes, every):
            column = self.box(0, k)
            box = QRectF(
                column.center().x() - every * size.width() / 2, area.bottom() + 2, every * size.width(), CAPTION
            )
            text = metrics.elidedText(name_of(k, self.names), Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, ALIGN.AlignCenter, text)
        painter.drawText(
            QRectF(area.left(), area.bottom() + CAPTION, area.width(), CAPTION), ALIGN.AlignCenter, "predicted"
        )
        painter.save()
        painter.translate(MARGIN - 4, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-60, 0, 120, CAPTION), ALIGN.AlignCenter, "truth")
        painter.restore()

    def _paint_accuracies(self, painter: QPainter, tally: Tally) -> None:
        """A bar for each class with the share of it that is recognised."""
        t, metrics, area = theme.current(), QFontMetricsF(self._font()), self.area()
        left, right = area.right() + 12, self.width() - MARGIN
        words = metrics.horizontalAdvance("100 %") + 6
        labelled = self.box(0, 0).height() >= metrics.height() * 0.9
        for k in range(tally.classes):
            row, share = self.box(k, 0), tally.class_accuracy(k)
            thick = min(8.0, max(1.0, row.height() * 0.5))
            room = right - left - (words if labelled else 0)
            groove = QRectF(left, row.center().y() - thick / 2, room, thick)
            painter.fillRect(groove, QColor(t.plot_grid))
            if not math.isnan(share):
                painter.fillRect(QRectF(groove.left(), groove.top(), room * share, thick), QColor(t.series[0]))
            if labelled:
                text = "–" if math.isnan(share) else f"{100 * share:.0f} %"
                painter.setPen(QColor(t.text_muted))
                painter.drawText(
                    QRectF(right - words, row.center().y() - 8, words, 16), ALIGN.AlignRight | ALIGN.AlignVCenter, text
                )
        painter.setPen(QColor(t.text_muted))
        painter.drawText(
            QRectF(left, area.bottom() + 2, right - left, CAPTION), ALIGN.AlignLeft | ALIGN.AlignVCenter, "recognised"
        )

    # -- pointing ------------------------------------------------------------------------------------------------
    def point(self, cell: tuple[int, int] | None) -> None:
        """Mark a cell, and say what it holds."""
        if cell == self.cell:
            return
        self.cell = cell
        words = "" if cell is None or self.tally is None else self.tally.in_words(*cell, self.names)
        self.setAccessibleDescription(words)
        self.pointed.emit(words)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the mouse."""
        found = self.cell_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        self.point(found)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the mouse."""
        found = self.cell_at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.point(found)
            self.chosen.emit(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell with the arrows, choose with Enter."""
        key, ways = (
            event.key(),
            {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)},
        )
        if self.tally is None:
            super().keyPressEvent(event)
        elif key in ways:
            down, across = ways[Qt.Key(key)]
            truth, prediction = self.cell or (0, 0)
            last = self.tally.classes - 1
            moved = (min(last, max(0, truth + down)), min(last, max(0, prediction + across)))
            self.point(moved if self.cell is not None else (0, 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cell is not None:
            self.chosen.emit(*self.cell)
        else:
            super().keyPressEvent(event)

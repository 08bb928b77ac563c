"""How many examples each class has, as small bars; one is chosen with the mouse, or with arrow keys and Enter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from spikeloom_app import theme, wording
from spikeloom_app.listening import follow_theme
from spikeloom_app.style import mixed

HEIGHT = 74  # px
NAMES = 15  # px of the names below the bars
MARGIN = 2  # px


class BalanceView(QWidget):
    """Bars, a class each.

    Signals
    -------
    chosen
        With the class that was chosen.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Examples of each class")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.counts = np.zeros(0, np.int64)
        self.names: Sequence[str] = ()
        self.marked: int | None = None  # the class that is looked for
        self._cursor: int | None = None  # under the mouse, or where the keys are
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.setFixedHeight(theme.large(HEIGHT))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, theme.large(HEIGHT))

    def show_counts(self, counts: np.ndarray, names: Sequence[str]) -> None:
        """Show examples per class."""
        self.counts, self.names = counts, names
        self._cursor = None if self._cursor is not None and self._cursor >= len(counts) else self._cursor
        self.setAccessibleDescription("; ".join(self.words(k) for k in range(min(len(counts), 30))))
        self.update()

    def mark(self, number: int | None) -> None:
        """Show that a class is looked for; None: none in particular."""
        self.marked = number
        self.update()

    def words(self, number: int) -> str:
        """What a class is called, and how many examples it has."""
        total = max(1, int(self.counts.sum()))
        count = int(self.counts[number])
        return f"{self._name(number)}: {wording.counted(count, 'example')} ({wording.percent(count / total)})"

    def _name(self, number: int) -> str:
        return str(self.names[number]) if number < len(self.names) else str(number)

    # -- where things stand --------------------------------------------------------------------------------------
    def box(self, number: int) -> QRectF:
        """The column of a class."""
        wide = (self.width() - 2 * MARGIN) / max(1, len(self.counts))
        return QRectF(MARGIN + number * wide, MARGIN, wide, self.height() - 2 * MARGIN)

    def class_at(self, x: float) -> int | None:
        """The class at a place."""
        count = len(self.counts)
        if not count:
            return None
        number = int((x - MARGIN) / max(1.0, self.width() - 2 * MARGIN) * count)
        return number if 0 <= number < count else None

    # -- painting ------------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, and names where there is room for them."""
        if not len(self.counts):
            return
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(t.font_small)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        names, most = theme.large(NAMES), max(1, int(self.counts.max()))
        wide = self.box(0).width()
        widest = max(metrics.horizontalAdvance(self._name(k)) for k in range(min(len(self.counts), 200)))
        every = max(1, int(np.ceil((min(widest, 60) + 6) / wide))) if widest > wide - 2 else 1
        gap = min(3.0, 0.15 * wide)
        for number, count in enumerate(self.counts):
            box = self.box(number)
            high = (box.height() - names) * int(count) / most
            bar = QRectF(box.left() + gap, box.bottom() - names - high, box.width() - 2 * gap, high)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._colour(number, t)))
            radius = min(2.5, bar.width() / 3, bar.height() / 2)
            painter.drawRoundedRect(bar, radius, radius)
            if number % every == 0 and (number == 0 or number + every <= len(self.counts)):
                painter.setPen(QColor(t.text if number == self.marked else t.text_muted))
                room = QRectF(box.left(), box.bottom() - names, box.width() * every, names)
                name = metrics.elidedText(self._name(number), Qt.TextElideMode.ElideRight, room.width())
                across = Qt.AlignmentFlag.AlignHCenter if every == 1 else Qt.AlignmentFlag.AlignLeft
                painter.drawText(room, across | Qt.AlignmentFlag.AlignBottom, name)
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _colour(self, number: int, t: theme.Theme) -> str:
        if number == self._cursor:
            return t.accent
        if self.marked is not None and number != self.marked:
            return mixed(t.series[0], t.plot_background, 0.65)
        return mixed(t.series[0], t.plot_background, 0.15)

    # -- mouse and keys ------------------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        """Tooltips say what a bar stands for."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.class_at(event.pos().x())
            words = "" if number is None else f"{self.words(number)}\nClick to see examples of this class alone"
            QToolTip.showText(event.globalPos(), wording.tooltip(words), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A bar is under the mouse."""
        self._point(self.class_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """None is."""
        self._point(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        number = self.class_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from bar to bar, Enter chooses."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and len(self.counts):
            begin = -1 if step > 0 else len(self.counts)
            here = begin if self._cursor is None else self._cursor
            self._point(min(max(here + step, 0), len(self.counts) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cursor is not None:
            self.chosen.emit(self._cursor)
        else:
            super().keyPressEvent(event)

    def _point(self, number: int | None) -> None:
        if number != self._cursor:
            self._cursor = number
            self.update()

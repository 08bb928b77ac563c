"""A small picture of the distribution that an initialiser draws from, below its type."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from spikeloom.spec import Array, Connection, Distribution, Initialiser, known_surroundings
from spikeloom_app import theme
from spikeloom_app.inspector.scope import SEVERAL, Scope

HEIGHT = 46  # px
SIDE = 20.5  # px to the right, which is below the reset button
LABELS = 14  # px below the curve
FILL = 46  # of 255, opacity of the area below the line


def distribution_of(scope: Scope) -> Distribution | None:
    """The distribution of the initialiser at `scope`; None where it is not known, or parts do not agree."""
    value = scope.value
    if value is SEVERAL or not isinstance(value, Initialiser):
        return None
    if not value.depends_on_connection:
        return value.shape_of_values()
    found = {_on_its_connection(scope, path, value) for path in scope.paths}
    return found.pop() if len(found) == 1 else None


def _on_its_connection(scope: Scope, path: tuple[str, ...], value: Initialiser) -> Distribution | None:
    part = scope.document.part(path[2]) if path[:1] == ("network",) else None
    if not isinstance(part, Connection):
        return None
    around = known_surroundings(scope.document.document, part)
    return None if around is None else value.shape_of_values(around)


class DistributionPicture(QWidget):
    """The line of a density with its ends in numbers; takes no room where there is none to show.

    Parameters
    ----------
    unit
        Of the values.
    """

    def __init__(self, unit: str = "") -> None:
        super().__init__()
        self._unit = f" {unit}" if unit else ""
        self.distribution: Distribution | None = None
        self._file: Any = None  # the array whose values were read from a file
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(80, theme.large(HEIGHT))

    def show_scope(self, scope: Scope) -> None:
        """Show the distribution of the initialiser at `scope`."""
        value = scope.value
        file = (value.file, value.tensor) if isinstance(value, Array) and not value.in_memory else None
        if file is not None and file == self._file:
            return  # a file is read once, not at every change elsewhere
        self._file = file
        self.show_distribution(distribution_of(scope))

    def show_distribution(self, distribution: Distribution | None) -> None:
        """Show this one."""
        if distribution == self.distribution:
            return
        self.distribution = distribution
        self.setVisible(distribution is not None)
        if distribution is not None:
            words = self.words()
            self.setAccessibleName(words)
            self.setToolTip(words)
            self.update()

    def _number(self, value: float) -> str:
        return number(value) + self._unit

    def words(self) -> str:
        """What the picture shows, in words."""
        assert self.distribution is not None
        low, high = self.distribution.ends
        if low == high:
            return f"All values are {self._number(low)}"
        ends = f"from {self._number(low)} to {self._number(high)}"
        if self.distribution.bounded:
            return f"Distribution of the values, {ends}"
        return f"Distribution of the values; three standard deviations reach {ends}"

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.distribution is None:
            return
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(tokens.font_small - 1)
        painter.setFont(font)
        left = self.contentsMargins().left() + 0.5
        box = QRectF(left, 3, self.width() - left - SIDE, self.height() - 3 - theme.large(LABELS))
        painter.setPen(QPen(QColor(tokens.border_strong), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        low, high = self.distribution.ends
        if low == high:
            self._paint_line(painter, box, low)
        else:
            self._paint_curve(painter, box)
            self._paint_labels(painter, box)

    def _paint_line(self, painter: QPainter, box: QRectF, value: float) -> None:
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawLine(QPointF(box.center().x(), box.bottom()), QPointF(box.center().x(), box.top() + 2))
        painter.setPen(QColor(tokens.text_muted))
        painter.drawText(_below(box), Qt.AlignmentFlag.AlignCenter, self._number(value))

    def _paint_curve(self, painter: QPainter, box: QRectF) -> None:
        assert self.distribution is not None
        tokens = theme.current()
        low, high = self.distribution.ends
        top = max(self.distribution.density)
        line = [
            QPointF(box.left() + box.width() * _share(x, low, high), box.bottom() - box.height() * y / top)
            for x, y in zip(self.distribution.x, self.distribution.density, strict=True)
        ]
        area = QColor(tokens.accent)
        area.setAlpha(FILL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(area)
        painter.drawPolygon(QPolygonF([QPointF(line[0].x(), box.bottom()), *line, QPointF(line[-1].x(), box.bottom())]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.accent), 1.4))
        painter.drawPolyline(QPolygonF(line))
        if low < 0 < high:
            zero = box.left() + box.width() * _share(0.0, low, high)
            painter.setPen(QPen(QColor(tokens.text_muted), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(zero, box.top()), QPointF(zero, box.bottom() + 2))

    def _paint_labels(self, painter: QPainter, box: QRectF) -> None:
        assert self.distribution is not None
        low, high = self.distribution.ends
        painter.setPen(QColor(theme.current().text_muted))
        below, sides = _below(box), Qt.AlignmentFlag
        left = painter.boundingRect(below, sides.AlignVCenter | sides.AlignLeft, self._number(low))
        right = painter.boundingRect(below, sides.AlignVCenter | sides.AlignRight, self._number(high))
        painter.drawText(below, sides.AlignVCenter | sides.AlignLeft, self._number(low))
        painter.drawText(below, sides.AlignVCenter | sides.AlignRight, self._number(high))
        if low < 0 < high:
            zero = box.left() + box.width() * _share(0.0, low, high)
            if left.right() + 8 < zero < right.left() - 8:
                painter.drawText(QRectF(zero - 8, below.top(), 16, below.height()), sides.AlignCenter, "0")


def number(value: float) -> str:
    """A number as it stands below a picture."""
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def _share(x: float, low: float, high: float) -> float:
    return (x / 2 - low / 2) / (high / 2 - low / 2)  # halves: the span of two large numbers may be too large


def _below(box: QRectF) -> QRectF:
    return QRectF(box.left(), box.bottom() + 1, box.width(), theme.large(LABELS) - 1)

"""The equations of a type, typeset below its name in the colour of the text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from spikeloom_app import theme
from spikeloom_app.inspector import typesetting
from spikeloom_app.listening import listen

GAP = 4  # px between lines
MARGIN = 4  # px above the first and below the last
SIDE = 22  # px to the right, which is below the reset button
ASK_AGAIN = 40  # ms
_SOURCE = 11  # px of a line that could not be set


class Equations(QWidget):
    """Lines of LaTeX math; takes no room where there are none.

    A line that is wider than the widget is made smaller. One that cannot be set is shown as it was written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(ASK_AGAIN)
        self._again.timeout.connect(self._set_lines)
        self._paths: list[QPainterPath | None] | None = None  # of the lines, once they are set
        listen(theme.changed, self._resized)
        self.hide()

    def show_lines(self, lines: tuple[str, ...]) -> None:
        """Show these in place of the others."""
        if lines == self.lines:
            return
        self.lines, self._paths = lines, None
        self.setVisible(bool(lines))
        if lines and typesetting.is_ready():
            self._set_lines()
        source = "\n".join(lines)
        self.setAccessibleName(f"Equations: {source}" if lines else "")
        self.setToolTip(source)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, round(sum(self._heights()) + GAP * max(0, len(self.lines) - 1) + 2 * MARGIN))

    def minimumSizeHint(self) -> QSize:
        return QSize(20, self.sizeHint().height())

    def _heights(self) -> list[float]:
        """Of the lines in px: the same before and after they are set, so that what is below does not jump."""
        paths = self._paths or [None for _ in self.lines]
        set_heights = (0.0 if path is None else path.boundingRect().height() for path in paths)
        rooms = map(typesetting.room_for, self.lines)
        return [theme.scale() * max(pair) for pair in zip(rooms, set_heights, strict=True)]

    def _resized(self) -> None:
        """The text of the theme has another size."""
        self.updateGeometry()
        self.update()

    def _set_lines(self) -> None:
        # Never while painting: a parser that fails keeps its callers' frames alive, and with them a painter.
        if not typesetting.is_ready():
            self._again.start()
            return
        self._paths = [typesetting.path_of(line) for line in self.lines]
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._paths is None:
            typesetting.load()
            if not self._again.isActive():  # it may be painted again and again meanwhile
                self._again.start()
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top, right = self.contentsMargins().left() + 1.0, float(MARGIN), SIDE
        for line, path, height in zip(self.lines, self._paths, self._heights(), strict=True):
            self._paint_line(painter, line, path, QRectF(left, top, self.width() - left - right, height))
            top += height + GAP

    def _paint_line(self, painter: QPainter, line: str, path: QPainterPath | None, box: QRectF) -> None:
        tokens = theme.current()
        if path is None:
            font: QFont = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
            font.setPixelSize(round(_SOURCE * theme.scale()))
            painter.setFont(font)
            painter.setPen(QColor(tokens.text_muted))
            shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
            return
        bounds = path.boundingRect()
        start = min(bounds.left(), 0.0)  # blanks at the start of a line indent it
        scale = min(theme.scale(), box.width() / (bounds.right() - start))
        painter.save()
        painter.translate(box.left(), box.center().y())
        painter.scale(scale, scale)
        painter.translate(-start, -bounds.center().y())
        painter.fillPath(path, QColor(tokens.text))
        painter.restore()

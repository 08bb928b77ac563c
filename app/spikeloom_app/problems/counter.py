"""The number of problems in the status bar; a click shows the list."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.problems.listing import count_words
from spikeloom_app.problems.row import paint_severity
from spikeloom_app.problems.watch import ProblemWatch

MARK = 14  # px
PADDING = 8  # px


class ProblemCounter(QAbstractButton):
    """``2 errors, 1 warning`` with the mark of the worst."""

    def __init__(self, watch: ProblemWatch) -> None:
        super().__init__()
        self.watch = watch
        self.setObjectName("problemCounter")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        watch.changed.connect(self.refresh)
        follow_theme(self.refresh)

    def refresh(self) -> None:
        """Count again."""
        self.setText(count_words(self.watch.entries))
        self.setAccessibleName(f"Problems: {self.text()}")
        self.setToolTip("Show the list of problems")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + self._side + 3 * PADDING, metrics.height() + 8)

    @property
    def _side(self) -> int:
        return round(MARK * theme.scale())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.border), 1))
            painter.setBrush(QColor(tokens.surface_raised))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        entries, side = self.watch.entries, self._side
        worst = "none" if not entries else "error" if any(entry.is_error for entry in entries) else "warning"
        paint_severity(painter, worst, QRectF(PADDING, (self.height() - side) / 2, side, side))
        painter.setPen(QColor(tokens.text if worst == "error" else tokens.text_muted))
        text = self.rect().adjusted(side + 2 * PADDING - 2, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())

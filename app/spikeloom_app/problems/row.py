"""One problem as a row: its severity, where it is, what it is and what to do, and a button that fixes it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from spikeloom.spec import Fix
from spikeloom_app import glyphs, theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.problems.listing import Listed

MARK = 16  # px


class SeverityMark(QWidget):
    """A filled circle with a cross (an error), or a triangle with a dot (a warning): shape and colour say it."""

    def __init__(self) -> None:
        super().__init__()
        self.severity = "error"
        follow_theme(self._dress)

    def _dress(self) -> None:
        side = round(MARK * theme.scale())
        self.setFixedSize(side, side + 4)

    def show_severity(self, severity: str) -> None:
        """Show another severity."""
        self.severity = severity
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_severity(painter, self.severity, QRectF(0, 2, self.width(), self.width()))
        painter.end()


def paint_severity(painter: QPainter, severity: str, box: QRectF) -> None:
    """Paint the mark of an ``error``, a ``warning``, or of ``none`` into `box`."""
    tokens = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / MARK, box.height() / MARK)
    box = QRectF(0, 0, MARK, MARK)
    if severity == "warning":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(
            QColor(tokens.warning), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        )
        painter.setPen(pen)
        middle, top, bottom = box.center().x(), box.top() + 2, box.bottom() - 2
        corners = [QPointF(middle, top), QPointF(box.right() - 1, bottom), QPointF(box.left() + 1, bottom)]
        painter.drawPolygon(QPolygonF(corners))
        painter.drawLine(QPointF(middle, top + 4.5), QPointF(middle, top + 7))
        painter.drawPoint(QPointF(middle, bottom - 2))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.error if severity == "error" else tokens.success))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
        mark = "close" if severity == "error" else "check"
        glyphs.paint(painter, mark, box.adjusted(3, 3, -3, -3), tokens.surface, 1.8)
    painter.restore()


class ProblemRow(QFrame):
    """A problem to go to and, perhaps, to fix.

    Signals
    -------
    chosen
        It was clicked, or Enter was pressed on it.
    fix_wanted
        With the `Fix` whose button was pressed.
    moved
        The arrow keys: 1 to the next row, -1 to the one before.
    """

    chosen = Signal(object)
    fix_wanted = Signal(object)
    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problemRow")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.entry: Listed | None = None
        self.mark = SeverityMark()
        self.where, self.message, self.hint = QLabel(), QLabel(), QLabel()
        self.where.setProperty("tone", "heading")
        self.hint.setProperty("tone", "small")
        for label in (self.where, self.message, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            label.setSizePolicy(policy)
        self.button = QPushButton()
        self.button.setProperty("small", True)
        self.button.clicked.connect(self._fix)
        words = QVBoxLayout()
        words.setSpacing(1)
        for label in (self.where, self.message, self.hint):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(10)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_entry(self, entry: Listed) -> None:
        """Show a problem."""
        if entry == self.entry:
            return
        self.entry = entry
        problem = entry.problem
        self.mark.show_severity(problem.severity)
        self.where.setText(entry.where)
        self.message.setText(f"{problem.message[:1].upper()}{problem.message[1:]}.")
        self.hint.setText(problem.hint)
        self.hint.setVisible(bool(problem.hint))
        fix: Fix | None = problem.fix
        self.button.setVisible(fix is not None)
        if fix is not None:
            self.button.setText(fix.label)
            self.button.setAccessibleName(f"Fix: {fix.label}")
            self.button.setToolTip("Change this in the document; Undo takes it back")
        self.setAccessibleName(f"{problem.severity}: {entry.where}: {problem.message}")
        self.setAccessibleDescription(problem.hint)
        self.setToolTip("Go to it (Enter)")

    def _fix(self) -> None:
        if self.entry is not None and self.entry.problem.fix is not None:
            self.fix_wanted.emit(self.entry.problem.fix)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes to the part."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the part, the arrows to the other rows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.entry)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(320, super().sizeHint().height())

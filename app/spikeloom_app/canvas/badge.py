"""The badge of a problem, on a card or a pill."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from spikeloom.spec import Problem
from spikeloom_app import theme, wording
from spikeloom_app.canvas import ink
from spikeloom_app.canvas.ink import FAR


class Badge(QGraphicsItem):
    """An exclamation mark on a part that has a problem; its tooltip says what it is."""

    def __init__(self, part: QGraphicsItem) -> None:
        super().__init__(part)
        self.severity = "error"

    def show_problems(self, problems: list[Problem]) -> None:
        """Show these, the worst first."""
        problems = sorted(problems, key=lambda problem: problem.severity != "error")
        self.severity = problems[0].severity
        lines = [f"{problem.message}\n{problem.hint}".strip() for problem in problems]
        self.setToolTip(wording.tooltip("\n\n".join(lines)))
        self.update()

    def boundingRect(self) -> QRectF:
        """A circle."""
        return QRectF(-9, -9, 18, 18)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it; larger from afar."""
        tokens = theme.current()
        far = option.levelOfDetailFromTransform(painter.worldTransform()) < FAR
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.colour(tokens.error if self.severity == "error" else tokens.warning))
        radius = 9.0 if far else 7.5
        painter.drawEllipse(QPointF(0, 0), radius, radius)
        if not far:
            painter.setFont(ink.font(11, True))
            painter.setPen(ink.colour(tokens.surface))
            painter.drawText(QRectF(-9, -9, 18, 18), Qt.AlignmentFlag.AlignCenter, "!")

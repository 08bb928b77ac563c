"""What the network answers: a bar for each class, truth and prediction marked by a sign and a colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.tally import name_of

LEAST_ROW, MOST_ROW = 13, 24  # px of height
MOST_NAME = 90.0  # px
MARGIN = 8.0  # px
TRUTH, MISTAKE = "✓", "✗"
ALIGN = Qt.AlignmentFlag


@dataclass(frozen=True)
class Answer:
    """The outputs of one example.

    Parameters
    ----------
    values
        What is read of each output.
    label, prediction
        None where there are no classes, or nothing is known.
    """

    values: np.ndarray
    label: int | None
    prediction: int | None
    names: Sequence[str]

    def sign(self, number: int) -> str:
        """What marks a class."""
        if number == self.label:
            return TRUTH
        return MISTAKE if number == self.prediction and self.label is not None else ""

    def in_words(self) -> str:
        """``7, taken for 1``."""
        if self.prediction is None:
            return "" if self.label is None else name_of(self.label, self.names)
        taken = "not decided on" if self.prediction < 0 else name_of(self.prediction, self.names)
        if self.label is None:
            return f"predicted {taken}"
        truth = name_of(self.label, self.names)
        if self.label == self.prediction:
            return f"{TRUTH} {truth}, recognised"
        return f"{MISTAKE} {truth}, " + (taken if self.prediction < 0 else f"taken for {taken}")


class AnswerView(QWidget):
    """Paints an `Answer`; of many classes, those with the highest outputs and the truth."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Outputs of the network")
        self.setToolTip("What is read of each output; ✓ the truth, ✗ what it was taken for instead")
        self.setMinimumSize(110, 48)
        self.answer: Answer | None = None
        follow_theme(self._dress)

    def _dress(self) -> None:
        self.update()

    def show_answer(self, answer: Answer | None) -> None:
        """Show another answer."""
        self.answer = answer
        self.setAccessibleDescription("" if answer is None else answer.in_words())
        self.update()

    def shown(self) -> list[int]:
        """The classes for which there is room, in their order."""
        if self.answer is None:
            return []
        room = max(1, self.height() // max(LEAST_ROW, theme.current().font_small + 2))
        count = len(self.answer.values)
        if count <= room:
            return list(range(count))
        best = [int(k) for k in np.argsort(-np.nan_to_num(self.answer.values, nan=-math.inf), kind="stable")[:room]]
        label = self.answer.label
        if label is not None and 0 <= label < count and label not in best:
            best[-1] = label
        return sorted(best)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A row for each class: sign, name, bar, figure."""
        answer, t = self.answer, theme.current()
        if answer is None or not len(answer.values):
            return
        painter = QPainter(self)
        font, bold = QFont(self.font()), QFont(self.font())
        for each in (font, bold):
            each.setPixelSize(t.font_small)
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        shown = self.shown()
        high = min(MOST_ROW, self.height() / len(shown))
        wide = min(MOST_NAME, max(metrics.horizontalAdvance(name_of(k, answer.names)) for k in shown))
        figure = metrics.horizontalAdvance("-00.00") + 4
        finite = answer.values[np.isfinite(answer.values)]
        low, top = (min(0.0, float(finite.min())), max(0.0, float(finite.max()))) if len(finite) else (0.0, 1.0)
        left = 14 + wide + 8
        bars = QRectF(left, 0, max(4.0, self.width() - MARGIN - figure - left), self.height())
        scale = bars.width() / ((top - low) or 1.0)
        begin = max(0.0, (self.height() - high * len(shown)) / 2)
        for row, k in enumerate(shown):
            line = QRectF(0, begin + row * high, self.width(), high)
            mark = answer.sign(k)
            tone = {TRUTH: t.success, MISTAKE: t.error}.get(mark, t.text_muted)
            predicted = k == answer.prediction
            painter.setFont(bold if predicted or mark else font)
            painter.setPen(QColor(tone))
            painter.drawText(QRectF(0, line.top(), 14, high), ALIGN.AlignCenter, mark)
            painter.setPen(QColor(t.text if predicted or mark else t.text_muted))
            name = metrics.elidedText(name_of(k, answer.names), Qt.TextElideMode.ElideRight, wide + 1)
            painter.drawText(QRectF(14, line.top(), wide + 2, high), ALIGN.AlignRight | ALIGN.AlignVCenter, name)
            value = float(answer.values[k])
            ink = QColor(tone if predicted and mark else t.series[0] if predicted else t.border_strong)
            thick = min(10.0, 0.6 * high)
            if math.isfinite(value):
                zero = bars.left() - low * scale
                bar = QRectF(zero, line.center().y() - thick / 2, value * scale, thick).normalized()
                painter.fillRect(bar, ink)
            text = f"{value:.2f}" if abs(value) < 100 else f"{value:.3g}"
            painter.setPen(QColor(t.text_muted))
            painter.drawText(line.adjusted(0, 0, -MARGIN, 0), ALIGN.AlignRight | ALIGN.AlignVCenter, text)

"""A slim line of progress; where nothing is known of the end, a piece of it wanders."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from spikeloom_app import motion, theme
from spikeloom_app.listening import follow_theme

HEIGHT = 4  # px
BUSY_PERIOD = 1.6  # seconds for one way of the piece
BUSY_SHARE = 0.25  # of the line
FRAME_MILLISECONDS = 40


class ProgressLine(QWidget):
    """Shows a fraction between 0 and 1, or that something is going on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction = 0.0
        self._tone = "accent"
        self._wander = QTimer(self)
        self._wander.setInterval(FRAME_MILLISECONDS)
        self._wander.timeout.connect(self.update)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Progress")
        follow_theme(self._dress)

    @property
    def fraction(self) -> float:
        """What it shows; meaningless while busy."""
        return self._fraction

    @property
    def busy(self) -> bool:
        """Whether it shows that something of unknown length is going on."""
        return self._wander.isActive()

    def show_fraction(self, fraction: float, tone: str = "accent") -> None:
        """Show a fraction in the colour of a theme token."""
        self._wander.stop()
        self._fraction, self._tone = min(1.0, max(0.0, fraction)), tone
        self.setAccessibleDescription(f"{100 * self._fraction:.0f} %")
        self.update()

    def show_busy(self) -> None:
        """Show that something is going on."""
        self._tone = "accent"
        self.setAccessibleDescription("busy")
        self._wander.start()

    def _dress(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track and what is done of it."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width, radius = self.width(), HEIGHT / 2
        painter.setBrush(QColor(tokens.border))
        painter.drawRoundedRect(QRectF(0, 0, width, HEIGHT), radius, radius)
        painter.setBrush(QColor(getattr(tokens, self._tone)))
        if self.busy:
            # There and back: a triangle wave.
            phase = 0.5 if motion.reduced() else abs((time.monotonic() / BUSY_PERIOD) % 2 - 1)
            length = BUSY_SHARE * width
            painter.drawRoundedRect(QRectF(phase * (width - length), 0, length, HEIGHT), radius, radius)
        elif self._fraction > 0:
            painter.drawRoundedRect(QRectF(0, 0, max(HEIGHT, self._fraction * width), HEIGHT), radius, radius)
        painter.end()

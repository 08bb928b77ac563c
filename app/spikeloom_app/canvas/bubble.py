"""A small bubble with a sentence: why something is refused, at the place where it is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from spikeloom_app import theme
from spikeloom_app.canvas import ink
from spikeloom_app.listening import listen

WIDEST = 360  # px
PADDING = QSize(28, 16)  # px, with the border


class Bubble(QLabel):
    """Hidden until it has something to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.around = parent
        self.setObjectName("canvasBubble")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        listen(theme.changed, self._style)
        self._style()
        self.hide()

    def say(self, text: str, at: QPoint, seconds: float = 0.0) -> None:
        """Show `text` at `at` (in the parent), inside the parent; for some seconds, or until it is hidden."""
        self._timer.stop()
        self.setText(text)
        self.setAccessibleName(text)
        metrics = ink.metrics(theme.current().font)
        room = QRectF(0, 0, WIDEST - PADDING.width(), 1000)
        needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).size().toSize()
        self.setFixedSize(needed + PADDING)
        x = max(4, min(at.x(), self.around.width() - self.width() - 4))
        y = max(4, min(at.y(), self.around.height() - self.height() - 4))
        self.move(x, y)
        self.show()
        self.raise_()
        if seconds:
            self._timer.start(round(seconds * 1000))

    def _style(self) -> None:
        tokens = theme.current()
        self.setStyleSheet(
            f"#canvasBubble {{ background: {tokens.surface_raised}; color: {tokens.text};"
            f" border: 1px solid {tokens.error}; border-radius: {tokens.radius_small}px;"
            f" padding: 6px 10px; font-size: {tokens.font}px; }}"
        )

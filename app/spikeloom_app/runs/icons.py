"""The icons of the run bar, painted from theme tokens."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

SIZE = 16  # px
_SHARPNESS = 3.0  # pixels per px, enough for every screen


def icon(shape: str, color: str, disabled: str) -> QIcon:
    """``play``, ``pause`` or ``stop`` in `color`."""
    made = QIcon()
    made.addPixmap(_pixmap(shape, color), QIcon.Mode.Normal)
    made.addPixmap(_pixmap(shape, disabled), QIcon.Mode.Disabled)
    return made


def _pixmap(shape: str, color: str) -> QPixmap:
    pixmap = QPixmap(round(SIZE * _SHARPNESS), round(SIZE * _SHARPNESS))
    pixmap.setDevicePixelRatio(_SHARPNESS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    if shape == "play":
        painter.drawPolygon(QPolygonF([QPointF(4, 2.5), QPointF(13.5, 8), QPointF(4, 13.5)]))
    elif shape == "pause":
        painter.drawRoundedRect(QRectF(3.5, 3, 3.2, 10), 1, 1)
        painter.drawRoundedRect(QRectF(9.3, 3, 3.2, 10), 1, 1)
    else:
        painter.drawRoundedRect(QRectF(3.5, 3.5, 9, 9), 1.5, 1.5)
    painter.end()
    return pixmap

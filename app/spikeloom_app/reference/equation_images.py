"""The equations of a page as pictures, in the colour of the text and as sharp as the screen is."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from spikeloom_app import theme
from spikeloom_app.inspector import typesetting

MARGIN = 2.0  # px around a line


@dataclass(frozen=True)
class EquationImage:
    """A line of math and its picture; None where it cannot be set, or not yet."""

    line: str
    image: QImage | None


def image_of(line: str, width: float, ratio: float) -> EquationImage:
    """The picture of a line, no wider than `width` px.

    Parameters
    ----------
    ratio
        Pixels of the screen for one px.
    """
    path = typesetting.path_of(line) if typesetting.is_ready() else None
    return EquationImage(line, None if path is None else _painted(path, width, ratio))


def _painted(path: QPainterPath, width: float, ratio: float) -> QImage:
    bounds = path.boundingRect()
    start = min(bounds.left(), 0.0)  # blanks at the start of a line indent it
    scale = min(theme.scale(), (width - 2 * MARGIN) / (bounds.right() - start))
    wide, high = (bounds.right() - start) * scale + 2 * MARGIN, bounds.height() * scale + 2 * MARGIN
    image = QImage(ceil(wide * ratio), ceil(high * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(MARGIN, MARGIN)
    painter.scale(scale, scale)
    painter.translate(-start, -bounds.top())
    painter.fillPath(path, QColor(theme.current().text))
    painter.end()
    return image

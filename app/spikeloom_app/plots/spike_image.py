"""An image of spikes for one view, painted as it is: one pixel of it is one of the screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

FAINTEST = 0.55  # opacity of a pixel with one spike: plainly visible already
FULL_SHARE = 0.95  # of the pixels with spikes have less than full colour


def tints(color: str, counts: np.ndarray) -> np.ndarray:
    """The colours of pixels with 0 to 255 spikes (uint32, premultiplied); where many fall on one it is full."""
    shares = np.bincount(np.minimum(counts, 255), minlength=256)
    shares[0] = 0
    spikes = np.cumsum(shares)
    full = max(1, int(np.searchsorted(spikes, FULL_SHARE * spikes[-1])))
    alpha = FAINTEST + (1 - FAINTEST) * np.minimum(1.0, np.arange(256) / full)
    alpha[0] = 0.0
    tint = QColor(color)
    made = np.round(255 * alpha).astype(np.uint32) << 24
    for channel, shift in ((tint.red(), 16), (tint.green(), 8), (tint.blue(), 0)):
        made |= np.round(channel * alpha).astype(np.uint32) << shift
    return made


class SpikeImage(pg.GraphicsObject):
    """Shows pixels in a rectangle of the view.

    Attributes
    ----------
    pixels
        uint32 (rows, columns), ARGB, premultiplied.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pixels = np.zeros((1, 1), np.uint32)
        self._rect = QRectF()

    def set_pixels(self, pixels: np.ndarray, rect: tuple[float, float, float, float]) -> None:
        """Show `pixels` in `rect` (x, y, width, height of the view)."""
        self.prepareGeometryChange()
        self.pixels, self._rect = np.ascontiguousarray(pixels), QRectF(*rect)
        self.update()

    def boundingRect(self) -> QRectF:
        """Where it is."""
        return self._rect

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Paint the pixels."""
        rows, columns = self.pixels.shape
        image = QImage(self.pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(self._rect, image)

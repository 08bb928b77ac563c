"""Scales of colours made from the theme: from the background to a colour, and from one colour over it to another."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from spikeloom_app import theme

LEVELS = 256


def _channels(colour: str) -> np.ndarray:
    found = QColor(colour)
    return np.array((found.red(), found.green(), found.blue()), dtype=float)


def _ramp(start: str, end: str, count: int) -> np.ndarray:
    share = np.linspace(0, 1, count)[:, None]
    return _channels(start) * (1 - share) + _channels(end) * share


def sequential(colour: str | None = None) -> np.ndarray:
    """From the background of plots to a colour (the first of the series), over to that of text: uint8, (256, 3)."""
    t = theme.current()
    colour = colour or t.series[0]
    half = LEVELS * 3 // 4
    parts = (_ramp(t.plot_background, colour, half), _ramp(colour, t.text, LEVELS - half))
    return np.concatenate(parts).round().astype(np.uint8)


def diverging() -> np.ndarray:
    """From the colour of what is negative over the background of plots to that of what is positive: uint8, (256, 3)."""
    t = theme.current()
    parts = (_ramp(t.series[1], t.plot_background, LEVELS // 2), _ramp(t.plot_background, t.series[0], LEVELS // 2))
    return np.concatenate(parts).round().astype(np.uint8)


def limit_of(values: np.ndarray) -> float:
    """The end of a scale that is symmetric around 0; 1 where there is nothing else."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def paint(values: np.ndarray, low: float, high: float, table: np.ndarray) -> np.ndarray:
    """Colours of `values` between `low` and `high`, uint8 (..., 3); what is not a number is grey."""
    share = (np.nan_to_num(values, nan=low) - low) / ((high - low) or 1.0)
    pixels = table[np.clip(share * (LEVELS - 1), 0, LEVELS - 1).astype(np.uint8)]
    pixels[~np.isfinite(values)] = _channels(theme.current().text_muted).astype(np.uint8)
    return pixels


def image(pixels: np.ndarray) -> QImage:
    """An image of its own from colours, uint8 (rows, columns, 3)."""
    rows, columns = pixels.shape[:2]
    data = np.ascontiguousarray(pixels, dtype=np.uint8)
    return QImage(data.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()

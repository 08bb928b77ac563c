"""Fonts and colours for painters, made from the theme's tokens and cached: painters run often."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPen

from spikeloom_app import theme

FAR = 0.45  # zoom below which text is large or left out


@lru_cache(maxsize=256)
def colour(token: str, alpha: int = 255) -> QColor:
    """The colour ``#rrggbb``, with an opacity from 0 to 255."""
    made = QColor(token)
    made.setAlpha(alpha)
    return made


@lru_cache(maxsize=256)
def pen(token: str, width: float = 1.0, alpha: int = 255, dashed: bool = False) -> QPen:
    """A round pen; `width` in scene units."""
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    return QPen(colour(token, alpha), width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


@lru_cache(maxsize=32)
def font(pixels: int, bold: bool = False) -> QFont:
    """The application's font at a size in px."""
    made = QFont()
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


@lru_cache(maxsize=32)
def metrics(pixels: int, bold: bool = False) -> QFontMetricsF:
    """The measures of `font`."""
    return QFontMetricsF(font(pixels, bold))


def is_dark() -> bool:
    """Whether the canvas of the current theme is dark."""
    return colour(theme.current().canvas).lightness() < 128


def shadow() -> QColor:
    """What a card casts on the canvas."""
    tokens = theme.current()
    return colour(tokens.window, 150) if is_dark() else colour(tokens.border_strong, 70)

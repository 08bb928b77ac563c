"""The left axis of a raster: names of populations in their colours."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QColor, QPainter

from spikeloom_app import theme
from spikeloom_app.plots.spikes import Band

NAME_LETTERS = 11


class PopulationAxis(pg.AxisItem):
    """Names of bands, each in the middle of its own."""

    def __init__(self) -> None:
        super().__init__("left")
        self._colors: dict[str, str] = {}

    def name(self, bands: list[Band], colors: list[str]) -> None:
        """Name these bands."""
        self._colors = {_short(band.name): color for band, color in zip(bands, colors, strict=True)}
        self.setTicks([[(band.centre, _short(band.name)) for band in bands]])
        self.picture = None
        self.update()

    @property
    def names(self) -> list[str]:
        """Those that are written, from top to bottom."""
        return list(self._colors)

    def drawPicture(self, p: QPainter, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:
        """Write each name in its colour; the line of the axis is left out."""
        if self.style["tickFont"] is not None:
            p.setFont(self.style["tickFont"])
        for rect, flags, text in textSpecs:
            p.setPen(QColor(self._colors.get(text, theme.current().text_muted)))
            p.drawText(rect, int(flags), text)


def _short(name: str) -> str:
    return name if len(name) <= NAME_LETTERS else f"{name[: NAME_LETTERS - 1]}…"

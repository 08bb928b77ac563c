"""The icons: drawings of ``resources/icons`` in the colours of the theme, sharp at every size and scale.

A drawing says ``currentColor`` where it wants the colour of the text around it. Icons are kept once they are painted;
with another theme `icon` gives others, so who shows one follows the theme.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from spikeloom_app import theme

SIZE = 16  # px, as they are drawn
SIZES = (16, 24, 32, 48)  # px that are painted: 24 px on a screen of 200 % is the largest asked for


@cache
def folder() -> Path | None:
    """Where the drawings lie: in the installed package, or in the repository where that is what is installed."""
    package = Path(__file__).parent
    for found in (package / "resources" / "icons", package.parents[1] / "resources" / "icons"):
        if found.is_dir():
            return found
    return None


def names() -> list[str]:
    """All icons there are."""
    found = folder()
    return sorted(path.stem for path in found.glob("*.svg")) if found is not None else []


def icon(name: str, colour: str = "", disabled: str = "", active: str = "") -> QIcon:
    """The icon `name`; an empty one where there is none.

    Parameters
    ----------
    colour, disabled
        The theme's muted text, and its strong border, where nothing is given.
    active
        Of the chosen entry of a menu and of a button under the mouse; `colour` where nothing is given.
    """
    tokens = theme.current()
    colour = colour or tokens.text_muted
    return _icon(name, colour, disabled or tokens.border_strong, active or colour)


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, disabled: str, active: str) -> QIcon:
    made = QIcon()
    modes = {QIcon.Mode.Normal: colour, QIcon.Mode.Disabled: disabled, QIcon.Mode.Active: active}
    drawing = _drawing(name)
    if not drawing:
        return made
    for mode, paint in modes.items():
        for size in SIZES:
            made.addPixmap(_pixmap(drawing, paint, size), mode)
    return made


@cache
def _drawing(name: str) -> str:
    place = folder()
    if not name or place is None:
        return ""
    try:
        return (place / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return ""


def paint(painter: QPainter, name: str, box: QRectF, colour: str) -> None:
    """Paint an icon into `box`, as sharp as the painter's device is."""
    drawing = _drawing(name)
    if drawing:
        _renderer(drawing, colour).render(painter, box)


def _renderer(drawing: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))


def _pixmap(drawing: str, colour: str, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _renderer(drawing, colour).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap

"""Small marks (check, chevrons, cross) painted from theme tokens, for painters and, as Qt resources, for style sheets.

A style sheet takes images by address alone, and the colours belong to the theme: so the marks of a theme are painted
once and registered in memory, in the binary format of Qt's resource compiler.
"""

from __future__ import annotations

import struct

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt, qRegisterResourceData
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QPen, QPolygonF

from spikeloom_app.theme import Theme

SIZE = 12  # px, both sides
_LINES: dict[str, list[list[tuple[float, float]]]] = {
    "check": [[(2.5, 6.5), (5.0, 9.0), (9.5, 3.5)]],
    "dash": [[(3.0, 6.0), (9.0, 6.0)]],
    "down": [[(2.8, 4.6), (6.0, 7.8), (9.2, 4.6)]],
    "up": [[(2.8, 7.4), (6.0, 4.2), (9.2, 7.4)]],
    "right": [[(4.6, 2.8), (7.8, 6.0), (4.6, 9.2)]],
    "left": [[(7.4, 2.8), (4.2, 6.0), (7.4, 9.2)]],
    "close": [[(3.0, 3.0), (9.0, 9.0)], [(9.0, 3.0), (3.0, 9.0)]],
    "float": [[(2.5, 5.0), (2.5, 9.5), (7.0, 9.5)], [(5.0, 2.5), (9.5, 2.5), (9.5, 7.0), (5.0, 7.0), (5.0, 2.5)]],
}
_FORMAT_VERSION = 1  # of the binary resources
_registered: dict[tuple[str, ...], tuple[str, list[bytes]]] = {}  # folders by colours; Qt reads the bytes: they stay


def paint(painter: QPainter, name: str, box: QRectF, colour: str, width: float = 1.5) -> None:
    """Paint a mark into `box`: one of the lines above, ``reset`` or ``dot``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    scale = min(box.width(), box.height()) / SIZE
    painter.scale(scale, scale)
    pen = QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    if name == "reset":
        painter.drawArc(QRectF(2.2, 2.2, 7.6, 7.6), 120 * 16, -280 * 16)
        painter.drawPolyline(QPolygonF([QPointF(3.9, 0.4), QPointF(4.0, 2.9), QPointF(6.5, 2.9)]))
    elif name == "dot":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QPointF(6, 6), 2.8, 2.8)
    else:
        for line in _LINES[name]:
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in line]))
    painter.restore()


def address(theme: Theme) -> str:
    """The folder of the theme's marks for a style sheet: ``url({address}/check.png)``.

    It holds every mark in the colour of muted text; ``check``, ``dash`` and ``dot`` in that of text on the accent;
    ``-hover`` and ``-disabled`` variants of the others.
    """
    colours = (theme.text_muted, theme.text, theme.border_strong, theme.accent_text)
    if colours not in _registered:
        folders = [f"spikeloom{len(_registered)}", theme.name]
        parts = _pack(folders, _files(theme))
        _registered[colours] = (f":/{'/'.join(folders)}", parts)
        qRegisterResourceData(_FORMAT_VERSION, *parts)
    return _registered[colours][0]


def _files(theme: Theme) -> dict[str, bytes]:
    colours = {"": theme.text_muted, "-hover": theme.text, "-disabled": theme.border_strong}
    files: dict[str, bytes] = {}
    for name in (*_LINES, "dot"):
        on_accent = name in ("check", "dash", "dot")
        for suffix, colour in ({"": theme.accent_text} if on_accent else colours).items():
            for ratio, mark in ((1, ""), (2, "@2x")):
                files[f"{name}{suffix}{mark}.png"] = _png(name, colour, ratio)
    return files


def _png(name: str, colour: str, ratio: int) -> bytes:
    image = QImage(SIZE * ratio, SIZE * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint(painter, name, QRectF(0, 0, SIZE * ratio, SIZE * ratio), colour)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())


def _pack(folders: list[str], files: dict[str, bytes]) -> list[bytes]:
    """The tables of a resource with `files` in nested `folders`: tree, names, contents."""
    tree, names, contents = bytearray(), bytearray(), bytearray()
    entries = [(0, True, 1, 1)]  # where the name lies, whether a folder, number of children, first child

    def name_at(name: str) -> int:
        at = len(names)
        names.extend(struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be"))
        return at

    for depth, folder in enumerate(folders):
        last = depth == len(folders) - 1
        entries.append((name_at(folder), True, len(files) if last else 1, depth + 2))
    for name in sorted(files, key=_hash):  # Qt searches them by hash
        entries.append((name_at(name), False, 0, len(contents)))
        contents.extend(struct.pack(">I", len(files[name])) + files[name])
    for where, folder_here, count, first in entries:
        if folder_here:
            tree.extend(struct.pack(">IHII", where, 2, count, first))
        else:
            tree.extend(struct.pack(">IHHHI", where, 0, 0, 1, first))  # any country, the language C
    return [bytes(tree), bytes(names), bytes(contents)]


def _hash(name: str) -> int:
    value = 0
    for character in name:
        value = (value << 4) + ord(character)
        value ^= (value & 0xF0000000) >> 23
        value &= 0x0FFFFFFF
    return value

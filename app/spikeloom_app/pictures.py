"""Pictures as the bytes of a file; what is drawn is told by who has something to draw."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPaintDevice
from PySide6.QtSvg import QSvgGenerator


def in_memory(write: Callable[[QBuffer], object]) -> bytes:
    """What is written to a device."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    write(buffer)
    return bytes(data.data())


def png(image: QImage) -> bytes:
    """An image as a PNG."""
    return in_memory(lambda buffer: QImageWriter(buffer, QByteArray(b"png")).write(image))


def svg(title: str, size: QSize, draw: Callable[[QPaintDevice], None]) -> bytes:
    """What `draw` paints as an SVG of a size in px."""

    def write(buffer: QBuffer) -> None:
        writer = QSvgGenerator()
        writer.setOutputDevice(buffer)
        writer.setTitle(title)
        writer.setSize(size)
        writer.setViewBox(QRect(0, 0, size.width(), size.height()))
        draw(writer)

    return in_memory(write)

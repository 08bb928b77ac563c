"""The network as a picture: SVG and PDF, which stay sharp at any size, PNG, and the clipboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QMarginsF, QMimeData, QRectF, QSize, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPaintDevice, QPainter, QPdfWriter

from spikeloom.errors import UserError
from spikeloom_app import pictures, theme
from spikeloom_app.canvas import ink
from spikeloom_app.whole_file import write_whole

if TYPE_CHECKING:
    from spikeloom_app.canvas.canvas import Canvas

MARGIN = 32.0  # px around the network
SCALE = 2  # pixels of a PNG per px of the canvas
LARGEST = 16_000  # pixels, the longer side of a PNG
FORMATS = {".svg": "Scalable picture (*.svg)", ".png": "Picture (*.png)", ".pdf": "PDF (*.pdf)"}


def save(canvas: Canvas, path: Path) -> None:
    """Write the whole network to a file; its ending says in which format.

    Raises
    ------
    UserError
        For an ending that is none of `FORMATS`, or an empty canvas.
    RunError
        Where the file cannot be written; what was there before stays.
    """
    kind = path.suffix.lower()
    makers = {".svg": _svg, ".png": _png, ".pdf": _pdf}
    if kind not in makers:
        raise UserError(f"'{path.suffix}' found, expected {', '.join(makers)}", place=str(path))
    content = makers[kind](canvas)
    write_whole(path, lambda file: file.write(content))


def copy(canvas: Canvas) -> None:
    """Put the whole network on the clipboard, as a PNG and as an SVG."""
    data = QMimeData()
    data.setImageData(_image(canvas))
    data.setData("image/svg+xml", QByteArray(_svg(canvas)))
    QGuiApplication.clipboard().setMimeData(data)


def area(canvas: Canvas) -> QRectF:
    """What a picture shows: everything on the canvas."""
    canvas.view.graph.settle()
    rect = QRectF()
    for part in canvas.view.graph.everything():
        rect = rect.united(part.sceneBoundingRect())
    for pill in canvas.view.graph.pills.values():
        if pill.wire.isVisible():
            rect = rect.united(pill.wire.sceneBoundingRect())
    if not rect.isValid():
        raise UserError("there is nothing on the canvas to make a picture of", hint="Add a population first.")
    return rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _svg(canvas: Canvas) -> bytes:
    rect = area(canvas)
    return pictures.svg(canvas.document.title, rect.size().toSize(), lambda device: _draw(canvas, device, rect))


def _pdf(canvas: Canvas) -> bytes:
    rect = area(canvas)

    def write(buffer: QBuffer) -> None:
        writer = QPdfWriter(buffer)
        writer.setTitle(canvas.document.title)
        writer.setCreator("Spikeloom")
        writer.setResolution(96)
        points = QSizeF(rect.width() * 0.75, rect.height() * 0.75)  # 96 px are 72 pt
        writer.setPageSize(QPageSize(points, QPageSize.Unit.Point))
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        _draw(canvas, writer, rect)

    return pictures.in_memory(write)


def _png(canvas: Canvas) -> bytes:
    return pictures.png(_image(canvas))


def _image(canvas: Canvas) -> QImage:
    rect = area(canvas)
    scale = min(float(SCALE), LARGEST / max(rect.width(), rect.height()))
    image = QImage(
        QSize(round(rect.width() * scale), round(rect.height() * scale)), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.fill(ink.colour(theme.current().canvas))
    _draw(canvas, image, rect)
    return image


def _draw(canvas: Canvas, device: QPaintDevice, rect: QRectF) -> None:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    target = QRectF(0, 0, device.width(), device.height())
    painter.fillRect(target, ink.colour(theme.current().canvas))
    with _as_it_is(canvas):
        canvas.view.scene().render(painter, target, rect)
    painter.end()


@contextmanager
def _as_it_is(canvas: Canvas) -> Iterator[None]:
    """Without the selection, what the mouse is over, and the dots of the ground."""
    view, scene = canvas.view, canvas.view.scene()
    chosen = view.selected_parts()
    scene.blockSignals(True)
    scene.dotted = False
    view.forget_mouse()
    for part in chosen:
        part.setSelected(False)
    try:
        yield
    finally:
        for part in chosen:
            part.setSelected(True)
        scene.dotted = True
        scene.blockSignals(False)

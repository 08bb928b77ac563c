"""What a plot shows as a file: the picture (PNG, SVG), or the numbers (CSV, Parquet, NPZ)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPaintDevice, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QWidget,
)

from spikeloom.errors import SpikeloomError, UserError
from spikeloom_app import pictures, theme
from spikeloom_app.file_writer import FileWriter
from spikeloom_app.plots.chart import Chart
from spikeloom_app.plots.numbers import WRITERS, numbers_of
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.whole_file import write_whole

SCALE = 2  # pixels of a PNG per px of the panel
PICTURES = (".png", ".svg")
FORMATS = {
    ".png": "Picture (*.png)",
    ".svg": "Scalable picture (*.svg)",
    ".csv": "Table (*.csv)",
    ".parquet": "Parquet table (*.parquet)",
    ".npz": "NumPy arrays (*.npz)",
}
FLAGS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox)


def save(panel: PlotPanel, path: Path) -> None:
    """Write what a panel shows; the ending of `path` says how.

    Raises
    ------
    UserError
        For an ending that is none of `FORMATS`, where there are no numbers yet, or a library is missing.
    RunError
        Where the file cannot be written; what was there before stays.
    """
    write_whole(path, _writer(panel, path))


def _writer(panel: PlotPanel, path: Path) -> Callable[[BinaryIO], object]:
    """What fills a file with what a panel shows now."""
    kind = path.suffix.lower()
    if kind in WRITERS:
        return numbers_of(panel, kind)
    if kind not in PICTURES:
        raise UserError(f"'{path.suffix}' found, expected {', '.join(FORMATS)}", place=str(path))
    content = _png(panel) if kind == ".png" else _svg(panel)
    return lambda file: file.write(content)


def ask_and_save(panel: PlotPanel, parent: QWidget, files: FileWriter, suggestion: Path | None = None) -> Path | None:
    """Ask for a file and write it; what went wrong is said. The file, or None where there will be none.

    Parameters
    ----------
    files
        Writes it beside the window, and says when it is there.
    suggestion
        Folder and name to begin with; the panel's name where nothing is given.
    """
    begin = suggestion or Path(f"{panel.accessibleName()}.png")
    name, chosen = QFileDialog.getSaveFileName(parent, "Export the plot", str(begin), ";;".join(FORMATS.values()))
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() not in FORMATS:
        ending = next((ending for ending, words in FORMATS.items() if words == chosen), ".png")
        path = path.with_name(path.name + ending)
        if path.exists() and not _replaces(parent, path):  # the dialogue asked about the name without its ending
            return None
    try:
        files.write(path, _writer(panel, path))
    except SpikeloomError as error:
        files.failed.emit(error)
        return None
    return path


def _replaces(parent: QWidget, path: Path) -> bool:
    buttons = QMessageBox.StandardButton
    text = f"'{path.name}' is there already. Replace it?"
    return QMessageBox.question(parent, "Spikeloom", text, buttons.Yes | buttons.No) == buttons.Yes


# -- pictures ----------------------------------------------------------------------------------------------------
def _png(panel: PlotPanel) -> bytes:
    image = QImage(panel.size() * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SCALE)
    _draw(panel, image)
    return pictures.png(image)


def _svg(panel: PlotPanel) -> bytes:
    return pictures.svg(panel.accessibleName(), panel.size(), lambda device: _draw(panel, device))


def _draw(panel: PlotPanel, device: QPaintDevice) -> None:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(0, 0, panel.width(), panel.height()), QColor(theme.current().plot_background))
    with _as_a_picture(panel):
        panel.render(painter, QPoint(0, 0))
    painter.end()


class _Plain(QObject):
    """Lets fields paint their words alone, and buttons nothing."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paint in place of the widget."""
        if event.type() != QEvent.Type.Paint:
            return False
        text = watched.currentText() if isinstance(watched, QComboBox) else ""
        text = watched.text() if isinstance(watched, QAbstractSpinBox) else text
        if text and isinstance(watched, QWidget):
            painter = QPainter(watched)
            painter.setPen(QColor(theme.current().text_muted))
            painter.drawText(watched.rect().adjusted(4, 0, -4, 0), FLAGS, text)
        return True


@contextmanager
def _as_a_picture(panel: PlotPanel) -> Iterator[None]:
    """Fields as plain words and no buttons, which mean nothing on paper; words of axes as words."""
    charts, plain = panel.findChildren(Chart), _Plain()
    hidden: list[QWidget] = [widget for kind in CONTROLS for widget in panel.findChildren(kind)]
    hidden += [child for widget in list(hidden) for child in widget.findChildren(QWidget)]
    hidden += [label for label in panel.findChildren(QLabel) if label.buddy() is not None]
    for widget in hidden:
        widget.installEventFilter(plain)
    for chart in charts:
        chart.keep_axes(False)
    try:
        yield
    finally:
        for widget in hidden:
            widget.removeEventFilter(plain)
        for chart in charts:
            chart.keep_axes(True)

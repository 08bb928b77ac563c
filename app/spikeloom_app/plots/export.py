"""What a plot shows as a file: the picture (PNG, SVG), or the numbers (CSV, Parquet, NPZ)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
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
from spikeloom_app.plots.chart import Chart
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.whole_file import write_whole

SCALE = 2  # pixels of a PNG per px of the panel
LARGEST_CELL = 32_767  # letters of a text in a table
FORMATS = {
    ".png": "Picture (*.png)",
    ".svg": "Scalable picture (*.svg)",
    ".csv": "Table (*.csv)",
    ".parquet": "Parquet table (*.parquet)",
    ".npz": "NumPy arrays (*.npz)",
}
NOTHING = "there is nothing in this plot yet that could be exported"
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
    makers: dict[str, Callable[[PlotPanel], bytes]] = {
        ".png": _png,
        ".svg": _svg,
        ".csv": _csv,
        ".parquet": _parquet,
        ".npz": _npz,
    }
    kind = path.suffix.lower()
    if kind not in makers:
        raise UserError(f"'{path.suffix}' found, expected {', '.join(makers)}", place=str(path))
    write_whole(path, makers[kind](panel))


def ask_and_save(panel: PlotPanel, parent: QWidget, suggestion: Path | None = None) -> Path | None:
    """Ask for a file and write it; what went wrong is said. The file, or None where there is none.

    Parameters
    ----------
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
        save(panel, path)
    except SpikeloomError as error:
        box = QMessageBox(QMessageBox.Icon.Warning, "Spikeloom", "The plot was not exported", parent=parent)
        box.setInformativeText(str(error))
        box.exec()
        return None
    panel.said.emit(f"Exported to {path.name}")
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


# -- numbers -----------------------------------------------------------------------------------------------------
def _columns(panel: PlotPanel) -> dict[str, np.ndarray]:
    columns = {name: np.asarray(values) for name, values in panel.table().items()}
    if not columns or not len(next(iter(columns.values()))):
        raise UserError(NOTHING, place=panel.accessibleName(), hint="Run the network first.")
    return columns


def _csv(panel: PlotPanel) -> bytes:
    columns = _columns(panel)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(_cells(values) for values in columns.values()), strict=True))
    return text.getvalue().encode()


def _cells(values: np.ndarray) -> list[object]:
    """What is written of a column: numbers as short as they are exact, nothing for what is not a number."""
    if values.dtype.kind == "f":
        return ["" if np.isnan(value) else str(value) for value in values]
    return [_harmless(value) if isinstance(value, str) else value for value in values.tolist()]


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t", "\r") else text[:LARGEST_CELL]


def _parquet(panel: PlotPanel) -> bytes:
    columns = _columns(panel)
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UserError(
            "Parquet files are written with pyarrow, which is not installed",
            place=".parquet",
            hint="Install it with 'pip install pyarrow', or choose CSV or NPZ.",
        ) from None
    data = io.BytesIO()
    # Parquet knows no text of numpy's.
    arrays = {name: pa.array(v.tolist() if v.dtype.kind in "UO" else v) for name, v in columns.items()}
    parquet.write_table(pa.table(arrays), data)
    return data.getvalue()


def _npz(panel: PlotPanel) -> bytes:
    arrays = {name.replace("/", "_"): np.asarray(values) for name, values in panel.arrays().items()}
    if not any(values.size for values in arrays.values()):
        raise UserError(NOTHING, place=panel.accessibleName(), hint="Run the network first.")
    # An array of objects would be pickled, and a pickle runs code when it is opened.
    plain = {name: values.astype(str) if values.dtype == object else values for name, values in arrays.items()}
    data = io.BytesIO()
    np.savez_compressed(data, allow_pickle=False, **plain)
    return data.getvalue()

"""Several runs side by side, in a window of their own: curves in one chart, what differs, what they came to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from spikeloom.errors import SpikeloomError
from spikeloom.history import Run, metrics
from spikeloom.spec.plots import Curves
from spikeloom_app import glyphs, theme
from spikeloom_app.file_writer import FileWriter
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots import CurvesPlot
from spikeloom_app.plots.export import ask_and_save
from spikeloom_app.runs.history_tables import Row, distinct_names, figure_rows, setting_rows, write_csv

MOST_EPOCHS = 20_000  # of a run that are drawn
FIRST_COLOUR = 2  # of the theme's series: those before are the run's at hand, in a plot of curves


class CompareView(QWidget):
    """Compares runs.

    Signals
    -------
    failed
        With a `SpikeloomError`: a table, or the curves, were not written.
    """

    failed = Signal(object)

    def __init__(self, parent: QWidget, runs: Sequence[Run]) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("compareRuns")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.runs, self.names = list(runs), distinct_names(runs)
        self.setWindowTitle(f"Compare {len(self.runs)} runs — Spikeloom")
        self.resize(1080, 760)
        self.curves = self._make_curves()
        self.settings = _Table("Settings that differ", self.names)
        self.figures = _Table("Final figures", self.names)
        self.figures.show_rows(figure_rows(self.runs))
        self.everything = QCheckBox("Show all settings")
        self.everything.setToolTip("Also those in which the runs agree")
        self.everything.toggled.connect(self._show_settings)
        self.export = QPushButton("Export tables…")
        self.export.setToolTip("Both tables as CSV: settings and final figures")
        self.export.clicked.connect(self._export)
        self.export_curves = QPushButton("Export curves…")
        self.export_curves.setToolTip("The curves as a picture or as numbers")
        self.export_curves.clicked.connect(self._export_curves)
        self.note = QLabel()  # what becomes of the files
        self.note.setProperty("tone", "muted")
        self.files = FileWriter(self)
        self.files.said.connect(lambda words, _milliseconds: self.note.setText(words))
        self.files.failed.connect(self.failed)
        self._lay_out()
        self.curves.setVisible(self.has_curves)
        self.export_curves.setVisible(self.has_curves)
        self._show_settings()
        self.tabs.setFocus()
        follow_theme(self._dress)

    def _make_curves(self) -> CurvesPlot:
        """The curves of all runs, with the menus that every plot of curves has."""
        columns = [
            {name: np.asarray(values) for name, values in metrics(run, MOST_EPOCHS).items()} for run in self.runs
        ]
        known = [name for name in ("loss", "accuracy") if any(np.isfinite(c.get(name, [])).any() for c in columns)]
        keys = [str(run.folder) for run in self.runs]
        self.has_curves = bool(known)
        curves = CurvesPlot(Curves(name="plot:1", quantities=known or ["loss"], runs=keys))
        for key, title, found in zip(keys, self.names, columns, strict=True):
            curves.overlay(key, found, title)
        # No document declares it: what is chosen in its menus counts at once, and as long as the window is open.
        curves.settings_changed.connect(lambda values: curves.use(curves.settings.model_copy(update=values)))
        return curves

    def _lay_out(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.addTab(self.settings, "What differs")
        self.tabs.addTab(self.figures, "Final figures")
        lower = QWidget()
        column = QVBoxLayout(lower)
        column.setContentsMargins(12, 6, 12, 10)
        column.addWidget(self.tabs, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.everything)
        buttons.addStretch(1)
        buttons.addWidget(self.note)
        buttons.addWidget(self.export_curves)
        buttons.addWidget(self.export)
        column.addLayout(buttons)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.curves)
        splitter.addWidget(lower)
        splitter.setSizes([400, 340])
        splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    def _show_settings(self) -> None:
        everything = self.everything.isChecked()
        rows = setting_rows(self.runs, everything=everything)
        self.settings.show_rows(rows, "Nothing differs: seed, settings and versions are the same.")
        self.tabs.setTabText(0, "Settings" if everything else f"What differs ({len(rows)})")

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export the tables", "comparison.csv", "Tables (*.csv)")
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(f"{name}.csv")
        rows = [*setting_rows(self.runs, everything=self.everything.isChecked()), *figure_rows(self.runs)]
        try:
            write_csv(path, self.names, rows)
        except SpikeloomError as error:
            self.failed.emit(error)

    def _export_curves(self) -> None:
        ask_and_save(self.curves, self, self.files, Path("comparison.png"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait for what is being written."""
        self.files.settle()
        super().closeEvent(event)

    def _dress(self) -> None:
        tokens = theme.current()
        self.setStyleSheet(f"""
            #compareRuns {{ background: {tokens.surface}; }}
        """)
        for table in (self.settings, self.figures):
            table.paint_rows()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class _Table(QTableWidget):
    """A row for each thing, a column for each run; what differs stands out."""

    def __init__(self, name: str, runs: Sequence[str]) -> None:
        super().__init__(0, 1 + len(runs))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalHeaderLabels(["", *runs])
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row], otherwise: str = "") -> None:
        """Show these; `otherwise` says that there are none."""
        self.rows = list(rows) or ([Row(otherwise, (), False)] if otherwise else [])
        self.clearSpans()
        self.setRowCount(len(self.rows))
        for k, row in enumerate(self.rows):
            for column, text in enumerate((row.name, *row.values)):
                item = QTableWidgetItem(text)
                item.setToolTip(text if len(text) > 30 else "")
                self.setItem(k, column, item)
            if not row.values and self.columnCount() > 1:
                self.setSpan(k, 0, 1, self.columnCount())
        self.paint_rows()

    def paint_rows(self) -> None:
        """Take the colours of the theme."""
        tokens = theme.current()
        for column in range(1, self.columnCount()):
            colour = tokens.series[(FIRST_COLOUR + column - 1) % len(tokens.series)]
            header = self.horizontalHeaderItem(column)
            if header is not None:
                header.setIcon(_dot(colour))
        for k, row in enumerate(self.rows):
            for column in range(self.columnCount()):
                item = self.item(k, column)
                if item is not None:
                    strong = column > 0 and row.differs
                    item.setForeground(QColor(tokens.text if strong else tokens.text_muted))


def _dot(colour: str) -> QIcon:
    """A dot in the colour of a run's curves."""
    pixmap = QPixmap(16, 16)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    glyphs.paint(painter, "dot", QRectF(pixmap.rect()), colour)
    painter.end()
    return QIcon(pixmap)

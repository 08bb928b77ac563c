"""The list of problems: rows to read, to go to and to fix, brought up to date with as little change as possible."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom_app.document.places import apply_fix
from spikeloom_app.problems.listing import count_words
from spikeloom_app.problems.row import ProblemRow
from spikeloom_app.problems.watch import ProblemWatch

MOST_ROWS = 50  # that are shown; the rest is counted


class ProblemPanel(QWidget):
    """What a `ProblemWatch` has found.

    Signals
    -------
    chosen
        With the `Listed` to go to.
    said
        A line for the status bar: a fix was refused.
    """

    chosen = Signal(object)
    said = Signal(str)

    def __init__(self, watch: ProblemWatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.watch = watch
        self.setObjectName("problems")
        self.setAccessibleName("Problems")
        self.rows: list[ProblemRow] = []
        self.summary = QLabel()
        self.summary.setProperty("tone", "muted")
        self.summary.setContentsMargins(12, 8, 12, 4)
        self.summary.setWordWrap(True)
        inside = QWidget()
        inside.setObjectName("inspectorPanel")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 4, 0, 8)
        self._column.setSpacing(0)
        self._column.addWidget(self.summary)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        watch.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is found now."""
        entries = self.watch.entries
        shown = entries[:MOST_ROWS]
        focused = next((k for k, row in enumerate(self.rows) if row.isAncestorOf(self.focusWidget() or self)), None)
        held = any(row.hasFocus() or row.button.hasFocus() for row in self.rows)
        while len(self.rows) < len(shown):
            self._add_row()
        for row, entry in zip(self.rows, shown, strict=False):
            row.show_entry(entry)
            row.show()
        for row in self.rows[len(shown) :]:
            row.hide()
        if held and focused is not None and not self.rows[focused].isVisibleTo(self) and shown:
            self.rows[len(shown) - 1].setFocus()
        more = len(entries) - len(shown)
        self.summary.setText(self._summary(more))
        self.summary.setVisible(not entries or more > 0)

    def _summary(self, more: int) -> str:
        if not self.watch.entries:
            return "No problems: the network can run."
        return f"{count_words(self.watch.entries)}; the first {MOST_ROWS} are listed." if more else ""

    def _add_row(self) -> None:
        row = ProblemRow()
        row.chosen.connect(self.chosen)
        row.fix_wanted.connect(self._fix)
        row.moved.connect(lambda step, row=row: self._move(row, step))
        self._column.insertWidget(1 + len(self.rows), row)
        self.rows.append(row)

    def _move(self, row: ProblemRow, step: int) -> None:
        index = self.rows.index(row) + step
        if 0 <= index < len(self.rows) and self.rows[index].isVisibleTo(self):
            self.focus_row(index)

    def focus_row(self, index: int = 0) -> None:
        """Put the keyboard on a row."""
        if index < len(self.rows) and self.rows[index].isVisibleTo(self):
            self.rows[index].setFocus(Qt.FocusReason.TabFocusReason)
            self.area.ensureWidgetVisible(self.rows[index])

    def _fix(self, fix: object) -> None:
        try:
            apply_fix(self.watch.document, fix)  # type: ignore[arg-type]  # the signal carries an object
        except SpikeloomError as error:
            self.said.emit(error.message)

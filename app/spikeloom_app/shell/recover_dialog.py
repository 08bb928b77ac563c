"""The dialog about unsaved work that a window left behind: which, of when, what differs, and what to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document
from spikeloom_app import theme
from spikeloom_app.document import Swap
from spikeloom_app.labels import wrapped
from spikeloom_app.listening import follow_theme
from spikeloom_app.shell.differences_view import DifferencesView
from spikeloom_app.style import restyle


class RecoverDialog(QDialog):
    """Asks about each of the swaps, until none is left or the user says Later.

    Signals
    -------
    recover_requested, both_requested, discard_requested
        With the swap. Whoever answers calls `forget` when the swap is dealt with.
    """

    recover_requested = Signal(object)
    both_requested = Signal(object)
    discard_requested = Signal(object)

    def __init__(self, parent: QWidget, swaps: Sequence[Swap]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recover unsaved work")
        self.setAccessibleName("Recover unsaved work")
        self.resize(820 if len(swaps) > 1 else 680, 520)
        self.swaps = list(swaps)
        several = len(swaps) > 1
        self.heading = wrapped("Unsaved work was left behind" if several else "There is unsaved work", "title")
        lead = "A window ended without saving. Nothing is lost: choose what happens to its last state."
        self.facts = wrapped("", "muted")
        self.warning = wrapped("", "warning")
        self.view = DifferencesView(("saved", "recovered"))
        self.list = QListWidget()
        self.list.setAccessibleName("Unsaved documents")
        self.list.setFixedWidth(220)
        follow_theme(self._restyle)
        self.list.setVisible(several)
        self._buttons()
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.facts)
        right.addWidget(self.warning)
        right.addWidget(self.view, 1)
        middle = QHBoxLayout()
        middle.setSpacing(14)
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(10)
        column.addWidget(self.heading)
        column.addWidget(wrapped(lead, "muted"))
        column.addSpacing(4)
        column.addLayout(middle, 1)
        column.addSpacing(4)
        column.addLayout(self._button_row)
        self._fill()
        self.list.currentRowChanged.connect(lambda _row: self._show())
        self._show()

    def _buttons(self) -> None:
        self.later_button = _button("Later", "Ask again at the next start; everything stays as it is")
        self.discard_button = _button("Discard", "Throw this state away; it is kept in the recovery folder for a while")
        self.both_button = _button("Open both", "Open the saved file, and this state as a document of its own")
        self.recover_button = _button("Recover", "Go on where the window ended; the file stays as it is until you save")
        self.recover_button.setAutoDefault(True)
        self.recover_button.setDefault(True)
        self.recover_button.setProperty("primary", True)
        self.later_button.clicked.connect(self.reject)
        self.discard_button.clicked.connect(lambda: self._emit(self.discard_requested))
        self.both_button.clicked.connect(lambda: self._emit(self.both_requested))
        self.recover_button.clicked.connect(lambda: self._emit(self.recover_requested))
        self._button_row = QHBoxLayout()
        self._button_row.addWidget(self.discard_button)
        self._button_row.addStretch(1)
        for button in (self.later_button, self.both_button, self.recover_button):
            self._button_row.addWidget(button)

    @property
    def current(self) -> Swap:
        """The swap that is shown."""
        return self.swaps[max(0, self.list.currentRow())]

    def _emit(self, signal: object) -> None:
        signal.emit(self.current)  # type: ignore[attr-defined]

    def forget(self, swap: Swap) -> None:
        """It is dealt with; the dialog closes after the last."""
        self.swaps.remove(swap)
        if not self.swaps:
            self.accept()
            return
        self._fill()
        self._show()

    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for swap in self.swaps:
            item = QListWidgetItem(f"{swap.name}\n{when(swap.written)}")
            item.setToolTip(str(swap.original) if swap.original is not None else "A document that was never saved")
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.blockSignals(False)

    def _show(self) -> None:
        swap = self.current
        file = str(swap.original) if swap.original is not None else "A document that was never saved"
        self.facts.setText(f"{file}\nLast change {when(swap.written)}.")
        saved, gone = self._saved(swap)
        self._warn(gone or (_CHANGED if swap.original_changed else ""))
        self.view.heading.setText("What differs from the saved file" if saved is not None else "What it holds")
        try:
            recovered = swap.load()
        except SpikeloomError as error:
            self.view.show_message(f"This state cannot be read:\n{error}\n\nIt is kept at {swap.file}.")
            self._enable(readable=False, saved=saved is not None)
            return
        self.view.show_documents(saved, recovered)
        self._enable(readable=True, saved=saved is not None)

    def _enable(self, *, readable: bool, saved: bool) -> None:
        self.recover_button.setEnabled(readable)
        self.both_button.setEnabled(readable and saved)

    @staticmethod
    def _saved(swap: Swap) -> tuple[Document | None, str]:
        """The file as it is now, or None; and what is wrong with it."""
        if swap.original is None:
            return None, ""
        if not swap.original.is_file():
            return (
                None,
                "The file is no longer there. Recover brings the document back; save it to write the file anew.",
            )
        try:
            return Document.load(swap.original), ""
        except SpikeloomError as error:
            return None, f"The file itself cannot be read now: {error.message}"

    def _restyle(self) -> None:
        tokens = theme.current()
        self.list.setStyleSheet(
            f"QListWidget {{ background: {tokens.surface}; border: 1px solid {tokens.border};"
            f" border-radius: {tokens.radius_small}px; padding: 4px; }}"
            f"QListWidget:focus {{ border-color: {tokens.accent}; }}"
            f"QListWidget::item {{ padding: 6px; border-radius: {tokens.radius_small}px; }}"
        )

    def _warn(self, text: str) -> None:
        self.warning.setText(text)
        self.warning.setVisible(bool(text))
        restyle(self.warning)


_CHANGED = (
    "The file was changed by somebody else after this state began. "
    "Saving it would take that change back; Open both keeps the two apart."
)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def when(moment: datetime) -> str:
    """``today, 14:03:12`` or ``21 November, 09:30``."""
    today = datetime.now(moment.tzinfo).date()
    if moment.date() == today:
        return f"today, {moment:%H:%M:%S}"
    if moment.date() == today - timedelta(days=1):
        return f"yesterday, {moment:%H:%M:%S}"
    return f"{moment.day} {moment:%B %Y, %H:%M}"

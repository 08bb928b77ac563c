"""A field under a heading of its own within a form, folded away where it is empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from spikeloom_app.inspector.controls import GlyphButton
from spikeloom_app.inspector.rows import Row
from spikeloom_app.inspector.scope import SEVERAL
from spikeloom_app.wording import tooltip

GAP = 6  # px
INDENT = 13  # px


class Section(QWidget):
    """Holds `row`; what the user folds or unfolds stays so for all objects of the class.

    Parameters
    ----------
    key
        Of the class and the field, by which it is remembered.
    """

    def __init__(self, row: Row, key: str) -> None:
        super().__init__()
        self.row, self._key = row, key
        self._was_empty = True
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.button = GlyphButton("right", row.field.help, row.field.label)
        self.button.setToolTip(tooltip(row.field.help))
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.toggled.connect(self._unfold)
        self.button.clicked.connect(lambda: self._remember(self.button.isChecked()))
        self.body = QFrame()
        inner = QVBoxLayout(self.body)
        inner.setContentsMargins(INDENT, 0, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.button)
        column.addWidget(self.body)
        self.body.hide()
        row.reveal = self.reveal
        self._name()
        if self._key in row.scope.shared.opened:
            self.button.setChecked(True)

    @property
    def _values(self) -> list[Any]:
        return list(self.row.scope.values)

    def refresh(self) -> None:
        """Say how much is in it; unfolded where something came into it."""
        empty = not any(value not in (None, SEVERAL) and value != [] for value in self._values)
        if self._was_empty and not empty:
            self.button.setChecked(True)
        self._was_empty = empty
        self._name()

    def reveal(self) -> None:
        """Unfold it."""
        self.button.setChecked(True)

    def stops(self) -> Sequence[QWidget]:
        """Where the Tab key stops, in order."""
        return [self.button, *self.row.stops()]

    def _name(self) -> None:
        first, *others = self._values
        label = self.row.field.label
        if isinstance(first, list) and first and not others:
            label = f"{label} ({len(first)})"
        self.button.setText(label)
        state = "" if self._was_empty is False else ", none"
        self.button.setAccessibleName(f"{label}{state}")
        self.button.updateGeometry()
        self.button.update()

    def _unfold(self, opened: bool) -> None:
        self.body.setVisible(opened)
        self.button.glyph = "down" if opened else "right"
        self.button.update()

    def _remember(self, opened: bool) -> None:
        opened_ones = self.row.scope.shared.opened
        (opened_ones.add if opened else opened_ones.discard)(self._key)

"""The facts of a data set as lines, and how its examples are spread over the classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from spikeloom_app import wording
from spikeloom_app.data.balance_view import BalanceView
from spikeloom_app.data.facts import balance_of, facts_of
from spikeloom_app.labels import wrapped

GAP = 10  # px


class FactsView(QWidget):
    """Shows an event ``dataset``.

    Signals
    -------
    class_chosen
        With the class whose examples the user wants to see.
    """

    class_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What is known of the data set")
        self.told: Mapping[str, Any] = {}
        self._split = "train"
        self.title = wrapped("", "heading")
        self._lines = QGridLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setHorizontalSpacing(GAP)
        self._lines.setVerticalSpacing(3)
        self._lines.setColumnStretch(1, 1)
        self.values: dict[str, QLabel] = {}
        self.balance = BalanceView()
        self.balance.chosen.connect(self.class_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addLayout(self._lines)
        column.addWidget(self.balance)
        column.addStretch(1)
        self.show_facts({}, "")

    def show_facts(self, told: Mapping[str, Any], title: str) -> None:
        """Show these; none where nothing is known."""
        self.told = told
        self.title.setText(title)
        facts = facts_of(told) if told else []
        if [fact.label for fact in facts] != list(self.values):
            self._make_lines([fact.label for fact in facts])
        for fact in facts:
            value = self.values[fact.label]
            value.setText(fact.value)
            value.setToolTip(wording.tooltip(fact.tip))
            value.setAccessibleName(f"{fact.label}: {fact.value}")
        self.show_split(self._split)

    def _make_lines(self, labels: list[str]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.values = {}
        for row, name in enumerate(labels):
            label, value = QLabel(name), wrapped("", "plain")
            label.setProperty("tone", "small")
            self.values[name] = value
            self._lines.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(value, row, 1)

    def show_split(self, split: str) -> None:
        """Show the classes of another split."""
        self._split = split
        counts = balance_of(self.told, split) if self.told else balance_of({}, split)
        self.balance.show_counts(counts, list(self.told.get("class_names") or ()))
        self.balance.setVisible(bool(counts.sum()))

"""The line above traces: which part, which of its variables, which neurons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from spikeloom.errors import UserError
from spikeloom_app.plots.chart import SideLabel
from spikeloom_app.plots.offers import Offer, listed, numbers_in
from spikeloom_app.style import restyle

NUMBERS_TIP = "Numbers of the neurons that are shown: 0-3, 7; nothing: a few"


class TraceHeader(QWidget):
    """Chooses traces.

    Attributes
    ----------
    chosen
        Signal with a dictionary: what was chosen of ``part``, ``variable`` and ``neurons``.
    refused
        Signal with words: what was typed and is no list of neurons.
    """

    chosen = Signal(object)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._offers: dict[str, Offer] = {}
        self.part = self._field("Population or connection whose traces are shown", 72)
        self.variable = self._field("Variable that is shown", 140)
        self.numbers = QLineEdit()
        self.numbers.setAccessibleName("Neurons that are shown")
        self.numbers.setToolTip(NUMBERS_TIP)
        self.numbers.setFixedWidth(76)
        self.legend = SideLabel()
        self.part.activated.connect(lambda _: self.chosen.emit({"part": self._data(self.part), "variable": ""}))
        self.variable.activated.connect(lambda _: self.chosen.emit({"variable": self._data(self.variable)}))
        self.numbers.editingFinished.connect(self._typed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 0)
        row.setSpacing(6)
        for widget in (self.part, self.variable, self.numbers):
            row.addWidget(widget)
        row.addWidget(self.legend, 1)

    @staticmethod
    def _field(name: str, width: int) -> QComboBox:
        field = QComboBox()
        field.setAccessibleName(name)
        field.setToolTip(name)
        field.setMinimumWidth(min(width, 84))
        field.setMinimumContentsLength(width // 12)
        field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return field

    @staticmethod
    def _data(field: QComboBox) -> str:
        return str(field.currentData() or "")

    def offer(self, offers: dict[str, Offer], part: str, variable: str, numbers: Sequence[int]) -> None:
        """Show what there is to choose, and what is chosen; a part or variable that is gone is shown too."""
        self._offers = offers
        names = [(name, name) for name in offers]
        known = offers[part].variables if part in offers else ()
        words = [(f"{each.words} (backward pass)" if each.backward else each.words, each.name) for each in known]
        _fill(self.part, names, part)
        _fill(self.variable, words, variable)
        if not self.numbers.hasFocus():
            self._show_numbers(numbers)
        size = offers[part].size if part in offers else None
        self.numbers.setToolTip(NUMBERS_TIP + (f" (0 to {size - 1})" if size else ""))
        for field in (self.part, self.variable, self.numbers):
            field.setEnabled(bool(offers))

    def _show_numbers(self, numbers: Sequence[int]) -> None:
        self._mark("")
        self.numbers.setText(listed(numbers))
        usual = self._offers[self._data(self.part)].usual if self._data(self.part) in self._offers else ()
        self.numbers.setPlaceholderText(listed(usual) or "a few")

    def _typed(self) -> None:
        offer = self._offers.get(self._data(self.part))
        try:
            found = numbers_in(self.numbers.text(), offer.size if offer else None)
        except UserError as error:
            self._mark("error")
            self.numbers.setToolTip(str(error))
            self.refused.emit(f"neurons: {error}")
            return
        self._mark("")
        self.numbers.setToolTip(NUMBERS_TIP)
        self.chosen.emit({"neurons": found})

    def _mark(self, state: str) -> None:
        if (self.numbers.property("state") or "") != state:
            self.numbers.setProperty("state", state)
            restyle(self.numbers)


def _fill(field: QComboBox, entries: list[tuple[str, str]], chosen: str) -> None:
    if chosen and chosen not in [data for _, data in entries]:
        entries = [*entries, (f"{chosen} (gone)", chosen)]
    field.blockSignals(True)
    if [(field.itemText(k), field.itemData(k)) for k in range(field.count())] != entries:
        field.clear()
        for words, data in entries:
            field.addItem(words, data)
    field.setCurrentIndex(field.findData(chosen))
    field.blockSignals(False)

"""Fields that name something of the document: a population, a connection, a figure of its runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spikeloom.spec import Document, FieldInfo, figures_of
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector.controls import Choice


def _populations(document: Document) -> list[str]:
    return [population.name for population in document.network.populations]


def _outputs(document: Document) -> list[str]:
    return [population.name for population in document.network.outputs]


def _connections(document: Document) -> list[str]:
    return [connection.name for connection in document.network.connections]


def _figures(document: Document) -> list[str]:
    known = list(figures_of(document))
    return [*(f"validation_{name}" for name in known), *known]


_NAMES: dict[str, tuple[Callable[[Document], list[str]], str]] = {
    "population": (_populations, "All that spike"),
    "output": (_outputs, "The only one"),
    "connection": (_connections, "None"),
    "monitor": (_figures, "None"),
    "keep_best": (_figures, "None"),
}


def names_something(field: FieldInfo) -> bool:
    """Whether a field holds the name of something that a document has."""
    return field.kind == "text" and field.name in _NAMES


class NameChoice(Choice):
    """One of the names that the document has at the moment, and the one that the field holds, there or not."""

    def __init__(self, field: FieldInfo, document: OpenDocument) -> None:
        super().__init__([])
        self._field, self._document = field, document

    def show_value(self, value: Any) -> None:
        """Show a name."""
        self._fill(value)
        super().show_value(value)

    def showPopup(self) -> None:
        """Open the list, with the names as they are now."""
        row = self.currentIndex()
        value = self.options[row] if row >= 0 else None
        self._fill(value)
        super().show_value(value)
        super().showPopup()

    def _fill(self, value: Any) -> None:
        names, nothing = _NAMES[self._field.name]
        known: list[Any] = [None] if self._field.optional else []
        known += names(self._document.document)
        if isinstance(value, str) and value not in known:
            known.append(value)
        if known == self.options:
            return
        self.options = known
        self.blockSignals(True)
        self.clear()
        self.addItems([nothing if name is None else name for name in known])
        self.blockSignals(False)

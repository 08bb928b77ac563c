"""A compact form for the declaration of a plot, made from its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QWidget

from spikeloom.spec import FieldInfo, describe
from spikeloom.spec.plots import Plot

OUTSIDE = ("name", "place", "window")  # set by moving the dock, and by dragging in the plot
# Chosen in a panel, which knows what there is.
ELSEWHERE = {
    "traces": ("part", "variable", "neurons"),
    "examples": ("output", "truth", "prediction"),
    "confusion": ("output",),
}
WIDTH = 220  # px of a field, at least


class SettingsForm(QWidget):
    """The fields of a plot that are chosen nowhere else.

    Attributes
    ----------
    changed
        Signal: a dictionary with a field and its value.
    fields
        The widgets, by the names of the fields.
    """

    changed = Signal(object)

    def __init__(self, plot: Plot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QWidget] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        for field in describe(type(plot)):
            if field.name not in (*OUTSIDE, *ELSEWHERE.get(plot.type, ())):
                self._add(form, field, getattr(plot, field.name))

    def focus_first(self) -> None:
        """Put the keyboard into the first field."""
        for widget in list(self.fields.values())[:1]:
            widget.setFocus()

    def _add(self, form: QFormLayout, field: FieldInfo, value: Any) -> None:
        makers: dict[str, Callable[[FieldInfo, Any], QWidget]] = {
            "bool": self._switch,
            "choice": self._choice,
            "float": self._number,
            "int": self._number,
        }
        widget = self.fields[field.name] = makers.get(field.kind, self._text)(field, value)
        widget.setAccessibleName(field.label)
        widget.setToolTip(f"{field.help.rstrip('.')} ({field.unit})" if field.unit else field.help)
        if isinstance(widget, QCheckBox):
            form.addRow(widget)
            return
        widget.setMinimumWidth(WIDTH)
        label = QLabel(f"{field.label} ({field.unit})" if field.unit else field.label)
        label.setBuddy(widget)
        label.setToolTip(widget.toolTip())
        form.addRow(label, widget)

    def _tell(self, name: str, value: Any) -> None:
        self.changed.emit({name: value})

    def _switch(self, field: FieldInfo, value: Any) -> QWidget:
        box = QCheckBox(field.label)
        box.setChecked(bool(value))
        box.toggled.connect(lambda on: self._tell(field.name, on))
        return box

    def _choice(self, field: FieldInfo, value: Any) -> QWidget:
        box = QComboBox()
        for choice in field.choices:
            box.addItem(str(choice).capitalize(), choice)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.activated.connect(lambda _index: self._tell(field.name, box.currentData()))
        return box

    def _number(self, field: FieldInfo, value: Any) -> QWidget:
        box = QDoubleSpinBox()
        box.setDecimals(0 if field.kind == "int" else 3)
        step = field.step or 1.0
        box.setRange(-1e9 if field.minimum is None else field.minimum, 1e9 if field.maximum is None else field.maximum)
        if field.exclusive_maximum:
            box.setMaximum(box.maximum() - 10.0 ** -box.decimals())
        box.setSingleStep(step)
        box.setValue(float(value or 0))
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda number: self._tell(field.name, number))
        return box

    def _text(self, field: FieldInfo, value: Any) -> QWidget:
        listed = isinstance(value, list)
        line = QLineEdit(", ".join(map(str, value)) if listed else str(value))
        if listed:
            line.setPlaceholderText("names, with commas between them")

        told = [value]

        def tell() -> None:
            words = [word.strip() for word in line.text().split(",") if word.strip()]
            found: Any = line.text().strip()
            if listed:
                found = [int(word) for word in words] if all(word.isdigit() for word in words) and words else words
            if found != told[-1]:  # leaving the field is no change
                told.append(found)
                self._tell(field.name, found)

        line.editingFinished.connect(tell)
        return line

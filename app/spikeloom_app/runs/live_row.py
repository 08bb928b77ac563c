"""A parameter that can change in a run: its slider, its number, and what became of a change."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.spec import FieldInfo
from spikeloom_app import style
from spikeloom_app.document import OpenDocument
from spikeloom_app.document.places import Root
from spikeloom_app.inspector import values
from spikeloom_app.inspector.controls import Caption
from spikeloom_app.inspector.edits import NumberEdit
from spikeloom_app.inspector.gesture import Gesture
from spikeloom_app.inspector.scope import Scope, Shared
from spikeloom_app.inspector.sliders import ValueSlider
from spikeloom_app.labels import wrapped
from spikeloom_app.runs.live_fields import LiveField, is_at_end, is_inside, reaches_zero, with_range

NUMBER_WIDTH = 96  # px
GAP = 8  # px


class LiveSlider(ValueSlider):
    """A slider around a value; on a logarithmic scale its left end may stand for 0.

    Parameters
    ----------
    field
        Its own range is that of the document; the slider's is chosen around `value`.
    """

    def __init__(self, field: FieldInfo, value: float) -> None:
        self.declared = field
        self._zero = reaches_zero(field)
        super().__init__(with_range(field, value))

    def value_at(self, position: int) -> float | int:
        """The value that a position stands for."""
        if self._zero and position <= self.minimum():
            return 0.0
        return super().value_at(position)

    def position_of(self, value: float) -> int:
        """The nearest position to a value."""
        if self._zero and value <= 0:
            return self.minimum()
        return max(super().position_of(value), self.minimum() + int(self._zero))

    def make_room(self, value: float) -> None:
        """Choose the ends anew where a value is at or beyond them."""
        if not is_inside(self.field, value) or is_at_end(self.field, value):
            self.blockSignals(True)
            self.use_field(with_range(self.declared, value))
            self.blockSignals(False)


class LiveRow(QWidget):
    """One parameter.

    Parameters
    ----------
    document
        Where its value is.
    live
        Which it is.

    Attributes
    ----------
    moved
        Signal (place, value): the user has set it; the network should follow.
    """

    moved = Signal(str, float)

    def __init__(self, document: OpenDocument, live: LiveField) -> None:
        super().__init__()
        self.live, self.field = live, live.field
        self._scope = self._find(document, live)
        self._value = float(self._scope.value)
        self._gesture: Gesture | None = None
        self._asked = False  # whether the network has still to say what became of a change
        self._running: float | None = None
        self._build()
        self.refresh()

    @staticmethod
    def _find(document: OpenDocument, live: LiveField) -> Scope:
        if live.path[0] == "network":
            return Scope(document, (Root(document, live.path[2]),), Shared(), live.path[3:])
        return Scope(document, (Root(document),), Shared(), live.path)

    # -- construction --------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self.slider = LiveSlider(self.field, self._value)
        self.edit = NumberEdit(self.field)
        label = Caption(self.field.label)
        label.setBuddy(self.edit)
        owner = QLabel(self.live.owner)
        owner.setProperty("tone", "small")
        owner.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note = wrapped("", "small")
        self.note.setAccessibleName(f"What became of {self.field.label}")
        self.apply = QPushButton("Apply")
        self.apply.setProperty("link", True)
        self.apply.setToolTip("Give the network that runs the value of the document")
        self.apply.clicked.connect(self._apply)
        self._name(label)
        head, line, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(label, 1)
        head.addWidget(owner, 1)
        line.setSpacing(GAP)
        line.addWidget(self.slider, 1)
        line.addWidget(self.edit)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.apply, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (head, line, foot):
            column.addLayout(part)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.slider.sliderPressed.connect(self._take_hold)
        self.slider.sliderReleased.connect(self._let_go)
        self.slider.dragged.connect(self._drag)
        self.slider.committed.connect(self._commit)
        self.edit.committed.connect(self._commit)
        self.edit.refused.connect(lambda text: self._say(text, "error"))
        self.edit.reverted.connect(self._describe)

    def _name(self, label: QLabel) -> None:
        unit = f" ({self.field.unit})" if self.field.unit else ""
        name = f"{self.live.owner}: {self.field.label}{unit}"
        self.edit.setAccessibleName(name)
        self.edit.setObjectName(f"live.{self.live.place}")
        self.edit.setFixedWidth(NUMBER_WIDTH + self.edit.textMargins().right())
        self.slider.setAccessibleName(f"{name}, slider")
        self.slider.setObjectName(f"live.slider.{self.live.place}")
        for widget in (label, self.edit, self.slider):
            widget.setToolTip(f"{values.tooltip(self.field)}\nThe network that runs follows it")
            widget.setAccessibleDescription(self.field.help)

    # -- showing -------------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show the document's value, unless it is being typed or dragged."""
        value = float(self._scope.value)
        changed = value != self._value
        self._value = value
        if changed or not self.edit.text():
            self.edit.show_value(value)
        if self._gesture is None:
            self.slider.make_room(value)
            self.slider.show_value(value)
        if changed:
            self._describe()

    def show_running(self, value: float | None) -> None:
        """With what value the network runs; None where none does."""
        if value != self._running:
            self._running, self._asked = value, False
            self._describe()

    def hear(self, event: dict[str, Any]) -> None:
        """The network has taken a change."""
        self._running, self._asked = float(event["value"]), False
        old, new = (values.number_text(event[name]) for name in ("old", "value"))
        self._describe(f"{old} → {new} at epoch {event.get('epoch', 0)}, step {event.get('step', 0)}")

    def refuse(self, text: str) -> None:
        """The network has not taken a change."""
        self._asked = False
        self._say(text, "warning")
        self.apply.hide()

    def _describe(self, otherwise: str = "") -> None:
        """Say where the network runs with another value than the document has."""
        differs = self._running is not None and self._running != self._value and not self._asked
        if differs:
            unit = f" {self.field.unit}" if self.field.unit else ""
            self._say(f"The network runs with {values.number_text(self._running)}{unit}", "warning")
        else:
            self._say(otherwise)
        self.apply.setVisible(differs)

    def _say(self, text: str, tone: str = "small") -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))
        if self.note.property("tone") != tone:
            self.note.setProperty("tone", tone)
            style.restyle(self.note)

    # -- changing ------------------------------------------------------------------------------------------------
    def _commit(self, value: Any) -> None:
        self._change(lambda: self._scope.set(value), value)

    def _take_hold(self) -> None:
        self._gesture = self._gesture or Gesture(self._scope)

    def _drag(self, value: Any) -> None:
        self._take_hold()
        hand = self._gesture
        assert hand is not None
        self._change(lambda: hand.set(value), value)

    def _let_go(self) -> None:
        self._gesture = None
        self.refresh()

    def _change(self, change: Any, value: Any) -> None:
        try:
            change()
        except SpikeloomError as error:
            self._say(values.words(error, self.field.name, value), "error")
            self.slider.show_value(self._value)
            return
        self._asked = True
        self.edit.show_value(float(self._scope.value))
        self.refresh()
        self.moved.emit(self.live.place, self._value)

    def _apply(self) -> None:
        self._asked = True
        self._describe()
        self.moved.emit(self.live.place, self._value)

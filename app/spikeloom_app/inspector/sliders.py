"""Sliders: for the numbers whose range means something from one end to the other, such as a share or a probability."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider

from spikeloom.spec import FieldInfo
from spikeloom_app import theme
from spikeloom_app.inspector import values

POSITIONS = 100  # at least, from one end to the other
MOST_STEPS = 1000  # of a range that a hand goes through
PAGE = 10  # steps of a page key


def is_natural(field: FieldInfo) -> bool:
    """Whether the whole range of a field is worth going through with the hand.

    It has two ends, and no more than `MOST_STEPS` of the field's own steps (1 where it declares none) lie between
    them: a probability, a share, a momentum. Ends that are further apart (a seed up to 2**32 - 1, a number of filters
    up to 65536) only keep out what cannot be computed, and no position between them means anything. On a logarithmic
    scale the steps are those of the scale, so that its ends may be any positive numbers.
    """
    low, high = field.minimum, field.maximum
    if field.kind not in ("float", "int") or field.optional or low is None or high is None or low >= high:
        return False
    return _is_log(field) or (high - low) / (field.step or 1.0) <= MOST_STEPS


def _is_log(field: FieldInfo) -> bool:
    return field.scale == "log" and field.kind == "float" and field.minimum is not None and field.minimum > 0


class ValueSlider(QSlider):
    """The number of a field as a place between its ends.

    Attributes
    ----------
    dragged
        Signal: the value under the hand, while the mouse is down.
    committed
        Signal: the value after a key.
    """

    dragged = Signal(object)
    committed = Signal(object)

    def __init__(self, field: FieldInfo) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.use_field(field)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(40)
        self.setFixedHeight(28)
        self.valueChanged.connect(self._moved)

    def use_field(self, field: FieldInfo) -> None:
        """Go through the range of this field, which has two ends."""
        assert field.minimum is not None and field.maximum is not None
        self.field = field
        self._low, self._span = field.minimum, field.maximum - field.minimum
        step = self._span / POSITIONS if _is_log(field) else float(field.step or self._span / POSITIONS)
        whole = field.kind == "int"
        # Fine enough for the hand, and such that a key's step is a whole number of positions.
        parts = 1 if whole else max(1, math.ceil(step * POSITIONS / self._span - 1e-9))
        positions = round(self._span / (step / parts))
        # An end that is itself left out is not there to be chosen.
        self.setRange(int(field.exclusive_minimum), positions - int(field.exclusive_maximum))
        self._positions = positions
        self.setSingleStep(parts)
        self.setPageStep(min(PAGE * parts, max(parts, positions // 5)))

    # -- positions and values ------------------------------------------------------------------------------------
    def value_at(self, position: int) -> float | int:
        """The value that a position stands for."""
        share = position / self._positions
        if _is_log(self.field):
            return float(f"{self._low * ((self._low + self._span) / self._low) ** share:.3g}")
        value = float(f"{self._low + self._span * share:.{values.DIGITS}g}")
        return round(value) if self.field.kind == "int" else value

    def position_of(self, value: float) -> int:
        """The nearest position to a value."""
        inside = min(max(value, self._low), self._low + self._span)
        if _is_log(self.field):
            share = math.log(inside / self._low) / math.log((self._low + self._span) / self._low)
        else:
            share = (inside - self._low) / self._span
        return round(share * self._positions)

    def show_value(self, value: float | None) -> None:
        """Show a value; None where there is none to show."""
        self.blockSignals(True)
        self.setValue(self.minimum() if value is None else self.position_of(value))
        self.blockSignals(False)
        self.setProperty("empty", value is None)

    def _moved(self, position: int) -> None:
        signal = self.dragged if self.isSliderDown() else self.committed
        signal.emit(self.value_at(position))

    # -- events --------------------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the handle, which comes to where the mouse is."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, parts = QStyle.ComplexControl.CC_Slider, QStyle.SubControl
        handle = self.style().subControlRect(control, option, parts.SC_SliderHandle, self)
        if not handle.contains(event.position().toPoint()):
            room = self.style().subControlRect(control, option, parts.SC_SliderGroove, self)
            at = round(event.position().x() - room.left() - handle.width() / 2)
            self.setSliderDown(True)
            self.setSliderPosition(
                QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, room.width() - handle.width())
            )
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the form: a value that changes under a wheel that meant the page is a mishap."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().accent), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 3.5, -0.5, -3.5), 8, 8)

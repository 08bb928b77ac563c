"""The line above a raster: which example it is, what was read from it, and a field to choose another."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from spikeloom_app import theme
from spikeloom_app.listening import follow_theme
from spikeloom_app.plots.answer_view import MISTAKE, TRUTH
from spikeloom_app.plots.chart import SideLabel
from spikeloom_app.plots.title_label import TitleLabel

MOST_EXAMPLES = 99_999  # until it is known how many there are
POINTED_WIDTH = 120  # px: room for what the pointer is on, where the field has a caption


class ExampleHeader(QWidget):
    """Names an example; its field chooses another.

    Attributes
    ----------
    chosen
        Signal (split, number).
    pointed
        A label for what the pointer is on.
    """

    chosen = Signal(str, int)

    def __init__(self, *more: QWidget) -> None:
        super().__init__()
        self._event: dict[str, Any] | None = None
        self._asked: int | None = None
        self.title = TitleLabel()
        self.pointed = SideLabel()
        self.caption = QLabel("Sho&w example")
        self.number = QSpinBox()
        self.number.setRange(0, MOST_EXAMPLES)
        self.number.setKeyboardTracking(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFixedWidth(76)
        self.number.setAccessibleName("Example to show")
        self.number.valueChanged.connect(self._choose)
        self.caption.setBuddy(self.number)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 14, 0)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addWidget(self.pointed, 1)
        for widget in (*more, self.caption, self.number):
            row.addWidget(widget)
        follow_theme(self._name)

    @property
    def split(self) -> str:
        """Where the example is from."""
        return str((self._event or {}).get("split") or "test")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the caption out where it is narrow."""
        super().resizeEvent(event)
        self._make_room()

    def event(self, event: QEvent) -> bool:
        """Leave the caption out where other things need more room."""
        answer = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return answer

    def _make_room(self) -> None:
        """Show the caption where it takes no room from the title, whether it is shown now or not."""
        needed = self._row.sizeHint().width() + theme.large(POINTED_WIDTH)
        if self.caption.isHidden():
            needed += self.caption.sizeHint().width() + self._row.spacing()
        if self.caption.isHidden() == (self.width() >= needed):
            self.caption.setVisible(self.caption.isHidden())
            self._row.activate()  # at once, or the title would be shorter, or too long, for a moment

    def _choose(self, example: int) -> None:
        self._asked = example
        self.chosen.emit(self.split, example)

    def clear(self) -> None:
        """There is no example."""
        self._event, self._asked = None, None
        self.number.setMaximum(MOST_EXAMPLES)
        self._name()

    def follow(self, event: dict[str, Any]) -> None:
        """Name an example; the field follows, unless the user has just asked for another."""
        self._event = event
        self._name()
        example = int(event["example"])
        if self._asked is not None and example != self._asked:
            return
        self._asked = None
        self.number.blockSignals(True)
        if event.get("examples"):
            self.number.setMaximum(int(event["examples"]) - 1)
        if not self.number.hasFocus():
            self.number.setValue(example)
        self.number.blockSignals(False)

    def _name(self) -> None:
        self.number.setToolTip(f"The example of the {self.split} split to show (Up and Down keys)")
        if self._event is None:
            self.title.say("Spikes", "")
            return
        answers = self._event.get("outputs") or {}
        if len(answers) > 1:
            self._name_several(answers)
            return
        example, label, prediction = (self._event.get(name) for name in ("example", "label", "prediction"))
        parts, short = [f"example {example}"], []
        if label is not None:
            parts.append(f"label {self._word(label)}")
            short.append(self._word(label))
        if prediction is not None:
            taken = self._word(prediction)
            parts.append(_judged(f"predicted {taken}", label, prediction))
            short.append(taken if label is None else self._sign(label, prediction))
        shortest = " ".join(short)
        self.title.say(" · ".join(parts), f"{example} · {shortest}" if short else f"{example}", shortest, "")

    def _name_several(self, answers: dict[str, dict[str, Any]]) -> None:
        """Say of each output that has labels what it took the example for: ``digit 7 ✗ 1``."""
        example, parts = self._event["example"] if self._event else "", []
        for output, answer in answers.items():
            label, prediction = answer.get("label"), answer.get("prediction")
            if label is not None and prediction is not None:
                parts.append(f"{html.escape(output)} {label} {self._sign(label, prediction, named=False)}")
        told = " · ".join(parts)
        self.title.say(f"example {example} · {told}" if parts else f"example {example}", told, f"{example}", "")

    def _sign(self, label: Any, prediction: Any, *, named: bool = True) -> str:
        """A sign in the colour of what is right, or wrong, then with what was taken for the truth."""
        taken = self._word(prediction) if named else str(prediction)
        return _judged(TRUTH if prediction == label else f"{MISTAKE} {taken}", label, prediction)

    def _word(self, number: Any) -> str:
        """A class by its name, where it has one."""
        names = (self._event or {}).get("class_names") or []
        return html.escape(str(names[number])) if isinstance(number, int) and 0 <= number < len(names) else str(number)


def _judged(words: str, label: Any, prediction: Any) -> str:
    """Words in the colour of what is right, or wrong."""
    if label is None:
        return words
    color = theme.current().success if prediction == label else theme.current().error
    return f'<span style="color:{color}">{words}</span>'

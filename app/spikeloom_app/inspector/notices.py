"""What is wrong with a field, in words below it, with a button that fixes it where there is one obvious change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from spikeloom.spec import Fix, Problem
from spikeloom_app.inspector import values
from spikeloom_app.labels import wrapped

LONGEST_FIX = 32  # characters on its button; the tooltip says all


@dataclass(frozen=True)
class Notice:
    """A sentence in the colour of its severity, and perhaps a fix."""

    severity: str
    text: str
    fix: Fix | None = None


def notice_of(problem: Problem, prefix: str = "") -> Notice:
    """What a problem says; `prefix` names the part where the place does not."""
    text = values.sentence(problem.message, problem.hint)
    return Notice(problem.severity, f"{prefix}: {text}" if prefix else text, problem.fix)


class Notices(QWidget):
    """The notices of one field; takes no room where there are none.

    Parameters
    ----------
    apply
        Called with the fix whose button was pressed.
    """

    def __init__(self, apply: Callable[[Fix], None]) -> None:
        super().__init__()
        self._apply = apply
        self._shown: tuple[Notice, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 3, 0, 3)
        self._column.setSpacing(4)
        self.hide()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is shown."""
        return self._shown

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Show these in place of the others."""
        if tuple(notices) == self._shown:
            return
        self._shown = tuple(notices)
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for notice in self._shown:
            self._column.addWidget(_label(notice))
            if notice.fix is not None:
                self._column.addWidget(self._button(notice.fix), 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(self._shown))

    def _button(self, fix: Fix) -> QPushButton:
        short = fix.label if len(fix.label) <= LONGEST_FIX else f"{fix.label[: LONGEST_FIX - 1]}…"
        button = QPushButton(short)
        button.setProperty("small", True)
        button.setAccessibleName(f"Fix: {fix.label}")
        button.setToolTip(f"{fix.label}: changes this in the document; Undo takes it back")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._apply(fix))
        return button


def _label(notice: Notice) -> QLabel:
    label = wrapped(notice.text, notice.severity)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setAccessibleName(f"{notice.severity}: {notice.text}")
    return label

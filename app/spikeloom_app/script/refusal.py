"""Why there is no script: what is in its way, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from spikeloom.errors import SpikeloomError
from spikeloom.exporters import EXPORTERS
from spikeloom.spec import Problem
from spikeloom_app import theme
from spikeloom_app.document import OpenDocument
from spikeloom_app.labels import wrapped
from spikeloom_app.listening import follow_theme
from spikeloom_app.problems.listing import Listed, listed_problem
from spikeloom_app.problems.row import ProblemRow
from spikeloom_app.runs.failure import Failure
from spikeloom_app.style import mixed
from spikeloom_app.wording import counted

MOST_ROWS = 3
WORDS = 38  # px, where the words of a row begin


@dataclass(frozen=True)
class Refusal:
    """What is in the way of a script, errors of the document as they are listed among its problems."""

    to: str
    entries: tuple[Listed, ...]

    @classmethod
    def of(cls, to: str, error: SpikeloomError, document: OpenDocument) -> Refusal:
        """From an error; its place may be a path in the document, or name a part."""
        found = getattr(error, "problems", None) or [Problem(error.place, error.message, error.hint)]
        entries = [listed_problem(document, problem) for problem in found]
        part = Failure.of(error, None).part(document.document)
        if len(entries) == 1 and not entries[0].part and part:
            entries = [replace(entries[0], part=part, where=part)]
        elif len(entries) == 1 and not entries[0].part and not entries[0].inner:
            entries = [replace(entries[0], where=error.place or EXPORTERS[to].title)]
        return cls(to, tuple(entries))


class RefusalCard(QFrame):
    """Shows a `Refusal` above the text.

    Signals
    -------
    chosen
        With the `Listed` to go to.
    fix_wanted
        With the `Fix` whose button was pressed.
    """

    chosen, fix_wanted = Signal(object), Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scriptRefusal")
        self.heading = wrapped("", "heading")
        self.heading.setContentsMargins(12, 0, 12, 0)
        self.rows = [ProblemRow() for _ in range(MOST_ROWS)]
        self.more = wrapped("", "small")
        self.more.setContentsMargins(12, 0, 12, 0)
        self.button = QPushButton()
        self.button.setProperty("small", True)
        self.button.clicked.connect(lambda: self.chosen.emit(self.rows[0].entry))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(2)
        column.addWidget(self.heading)
        for row in self.rows:
            row.chosen.connect(self.chosen)
            row.fix_wanted.connect(self.fix_wanted)
            column.addWidget(row)
        column.addWidget(self.more)
        below = QHBoxLayout()
        below.setContentsMargins(WORDS, 2, 12, 0)
        below.addWidget(self.button)
        below.addStretch(1)
        column.addLayout(below)
        self.hide()
        follow_theme(self._dress)

    def show_refusal(self, refusal: Refusal) -> None:
        """Show this one."""
        self.heading.setText(f"No {EXPORTERS[refusal.to].title} of this document")
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(refusal.entries))
            if number < len(refusal.entries):
                row.show_entry(refusal.entries[number])
        more = len(refusal.entries) - MOST_ROWS
        self.more.setText(f"and {counted(more, 'problem')} more")
        self.more.setVisible(more > 0)
        first = refusal.entries[0]
        there = first.part or ("the experiment" if first.inner.startswith("experiment") else "")
        self.button.setText(f"Go to {there}")
        self.button.setToolTip("Select it, with the keyboard in its field")
        self.button.setVisible(bool(there))
        self.setAccessibleName(f"{self.heading.text()}: {first.where}: {first.problem.message}")
        self.show()

    def _dress(self) -> None:
        t = theme.current()
        self.setStyleSheet(
            f"#scriptRefusal {{ background: {mixed(t.surface, t.error, 0.10)}; border: none;"
            f" border-bottom: 1px solid {mixed(t.border, t.error, 0.5)}; border-left: 3px solid {t.error}; }}"
        )

"""What a script leaves out, above its text: the first sentences, and all of them where one asks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from spikeloom_app import theme
from spikeloom_app.labels import wrapped
from spikeloom_app.listening import follow_theme

FIRST = 1  # notes that are shown where there are more than one more


class Notes(QFrame):
    """The notes of a script; takes no room where it has none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scriptNotes")
        self._notes: tuple[str, ...] = ()
        self._all = False
        self.label = wrapped("", "plain")
        self.button = QPushButton()
        self.button.setProperty("link", True)
        self.button.clicked.connect(self._toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)  # a button has as much inside
        self.label.setContentsMargins(6, 0, 6, 0)
        column.setSpacing(2)
        column.addWidget(self.label)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()
        follow_theme(self._dress)

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show these."""
        if tuple(notes) != self._notes:
            self._notes, self._all = tuple(notes), False
            self._show()

    def _toggle(self) -> None:
        self._all = not self._all
        self._show()

    def _show(self) -> None:
        shown = self._notes if self._all or len(self._notes) <= FIRST + 1 else self._notes[:FIRST]
        text = "\n".join(f"• {note}" for note in shown) if len(self._notes) > 1 else "".join(shown)
        self.label.setText(text.replace("--", "\u2011\u2011"))  # an option is not broken after its hyphens
        self.setAccessibleName(f"Notes: {' '.join(self._notes)}")
        self.button.setVisible(len(self._notes) > FIRST + 1)
        self.button.setText("Show fewer notes" if self._all else f"Show all {len(self._notes)} notes")
        self.button.setToolTip("What the script leaves out, or does otherwise than the document")
        self.setVisible(bool(self._notes))

    def _dress(self) -> None:
        t = theme.current()
        self.setStyleSheet(
            f"#scriptNotes {{ background: {t.surface_raised}; border: none; border-bottom: 1px solid {t.border};"
            f" border-left: 3px solid {t.border_strong}; }}"
        )

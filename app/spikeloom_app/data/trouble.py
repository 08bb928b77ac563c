"""Why there is nothing to see of a data set: in words, with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from spikeloom.errors import SpikeloomError
from spikeloom_app import theme
from spikeloom_app.labels import wrapped
from spikeloom_app.listening import follow_theme
from spikeloom_app.style import mixed


class TroubleCard(QFrame):
    """Shows an error.

    Signals
    -------
    again_wanted, folder_wanted
        The user wants to try again, or to choose the folder in which data sets lie.
    place_wanted
        With the place in the document, to go to.
    """

    again_wanted, folder_wanted, place_wanted = Signal(), Signal(), Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataTrouble")
        self._place = ""
        self.words, self.hint = wrapped("", "plain"), wrapped("", "small")
        self.buttons = {
            "folder": QPushButton("Choose the data folder…"),
            "again": QPushButton("Try again"),
            "place": QPushButton("Go to the field"),
        }
        tips = {
            "folder": "The folder in which the files of your data sets lie",
            "again": "Look for the data set once more",
            "place": "Put the keyboard into the field of the inspector that this is about",
        }
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        for name, button in self.buttons.items():
            button.setProperty("small", True)
            button.setToolTip(tips[name])
            row.addWidget(button)
        row.addStretch(1)
        self.buttons["folder"].clicked.connect(self.folder_wanted)
        self.buttons["again"].clicked.connect(self.again_wanted)
        self.buttons["place"].clicked.connect(lambda: self.place_wanted.emit(self._place))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(3)
        column.addWidget(self.words)
        column.addWidget(self.hint)
        column.addLayout(row)
        self.hide()
        follow_theme(self._dress)

    def say(self, error: SpikeloomError, *, field: bool, folder: bool, again: bool) -> None:
        """Show an error.

        Parameters
        ----------
        field, folder, again
            Which buttons are of use: to a field, to the folder of data sets, to try again.
        """
        self._place = error.place
        words = error.message[:1].upper() + error.message[1:]
        self.words.setText(words if words.endswith(".") else f"{words}.")
        self.hint.setText(error.hint or "")
        self.hint.setVisible(bool(error.hint))
        for name, wanted in (("place", field), ("folder", folder), ("again", again)):
            self.buttons[name].setVisible(wanted)
        self.setAccessibleName(f"{error.place}: {words}" if error.place else words)
        self.show()

    def _dress(self) -> None:
        t = theme.current()
        self.setStyleSheet(
            f"#dataTrouble {{ background: {mixed(t.surface, t.error, 0.10)}; border: none;"
            f" border-bottom: 1px solid {mixed(t.border, t.error, 0.5)}; border-left: 3px solid {t.error}; }}"
        )

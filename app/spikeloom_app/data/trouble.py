"""Why there is nothing to see of a data set: in words, with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout

from spikeloom.errors import SpikeloomError
from spikeloom_app import theme
from spikeloom_app.labels import wrapped
from spikeloom_app.listening import follow_theme
from spikeloom_app.style import mixed
from spikeloom_app.wording import tooltip


class TroubleCard(QFrame):
    """Shows an error.

    Signals
    -------
    again_wanted, folder_wanted
        The user wants to try again, or to choose the folder in which data sets lie.
    download_wanted, cancel_wanted
        The user wants to download the set, or no longer.
    fields_wanted, leave_wanted
        The user wants the fields to be as the files say, or to stay as they are.
    place_wanted
        With the place in the document, to go to.
    """

    again_wanted, folder_wanted, place_wanted = Signal(), Signal(), Signal(str)
    download_wanted, cancel_wanted, fields_wanted, leave_wanted = Signal(), Signal(), Signal(), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataTrouble")
        self._place = ""
        self.words, self.hint = wrapped("", "plain"), wrapped("", "small")
        self.progress_words = wrapped("", "small")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress of the download")
        self.buttons = {
            "fields": QPushButton("Read them from the files"),
            "leave": QPushButton("Leave them"),
            "download": QPushButton("Download…"),
            "cancel": QPushButton("Cancel the download"),
            "folder": QPushButton("Choose the data folder…"),
            "again": QPushButton("Try again"),
            "place": QPushButton("Go to the field"),
        }
        tips = {
            "fields": "Let the fields of the data set be as its files say; one step of undo",
            "leave": "Let the fields stay as they are",
            "download": "Says first how much it is, from where, and on which terms",
            "cancel": "What has come is kept, and gone on with the next time",
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
        self.buttons["fields"].clicked.connect(self.fields_wanted)
        self.buttons["leave"].clicked.connect(self.leave_wanted)
        self.buttons["download"].clicked.connect(self.download_wanted)
        self.buttons["cancel"].clicked.connect(self.cancel_wanted)
        self.buttons["again"].clicked.connect(self.again_wanted)
        self.buttons["place"].clicked.connect(lambda: self.place_wanted.emit(self._place))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(3)
        column.addWidget(self.words)
        column.addWidget(self.hint)
        column.addWidget(self.progress_words)
        column.addWidget(self.progress)
        column.addLayout(row)
        self.tone = "error"
        self.show_progress(None)
        self.hide()
        follow_theme(self._dress)

    def offer_fields(self, words: str, more: str) -> None:
        """Say that the files know more than the document, which works nevertheless."""
        self._use_tone("accent")
        self.words.setText(words)
        self.words.setToolTip(tooltip(more))
        self.hint.hide()
        self._offer({"fields", "leave"})
        self.setAccessibleName(words)
        self.show()

    def show_progress(self, share: float | None, words: str = "") -> None:
        """Show how far a download has come, a negative share where nobody knows; None: there is none."""
        for widget in (self.progress, self.progress_words):
            widget.setVisible(share is not None)
        self.progress_words.setText(words)
        self.progress.setRange(0, 0 if share is not None and share < 0 else 1000)
        self.progress.setValue(round(1000 * (share or 0.0)))
        self.progress.setAccessibleDescription(words)
        if share is not None:
            self._offer({"cancel"})

    def _offer(self, wanted: set[str]) -> None:
        for name, button in self.buttons.items():
            button.setVisible(name in wanted)

    def say(self, error: SpikeloomError, wanted: set[str], size: str = "", offered: str = "") -> None:
        """Show an error.

        Parameters
        ----------
        wanted
            The names of the buttons that are of use.
        size
            Of what there is to download.
        offered
            What is said of the download in place of the hint, which speaks of the command line too; the hint becomes a
            tooltip.
        """
        self._place = error.place
        words = error.message[:1].upper() + error.message[1:]
        self.words.setText(words if words.endswith(".") else f"{words}.")
        self.words.setToolTip("")
        hint = error.hint or ""
        short = offered or hint
        self.hint.setText(short)
        self.hint.setToolTip(tooltip(hint) if short != hint else "")
        self.hint.setVisible(bool(short))
        self.buttons["download"].setText(f"Download ({size})…" if size else "Download…")
        self._use_tone("error")
        self.show_progress(None)
        self._offer(wanted)
        self.setAccessibleName(f"{error.place}: {words}" if error.place else words)
        self.show()

    def _use_tone(self, tone: str) -> None:
        self.tone = tone
        self._dress()

    def _dress(self) -> None:
        t = theme.current()
        colour = getattr(t, self.tone)
        self.setStyleSheet(
            f"#dataTrouble {{ background: {mixed(t.surface, colour, 0.10)}; border: none;"
            f" border-bottom: 1px solid {mixed(t.border, colour, 0.5)}; border-left: 3px solid {colour}; }}"
        )

"""Looks for the problems of the open document once after each burst of changes, for all who show them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from spikeloom_app.document import OpenDocument
from spikeloom_app.listening import listen
from spikeloom_app.problems.listing import Listed, listed


class ProblemWatch(QObject):
    """The problems of a document.

    Signals
    -------
    changed
        `entries` is another list than before.
    """

    changed = Signal()

    def __init__(self, document: OpenDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.entries: list[Listed] = listed(document)
        # Many changes may come at once; their problems are looked for once, in the next turn of the event loop.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._look)
        listen(document.changed, self._soon)

    def _soon(self) -> None:
        self._timer.start()

    def _look(self, *, fresh: bool = False) -> None:
        self._timer.stop()
        found = listed(self.document, fresh=fresh)
        if found != self.entries:
            self.entries = found
            self.changed.emit()

    def errors(self) -> list[Listed]:
        """What keeps the document from running at this moment, files beside it included."""
        self._look(fresh=True)
        return [entry for entry in self.entries if entry.is_error]

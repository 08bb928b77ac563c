"""The list below a line in which one searches: the keyboard stays with the line, which hands on the keys that move."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget


class SearchList(QListWidget):
    """Rows of one height, steered from elsewhere.

    Parameters
    ----------
    page
        How many rows a page key goes.
    around
        Whether a step from the last row leads to the first.
    """

    def __init__(self, page: int, *, around: bool = False) -> None:
        super().__init__()
        self._around = around
        self._steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)

    def steer(self, event: QKeyEvent) -> bool:
        """Move the mark by a key that moves; False for any other key, or where nothing is listed."""
        step = self._steps.get(Qt.Key(event.key()))
        if step is None or not self.count():
            return False
        row = self.currentRow() + step
        if self._around and abs(step) == 1:
            row %= self.count()
        self.setCurrentRow(max(0, min(self.count() - 1, row)))
        return True

"""A button with a menu of ticks: which populations are shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget


class _StayingMenu(QMenu):
    """A menu that stays open while its ticks are set."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.activeAction()
        if action is not None and action.isCheckable() and action.isEnabled():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)


class PartMenu(QToolButton):
    """Chooses several of the parts there are.

    Attributes
    ----------
    chosen
        Signal with the list of those that are ticked; an empty one: all of them.
    """

    chosen = Signal(object)

    def __init__(self, words: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(words)
        self.setAccessibleName(words)
        self.setToolTip(tip)
        self.setProperty("quiet", True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.ticks = _StayingMenu(self)
        self.setMenu(self.ticks)
        self._names: list[str] = []
        self._ticked: list[str] = []

    def offer(self, names: Sequence[str], ticked: Sequence[str]) -> None:
        """Show these parts; none ticked: all of them are shown."""
        if list(names) != self._names or not self.ticks.actions():
            self._fill(names)
        self._names, self._ticked = list(names), list(ticked)
        self._show_ticks()

    def _show_ticks(self) -> None:
        for action in self.ticks.actions():
            if action.isCheckable():
                every = not self._ticked
                action.setChecked(every or action.data() in self._ticked)

    def _fill(self, names: Sequence[str]) -> None:
        self.ticks.clear()
        for name in ["", *names]:
            action = self.ticks.addAction(name.replace("&", "&&") or "All populations")
            action.setCheckable(True)
            action.setData(name)
            action.triggered.connect(partial(self._tick, name))
            if not name:
                self.ticks.addSeparator()

    def _tick(self, name: str, _checked: bool = False) -> None:
        shown = self._ticked or self._names
        if not name:
            wanted: list[str] = []
        elif name in shown:
            wanted = [other for other in shown if other != name]
        else:
            wanted = [other for other in self._names if other in shown or other == name]
        before, self._ticked = self._ticked, [] if set(wanted) == set(self._names) else wanted
        self._show_ticks()  # a click on the last tick sets all
        if self._ticked != before:
            self.chosen.emit(list(self._ticked))

"""A list of all actions with their keys, to search: to read under Help, and to choose from in the preferences."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from spikeloom_app import theme
from spikeloom_app.shell import fuzzy
from spikeloom_app.shell.actions import Action, ActionSet
from spikeloom_app.shell.shortcuts import menu_of, words

ID = Qt.ItemDataRole.UserRole


class ShortcutTable(QWidget):
    """Action, menu and keys in columns, under a line to search in.

    Signals
    -------
    chosen
        With the id of the action whose row is the current one; empty for none.
    """

    chosen = Signal(str)

    def __init__(self, actions: ActionSet, only_with_keys: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions, self._only = actions, only_with_keys
        self.line = QLineEdit()
        self.line.setPlaceholderText("Search actions and keys")
        self.line.setAccessibleName("Search actions and keys")
        self.line.setToolTip("A few letters of an action, its menu or its key")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(lambda _text: self.refresh())
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Actions and their keys")
        self.tree.setToolTip("Actions and their keys")
        self.tree.setHeaderLabels(["Action", "Menu", "Keys"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.currentItemChanged.connect(lambda _now, _old: self.chosen.emit(self.current()))
        header = self.tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        self.nothing = QLabel("Nothing matches")
        self.nothing.setProperty("tone", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.line, self.tree, self.nothing):
            column.addWidget(widget)
        actions.refreshed.connect(self.refresh)
        self.refresh()

    def current(self) -> str:
        """The id of the current row."""
        item = self.tree.currentItem()
        return str(item.data(0, ID)) if item is not None else ""

    def select(self, name: str) -> None:
        """Make the row of an action the current one."""
        for row in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(row)
            if item is not None and item.data(0, ID) == name:
                self.tree.setCurrentItem(item)

    def rows(self) -> list[tuple[str, str, str]]:
        """What is shown: action, menu and keys of each row."""
        items = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        return [(item.text(0), item.text(1), item.text(2)) for item in items if item is not None]

    def refresh(self) -> None:
        """Show the keys as they are now, of the actions that are searched for."""
        known = [action for action in self._actions.actions.values() if not self._only or self._keys(action)]
        typed = self.line.text()
        shown = fuzzy.found(typed, known, lambda a: f"{a.title} {menu_of(a)}")
        shown += [action for action in fuzzy.found(typed, known, self._keys) if action not in shown]
        wanted = [(action.id, action.title, menu_of(action), self._keys(action)) for action in shown]
        if wanted == getattr(self, "_shown", None):
            return
        self._shown = wanted
        before = self.current()
        self.tree.blockSignals(True)
        self.tree.clear()
        for name, *texts in wanted:
            item = QTreeWidgetItem(self.tree, texts)
            item.setData(0, ID, name)
        self.tree.blockSignals(False)
        self.select(before)
        self.nothing.setVisible(not wanted)
        if self.current() != before:
            self.chosen.emit(self.current())

    def _keys(self, action: Action) -> str:
        return words(self._actions.keys(action.id))


class ShortcutPage(QDialog):
    """Everything that has a key, to read."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAccessibleName("Keyboard shortcuts")
        self.resize(round(620 * theme.scale()), round(640 * theme.scale()))
        self.table = ShortcutTable(actions, only_with_keys=True)
        hint = QLabel("On the canvas: arrows move the selection, Tab asks what to add, Space and drag pans.")
        hint.setProperty("tone", "small")
        hint.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.table, 1)
        column.addWidget(hint)
        column.addWidget(buttons)
        self.table.line.setFocus()

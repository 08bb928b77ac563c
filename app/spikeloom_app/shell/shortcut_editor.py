"""Choosing keys: an action of the list, the keys to press, and what is in the way, said before anything is changed."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QLabel, QPushButton, QVBoxLayout, QWidget

from spikeloom_app import style
from spikeloom_app.shell import shortcuts
from spikeloom_app.shell.actions import ActionSet
from spikeloom_app.shell.settings import Settings
from spikeloom_app.shell.shortcut_table import ShortcutTable


class ShortcutEditor(QWidget):
    """The keys of all actions of a window, to change."""

    def __init__(self, actions: ActionSet, settings: Settings) -> None:
        super().__init__()
        self._actions, self._settings = actions, settings
        self.table = ShortcutTable(actions)
        self.table.chosen.connect(self._show)
        self.title = QLabel()
        self.title.setProperty("tone", "heading")
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setAccessibleName("New keys")
        self.keys.setToolTip("Press the keys that are to do it")
        self.keys.keySequenceChanged.connect(self._look)
        self.take = _button("Use", "Use these keys for the action")
        self.none = _button("No keys", "Leave the action without keys")
        self.reset = _button("Reset", "Use the action's own keys")
        self.reset_all = _button("Reset all", "Use every action's own keys")
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setAccessibleName("What is in the way")
        self.take.clicked.connect(self._take)
        self.none.clicked.connect(lambda: self._use([]))
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        row = QHBoxLayout()
        row.addWidget(self.keys, 1)
        for button in (self.take, self.none, self.reset, self.reset_all):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self.title)
        column.addLayout(row)
        column.addWidget(self.message)
        self._show("")

    # -- what is chosen ----------------------------------------------------------------------------------------------
    def _show(self, name: str) -> None:
        action = self._actions.actions.get(name)
        self.title.setText(action.title if action is not None else "Choose an action to change its keys")
        for widget in (self.keys, self.none, self.reset):
            widget.setEnabled(action is not None)
        self.keys.blockSignals(True)
        self.keys.clear()
        self.keys.blockSignals(False)
        self.take.setEnabled(False)
        self.take.setText("Use")
        self._say("")

    def _look(self, keys: QKeySequence) -> None:
        """Say what stands in the way of the keys that were pressed."""
        name = self.table.current()
        action = self._actions.actions.get(name)
        if action is None or keys.isEmpty():
            return
        refusal = shortcuts.refusal(action, keys)
        other = shortcuts.taken_by(self._actions, keys, name)
        self.take.setEnabled(not refusal)
        self.take.setText("Use here instead" if other is not None else "Use")
        if refusal:
            self._say(refusal, "error")
        elif other is not None:
            where = shortcuts.menu_of(other)
            said = f"{shortcuts.words([keys])} is the key of '{other.title}' ({where}), which would lose it."
            self._say(said, "warning")
        else:
            self._say(f"{shortcuts.words([keys])} is free.")

    def _say(self, text: str, tone: str = "muted") -> None:
        self.message.setText(text)
        self.message.setProperty("tone", tone)
        style.restyle(self.message)

    # -- changing ----------------------------------------------------------------------------------------------------
    def _take(self) -> None:
        keys = self.keys.keySequence()
        name = self.table.current()
        other = shortcuts.taken_by(self._actions, keys, name)
        chosen = shortcuts.read(self._settings)
        while other is not None:  # each loses the keys that are in the way, and keeps its others
            left = [key for key in self._actions.keys(other.id) if not _clash(key, keys)]
            chosen[other.id] = [key.toString(shortcuts.PORTABLE) for key in left]
            self._actions.use_shortcuts(chosen)
            other = shortcuts.taken_by(self._actions, keys, name)
        chosen[name] = [keys.toString(shortcuts.PORTABLE)]
        self._save(chosen)

    def _use(self, keys: list[str]) -> None:
        self._save({**shortcuts.read(self._settings), self.table.current(): keys})

    def _reset(self) -> None:
        name = self.table.current()
        own = self._actions.actions[name].keys()
        for key in own:
            other = shortcuts.taken_by(self._actions, key, name)
            if other is not None:
                where = f"'{other.title}' ({shortcuts.menu_of(other)})"
                self._say(f"{shortcuts.words([key])} is the key of {where} now: change that one first.", "warning")
                return
        self._save({other: keys for other, keys in shortcuts.read(self._settings).items() if other != name})

    def _reset_all(self) -> None:
        self._save({})

    def _save(self, chosen: dict[str, list[str]]) -> None:
        shortcuts.write(self._settings, chosen)  # each window takes them from there
        self._show(self.table.current())


def _clash(one: QKeySequence, two: QKeySequence) -> bool:
    none = QKeySequence.SequenceMatch.NoMatch
    return one.matches(two) != none or two.matches(one) != none


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button

"""Actions as data: one table feeds menus, toolbar, shortcuts and whatever else offers them.

An `Action` says what it is called, what it does, and when it can be done; `ActionSet` makes the `QAction` of each and
keeps their words, their ticks and whether they are enabled up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from spikeloom_app import theme
from spikeloom_app.icons import icon
from spikeloom_app.listening import follow_theme

MENUS = {"file": "&File", "edit": "&Edit", "view": "&View", "arrange": "&Arrange", "run": "&Run", "help": "&Help"}


def always() -> bool:
    """Whether it can be done: yes."""
    return True


@dataclass(frozen=True)
class Action:
    """Something a user can do.

    Parameters
    ----------
    id
        ``file.save``: its menu, and its name in tests and settings.
    text
        Its words in the menu, or a callable that gives them where they change.
    shortcut
        A standard key or a text such as ``"Ctrl+Shift+S"``; empty: none.
    tip
        One line for the status bar and the tooltip.
    enabled
        Whether it can be done now.
    checked
        Whether it is on, where it is a switch.
    icon
        The name of its picture in ``resources/icons``.
    submenu
        The title of the menu inside its menu that it stands in.
    canvas
        Its key counts on the canvas alone: in a field of a form it means the field.
    separated
        A line stands above it in the menu.
    also
        Another shortcut, for keyboards that write the first one with Shift.
    reason
        Why it cannot be done, where it cannot; or a callable that gives it where there are several reasons.
    """

    id: str
    text: str | Callable[[], str]
    run: Callable[[], object]
    shortcut: QKeySequence.StandardKey | str = ""
    tip: str = ""
    enabled: Callable[[], bool] = always
    checked: Callable[[], bool] | None = None
    icon: str = ""
    submenu: str = ""
    canvas: bool = False
    separated: bool = False
    also: str = ""
    reason: str | Callable[[], str] = ""

    @property
    def words(self) -> str:
        """Its words now, with the ``&`` of the key that chooses it in a menu."""
        return self.text if isinstance(self.text, str) else self.text()

    @property
    def hindrance(self) -> str:
        """Why it cannot be done now, where it cannot; empty where nobody has said."""
        return self.reason if isinstance(self.reason, str) else self.reason()

    @property
    def title(self) -> str:
        """Its words now, as plain text: ``Undo rename hidden``."""
        return self.words.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")

    def keys(self) -> list[QKeySequence]:
        """Its own shortcuts."""
        also = [QKeySequence(self.also)] if self.also else []
        if isinstance(self.shortcut, QKeySequence.StandardKey):
            return [*QKeySequence.keyBindings(self.shortcut), *also]
        return [QKeySequence(self.shortcut), *also] if self.shortcut else []


class ActionSet(QObject):
    """The actions of a window, as menus and shortcuts.

    Parameters
    ----------
    owner
        The window: its shortcuts count everywhere in it.
    canvas
        Where the shortcuts of the canvas's own actions count.
    shortcuts
        The keys that the user chose instead of an action's own, by its id.

    Signals
    -------
    about_to_run
        An action was chosen; what is being typed is taken first, so that it is part of what the action sees.
    refreshed
        Words, ticks, keys, or what is enabled may be others.
    """

    about_to_run, refreshed = Signal(), Signal()

    def __init__(
        self,
        owner: QWidget,
        canvas: QWidget,
        actions: Sequence[Action],
        shortcuts: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(owner)
        self.owner = owner
        self._chosen = dict(shortcuts or {})
        self.actions = {action.id: action for action in actions}
        self.made: dict[str, QAction] = {}
        self._told: dict[str, tuple[str, bool]] = {}  # the words of each by now, and whether it is enabled
        for action in actions:
            item = QAction(action.words, owner)
            item.setObjectName(action.id)
            item.setCheckable(action.checked is not None)
            item.setShortcuts(self.keys(action.id))
            item.triggered.connect(lambda _checked=False, action=action: self.run(action))
            if action.canvas:  # not in the edits on the canvas, where a key is a letter
                item.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            (canvas if action.canvas else owner).addAction(item)
            self.made[action.id] = item
        follow_theme(self._dress)
        self.refresh()

    def run(self, action: Action) -> None:
        """Do it, if it can be done."""
        self.about_to_run.emit()
        if action.enabled():
            action.run()
        self.refresh()

    def keys(self, name: str) -> list[QKeySequence]:
        """The keys of an action: those that the user chose, or its own."""
        if name in self._chosen:
            return [QKeySequence(text) for text in self._chosen[name]]
        return self.actions[name].keys()

    def use_shortcuts(self, chosen: Mapping[str, Sequence[str]]) -> None:
        """Use the keys that the user chose, from now on."""
        self._chosen = dict(chosen)
        for name, item in self.made.items():
            item.setShortcuts(self.keys(name))
        self._told.clear()  # tooltips name the keys
        self.refresh()

    def _dress(self) -> None:
        tokens = theme.current()
        for name, action in self.actions.items():
            if action.icon:
                self.made[name].setIcon(icon(action.icon, active=tokens.accent_text))

    def refresh(self) -> None:
        """Bring words, ticks and what is enabled up to date."""
        for name, action in self.actions.items():
            item = self.made[name]
            if action.checked is not None:  # a click ticks it, whatever became of what it asked for
                item.setChecked(action.checked())
            said = (action.words, action.enabled())
            if said != self._told.get(name):
                self._told[name] = said
                self._tell(action, *said)
        self.refreshed.emit()

    def _tell(self, action: Action, words: str, enabled: bool) -> None:
        item = self.made[action.id]
        item.setText(words)
        item.setEnabled(enabled)
        item.setStatusTip(action.tip)
        keys = item.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        item.setToolTip(f"{action.tip or action.title}{f' ({keys})' if keys else ''}")

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Make the menus of a menu bar; each by the first part of its actions' ids."""
        menus: dict[str, QMenu] = {}
        for key, title in MENUS.items():
            menus[key] = QMenu(title, bar)
            menus[key].setToolTipsVisible(True)
            bar.addMenu(menus[key])
        inner: dict[tuple[str, str], QMenu] = {}
        for name, action in self.actions.items():
            key = name.split(".")[0]
            menu = menus[key]
            if action.separated:
                menu.addSeparator()
            if action.submenu:
                if (key, action.submenu) not in inner:
                    inner[key, action.submenu] = menu.addMenu(action.submenu)
                menu = inner[key, action.submenu]
            menu.addAction(self.made[name])
        for menu in menus.values():
            menu.menuAction().setVisible(not menu.isEmpty())
        return menus

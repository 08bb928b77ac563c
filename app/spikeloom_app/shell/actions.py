"""Actions as data: one table feeds menus, toolbar and shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


@dataclass(frozen=True)
class Action:
    """Something a user can do.

    Parameters
    ----------
    id
        ``file.save``: its menu, and its name in tests and settings.
    shortcut
        A standard key or a text such as ``"Ctrl+Shift+S"``; empty: none.
    tip
        One line for the status bar and the tooltip.
    separated
        A line stands above it in the menu.
    """

    id: str
    text: str
    run: Callable[[], object]
    shortcut: QKeySequence.StandardKey | str = ""
    tip: str = ""
    checkable: bool = False
    separated: bool = False


MENUS = {"file": "&File", "edit": "&Edit", "view": "&View", "run": "&Run", "help": "&Help"}


def make_menus(bar: QMenuBar) -> dict[str, QMenu]:
    """The empty menus of a menu bar, by the first part of their actions' ids."""
    menus = {}
    for key, title in MENUS.items():
        menu = QMenu(title, bar)
        bar.addMenu(menu)
        menus[key] = menu
    return menus


def fill_menus(menus: dict[str, QMenu], owner: QWidget, actions: list[Action]) -> dict[str, QAction]:
    """Fill the menus; the made `QAction` of each action by id."""
    made: dict[str, QAction] = {}
    for action in actions:
        menu = menus[action.id.split(".")[0]]
        if action.separated:
            menu.addSeparator()
        item = QAction(action.text, owner)
        item.setObjectName(action.id)
        item.setStatusTip(action.tip)
        item.setToolTip(action.tip or action.text.replace("&", ""))
        item.setCheckable(action.checkable)
        if isinstance(action.shortcut, QKeySequence.StandardKey):
            item.setShortcuts(action.shortcut)
        elif action.shortcut:
            item.setShortcut(QKeySequence(action.shortcut))
        item.triggered.connect(lambda _checked=False, run=action.run: run())
        menu.addAction(item)
        owner.addAction(item)
        made[action.id] = item
    return made

"""The tool bar: the actions that are wanted most, as icons, from the same table as the menus."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from spikeloom_app import theme
from spikeloom_app.icons import SIZE, icon
from spikeloom_app.listening import follow_theme
from spikeloom_app.shell.actions import ActionSet

GAP = ""  # a line between two groups
SHOWN = (
    "file.new", "file.open", "file.save", GAP, "edit.undo", "edit.redo", GAP, "edit.add", "arrange.layers", "view.fit",
    GAP, "view.command_palette",
)  # fmt: skip


class ActionButton(QToolButton):
    """An action as an icon; its tooltip says its words and its key."""

    def __init__(self, actions: ActionSet, name: str) -> None:
        super().__init__()
        self._actions, self._name = actions, name
        self.setObjectName(f"button.{name}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(actions.actions[name].checked is not None)
        self.clicked.connect(actions.made[name].trigger)
        actions.refreshed.connect(self.refresh)
        self.refresh()
        follow_theme(self._dress)

    def refresh(self) -> None:
        """Follow the action."""
        action, item = self._actions.actions[self._name], self._actions.made[self._name]
        self.setEnabled(item.isEnabled())
        self.setChecked(item.isChecked())
        self.setAccessibleName(action.title)
        self.setToolTip(item.toolTip())

    def _dress(self) -> None:
        self.setIcon(icon(self._actions.actions[self._name].icon or "more", theme.current().text))


class ActionBar(QToolBar):
    """A row of actions; those that find no room are behind the arrow at its end.

    Parameters
    ----------
    shown
        Their ids; an empty one is a line. What the window does not have is left out.
    """

    def __init__(self, actions: ActionSet, parent: QWidget, shown: tuple[str, ...] = SHOWN) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("actionToolBar")
        self.setAccessibleName("Tools")
        self.setMovable(False)
        self.buttons: dict[str, ActionButton] = {}
        gap = False
        for name in shown:
            if name in actions.actions:
                if gap and self.buttons:
                    self.addSeparator()
                gap = False
                self.buttons[name] = ActionButton(actions, name)
                self.addWidget(self.buttons[name])
            elif name == GAP:
                gap = True
        follow_theme(self._dress)

    def _dress(self) -> None:
        side = round(SIZE * theme.scale())
        self.setIconSize(QSize(side, side))

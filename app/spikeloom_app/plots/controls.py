"""Small fields for the header of a plot: quiet buttons, menus of ticks that stay open, choices, a slider in a menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget, QWidgetAction

from spikeloom_app import theme
from spikeloom_app.icons import SIZE, icon
from spikeloom_app.listening import follow_theme

SLIDER_WIDTH = 130  # px

WIDEST = 220  # px of a field, however long the names in it


class StayingMenu(QMenu):
    """A menu that stays open while entries are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick without closing."""
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable() and action.isEnabled():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def tick(self, text: str, checked: bool, told: Callable[[bool], None], tip: str = "") -> QAction:
        """Add an entry with a tick."""
        action = QAction(text.replace("&", "&&"), self, checkable=True, checked=checked)
        action.setToolTip(tip)
        action.toggled.connect(told)
        self.addAction(action)
        return action

    def one_of(self, entries: Iterable[tuple[str, Any]], chosen: Any, told: Callable[[Any], None]) -> None:
        """Add entries of which one is chosen: text and value each."""
        group = QActionGroup(self)
        for text, value in entries:
            group.addAction(self.tick(text, value == chosen, _if_on(told, value)))

    def slider(self, text: str, value: float, most: float, told: Callable[[float], None], tip: str) -> QSlider:
        """Add a slider from 0 to `most` in steps of 0.01."""
        line, row = QWidget(self), QHBoxLayout()
        line.setLayout(row)
        row.setContentsMargins(12, 4, 12, 4)
        label, figure = QLabel(text), QLabel(f"{value:.2f}")
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, round(100 * most))
        slider.setValue(round(100 * value))
        slider.setFixedWidth(SLIDER_WIDTH)
        slider.setAccessibleName(text)
        slider.setToolTip(tip)
        label.setBuddy(slider)
        slider.valueChanged.connect(lambda found: figure.setText(f"{found / 100:.2f}"))
        slider.valueChanged.connect(lambda found: told(found / 100))
        for widget in (label, slider, figure):
            row.addWidget(widget)
        action = QWidgetAction(self)
        action.setDefaultWidget(line)
        self.addAction(action)
        return slider


def _if_on(told: Callable[[Any], None], value: Any) -> Callable[[bool], None]:
    """Tell a value when its entry is ticked, and nothing when another one is."""
    return lambda on: told(value) if on else None


class PanelButton(QToolButton):
    """A quiet button with an icon.

    Parameters
    ----------
    symbol
        The icon's name.
    name
        What it is called, for people who do not see it; the tooltip too where there is none.
    """

    def __init__(self, symbol: str, name: str, tip: str = "") -> None:
        super().__init__()
        self._symbol = symbol
        self.setAccessibleName(name)
        self.setToolTip(tip or name)
        self.setProperty("quiet", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        follow_theme(self._dress)

    def show_symbol(self, symbol: str) -> None:
        """Show another icon."""
        self._symbol = symbol
        self._dress()

    def _dress(self) -> None:
        side = round(SIZE * theme.scale())
        self.setIconSize(QSize(side, side))
        self.setIcon(icon(self._symbol, theme.current().text_muted, active=theme.current().text))


class MenuButton(PanelButton):
    """A quiet button with a menu that is filled when it opens."""

    def __init__(self, symbol: str, name: str, fill: Callable[[StayingMenu], None], tip: str = "") -> None:
        super().__init__(symbol, name, tip)
        self._fill = fill
        self._menu = StayingMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self.refill)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; width: 0; }")

    def refill(self) -> StayingMenu:
        """Fill the menu with what there is now."""
        self._menu.clear()
        self._fill(self._menu)
        return self._menu


class Choice(QComboBox):
    """A field with a few values, each with its words.

    Parameters
    ----------
    told
        Called with the value when the user chose another.
    """

    def __init__(self, name: str, tip: str, told: Callable[[Any], None]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(WIDEST)
        self.activated.connect(lambda _index: told(self.currentData()))

    def offer(self, entries: list[tuple[str, Any]], chosen: Any) -> None:
        """Show these entries (words, value); nobody is told."""
        if entries != [(self.itemText(k), self.itemData(k)) for k in range(self.count())]:
            self.clear()
            for text, value in entries:
                self.addItem(text, value)
        values = [value for _, value in entries]
        self.setCurrentIndex(values.index(chosen) if chosen in values else -1)
        self.setEnabled(len(entries) > 1)

"""Icons, menus and the tool bar: one table, in the theme's colours, sharp, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from spikeloom_app import icons, theme
from spikeloom_app.shell.actions import Action, ActionSet
from spikeloom_app.shell.main_window import MainWindow
from tests.app.shell_window import DIGITS, settled, text, window

__all__ = ["window"]


def inked(image: QImage) -> set[str]:
    """The colours of the pixels that are fully painted."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_every_drawing_is_an_icon_in_the_colour_asked_for(qapp: object) -> None:
    assert len(icons.names()) > 50
    for name in icons.names():
        for size in (16, 32):
            image = icons.icon(name, "#ff0000").pixmap(QSize(size, size)).toImage()
            assert image.width() == size, name
            assert inked(image) <= {"#ff0000"}, name
            assert any(image.pixelColor(x, y).alpha() for x in range(size) for y in range(size)), name


def test_icons_are_painted_for_screens_of_200_percent(qapp: object) -> None:
    pixmap = icons.icon("save").pixmap(QSize(16, 16), 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (32, 2.0)


def test_an_icon_that_is_not_there_is_empty(qapp: object) -> None:
    assert icons.icon("no such icon").isNull()


def test_the_icons_are_in_the_wheel() -> None:
    settings = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert '"resources/icons" = "spikeloom_app/resources/icons"' in settings
    assert icons.folder() is not None


def test_every_icon_of_an_action_is_drawn(window: MainWindow) -> None:
    named = {action.icon for action in window.action_set.actions.values() if action.icon}
    assert named <= set(icons.names())
    for name, action in window.action_set.actions.items():
        assert window.action(name).icon().isNull() == (not action.icon)


def test_icons_follow_the_theme(window: MainWindow) -> None:
    window.open_example(DIGITS)
    colours = []
    for name in ("light", "dark"):
        window.use_theme(name)
        image = window.action("file.new").icon().pixmap(QSize(32, 32), QIcon.Mode.Normal).toImage()
        colours.append(inked(image))
        assert QColor(theme.current().text_muted).name() in colours[-1]
    assert colours[0] != colours[1]


def test_the_tool_bar_does_what_the_menus_do(window: MainWindow) -> None:
    assert not window.action_bar.isVisible()  # the welcome page has the window to itself
    window.open_example(DIGITS)
    assert window.action_bar.isVisible()
    undo = window.action_bar.buttons["edit.undo"]
    assert not undo.isEnabled()
    before = text(window)
    window.document.rename("hidden", "middle")
    settled()
    assert undo.isEnabled()
    assert undo.toolTip() == "Undo rename hidden to middle (Ctrl+Z)"
    assert undo.accessibleName() == "Undo rename hidden to middle"
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert text(window) == before
    for button in window.action_bar.buttons.values():
        assert button.toolTip() and button.accessibleName() and not button.icon().isNull()


@pytest.mark.parametrize("width", [1024, 1440])
def test_tool_bar_and_run_bar_share_a_row(window: MainWindow, width: int) -> None:
    window.open_example(DIGITS)
    window.resize(width, 760)
    settled()
    tools, run = window.action_bar.geometry(), window.run_bar.parentWidget().geometry()  # type: ignore[union-attr]
    assert window.width() == width
    assert tools.right() < run.left()
    assert run.right() <= window.width()
    shown = [button for button in window.action_bar.buttons.values() if button.isVisible()]
    assert len(shown) == len(window.action_bar.buttons)
    button = window.run_bar.stop_button
    assert button.width() >= button.sizeHint().width()


def test_the_editor_does_not_ask_for_the_room_of_the_welcome_page(window: MainWindow) -> None:
    window.open_example(DIGITS)
    window.resize(1024, 700)
    settled()
    assert (window.width(), window.height()) == (1024, 700)


def test_a_switch_whose_wish_was_refused_says_what_is(qtbot: Any) -> None:
    owner, wishes, on = QWidget(), [], [False]
    qtbot.addWidget(owner)
    switch = Action("view.grid", "&Grid", lambda: wishes.append(1), checked=lambda: on[0])
    made = ActionSet(owner, owner, [switch])
    item = made.made["view.grid"]
    for _ in range(2):
        item.trigger()
        assert not item.isChecked()
    assert len(wishes) == 2
    on[0] = True
    made.refresh()
    assert item.isChecked()


def test_tooltips_name_the_keys_that_the_user_chose(window: MainWindow) -> None:
    item = window.action("view.fit")
    window.action_set.use_shortcuts({"view.fit": ["Ctrl+Alt+F"]})
    assert "Ctrl+Alt+F" in item.toolTip()
    window.action_set.use_shortcuts({})
    assert "Ctrl+Alt+F" not in item.toolTip()

"""Preferences by real events: appearance, keys with their conflicts, the folder of data sets; damaged settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from spikeloom_app import motion, theme
from spikeloom_app.shell import shortcuts
from spikeloom_app.shell.appearance import apply_theme
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.preferences import Preferences
from spikeloom_app.shell.settings import Settings
from spikeloom_app.shell.shortcut_table import ShortcutPage
from tests.app.shell_window import DIGITS, settled, window

__all__ = ["window"]
CTRL, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def usual_look() -> Iterator[None]:
    yield
    apply_theme("dark", 1.0)
    motion.reduce(False)


def opened(window: MainWindow, page: str) -> Preferences:
    window.action("edit.preferences").trigger()
    made = window._page
    assert isinstance(made, Preferences)
    assert made.isVisible()
    made.show_page(page)
    return made


def press(page: Preferences, name: str, key: Qt.Key, modifiers: Any = CTRL) -> None:
    """Choose an action and press keys for it."""
    page.shortcuts.table.select(name)
    page.shortcuts.keys.setFocus()
    QTest.keyClick(page.shortcuts.keys, key, modifiers)


def keys(window: MainWindow, name: str) -> list[str]:
    return [key.toString() for key in window.action(name).shortcuts()]


def test_new_keys_work_at_once_and_at_the_next_start(window: MainWindow, tmp_path: Path) -> None:
    window.open_example(DIGITS)
    page = opened(window, "Shortcuts")
    press(page, "view.fit", Qt.Key.Key_K)
    assert page.shortcuts.message.text() == "Ctrl+K is free."
    assert keys(window, "view.fit") == ["Ctrl+0"]  # not before it is said so
    QTest.mouseClick(page.shortcuts.take, LEFT)
    assert keys(window, "view.fit") == ["Ctrl+K"]
    assert window.action_bar.buttons["view.fit"].toolTip().endswith("(Ctrl+K)")
    assert ("Fit to window", "View", "Ctrl+K") in page.shortcuts.table.rows()
    page.close()
    window.canvas.zoom_in()
    zoom = window.canvas.view.zoom()
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    assert window.canvas.view.zoom() != zoom
    other = MainWindow(settings=Settings(tmp_path / "settings.json"))
    assert keys(other, "view.fit") == ["Ctrl+K"]
    other.close()
    other.deleteLater()
    settled()


def test_a_conflict_is_said_before_anything_is_taken(window: MainWindow) -> None:
    page = opened(window, "Shortcuts")
    press(page, "view.fit", Qt.Key.Key_S)
    assert page.shortcuts.message.text() == "Ctrl+S is the key of 'Save' (File), which would lose it."
    assert page.shortcuts.take.text() == "Use here instead"
    assert "Ctrl+S" in keys(window, "file.save")
    QTest.mouseClick(page.shortcuts.take, LEFT)
    assert keys(window, "view.fit") == ["Ctrl+S"]
    assert "Ctrl+S" not in keys(window, "file.save")
    page.shortcuts.table.select("file.save")
    QTest.mouseClick(page.shortcuts.reset, LEFT)
    assert "'Fit to window' (View)" in page.shortcuts.message.text()  # its key is in use
    assert "Ctrl+S" not in keys(window, "file.save")
    QTest.mouseClick(page.shortcuts.reset_all, LEFT)
    assert keys(window, "view.fit") == ["Ctrl+0"]
    assert "Ctrl+S" in keys(window, "file.save")
    assert window.settings.get("shortcuts") == {}


def test_one_is_reset_and_one_can_go_without(window: MainWindow) -> None:
    page = opened(window, "Shortcuts")
    page.shortcuts.table.select("view.fit")
    QTest.mouseClick(page.shortcuts.none, LEFT)
    assert keys(window, "view.fit") == []
    QTest.mouseClick(page.shortcuts.reset, LEFT)
    assert keys(window, "view.fit") == ["Ctrl+0"]


def test_a_letter_alone_is_left_to_typing(window: MainWindow) -> None:
    page = opened(window, "Shortcuts")
    press(page, "view.fit", Qt.Key.Key_K, Qt.KeyboardModifier.NoModifier)
    assert "needed for typing" in page.shortcuts.message.text()
    assert not page.shortcuts.take.isEnabled()
    press(page, "view.fit", Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier)
    assert page.shortcuts.take.isEnabled()


def test_the_list_is_searched(window: MainWindow) -> None:
    page = opened(window, "Shortcuts")
    QTest.keyClicks(page.shortcuts.table.line, "zoom")
    assert [row[0] for row in page.shortcuts.table.rows()][:2] == ["Zoom in", "Zoom out"]
    page.shortcuts.table.line.clear()
    QTest.keyClicks(page.shortcuts.table.line, "qqqq")
    assert page.shortcuts.table.rows() == []
    assert page.shortcuts.table.nothing.isVisible()


@pytest.mark.parametrize(
    "damaged",
    [
        "Ctrl+K",
        [1, 2],
        {"view.fit": "Ctrl+K"},
        {"view.fit": [7]},
        {"view.fit": ["no such key at all"]},
        {"view.fit": ["x" * 10_000]},
        {"nobody": ["Ctrl+K"], "view.zoom_in": [None]},
        {"view.fit": {"a": 1}},
    ],
)
def test_damaged_settings_count_as_none(window: MainWindow, tmp_path: Path, damaged: Any) -> None:
    file = tmp_path / "damaged.json"
    everything = {"shortcuts": damaged, "text_size": damaged, "theme": damaged, "commands": damaged,
                  "reduced_motion": damaged, "docks": damaged, "open_docks": damaged}  # fmt: skip
    file.write_text(json.dumps(everything))
    other = MainWindow(settings=Settings(file))
    assert keys(other, "view.fit") == ["Ctrl+0"]
    assert other.appearance.theme == "system"
    assert other.appearance.text == 1.0
    assert not other.appearance.reduced_motion
    other.close()
    other.deleteLater()
    settled()


def test_keys_are_compared_however_they_are_written(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "s.json")
    shortcuts.write(settings, {"view.fit": ["ctrl+k"]})
    assert shortcuts.read(Settings(tmp_path / "s.json")) == {"view.fit": ["ctrl+k"]}


def test_theme_text_and_motion(window: MainWindow) -> None:
    page = opened(window, "Appearance")
    page.theme.setFocus()
    QTest.keyClicks(page.theme, "Light")
    QTest.keyClick(page.theme, Qt.Key.Key_Return)
    assert theme.current().name == "light"
    assert window.settings.get("theme") == "light"
    before = theme.current().font
    page.text.setFocus()
    for _ in range(3):  # 110, 125, 150 %
        QTest.keyClick(page.text, Qt.Key.Key_Down)
    assert theme.current().font == round(1.5 * before)
    assert window.settings.get("text_size") == 1.5
    page.still.setFocus()
    QTest.keyClick(page.still, Qt.Key.Key_Space)
    assert motion.reduced()
    assert window.settings.get("reduced_motion") is True


def test_larger_and_smaller_text_from_the_keyboard(window: MainWindow) -> None:
    window.open_example(DIGITS)
    before = theme.current().font
    label = window.run_bar.headline
    height = label.sizeHint().height()
    for _ in range(12):  # no further than the largest
        window.action("view.text_larger").trigger()
    assert theme.current().font == 2 * before
    settled()
    assert label.sizeHint().height() > 1.5 * height
    window.action("view.text_smaller").trigger()
    assert window.appearance.text == 1.75
    window.action("view.text_reset").trigger()
    assert theme.current().font == before


def test_the_data_folder(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(window, "Data")
    assert page.folder.text() == ""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    page._choose_folder()
    assert page.folder.text() == str(tmp_path)
    assert window.settings.get("data_folder") == str(tmp_path)


def test_the_page_of_keys_under_help(window: MainWindow) -> None:
    window.action("help.shortcuts").trigger()
    page = window._page
    assert isinstance(page, ShortcutPage)
    rows = page.table.rows()
    assert ("Save", "File", "Ctrl+S") in rows
    assert all(row[2] for row in rows)
    QTest.keyClicks(page.table.line, "rename")
    assert page.table.rows()[0] == ("Rename", "Edit", "F2")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()

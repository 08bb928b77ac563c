"""Several windows: which one a document opens in, closing and quitting, and the command that opens them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom_app.shell import dialogs, windows
from spikeloom_app.shell.main_window import MainWindow
from tests.app.windows_of_a_test import DIGITS, EPOCHS, answer, digits_at, epochs, file, press, window

__all__ = ["file", "window"]  # fixtures


def chosen(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """What the open dialogue gives."""
    monkeypatch.setattr(dialogs, "choose_open", lambda *_: list(paths))


class TestWindows:
    """Several windows, each with a document of its own."""

    def test_keys_open_and_close_one(self, window: MainWindow, file: Path, qtbot: Any) -> None:
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(window, Qt.Key.Key_N, control | shift)
        assert len(windows.opened()) == 2
        other = windows.opened()[-1]
        assert other.pos() != window.pos()
        assert other.document.path is None
        other.open_example(DIGITS)
        other.document.rename("hidden", "theirs")
        assert "theirs" not in window.document.document.network.names()
        assert other.files.recovery.file != window.files.recovery.file
        other.action("edit.undo").trigger()
        qtbot.waitUntil(other.isActiveWindow)
        QTest.keyClick(other, Qt.Key.Key_W, control)
        qtbot.waitUntil(lambda: windows.opened() == [window])

    def test_an_untouched_window_takes_the_document_and_another_does_not(
        self, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, two = digits_at(tmp_path / "one.snn"), digits_at(tmp_path / "two.snn")
        window.open_example(DIGITS)
        chosen(monkeypatch, one)
        window.action("file.open").trigger()
        assert (window.document.path, len(windows.opened())) == (one, 1)
        chosen(monkeypatch, two)
        window.action("file.open").trigger()
        assert window.document.path == one
        assert [other.document.path for other in windows.opened()] == [one, two]

    def test_a_changed_document_without_a_file_stays(
        self, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        window.open_example(DIGITS)
        window.document.rename("hidden", "precious")
        chosen(monkeypatch, digits_at(tmp_path / "one.snn"))
        window.action("file.open").trigger()
        assert len(windows.opened()) == 2
        assert "precious" in window.document.document.network.names()

    def test_a_file_is_open_once(self, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        other = window.files.new_window()
        chosen(monkeypatch, file.parent / "." / file.name)
        other.action("file.open").trigger()
        assert [each.document.path for each in windows.opened()] == [file, None]

    def test_a_file_that_cannot_be_read_opens_no_window(
        self, window: MainWindow, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "broken.snn").write_text("{")
        chosen(monkeypatch, tmp_path / "broken.snn")
        said = answer(lambda dialog: press(dialog, "OK"))
        window.action("file.open").trigger()
        assert "'broken.snn' cannot be opened" in said
        assert windows.opened() == [window]

    def test_saving_over_a_file_of_another_window_is_refused(
        self, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = file.read_text()
        other = window.files.new_window()
        other.open_example(DIGITS)
        other.document.set_value(EPOCHS, 3)
        monkeypatch.setattr(dialogs, "choose_save", lambda *_: file)
        said = answer(lambda dialog: press(dialog, "OK"))
        assert not other.save_as()
        assert "'mine.snn' is open in another window" in said
        assert file.read_text() == before

    def test_quit_asks_for_each_and_cancel_keeps_all(
        self, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
    ) -> None:
        other = window.files.new_window()
        other.open_example(DIGITS)
        for each in (window, other):
            each.document.set_value(EPOCHS, 3)
        asked: list[str] = []
        answers = iter(["discard", "cancel", "discard", "discard"])
        monkeypatch.setattr(dialogs, "ask_to_save", lambda _parent, title: asked.append(title) or next(answers))
        QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        assert asked == ["mine", "Handwritten digits"]
        assert windows.opened() == [window, other]
        assert epochs(window) == epochs(other) == 3
        QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not windows.opened())

    def test_the_menu_lists_them(self, window: MainWindow, file: Path) -> None:
        other = window.files.new_window()
        other.open_example(DIGITS)
        other.document.set_value(EPOCHS, 3)
        window.windows_menu.aboutToShow.emit()
        entries = window.windows_menu.actions()
        assert [entry.text() for entry in entries] == ["&1  mine", "&2  Handwritten digits •"]
        assert [entry.isChecked() for entry in entries] == [True, False]

    def test_many_windows_come_and_go(self, window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
        for number in range(6):
            path = digits_at(tmp_path / f"{number}.snn")
            windows.open_path(window, path)
        assert len({each.geometry().topLeft().toTuple() for each in windows.opened()}) == 6
        for each in windows.opened()[1:]:
            each.close()
        qtbot.waitUntil(lambda: windows.opened() == [window])
        window.use_theme("light")  # nobody who is gone is told
        window.use_theme("dark")


START = """
import sys
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from spikeloom_app import main
from spikeloom_app.shell import windows

def look(*_):
    QTest.qWait(100)
    print([window.document.title for window in windows.opened()])
    return 0

QApplication.exec = look
sys.exit(main.main(sys.argv[1:]))
"""


def test_the_command_opens_a_window_for_each_file(tmp_path: Path) -> None:
    paths = [str(digits_at(tmp_path / f"{name}.snn")) for name in ("one", "two", "one")]
    folders = {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    environment = os.environ | folders | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", START, *paths]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "['one', 'two']\n"

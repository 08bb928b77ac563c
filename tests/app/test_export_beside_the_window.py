"""A long export is written while the window goes on, and its file is whole, or is not there."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from spikeloom.errors import RunError
from spikeloom_app.plots import numbers
from spikeloom_app.shell import dialogs
from spikeloom_app.shell.main_window import MainWindow
from tests.app import shell_window
from tests.app.plot_events import example

window = shell_window.window
LEFT = Qt.MouseButton.LeftButton


class SlowDisk:
    """Holds what is being written until it may go on, in the midst of the file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = Event(), Event()
        real = numbers.WRITERS[".csv"]

        def slow(columns: Any, file: Any) -> None:
            file.write(b"")
            self.begun.set()
            assert self.go_on.wait(20)
            real(columns, file)

        monkeypatch.setitem(numbers.WRITERS, ".csv", slow)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A disk that takes its time; at the end of a test it does not wait any more."""
    disk = SlowDisk(monkeypatch)
    yield disk
    disk.go_on.set()


@pytest.fixture
def export(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Presses the raster's export button and chooses a name."""
    window.show_editor()
    raster = window.board.first("raster")
    raster.handle(example(2))
    raster.draw()

    def press(name: str) -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(exist_ok=True)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
        QTest.mouseClick(window.plot_docks.docks["plot:2"].title.buttons["export"], LEFT)
        return path

    return press


def rows(path: Path) -> list[dict[str, str]]:
    """Of a table."""
    return list(csv.DictReader(path.open()))


def says(window: MainWindow) -> str:
    """The words of the status bar."""
    return window.statusBar().currentMessage()


def test_the_window_goes_on_while_a_table_is_written(
    qtbot: Any, window: MainWindow, export: Any, slow: SlowDisk
) -> None:
    raster = window.board.first("raster")
    count, turns = len(raster.table()["neuron"]), []
    path = export("spikes.csv")
    assert slow.begun.wait(5) and says(window) == "Writing spikes.csv…"
    assert not path.exists()
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(path.exists()))
    timer.start(5)
    qtbot.waitUntil(lambda: len(turns) > 5)
    assert not any(turns)
    raster.reset()  # another run begins: what is written is what was shown
    slow.go_on.set()
    qtbot.waitUntil(lambda: says(window) == "Exported to spikes.csv")
    assert len(rows(path)) == count > 0
    assert [file.name for file in path.parent.iterdir()] == ["spikes.csv"]


def test_the_same_name_twice_at_once_gives_one_whole_file(
    qtbot: Any, window: MainWindow, export: Any, slow: SlowDisk
) -> None:
    count = len(window.board.first("raster").table()["neuron"])
    path = export("spikes.csv")
    assert slow.begun.wait(5)
    export("spikes.csv")
    assert says(window) == "Writing spikes.csv…"
    slow.go_on.set()
    qtbot.waitUntil(lambda: says(window) == "Exported to spikes.csv")
    assert not window.plot_buttons.files.names and len(rows(path)) == count
    assert [file.name for file in path.parent.iterdir()] == ["spikes.csv"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError(), ValueError("odd numbers")])
def test_what_fails_is_said_and_what_was_there_stays(
    qtbot: Any, window: MainWindow, export: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(_columns: Any, file: Any) -> None:
        file.write(b"half")
        raise error

    shown: list[tuple[str, RunError]] = []
    monkeypatch.setattr(dialogs, "show_error", lambda _parent, title, why: shown.append((title, why)))
    path = export("spikes.csv")
    qtbot.waitUntil(path.exists)
    before = path.read_bytes()
    monkeypatch.setitem(numbers.WRITERS, ".csv", fails)
    export("spikes.csv")
    qtbot.waitUntil(lambda: bool(shown))
    title, why = shown[0]
    words = {OSError: "No space left", MemoryError: "not enough memory", ValueError: "odd numbers"}[type(error)]
    assert title == "The plot was not exported" and words in str(why) and why.place == str(path)
    assert path.read_bytes() == before and [file.name for file in path.parent.iterdir()] == ["spikes.csv"]
    assert says(window) == "spikes.csv was not written"


def test_a_plot_without_numbers_is_said_at_once(
    qtbot: Any, window: MainWindow, export: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(dialogs, "show_error", lambda _parent, _title, why: shown.append(why))
    window.board.first("raster").reset()
    path = export("spikes.csv")
    assert "nothing in this plot yet" in str(shown[0]) and not path.exists()


def test_a_window_that_is_closed_waits_for_its_file(
    qtbot: Any, window: MainWindow, export: Any, slow: SlowDisk
) -> None:
    path = export("spikes.csv")
    assert slow.begun.wait(5)
    seen: list[bool] = []
    QTimer.singleShot(60, lambda: (window.close(), seen.append(window.isVisible()), slow.go_on.set()))  # once more
    assert window.close() and seen == [True] and not window.isVisible()
    assert rows(path) and [file.name for file in path.parent.iterdir()] == ["spikes.csv"]

"""A real window for the tests of the shell, and what they do with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest

from spikeloom_app.shell.appearance import apply_theme
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"
DIGITS = EXAMPLES / "digits.snn"


@pytest.fixture
def window(qtbot: Any, qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window with nothing open, whose settings and runs lie in a folder of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    apply_theme("dark")
    made = MainWindow(settings=Settings(tmp_path / "settings.json"))
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    made.controller.shut_down()
    made.files.leaving = True  # nothing to ask about at closing
    made.files.close()
    made.close()
    made.deleteLater()  # it goes before the next test, and is not restyled with the windows of the tests to come


def text(window: MainWindow) -> str:
    """The document as its file would hold it."""
    return window.document.document.dumps()


def settled() -> None:
    """Let what waits for the next turn of the event loop happen."""
    QTest.qWait(30)

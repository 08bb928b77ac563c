"""A window for a test of files, and what such tests do again and again.

A test module imports the fixtures `file` and `window` by their names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton

from spikeloom.spec import Document
from spikeloom_app.shell import windows
from spikeloom_app.shell.appearance import apply_theme
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.settings import Settings

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
EPOCHS = ("experiment", "training", "epochs")
LEFT = Qt.MouseButton.LeftButton


def a_window(qtbot: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[MainWindow]:
    """A window whose data lies in `tmp_path`; afterwards all windows are closed."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    apply_theme("dark")
    made = MainWindow(settings=Settings(tmp_path / "settings.json"))
    made.resize(1280, 860)
    made.show()
    qtbot.waitExposed(made)
    yield made
    for window in {made, *windows.opened()}:
        window.controller.shut_down()
        window.files.leaving = True
        window.close()
    made.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def window(qtbot: Any, qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window whose data lies in a folder of the test; afterwards all windows are closed."""
    yield from a_window(qtbot, tmp_path, monkeypatch)


@pytest.fixture
def file(window: MainWindow, tmp_path: Path) -> Path:
    """A document of the user's, open in the window."""
    path = digits_at(tmp_path / "mine.snn")
    window.open_path(path)
    return path


def digits_at(path: Path) -> Path:
    """The digits example as a file of the user's."""
    Document.load(DIGITS).save(path)
    return path


def change_on_disk(path: Path, epochs: int) -> str:
    """Change the number of epochs in a file, as another program would; the text of the file."""
    document = Document.load(path)
    document.experiment.training.epochs = epochs
    path.write_text(document.dumps(), encoding="utf-8")
    return document.dumps()


def text(window: MainWindow) -> str:
    """The document of a window as text."""
    return window.document.document.dumps()


def epochs(window: MainWindow) -> int:
    """How many epochs the document of a window asks for."""
    return window.document.document.experiment.training.epochs


def press(holder: Any, words: str) -> None:
    """Click the button with these words."""
    found = [button for button in holder.findChildren(QPushButton) if _plain(button) == words and button.isVisible()]
    assert found, [b.text() for b in holder.findChildren(QPushButton)]
    QTest.mouseClick(found[0], LEFT)


def _plain(button: QPushButton) -> str:
    return button.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def answer(act: Callable[[Any], object]) -> list[str]:
    """Do `act` with the modal dialog that comes; the texts of its labels are added to the list that is returned."""
    said: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            QTimer.singleShot(20, look)
            return
        said.extend(label.text() for label in dialog.findChildren(QLabel))
        act(dialog)

    QTimer.singleShot(20, look)
    return said


def files_dragged(*paths: Path) -> QMimeData:
    """What a file manager drags."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data

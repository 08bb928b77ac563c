"""Files and parts that fall on a window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from spikeloom_app.canvas import mime
from spikeloom_app.shell import windows
from spikeloom_app.shell.main_window import MainWindow
from tests.app.windows_of_a_test import LEFT, digits_at, file, files_dragged, text, window

__all__ = ["file", "window"]  # fixtures
COPY, NO_KEYS = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier


def enter(target: Any, *paths: Path) -> bool:
    """Whether a drag of these files is taken."""
    data = files_dragged(*paths)
    event = QDragEnterEvent(QPoint(60, 60), COPY, data, LEFT, NO_KEYS)
    QApplication.sendEvent(target, event)
    return event.isAccepted()


def let_fall(target: Any, *paths: Path) -> bool:
    """Drag files there and let them fall; whether they were taken."""
    data = files_dragged(*paths)
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(60, 60), COPY, data, LEFT, NO_KEYS))
    event = QDropEvent(QPointF(60, 60), COPY, data, LEFT, NO_KEYS)
    QApplication.sendEvent(target, event)
    return event.isAccepted()


class TestDrops:
    """Files from the file manager."""

    def test_a_document_falls_on_the_welcome_page(self, window: MainWindow, tmp_path: Path) -> None:
        path = digits_at(tmp_path / "one.snn")
        assert let_fall(window.welcome, path)
        assert window.document.path == path
        assert not window.file_drop.veil.isVisible()

    def test_the_veil_says_what_a_drop_does(self, window: MainWindow, file: Path) -> None:
        assert enter(window.canvas.view.viewport(), file)
        assert window.file_drop.veil.isVisible()
        assert window.file_drop.veil.words == "Drop to open mine.snn"
        QApplication.sendEvent(window, QDragLeaveEvent())
        assert not window.file_drop.veil.isVisible()

    def test_several_fall_on_the_canvas(self, window: MainWindow, tmp_path: Path) -> None:
        window.show_editor()
        paths = [digits_at(tmp_path / f"{name}.snn") for name in ("one", "two")]
        assert let_fall(window.canvas.view.viewport(), *paths)
        assert [each.document.path for each in windows.opened()] == paths

    def test_a_text_field_takes_no_file(self, window: MainWindow, file: Path, tmp_path: Path) -> None:
        """The system hands a drag to the window's surface first, before a field that takes texts could have it."""
        before = text(window)
        other = digits_at(tmp_path / "two.snn")
        field = window.inspector.findChild(QLineEdit)
        assert field is not None
        assert let_fall(window.windowHandle(), other)
        assert text(window) == before
        assert windows.with_file(other) not in (None, window)

    @pytest.mark.parametrize("name", ["notes.txt", "folder.snn", "missing.snn"])
    def test_other_files_are_refused_in_words(self, window: MainWindow, file: Path, tmp_path: Path, name: str) -> None:
        (tmp_path / "notes.txt").write_text("")
        (tmp_path / "folder.snn").mkdir()
        assert not let_fall(window.canvas.view.viewport(), tmp_path / name)
        assert name in window.statusBar().currentMessage()
        assert "Only Spikeloom documents" in window.statusBar().currentMessage()
        assert windows.opened() == [window]

    def test_neurons_still_fall_on_the_canvas(self, window: MainWindow, file: Path) -> None:
        view = window.canvas.view.viewport()
        before = len(window.document.document.network.populations)
        data = mime.pack("lif")
        QApplication.sendEvent(view, QDragEnterEvent(QPoint(60, 60), COPY, data, LEFT, NO_KEYS))
        assert not window.file_drop.veil.isVisible()
        QApplication.sendEvent(view, QDropEvent(QPointF(60, 60), COPY, data, LEFT, NO_KEYS))
        assert len(window.document.document.network.populations) == before + 1

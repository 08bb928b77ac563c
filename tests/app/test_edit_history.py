"""The list of what was done: it goes back and forth, and follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.spec import Document
from spikeloom_app.shell.main_window import MainWindow
from tests.app.windows_of_a_test import DIGITS, EPOCHS, LEFT, epochs, file, text, window

__all__ = ["file", "window"]  # fixtures


class TestHistory:
    """The undo stack as a list."""

    @pytest.fixture
    def rows(self, window: MainWindow, file: Path) -> Any:
        window.document.rename("hidden", "middle")
        window.document.set_value(EPOCHS, 3)
        window.save()
        window.document.move({"middle": (400.0, 90.0)})
        window.docks["history"].toggleViewAction().trigger()
        return window.history.list

    @staticmethod
    def said(rows: Any) -> list[str]:
        return [rows.item(k).data(Qt.ItemDataRole.AccessibleTextRole) for k in range(rows.count())]

    def test_it_is_hidden_until_asked_for(self, window: MainWindow, file: Path) -> None:
        assert not window.docks["history"].isVisible()
        window.docks["history"].toggleViewAction().trigger()
        assert window.docks["history"].isVisible()
        assert window.docks["history"] in window.tabifiedDockWidgets(window.docks["inspector"])

    def test_a_click_goes_there_and_back(self, window: MainWindow, rows: Any) -> None:
        end = text(window)
        assert self.said(rows) == [
            "Opened",
            "Rename hidden to middle",
            "Change epochs, saved",
            "Move middle, present state",
        ]
        QTest.mouseClick(rows.viewport(), LEFT, pos=rows.visualItemRect(rows.item(0)).center())
        assert text(window) == Document.load(DIGITS).dumps()
        assert self.said(rows)[0] == "Opened, present state"
        assert self.said(rows)[3] == "Move middle, undone"
        QTest.mouseClick(rows.viewport(), LEFT, pos=rows.visualItemRect(rows.item(3)).center())
        assert text(window) == end

    def test_enter_goes_where_the_arrows_led(self, window: MainWindow, rows: Any) -> None:
        rows.setFocus()
        before = text(window)
        QTest.keyClick(rows, Qt.Key.Key_Up)
        QTest.keyClick(rows, Qt.Key.Key_Up)
        assert text(window) == before
        QTest.keyClick(rows, Qt.Key.Key_Return)
        assert epochs(window) == 60
        assert "middle" in window.document.document.network.names()

    def test_it_follows(self, window: MainWindow, rows: Any) -> None:
        window.action("edit.undo").trigger()
        assert self.said(rows)[-1] == "Move middle, undone"
        window.document.set_value(EPOCHS, 9)
        assert self.said(rows)[-1] == "Change epochs, present state"
        assert rows.currentRow() == rows.count() - 1
        window.save()
        window.action("file.new").trigger()
        assert self.said(rows) == ["New document, present state"]

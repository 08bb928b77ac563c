"""The first document of a session: the window has shown nothing but the welcome page before."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar

from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.welcome import DocumentCard
from tests.app.shell_window import window

__all__ = ["window"]
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.mark.parametrize("left_out", [False, True])
def test_the_log_lies_behind_the_curves_and_comes_with_a_click(window: MainWindow, left_out: bool) -> None:
    QTest.mouseClick(window.welcome.findChildren(DocumentCard)[0], LEFT)
    QTest.qWait(150)
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    bar = next(bar for bar in bars if "Log" in [bar.tabText(k) for k in range(bar.count())])
    if left_out:  # Qt shows tabs with a change of a size, and sometimes every size is right already
        bar.hide()
        window.plot_docks._show_tabs()
    assert bar.isVisible() and window.rect().contains(bar.geometry())
    log = next(k for k in range(bar.count()) if bar.tabText(k) == "Log")
    QTest.mouseClick(bar, LEFT, NO_KEY, bar.tabRect(log).center())
    QTest.qWait(50)
    assert window.rect().contains(window.docks["log"].geometry())

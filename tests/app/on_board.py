"""The digits in a window, and what tests do with the plots beside them.

A test module imports the fixtures `opened` and `window` by their names.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.plot_docks import SETTLE_MILLISECONDS
from tests.app.shell_window import DIGITS, settled, window

__all__ = ["opened", "window"]
CHILD = Qt.FindChildOption.FindDirectChildrenOnly
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def opened(window: MainWindow) -> MainWindow:
    """The digits, with the plots that every document has."""
    window.open_example(DIGITS)
    settled()
    return window


def titles(window: MainWindow) -> list[str]:
    return [dock.windowTitle() for dock in window.plot_docks.docks.values()]


def click(window: MainWindow, name: str, button: str) -> None:
    """Press a button in the title of a plot."""
    QTest.mouseClick(window.plot_docks.docks[name].title.buttons[button], LEFT)
    settled()


def rect(window: MainWindow, name: str) -> tuple[int, int, int, int]:
    """Where a plot is."""
    return window.plot_docks.docks[name].geometry().getRect()  # type: ignore[return-value]


def settle(window: MainWindow) -> None:
    """Wait until a moved dock is written down."""
    QTest.qWait(SETTLE_MILLISECONDS + 150)


def nearly(found: Any, expected: Any, pixels: float = 12) -> bool:
    return all(abs(a - b) <= pixels for a, b in zip(found, expected, strict=True))

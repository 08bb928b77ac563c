"""Widgets that follow the theme for as long as they live."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme


def follow_theme(widget: QWidget, paint: Callable[[], None]) -> None:
    """Call `paint`, a method of `widget`, now and whenever the theme changes; keeps neither alive."""
    method: weakref.WeakMethod[Any] = weakref.WeakMethod(paint)

    def repaint() -> None:
        found = method()
        if found is None or not shiboken6.isValid(found.__self__):
            theme.changed.disconnect(repaint)
        else:
            found()

    theme.changed.connect(repaint)
    paint()

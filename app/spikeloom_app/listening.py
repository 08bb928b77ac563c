"""Listening for as long as a Qt object lives: the document and the theme outlive the widgets that show them."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import shiboken6

from spikeloom_app import theme
from spikeloom_app.document import Signal


def listen(signal: Signal, method: Callable[..., Any]) -> None:
    """Tell `method`, of a Qt object, about `signal` until Qt deletes the object; keeps it alive no longer."""
    reference: weakref.WeakMethod[Any] = weakref.WeakMethod(method)

    def tell(*values: Any) -> None:
        found = reference()
        if found is None or not shiboken6.isValid(found.__self__):
            signal.disconnect(tell)
        else:
            found(*values)

    signal.connect(tell)


def follow_theme(paint: Callable[[], None]) -> None:
    """Call `paint`, a method of a Qt object, now and whenever the theme changes."""
    listen(theme.changed, paint)
    paint()

"""Listening for as long as a Qt object lives: the document and the theme outlive the widgets that show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from spikeloom_app.document import Signal


def listen(owner: QObject, signal: Signal, listener: Callable[..., Any]) -> None:
    """Tell `listener` about `signal` until `owner` is destroyed."""
    signal.connect(listener)
    owner.destroyed.connect(lambda: signal.disconnect(listener))

"""A list of callables that are told when something happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Signal:
    """Call `connect` with a callable, `emit` with what happened."""

    def __init__(self) -> None:
        self._listeners: list[Callable[..., Any]] = []

    def connect(self, listener: Callable[..., Any]) -> None:
        """Tell `listener` from now on."""
        self._listeners.append(listener)

    def disconnect(self, listener: Callable[..., Any]) -> None:
        """Tell `listener` no more; nothing happens if it was not told."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def emit(self, *values: Any) -> None:
        """Tell all listeners, in the order in which they connected."""
        for listener in list(self._listeners):
            listener(*values)

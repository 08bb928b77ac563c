"""A list of callables that are told when something happened."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any


class Signal:
    """Call `connect` with a callable, `emit` with what happened.

    A method does not keep its object alive: a closed window is told no more.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[[], Callable[..., Any] | None]] = []

    def connect(self, listener: Callable[..., Any]) -> None:
        """Tell `listener` from now on."""
        self._listeners.append(_reference(listener))

    def disconnect(self, listener: Callable[..., Any]) -> None:
        """Tell `listener` no more; nothing happens if it was not told."""
        self._listeners = [reference for reference in self._listeners if reference() not in (None, listener)]

    def emit(self, *values: Any) -> None:
        """Tell all listeners, in the order in which they connected."""
        for reference in list(self._listeners):
            listener = reference()
            if listener is not None:
                listener(*values)
        self._listeners = [reference for reference in self._listeners if reference() is not None]


def _reference(listener: Callable[..., Any]) -> Callable[[], Callable[..., Any] | None]:
    try:
        return weakref.WeakMethod(listener)
    except TypeError:  # a function, or a method that is not written in Python
        return lambda: listener

"""A drag: the document follows the hand, and all of it is one step of undo."""

from __future__ import annotations

from typing import Any

from spikeloom_app.inspector.scope import Scope


class Gesture:
    """Changes of one value, each in the place of the one before it.

    Parameters
    ----------
    scope
        The value.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._step: int | None = None  # the position of the undo stack after the gesture's own step

    def set(self, value: Any) -> None:
        """Change the value; raises a `UserError` where it is refused: then the value is that before the gesture."""
        stack = self._scope.document.undo_stack
        if self._step is not None and self._step == stack.position:
            stack.undo()  # the step that is made now starts where the gesture started
        self._step = None
        before = self._scope.values
        self._scope.set_each([value] * len(before))
        if self._scope.values != before:
            self._step = stack.position

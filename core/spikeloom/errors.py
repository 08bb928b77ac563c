"""The errors a user sees: where, what was found, what was expected, what to do.

Anything else that escapes (a `TypeError`, an assert) is a defect of ours. The two branches carry the exit code
of the command line: `UserError` (2) is input that only the user can change, `RunError` (1) is a failure while
running (a NaN, a full disk, a compiler that refused, a worker that was killed).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class SpikeloomError(Exception):
    """An error with a place and a way out.

    Parameters
    ----------
    message
        One sentence: what was found, and what was expected.
    place
        Where, in the user's terms: ``network.connections[2].target``, ``hidden.v``, ``digits.snn:12:4``.
    hint
        What to do about it, if there is something to say beyond the message.
    """

    exit_code = 1

    def __init__(self, message: str, *, place: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}\n  {self.hint}" if self.hint else text

    def as_dict(self) -> dict[str, Any]:
        """The error as plain data, as it travels in the event stream."""
        return {
            "kind": type(self).__name__,
            "message": self.message,
            "place": self.place,
            "hint": self.hint,
            "exit_code": self.exit_code,
        }


class UserError(SpikeloomError):
    """The input (a document, an array, an option) is wrong; nothing was run."""

    exit_code = 2


class RunError(SpikeloomError):
    """Something failed while running."""


def nearest(name: str, candidates: Iterable[str]) -> str:
    """A ``; did you mean 'x'?`` for the candidate nearest to `name`, or an empty string."""
    matches = difflib.get_close_matches(name, list(candidates), n=1, cutoff=0.6)
    return f"; did you mean '{matches[0]}'?" if matches else ""

"""A script as the panel shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Script:
    """A text, what it leaves out, and where parts are made in it.

    Parameters
    ----------
    to
        The name of its exporter.
    notes
        What it leaves out or does otherwise than the document, a sentence each.
    lines
        Name of a part -> the first and the last line that make it, counted from 1.
    """

    to: str
    text: str
    notes: tuple[str, ...] = ()
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of_result(cls, to: str, result: Mapping[str, Any]) -> Script:
        """From what a worker sent."""
        lines = {name: (first, last) for name, (first, last) in (result.get("lines") or {}).items()}
        return cls(to, str(result["text"]), tuple(result.get("notes") or ()), lines)

"""Whether things may move on their own: one switch, for those whom movement disturbs."""

from __future__ import annotations

_reduced = False


def reduced() -> bool:
    """Whether movement that is only decoration is to be left out."""
    return _reduced


def reduce(wanted: bool) -> None:
    """Leave such movement out, or allow it."""
    global _reduced  # noqa: PLW0603 - the application has one switch
    _reduced = wanted

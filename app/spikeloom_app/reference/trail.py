"""The pages that were looked at, to go back and forward through. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

MOST = 100  # stops that are kept


@dataclass(frozen=True)
class Stop:
    """A place in the reference.

    Parameters
    ----------
    page
        The key of a page; empty for the contents.
    field
        A field of the page; empty for its beginning.
    scroll
        How far down it was read, in px; None where it was not yet.
    """

    page: str = ""
    field: str = ""
    scroll: int | None = None


class Trail:
    """The stops in the order in which one came to them, and where one is now."""

    def __init__(self) -> None:
        self._stops = [Stop()]
        self._at = 0

    @property
    def here(self) -> Stop:
        """Where one is."""
        return self._stops[self._at]

    @property
    def can_go_back(self) -> bool:
        """Whether there is a stop before."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether one went back."""
        return self._at < len(self._stops) - 1

    def leave_at(self, scroll: int) -> None:
        """Note how far down the page is read."""
        self._stops[self._at] = replace(self.here, scroll=scroll)

    def visit(self, stop: Stop) -> None:
        """Go on to a stop; what one had gone back from is forgotten."""
        if (stop.page, stop.field) == (self.here.page, self.here.field):
            return
        self._stops = [*self._stops[: self._at + 1], stop][-MOST:]
        self._at = len(self._stops) - 1

    def go(self, steps: int) -> Stop:
        """Go some steps forward, or back; no further than there are stops."""
        self._at = max(0, min(self._at + steps, len(self._stops) - 1))
        return self.here

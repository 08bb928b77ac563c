"""Where in the document a form or a row is, and what all rows of an inspector share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from spikeloom_app.document import OpenDocument
from spikeloom_app.document.places import Path, Root, place_of


@dataclass
class Shared:
    """What the rows of an inspector share.

    Parameters
    ----------
    structure_changed
        To be called when rows came or went.
    opened
        The types whose advanced fields were unfolded.
    """

    structure_changed: Callable[[], None] = lambda: None
    opened: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Scope:
    """A value of the document: the root of the form and the fields that lead from there to the value."""

    document: OpenDocument
    root: Root
    shared: Shared
    inner: Path = ()

    def child(self, name: str) -> Scope:
        """The scope of a field of the value."""
        return replace(self, inner=(*self.inner, name))

    @property
    def path(self) -> Path:
        """The path from the document."""
        return (*self.root.path, *self.inner)

    @property
    def place(self) -> str:
        """The place that a problem of the value names."""
        return place_of(self.document, self.path)

    @property
    def value(self) -> Any:
        """The value as it is now."""
        return self.document.value(self.path)

    def set(self, value: Any) -> None:
        """Change the value, one step of undo; raises a `UserError` where it is refused."""
        self.document.set_value(self.path, value)

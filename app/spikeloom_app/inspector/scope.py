"""Where in the document a form or a row is, and what all rows of an inspector share.

A form may show one part or several at once: then a value that all of them agree on is that value, one that differs is
`SEVERAL`, and what is set is set in all of them, one step of undo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from spikeloom.errors import UserError
from spikeloom.spec import InvalidDocument
from spikeloom_app.document import OpenDocument
from spikeloom_app.document.places import Path, Root, place_of


class Several:
    """What stands for values that differ."""


SEVERAL: Final = Several()


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
    """A value of the document: the roots of the form and the fields that lead from each of them to the value."""

    document: OpenDocument
    roots: tuple[Root, ...]
    shared: Shared
    inner: Path = ()

    def child(self, name: str) -> Scope:
        """The scope of a field of the value."""
        return replace(self, inner=(*self.inner, name))

    @property
    def root(self) -> Root:
        """The root, the first of several."""
        return self.roots[0]

    @property
    def paths(self) -> list[Path]:
        """The paths from the document, one for each root."""
        return [(*root.path, *self.inner) for root in self.roots]

    @property
    def places(self) -> list[str]:
        """The places that problems of the value name, one for each root."""
        return [place_of(self.document, path) for path in self.paths]

    @property
    def values(self) -> list[Any]:
        """The values as they are now, one for each root."""
        return [self.document.value(path) for path in self.paths]

    @property
    def value(self) -> Any:
        """The value as it is now; `SEVERAL` where the parts do not agree."""
        first, *others = self.values
        return first if all(type(other) is type(first) and other == first for other in others) else SEVERAL

    @property
    def kind(self) -> Any:
        """The class of the value, None where there is none; `SEVERAL` where the parts do not agree."""
        first, *others = [None if value is None else type(value) for value in self.values]
        return first if all(other is first for other in others) else SEVERAL

    def set(self, value: Any) -> None:
        """Change the value, one step of undo; raises a `UserError` where it is refused, and changes nothing."""
        if len(self.roots) == 1:
            self.document.set_value(self.paths[0], value)
        else:
            self.set_each([value] * len(self.roots))

    def set_each(self, values: Sequence[Any]) -> None:
        """Give each part its own value, one step of undo; where one is refused, none is changed, and it says whose."""
        label = f"change {self.inner[-1].replace('_', ' ')}"
        if len(self.roots) > 1:
            label += f" of {len(self.roots)} parts"
        with self.document.one_step(label):
            for root, path, value in zip(self.roots, self.paths, values, strict=True):
                try:
                    self.document.set_values({path: value}, label)
                except UserError as error:
                    if len(self.roots) > 1:
                        raise _of(str(root.name), error) from None
                    raise


def _of(name: str, error: UserError) -> UserError:
    """The error, which says that it concerns the part `name`."""
    if isinstance(error, InvalidDocument) and error.problems:
        first, *others = error.problems
        return InvalidDocument([replace(first, message=f"'{name}': {first.message}"), *others])
    return UserError(f"'{name}': {error.message}", hint=error.hint)

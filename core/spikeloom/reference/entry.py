"""The entry of a field on a page: what it takes and what it is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spikeloom.spec import FieldInfo, Type


@dataclass(frozen=True)
class Entry:
    """A field.

    Parameters
    ----------
    field
        Its declaration.
    takes
        The key of the page of what it holds; empty where that is no type of the document.
    """

    field: FieldInfo
    takes: str = ""

    @property
    def name(self) -> str:
        """Its name in documents and scripts."""
        return self.field.name

    @property
    def label(self) -> str:
        """Its name in forms."""
        return self.field.label

    @property
    def expected(self) -> str:
        """What it takes, with its range and unit: ``a number greater than 0 (ms)``."""
        expected = self.field.expected
        return f"{expected}, or nothing" if self.field.optional else expected

    @property
    def default(self) -> str:
        """Its default in words: ``20 ms``; empty where it must be given, or goes without saying."""
        if self.field.required:
            return ""
        return default_words(self.field.default, self.field.unit)

    @property
    def marks(self) -> tuple[str, ...]:
        """What else there is to say of it."""
        said = {
            "must be given": self.field.required,
            "can be moved while the network runs": self.field.live,
            "under More": self.field.advanced,
        }
        return tuple(words for words, holds in said.items() if holds)


def default_words(value: Any, unit: str = "") -> str:
    """A default as people read it; empty where there is nothing to say."""
    match value:
        case bool():
            words = "on" if value else "off"
        case Type():
            own = {name: getattr(value, name) for name in value.model_fields_set}
            inside = ", ".join(f"{name} {said}" for name, item in own.items() if (said := default_words(item)))
            words = f"{value.title} ({inside})" if inside else value.title
        case int() | float():
            words = f"{value:.10g} {unit}".strip()
        case str():
            words = f"'{' '.join(value.split())}'" if value else ""
        case tuple() | list():
            separator = " × " if isinstance(value, tuple) else ", "
            words = separator.join(filter(None, (default_words(item).strip("'") for item in value)))
        case dict():
            words = ", ".join(f"{name} = {default_words(item)}" for name, item in value.items())
        case _:
            words = ""
    return words

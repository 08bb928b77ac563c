"""Values and calls of Python as text that a formatter leaves as it is, and names and words for a script.

What comes from a document is text within quotes here, whatever it says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikeloom.exporters.python.layout import WIDTH, Atom, Block, Brackets, Expression, Item, laid_out

LONGEST = 32  # characters of a name that is made from one of a document


@dataclass(frozen=True)
class Text:
    """Text of our own, written as it is."""

    text: str


@dataclass(frozen=True)
class Code:
    """GeNN code, written between three quotes; in one line where it has but one."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call of a function."""

    function: str
    args: Sequence[Any] = ()
    named: dict[str, Any] = field(default_factory=dict)


def quoted(text: str) -> str:
    """A literal with double quotes where that needs no escapes; whatever cannot be printed is escaped."""
    written = repr(text)
    if written[0] == '"' or ('"' in text and "'" not in text):
        return written
    return '"' + "".join("\\x22" if char == '"' else "'" if char == "'" else repr(char)[1:-1] for char in text) + '"'


def lay_out(value: Any, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """The text of a value or call.

    Parameters
    ----------
    indent
        Columns before the line that it begins in.
    before, after
        Columns of what stands in front of it in that line, and behind its end.
    """
    return laid_out(_expression(value), indent + before, " " * indent, after)


def _expression(value: Any) -> Expression:
    match value:
        case Text(text):
            return Atom(text)
        case Code(text):
            return Block(text) if _is_plain(text) else Atom(quoted(text))
        case Call(function, args, named):
            keyed = [Item(_expression(item), f"{name}=") for name, item in named.items()]
            return Brackets(f"{function}(", (*_items(args), *keyed), ")")
        case dict():
            return Brackets("{", tuple(Item(_expression(v), f"{_literal(k)}: ") for k, v in value.items()), "}")
        case list() | tuple():
            return _sequence(value)
    return Atom(_literal(value))


def _sequence(values: list[Any] | tuple[Any, ...]) -> Expression:
    if isinstance(values, tuple) and len(values) == 1:
        return Atom(f"({laid_out(_expression(values[0]))},)")
    opening, closing = "[]" if isinstance(values, list) else "()"
    return Brackets(opening, _items(values), closing)


def _is_plain(text: str) -> bool:
    """Whether code can stand between three quotes as it is."""
    return not any(char in text for char in '"\\') and all(char.isprintable() or char == "\n" for char in text)


def _items(values: Sequence[Any]) -> tuple[Item, ...]:
    return tuple(Item(_expression(value)) for value in values)


def _literal(value: Any) -> str:
    """A text, a truth, or a number with all its digits."""
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, float | np.floating):
        return repr(float(value)) if math.isfinite(value) else f'float("{float(value)}")'
    return repr(int(value))


def identifier(wish: str, taken: set[str]) -> str:
    """A name for Python and C++ that is like `wish` and not `taken`, which it is then."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", wish).strip("_") or "group"
    plain = f"_{plain}" if plain[0].isdigit() else plain
    plain = plain[:LONGEST].rstrip("_")
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain}_{number}"
    taken.add(found)
    return found


def prose(text: str, width: int = WIDTH, prefix: str = "") -> str:
    """Somebody's words for a comment or docstring: nothing in them can end it.

    What cannot be printed becomes a space, a double quote a single one, and a backslash is written twice.
    """
    clean = "".join(char if char.isprintable() else " " for char in text)
    clean = clean.replace("\\", "\\\\").replace('"', "'")
    return filled(clean, width, prefix)


def filled(text: str, width: int = WIDTH, prefix: str = "") -> str:
    """Our own words in lines, each of which begins with a prefix."""
    lines, line = [], ""
    for word in text.split():
        if line and len(prefix) + len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join(f"{prefix}{each}" for each in [*lines, line] if each)

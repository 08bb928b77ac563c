"""Python's values and calls as text that a formatter leaves as it is: one line where it fits, else a line for each part.

What comes from a document is text within quotes here, whatever it says; names are checked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH = 88  # columns of a line
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
    if written[0] == '"':
        return written
    if '"' not in text:
        return '"' + written[1:-1] + '"'
    if "'" not in text:
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
    flat = _flat(value)
    if flat is not None and indent + before + len(flat) + after <= WIDTH:
        return flat
    return _spread(value, indent)


def _flat(value: Any) -> str | None:
    """The text in one line; None where it needs more."""
    match value:
        case Text(text):
            return None if "\n" in text else text
        case Code(text):
            return quoted(text) if "\n" not in text else None
        case Call(function, args, named):
            parts = [_flat(arg) for arg in args]
            keyed = [(name, _flat(arg)) for name, arg in named.items()]
            if any(part is None for part in parts) or any(part is None for _, part in keyed):
                return None
            return f"{function}({', '.join([*map(str, parts), *(f'{name}={part}' for name, part in keyed)])})"
        case dict():
            pairs = [(_flat(key), _flat(item)) for key, item in value.items()]
            if any(key is None or item is None for key, item in pairs):
                return None
            return "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}"
        case list() | tuple():
            items = [_flat(item) for item in value]
            if any(item is None for item in items):
                return None
            inside = ", ".join(map(str, items))
            if isinstance(value, list):
                return f"[{inside}]"
            return f"({inside},)" if len(items) == 1 else f"({inside})"
        case str():
            return quoted(value)
        case bool() | None:
            return repr(value)
        case float():
            return _number(value)
        case int():
            return repr(int(value))
    return _number(float(value)) if hasattr(value, "dtype") and value.dtype.kind == "f" else repr(int(value))


def _number(value: float) -> str:
    """A number with all its digits."""
    if value != value or value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    return repr(float(value))


def _spread(value: Any, indent: int) -> str:
    """The text with a line for each part."""
    inner = indent + 4
    match value:
        case Code(text):
            return _block(text, indent)
        case Call(function, args, named) if args or named:
            lines = [lay_out(arg, inner, after=1) for arg in args]
            lines += [f"{name}={lay_out(arg, inner, len(name) + 1, 1)}" for name, arg in named.items()]
            return _enclosed(f"{function}(", lines, ")", indent)
        case dict() if value:
            lines = []
            for key, item in value.items():
                name = _flat(key) or ""
                lines.append(f"{name}: {lay_out(item, inner, len(name) + 2, 1)}")
            return _enclosed("{", lines, "}", indent)
        case list() if value:
            return _enclosed("[", [lay_out(item, inner, after=1) for item in value], "]", indent)
        case tuple() if value:
            return _enclosed("(", [lay_out(item, inner, after=1) for item in value], ")", indent)
        case Text(text):
            return text
    return _flat(value) or ""


def _enclosed(opening: str, lines: list[str], closing: str, indent: int) -> str:
    inside = "".join(f"{' ' * (indent + 4)}{line},\n" for line in lines)
    return f"{opening}\n{inside}{' ' * indent}{closing}"


def _block(text: str, indent: int) -> str:
    """Code between three quotes, its lines indented; as a literal with escapes where it holds what would end it."""
    if "\\" in text or '"' in text or not all(char.isprintable() or char == "\n" for char in text):
        return quoted(text)
    space = " " * (indent + 4)
    lines = "".join(f"{space}{line}\n" if line.strip() else "\n" for line in text.splitlines())
    return f'"""\n{lines}{" " * indent}"""'


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

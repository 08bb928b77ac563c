"""Python expressions as people lay them out: on one line where it fits, else an argument a line.

The result is what ``ruff format`` (and black) would leave as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 88
INDENT = "    "


@dataclass(frozen=True)
class Atom:
    """What cannot be broken: a number, a name."""

    text: str


@dataclass(frozen=True)
class Item:
    """An argument or an element.

    Parameters
    ----------
    prefix
        What stands before it: ``tau_mem=``, ``"key": ``.
    unit
        Said in a comment where the item has a line of its own.
    """

    value: Expression
    prefix: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Brackets:
    """Items in brackets: a call (``sl.LIF(`` and ``)``), a list, a mapping."""

    opening: str
    items: tuple[Item, ...]
    closing: str


@dataclass(frozen=True)
class Text:
    """A text, which may be long."""

    value: str


@dataclass(frozen=True)
class Block:
    """A text between three quotes, its lines as they are; on one line where it has but one that fits.

    Its lines must hold no quotes and no backslashes.
    """

    value: str


Expression = Atom | Brackets | Text | Block


def call(function: str, items: Sequence[Item]) -> Brackets:
    """A call."""
    return Brackets(f"{function}(", tuple(items), ")")


def quoted(text: str) -> str:
    """A text as a literal, in double quotes where that needs no more backslashes."""
    literal = repr(text)
    if literal.startswith("'") and '"' not in text:
        return f'"{literal[1:-1]}"'
    return literal


def laid_out(expression: Expression, column: int = 0, indent: str = "", after: int = 0) -> str:
    """The expression as text.

    Parameters
    ----------
    column
        Where it begins in its line.
    indent
        Of the statement that it stands in.
    after
        How many characters follow in its last line.
    """
    flat = _flat(expression)
    if ("\n" not in flat and column + len(flat) + after <= WIDTH) or not _breaks(expression):
        return flat
    inner = indent + INDENT
    if isinstance(expression, Block):
        lines = [f"{inner}{line}" if line.strip() else "" for line in expression.value.split("\n")]
        return "\n".join(['"""', *lines, f'{indent}"""'])
    if isinstance(expression, Text):
        pieces = _pieces(expression.value, WIDTH - len(inner))
        return "\n".join(["(", *(inner + quoted(piece) for piece in pieces), f"{indent})"])
    assert isinstance(expression, Brackets)
    lines = [expression.opening]
    for item in expression.items:
        begun = inner + item.prefix
        value = laid_out(item.value, len(begun), inner, after=1)
        comment = f"  # {item.unit}" if item.unit and "\n" not in value else ""
        lines.append(f"{begun}{value},{comment}")
    return "\n".join([*lines, indent + expression.closing])


def _breaks(expression: Expression) -> bool:
    """Whether it can be broken into lines."""
    match expression:
        case Brackets(_, items, _):
            return bool(items)
        case Text(value):
            return " " in value.strip()
        case Block():
            return True
    return False


def _flat(expression: Expression) -> str:
    """The expression on one line; on several where it holds a text that has them."""
    match expression:
        case Atom(text):
            return text
        case Text(value):
            return quoted(value)
        case Block(value):
            return value if "\n" in value else quoted(value)
        case Brackets(opening, items, closing):
            return opening + ", ".join(item.prefix + _flat(item.value) for item in items) + closing


def _pieces(text: str, width: int) -> list[str]:
    """The text in parts that fit, each but the last with the space at its end."""
    pieces, line = [], ""
    for word in text.replace(" ", " \0").split("\0"):
        if line and len(quoted(line + word)) > width:
            pieces.append(line)
            line = ""
        line += word
    return [*pieces, line] if line else pieces

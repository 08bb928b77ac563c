"""How a script writes the classes of a document: their fields in the order in which they are given by position."""

from __future__ import annotations

from typing import Any

from spikeloom.spec import FieldInfo, Node, Type, describe


def signature_of(thing: Any) -> str | None:
    """The signature of a class of the document, ``(tau_mem=20.0, ...)``; None for anything else."""
    if not isinstance(thing, type) or not issubclass(thing, Node):
        return None
    if thing in (Node, Type):
        return "(*values, **fields)"
    fields = {field.name: field for field in describe(thing)}
    first = [name for name in thing.by_position if name in fields]
    names = [*first, *(name for name in fields if name not in first)]
    star = ["*"] if first and len(first) < len(fields) else []
    words = [_parameter(fields[name]) for name in names]
    return f"({', '.join([*words[: len(first)], *star, *words[len(first) :]])})"


def _parameter(field: FieldInfo) -> str:
    if field.required:
        return field.name
    plain = field.default is None or isinstance(field.default, bool | int | float | str | tuple)
    return f"{field.name}={field.default!r}" if plain else f"{field.name}=..."

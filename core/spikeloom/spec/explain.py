"""What pydantic found, said in our words: place, what was found, what was expected, the nearest right name."""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel, ValidationError

from spikeloom.spec.fields import FieldInfo, describe
from spikeloom.spec.problem import Problem, Refused, join, printable, suggestion

_LONGEST = 60  # characters of the user's text that a message repeats

_NOUNS = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
}
_RANGES = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


def explain(cls: type[BaseModel], error: ValidationError) -> list[Problem]:
    """The problems of one object of class `cls`; their places start at the object."""
    fields = {field.name: field for field in describe(cls)}
    problems: list[Problem] = []
    for detail in error.errors(include_url=False):
        location = detail["loc"]
        inner = detail.get("ctx", {}).get("error")
        place = ""
        for part in location:
            place = join(place, part)
        if isinstance(inner, Refused):
            problems += [problem.inside(place) for problem in inner.problems]
        elif detail["type"] == "extra_forbidden":
            key = str(location[-1])
            hint = "" if suggestion(key, fields) else f"Known here: {', '.join(fields) or 'no keys'}."
            problems.append(Problem("", f"unknown key '{_short(key)}'{suggestion(key, fields)}", hint))
        elif detail["type"] == "missing":
            field = fields.get(str(location[-1]))
            expected = f", expected {field.expected}" if field else ""
            problems.append(Problem("", f"'{location[-1]}' is missing{expected}"))
        else:
            field = fields.get(str(location[0])) if len(location) == 1 else None
            problems.append(_mismatch(place, detail["type"], detail["input"], field, detail["msg"]))
    return problems


def _mismatch(place: str, kind: str, value: Any, field: FieldInfo | None, message: str) -> Problem:
    unit = f" ({field.unit})" if field and field.unit else ""
    hint = ""
    if kind == "finite_number" or (isinstance(value, float) and not math.isfinite(value)):
        expected = f"a finite number{unit}"
    elif kind in _RANGES and field:
        expected = field.expected
    elif kind in _NOUNS:
        expected = f"{field.noun if field else _NOUNS[kind]}{unit}"
        if isinstance(value, str) and _is_number(value) and kind in {"float_type", "int_type"}:
            hint = "Write the number without quotes."
    elif field and field.kind == "choice":
        expected = field.expected
    else:
        return Problem(place, f"{found(value)} found: {message[:1].lower()}{message[1:]}")
    return Problem(place, f"{found(value)} found, expected {expected}", hint)


def found(value: Any) -> str:  # noqa: PLR0911 - one case per kind of value
    """A value as a message names it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if math.isnan(value):
            return "NaN"
        case int() | float():
            return _short(repr(value)) if not isinstance(value, int) or abs(value) < 10**40 else "a huge number"
        case str():
            return f"'{_short(value)}' (text)"
        case list() | tuple():
            return "a list" if value else "an empty list"
        case dict():
            return "an object"
        case _:
            name = type(value).__name__
            return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _short(text: str) -> str:
    return printable(text, _LONGEST)

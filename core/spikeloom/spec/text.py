"""The text of a document: JSON read strictly, with places in its errors, and written for people and `git diff`."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from spikeloom.errors import UserError
from spikeloom.spec.problem import InvalidDocument, Problem, join, printable

LARGEST = 64 * 2**20  # bytes
DEEPEST = 64  # levels of nesting
_LINE = 100  # characters of a list on one line


class _Repeats(dict[str, Any]):
    """An object in which keys occur more than once."""

    keys_twice: list[str]


def read(content: bytes | str, source: str = "") -> Any:
    """The value of a JSON text.

    Raises
    ------
    UserError
        With line:column where it is no JSON, with the places of keys that occur twice, and where it is too large or
        too deep.
    """
    size = len(content)
    if size > LARGEST:
        raise UserError(f"{size / 2**20:.0f} MB found, expected a document of at most {LARGEST >> 20} MB", place=source)
    text = content if isinstance(content, str) else _decoded(content, source)
    try:
        value = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        place = f"{source or 'document'}:{error.lineno}:{error.colno}"
        reason = error.msg[:1].lower() + error.msg[1:]
        raise UserError(f"not valid JSON: {reason}", place=place, hint=_hint(error)) from None
    except RecursionError:
        raise _too_deep(source) from None
    except ValueError as error:
        raise UserError(f"not valid JSON: {error}", place=source) from None
    _check(value, source)
    return value


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = f"byte 0x{content[error.start]:02x} found, expected UTF-8 text"
        raise UserError(message, place=f"{source or 'document'}:{line}:{column}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    repeats = _Repeats(value)
    repeats.keys_twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    return repeats


def _constant(name: str) -> Any:
    raise ValueError(f"{name} found, expected a finite number")


def _integer(digits: str) -> int:
    if len(digits) > 400:  # Python's own limit has a message of its own
        raise ValueError(f"a number of {len(digits)} digits found")
    return int(digits)


def _hint(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return "The text ends too early."
    line = error.doc.splitlines()[error.lineno - 1] if error.doc.splitlines() else ""
    return f"The line is: {line.strip()[:80]}" if line.strip() else ""


def _too_deep(source: str) -> UserError:
    return UserError(f"nested too deeply, expected at most {DEEPEST} levels", place=source)


def _check(value: Any, source: str) -> None:
    """Refuse what is nested too deeply and keys that occur twice; a loop, since recursion is what it guards."""
    problems: list[Problem] = []
    waiting = [("", value, 1)]
    while waiting:
        place, item, depth = waiting.pop()
        if not isinstance(item, dict | list):
            continue
        if depth > DEEPEST:
            raise _too_deep(source)
        if isinstance(item, _Repeats):
            problems += [Problem(place, f"key '{printable(key, 60)}' occurs more than once") for key in item.keys_twice]
        inner = item.items() if isinstance(item, dict) else enumerate(item)
        waiting += [(join(place, key), below, depth + 1) for key, below in inner]
    if problems:
        raise InvalidDocument(problems, source=source)


def write(value: Any) -> str:
    """The text of a JSON value: two spaces per level, lists of plain values on one line where they are short.

    Raises
    ------
    UserError
        Where the value is not JSON (a NaN in the notes, an object that is no data).
    """
    try:
        return f"{_written(value, '')}\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise UserError(f"cannot be written as JSON: {error}", place="document") from None


def _written(value: Any, indent: str) -> str:
    inner = f"{indent}  "
    if isinstance(value, dict) and len(value) == 1 and "type" in value:
        return f'{{"type": {_plain(value["type"])}}}'  # a type with no settings
    if isinstance(value, dict) and value:
        rows = [f"{inner}{_plain(str(key))}: {_written(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and value:
        if not any(isinstance(item, dict | list | tuple) for item in value):
            line = f"[{', '.join(_plain(item) for item in value)}]"
            if len(line) <= _LINE:
                return line
        rows = [f"{inner}{_written(item, inner)}" for item in value]
        return "[\n" + ",\n".join(rows) + f"\n{indent}]"
    return _plain(value)


def _plain(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair
        written = json.dumps(value)
    return written

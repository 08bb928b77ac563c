"""Values as people type and read them: numbers, shapes, and what a field takes in words. Nothing here imports Qt."""

from __future__ import annotations

import math
import re
from typing import Any

from spikeloom.errors import SpikeloomError, UserError
from spikeloom.spec import FieldInfo, IndexArray, InvalidDocument, Type
from spikeloom_app.inspector.expressions import TOO_LARGE, evaluate

FEW_DIGITS, FEW = 6, 1e5  # that a field shows which is not being edited, of numbers below that
DIGITS = 10  # that count after a step: 0.1 + 0.2 is 0.3


def number_text(value: float | None) -> str:
    """The shortest text that reads back as the same number: ``20``, ``0.005``, ``1e-8``."""
    if value is None:
        return ""
    text = repr(value)
    if text.endswith(".0"):
        text = text[:-2]
    return re.sub(r"e([+-])0*(\d)", lambda match: f"e{'-' if match[1] == '-' else ''}{match[2]}", text)


def short_number_text(value: float | None) -> str:
    """The same with six digits that count, where a fraction has more: ``0.891429`` of 0.8914285714285715."""
    if isinstance(value, float) and math.isfinite(value) and abs(value) < FEW:
        value = float(f"{value:.{FEW_DIGITS}g}")
    return number_text(value)


def read_number(text: str, field: FieldInfo) -> float | int | None:
    """The number that was typed, with or without its unit; an expression such as ``1/sqrt(784)`` is computed.

    Whether it is in the range is the document's to say.

    Raises
    ------
    UserError
        Where it is no number.
    """
    plain = text.strip()
    if field.unit and plain.endswith(field.unit):
        plain = plain[: -len(field.unit)].strip()
    if not plain and field.optional:
        return None
    plain = plain.replace("\N{MINUS SIGN}", "-")
    if field.kind == "int":
        if re.fullmatch(r"[+-]?\d+", plain):
            return _whole(plain, text, field)
        value = _number(plain, text, field.expected)
        if isinstance(value, float) and not value.is_integer() and not _is_plain(plain):
            raise UserError(f"{found(text)} is {value:.6g}, expected {field.expected}")
        return int(value) if isinstance(value, int) or (value.is_integer() and abs(value) < 2**53) else value
    return float(_number(plain, text, field.expected))


def _whole(plain: str, text: str, field: FieldInfo) -> int:
    try:
        return int(plain)
    except ValueError:  # more digits than Python reads
        raise UserError(f"{found(text)} found, expected {field.expected}") from None


def _is_plain(text: str) -> bool:
    """Whether it is a number as it stands, without anything to compute."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(plain: str, text: str, expected: str) -> float | int:
    """The number, or the value of the expression, `plain`; finite, or a `UserError` says what was expected."""
    try:
        value = float(plain) if _is_plain(plain) else evaluate(plain)
        if math.isfinite(float(value)):
            return value
        reason = ""
    except UserError as error:
        reason = error.message if plain else ""
    except OverflowError:
        reason = TOO_LARGE
    raise UserError(f"{found(text)} found, expected {expected}", hint=reason)


def stepped(value: float, field: FieldInfo, steps: float) -> float | int:
    """`value` some steps up or down, inside the range; the same value where there is no room."""
    if field.kind == "int":
        whole = int(field.step or 1)
        return int(_bounded(float(int(value) + whole * round(steps)), field, value))
    if field.scale == "log":
        return _bounded(float(f"{value * 1.1**steps:.3g}"), field, value)
    size = field.step or _step(value, field)
    for smaller in (1.0, 0.1, 0.01, 0.001):
        moved = float(f"{value + steps * size * smaller:.{DIGITS}g}")
        moved = 0.0 if abs(moved) < size * 1e-6 else moved
        if _bounded(moved, field, value) == moved:
            return moved
        if not _open_end(moved, field):
            break
    return _bounded(moved, field, value)


def _step(value: float, field: FieldInfo) -> float:
    if field.minimum is not None and field.maximum is not None:
        return 10.0 ** math.floor(math.log10((field.maximum - field.minimum) / 50))
    return 10.0 ** math.floor(math.log10(abs(value)) - 1) if value else 0.1


def _open_end(value: float, field: FieldInfo) -> bool:
    """Whether `value` is beyond a bound that is itself left out, so that a smaller step may still fit."""
    low, high = field.minimum, field.maximum
    below = field.exclusive_minimum and low is not None and value <= low
    return below or (field.exclusive_maximum and high is not None and value >= high)


def _bounded(moved: float, field: FieldInfo, value: float) -> float:
    if _open_end(moved, field):
        return value
    low = -math.inf if field.minimum is None else field.minimum
    high = math.inf if field.maximum is None else field.maximum
    return type(moved)(min(max(moved, low), high))


def shape_text(shape: tuple[int, ...] | None) -> str:
    """``8 × 8``; empty for a shape that is inferred."""
    return "" if shape is None else " × ".join(map(str, shape))


def indices_text(indices: IndexArray) -> str:
    """``0, 3, 5`` for a list in the document, ``mine.safetensors: sources`` for a tensor beside it."""
    if indices.is_listed:
        return ", ".join(map(str, indices.values().tolist()))
    if indices.file is not None or indices.tensor is not None:
        return f"{indices.file or '?'}: {indices.tensor or '?'}"
    return f"{indices.values().size:,} numbers of a script" if indices.in_memory else ""


def read_indices(text: str) -> Any:
    """The neuron numbers that were typed, or the file and tensor that hold them.

    Raises
    ------
    UserError
        Where it is neither.
    """
    plain = text.strip().strip("()[]").strip()
    if not plain:
        return {}
    file, colon, tensor = plain.partition(":")
    if colon:
        return {"file": file.strip(), "tensor": tensor.strip()}
    parts = [part for part in re.split(r"[\s,;]+", plain) if part]
    if not all(re.fullmatch(r"\d{1,10}", part) for part in parts):
        expected = "neuron numbers such as 0, 3, 5, or a file and its tensor: mine.safetensors: sources"
        raise UserError(f"{found(text)} found, expected {expected}")
    return [int(part) for part in parts]


def read_shape(text: str) -> tuple[int, ...] | None:
    """The shape that was typed: ``100``, ``8 x 8``, ``8, 8``, or nothing, which means inferred.

    Raises
    ------
    UserError
        Where it is no list of whole numbers.
    """
    plain = text.strip().strip("()[]").strip()
    if not plain:
        return None
    parts = [part for part in re.split(r"[\s,;x×X*]+", plain) if part]
    if not parts or not all(re.fullmatch(r"[+-]?\d+", part) for part in parts):
        raise UserError(f"{found(text)} found, expected whole numbers such as 100 or 8 × 8")
    return tuple(int(part) for part in parts)


def numbers_text(mapping: dict[str, float]) -> str:
    """A name and its number in each line: ``tau = 20``."""
    return "\n".join(f"{name} = {number_text(value)}" for name, value in mapping.items())


def read_numbers(text: str) -> dict[str, float]:
    """The names with numbers that were typed, a line (or what a comma or semicolon ends) each.

    Raises
    ------
    UserError
        At the first that is not ``name = number``.
    """
    mapping: dict[str, float] = {}
    for part in _parts(text):
        name, _, number = (piece.strip() for piece in part.partition("="))
        expected = "a name and a number such as tau = 20"
        if not re.fullmatch(r"[A-Za-z_]\w*", name, flags=re.ASCII):
            raise UserError(f"{found(part)} found, expected {expected}")
        if name in mapping:
            raise UserError(f"'{name}' is given twice")
        mapping[name] = float(_number(number.replace("\N{MINUS SIGN}", "-"), part, expected))
    return mapping


def _parts(text: str) -> list[str]:
    """What lines, semicolons and commas part; a comma inside parentheses parts nothing: ``max(1, 2)``."""
    parts, depth = [""], 0
    for character in text:
        depth = 0 if character == "\n" else depth + (character == "(") - (character == ")" and depth > 0)
        if character in "\n;" or (character == "," and not depth):
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def found(text: str) -> str:
    """What was typed, as a message repeats it."""
    plain = text.strip()
    if not plain:
        return "nothing"
    return f"'{plain if len(plain) <= 40 else plain[:37] + '...'}'"


def meaning_of_nothing(field: FieldInfo) -> str:
    """What an empty field means, from the last words of its help: ``all of them by default``."""
    for clause in re.split(r"[;.]\s*", field.help):
        if clause.endswith("by default"):
            return clause.removesuffix(" by default").strip()
    return "not set"


def tooltip(field: FieldInfo) -> str:
    """Help, unit, range and default of a field."""
    facts = []
    if field.kind in ("float", "int"):
        facts.append(field.expected[:1].upper() + field.expected[1:])
    default = field.default
    if isinstance(default, bool):
        facts.append(f"Default: {'on' if default else 'off'}")
    elif isinstance(default, int | float):
        unit = f" {field.unit}" if field.unit else ""
        facts.append(f"Default: {number_text(default)}{unit}")
    elif isinstance(default, Type):
        facts.append(f"Default: {default.title}")
    if field.kind in ("float", "int"):
        facts.append("Takes arithmetic too: 1/sqrt(784), 28*28")
    if field.label.lower() != field.name.replace("_", " "):
        facts.append(f"In files and scripts: {field.name}")
    elif field.kind == "numbers":
        facts.append("Numbers may be arithmetic: tau = 1/20")
    return "\n".join([field.help, *facts])


def words(error: SpikeloomError, name: str = "", value: Any = None) -> str:
    """What an error says below the field `name` that was to become `value`.

    Where it speaks of another field, it says so; a number is said as it was typed (5, not 5.0).
    """
    message, hint = error.message, error.hint
    if isinstance(error, InvalidDocument) and error.problems:
        problem = error.problems[0]
        message, hint = problem.message, problem.hint
        last = re.split(r"[.\[]", problem.place)[-1]
        if name and last != name and "." in problem.place:
            message = f"{last.replace('_', ' ')}: {message}"
    if isinstance(value, float):
        message = message.replace(f"{value!r} found", f"{number_text(value)} found", 1)
    return sentence(message, hint)


def sentence(message: str, hint: str = "") -> str:
    """A message and its hint as they stand below a field."""
    message = message[:1].upper() + message[1:]
    return f"{message.rstrip('.')}. {hint}" if hint else message

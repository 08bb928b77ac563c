"""Some of many: examples, neurons of a population with its shape, as documents, scripts and forms say it.

A list of numbers (``[0, 4, 7]``; of a shaped population they count row by row), a text with a slice as numpy writes it
(``"0:100:2"``), or one of these for each axis (``["0:3", ":", [5]]``, or the text ``"0:3, :, 5"``). A script may give
slices, tuples, numpy arrays and masks; they become the same. Of a mask its shape is known for as long as the script
holds the object, so that one of another shape than what it chooses from is refused; files have its numbers alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from typing import Annotated, Any

import numpy as np
from pydantic import ValidatorFunctionWrapHandler, WrapValidator

from spikeloom.errors import UserError
from spikeloom.spec.explain import found
from spikeloom.spec.problem import refuse

MOST = 10**6  # numbers in a list
SLICE = re.compile(r"\s*(-?\d{0,15})\s*:\s*(-?\d{0,15})\s*(?::\s*(-?\d{0,15})\s*)?")
FORMS = "numbers such as [0, 4], a slice such as '0:100:2', or one of them for each axis"


def as_selection(value: Any) -> Any:
    """What a document holds for what a script or a form gives; refuses what is no selection."""
    if value is None or value is ...:
        return None
    if isinstance(value, Mask):
        return value
    if isinstance(value, str):
        return _of_text(value)
    several = list | tuple | str | slice | np.ndarray
    if isinstance(value, tuple) or (isinstance(value, list) and any(isinstance(item, several) for item in value)):
        return _axes(value)
    return _along(value)


def _kept(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """What `as_selection` gives, itself: a copy would be a plain list where it was a mask."""
    selection = as_selection(value)
    check(selection)
    return selection


Selection = Annotated[str | list[Any] | None, WrapValidator(_kept)]


class Mask(list[int]):
    """The numbers that a mask of truth values chooses, row by row.

    Parameters
    ----------
    array
        The mask.

    Attributes
    ----------
    shape
        Its shape.
    """

    def __init__(self, array: np.ndarray) -> None:
        super().__init__(_numbers(np.flatnonzero(array)))
        self.shape = array.shape

    def __reduce__(self) -> tuple[Any, ...]:
        mask = np.zeros(self.shape, bool)
        mask.ravel()[np.array(self, dtype=np.int64)] = True
        return Mask, (mask,)


def _axes(items: Sequence[Any]) -> list[Any]:
    """What is chosen along each axis; a number alone as a list of one, since a list of numbers has no axes."""
    axes = []
    for item in items:
        along = _piece(item) if isinstance(item, str) else ":" if item is None or item is ... else _along(item)
        axes.append(along)
    return axes


def _along(value: Any) -> str | list[int]:
    """What is chosen along one axis, or of all."""
    if isinstance(value, Mask):
        return value
    if isinstance(value, slice):
        parts = [value.start, value.stop, value.step]
        if any(part is not None and not isinstance(part, int | np.integer) for part in parts):
            refuse(f"{value} found, expected whole numbers in a slice")
        words = ["" if part is None else str(int(part)) for part in parts]
        return _checked(":".join(words if words[2] else words[:2]))
    if isinstance(value, bool | np.bool_):
        refuse(f"{found(bool(value))} found, expected {FORMS}")
    if isinstance(value, int | np.integer):
        return _numbers(np.array([value]))
    if isinstance(value, list | np.ndarray | range):
        try:
            array = np.asarray(value)
        except ValueError:
            refuse(f"a list of several kinds found, expected {FORMS}")
        if array.dtype == bool:
            return Mask(array)
        if array.ndim == 1 and (array.size == 0 or array.dtype.kind in "iu"):
            return _numbers(array)
        wrong = next((item for item in value if not isinstance(item, int)), value) if isinstance(value, list) else value
        refuse(f"{found(wrong)} found{' in it' if wrong is not value else ''}, expected {FORMS}")
    refuse(f"{found(value)} found, expected {FORMS}")


def _numbers(array: np.ndarray) -> list[int]:
    if array.size > MOST:
        refuse(f"{array.size} numbers found, expected at most {MOST}", hint="Say it with a slice.")
    return [int(number) for number in array]


def _of_text(text: str) -> str | list[Any]:
    """``0:3``, ``[0, 4]``, ``5``, or several of them for the axes."""
    pieces = _pieces(text)
    if len(pieces) > 1:
        return [_piece(piece) for piece in pieces]
    return _piece(text)


def _pieces(text: str) -> list[str]:
    """The text at its commas outside of brackets."""
    pieces, depth = [""], 0
    for letter in text[:10_000_000]:
        depth += (letter == "[") - (letter == "]")
        if letter == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def _piece(text: str) -> str | list[int]:
    plain = text.strip()
    if SLICE.fullmatch(plain):
        return _checked(re.sub(r"\s", "", plain))
    inside = plain.removeprefix("[").removesuffix("]") if plain.startswith("[") and plain.endswith("]") else plain
    numbers = [piece.strip() for piece in inside.split(",")] if inside is not plain else [plain]
    if inside is not plain and not inside.strip():
        return []
    if not all(re.fullmatch(r"-?\d{1,15}", number) for number in numbers):
        refuse(f"{found(plain)} found, expected {FORMS}")
    return _numbers(np.array([int(number) for number in numbers]))


def _checked(text: str) -> str:
    if text.count(":") == 2 and text.rpartition(":")[2] in ("0", "-0"):
        refuse(f"'{text}' found, expected a step other than 0")
    return text


# -- of so many ------------------------------------------------------------------------------------------------------
def chosen(
    selection: str | list[Any] | None, shape: tuple[int, ...], what: str = "neurons", owner: str = ""
) -> np.ndarray:
    """The numbers of what is chosen, row by row, of what has a shape.

    Parameters
    ----------
    what
        What they are.
    owner
        The name of what has them, for messages.

    Raises
    ------
    UserError
        Where there is no such number or axis, or nothing is chosen.
    """
    size = prod(shape)
    if selection is None:
        return np.arange(size)
    if isinstance(selection, list) and any(isinstance(item, str | list) for item in selection):
        if len(selection) > len(shape):
            hint = "" if len(shape) > 1 else f"Write {_as_list(selection)} for single {what}."
            message = f"{len(selection)} axes found, expected at most {len(shape)} (the shape is {_words(shape)})"
            raise UserError(message, hint=hint)
        axes = [*selection, *[":"] * (len(shape) - len(selection))]
        each = enumerate(zip(axes, shape, strict=True))
        picked = [_picked(along, extent, what, owner, axis) for axis, (along, extent) in each]
        numbers = np.ravel_multi_index(np.ix_(*picked), shape).ravel()
    elif isinstance(selection, Mask) and selection.shape == shape:
        numbers = np.array(selection, dtype=np.int64)
    elif isinstance(selection, Mask) and len(selection.shape) > 1:
        raise UserError(f"a mask of {_words(selection.shape)} found, expected one of {_words(shape)}")
    else:
        numbers = _picked(selection, size, what, owner)
    if not len(numbers):
        raise UserError(f"'{as_text(selection)}' found, which chooses no {what}")
    return np.asarray(numbers, dtype=np.int64)


def _picked(along: str | list[int], extent: int, what: str, owner: str, axis: int | None = None) -> np.ndarray:
    if isinstance(along, str):
        parts = [int(part) if part else None for part in along.split(":")]
        return np.arange(extent)[slice(*parts)]
    if isinstance(along, Mask) and along.shape != (extent,):
        where = "" if axis is None else f" along axis {axis}"
        of = f" of '{owner}'" if owner else ""
        expected = f"one for each of the {extent} {what}{of}{where}"
        raise UserError(f"a mask of {_words(along.shape)} truth values found, expected {expected}")
    wrong = next((number for number in along if not 0 <= number < extent), None)
    if wrong is not None:
        where = "" if axis is None else f" along axis {axis}"
        known = f"'{owner}' has" if owner else "there are"
        hint = "A slice may count from the end: '-3:'." if wrong < 0 else ""
        raise UserError(f"{wrong} found, {known} {what} 0 to {extent - 1}{where}", hint=hint)
    return np.array(along, dtype=np.int64)


def as_text(selection: str | list[Any] | None) -> str:
    """A selection as people type it; an empty text for all."""
    if selection is None:
        return ""
    if isinstance(selection, str):
        return selection
    if any(isinstance(item, str | list) for item in selection):
        return ", ".join(item if isinstance(item, str) else _of_axis(item) for item in selection)
    return f"[{', '.join(map(str, selection))}]"


def _of_axis(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"[{', '.join(map(str, numbers))}]"


def _as_list(selection: list[Any]) -> str:
    numbers = [item[0] if isinstance(item, list) and item else 0 for item in selection]
    return f"[{', '.join(map(str, numbers))}]"


def _words(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))

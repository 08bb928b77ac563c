"""Objects of a document as the Python that makes them: made from the declarations of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import spikeloom
from spikeloom.errors import UserError
from spikeloom.exporters.python.layout import Atom, Brackets, Expression, Item, Text, call, quoted
from spikeloom.spec import Array, Constant, FieldInfo, Initialiser, Population, Synapse, Type, describe
from spikeloom.spec.node import Node
from spikeloom.spec.stored_array import StoredArray

LONGEST_LIST = 32  # numbers that are written out
NUMBERS_BY_POSITION = 2  # whoever reads a third one wonders what it is
PACKAGE = "sl"
ARRAYS = "arrays"


class Writer:
    """Turns objects of a document into expressions, and notes what these need.

    Attributes
    ----------
    arrays
        Name -> the arrays that the expressions take.
    imports
        Module -> the classes of the user's own that they call.
    """

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.imports: dict[str, set[str]] = {}

    def expression(self, value: Any, place: str) -> Expression:
        """What makes `value`, which stands at `place` in the document.

        Raises
        ------
        UserError
            Where its class is one of a script that cannot be imported, or an array cannot be read.
        """
        found: Expression
        match value:
            case StoredArray():
                found = self._array(value, place)
            case Constant():
                found = Atom(repr(value.value))
            case Type() if not self._arguments(value, place):
                self._class(type(value), place)  # its name is of no use where nothing makes the class known
                found = Text(value.type)
            case Node():
                found = self.call(value, place)
            case str():
                found = Text(value)
            case list() | tuple():
                found = self._several(value, place)
            case dict():
                items = (Item(self.expression(item, place), f"{_key_of(key)}: ") for key, item in value.items())
                found = Brackets("{", tuple(items), "}")
            case _:
                found = Atom(repr(value))
        return found

    def call(
        self, node: Node, place: str, *, leave_out: tuple[str, ...] = (), first: tuple[Item, ...] = ()
    ) -> Brackets:
        """The call that makes an object, with all that is not as it is by default.

        Parameters
        ----------
        leave_out
            Fields that are given otherwise.
        first
            Arguments that come before all others.
        """
        items = [*first, *self._arguments(node, place, leave_out, positional=not first)]
        return call(self._class(type(node), place), items)

    def _arguments(
        self, node: Node, place: str, leave_out: tuple[str, ...] = (), *, positional: bool = True
    ) -> list[Item]:
        """What is not as it is by default; by position as long as none before it is left out."""
        fields = {field.name: field for field in describe(type(node))}
        by_position = _by_position(type(node), list(fields)) if positional else []
        order = [*by_position, *(name for name in fields if name not in by_position)]
        unsaid = {name for name in order if name in leave_out or _goes_unsaid(fields[name], getattr(node, name))}
        said = [name for name in order if name not in unsaid]
        if said and said[-1] in by_position[:NUMBERS_BY_POSITION]:
            said = [name for name in by_position[: by_position.index(said[-1]) + 1] if name not in leave_out]
        items: list[Item] = []
        for name in said:
            value = getattr(node, name)
            if by_position[: len(items) + 1] != said[: len(items) + 1]:
                by_position = []  # one was left out
            if len(items) >= NUMBERS_BY_POSITION and not isinstance(value, Node):
                by_position = []
            if isinstance(node, Population) and name == "shape" and len(value) == 1:
                value = value[0]  # 100, as a person writes it
            prefix = "" if name in by_position else f"{name}="
            unit = fields[name].unit if isinstance(value, int | float | Constant) else ""
            items.append(Item(self.expression(value, f"{place}.{name}"), prefix, unit))
        return items

    def _several(self, values: list[Any] | tuple[Any, ...], place: str) -> Expression:
        items = tuple(Item(self.expression(value, f"{place}.{k}")) for k, value in enumerate(values))
        if isinstance(values, tuple) and len(items) == 1:
            return Atom(f"({values[0]!r},)")  # the comma stays on one line as well
        opening, closing = "()" if isinstance(values, tuple) else "[]"
        return Brackets(opening, items, closing)

    def _array(self, array: StoredArray, place: str) -> Expression:
        """An array that travels in a file beside the script; a short list of numbers as it is."""
        try:
            values = array.values()
        except UserError as error:
            raise UserError(error.message, place=error.place or place, hint=error.hint) from None
        if array.is_listed and values.size <= LONGEST_LIST:
            return Brackets("[", tuple(Item(Atom(repr(number))) for number in values.tolist()), "]")
        key = _free(_key(place), self.arrays, values)
        self.arrays[key] = values
        found = Atom(f'{ARRAYS}["{key}"]{".tolist()" if array.is_listed else ""}')
        # A family of initialisers takes an array for its values; one without dimensions it would take for a number.
        return found if values.ndim or not isinstance(array, Array) else call(f"{PACKAGE}.Array", [Item(found)])

    def _class(self, cls: type[Node], place: str) -> str:
        """The name by which a script calls a class, imported where it is the user's own."""
        name = cls.__name__
        if name in spikeloom.__all__ and getattr(spikeloom, name) is cls:
            return f"{PACKAGE}.{name}"
        module = cls.__module__
        if module == "__main__" or "<locals>" in cls.__qualname__ or not name.isidentifier():
            message = (
                f"the class '{cls.__qualname__}' belongs to the script that runs, which no other script can import"
            )
            raise UserError(message, place=place, hint="Put it into a module of its own.")
        self.imports.setdefault(module, set()).add(name)
        return name


def _by_position(cls: type[Node], fields: list[str]) -> list[str]:
    """The fields that may be given by position without anybody wondering what they are."""
    named = [name for name in cls.by_position if name in fields]
    known = issubclass(cls, Initialiser | Synapse) and len(fields) <= NUMBERS_BY_POSITION
    return named or (fields if known else [])


def _goes_unsaid(field: FieldInfo, value: Any) -> bool:
    """Whether a field is as it is by default, and no number that whoever reads a network looks for."""
    number = field.kind in ("int", "float") and value is not None
    looked_for = number and not field.advanced and (value != 0 or field.name == "seed")
    return not field.required and _same(value, field.default) and not looked_for


def _same(value: Any, default: Any) -> bool:
    """Whether a value is the default, and looks like it: 1 is not True."""
    return type(value) is type(default) and bool(value == default)


def _key_of(key: Any) -> str:
    """A key of a mapping as a literal."""
    return quoted(key) if isinstance(key, str) else repr(key)


def _key(place: str) -> str:
    """The name of an array: its place in the document, without what needs a backslash."""
    return "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in place) or "array"


def _free(wish: str, arrays: Mapping[str, np.ndarray], values: np.ndarray) -> str:
    name, number = wish, 2
    while name in arrays and arrays[name] is not values:
        name, number = f"{wish} {number}", number + 1
    return name

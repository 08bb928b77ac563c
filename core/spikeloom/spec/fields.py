"""Fields that describe themselves: one declaration makes the validator, the form, the schema and the docs.

`quantity` declares a number, `setting` everything else; `describe` reads the declarations of a class back.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo as PydanticField

Kind = Literal[
    "float",
    "int",
    "bool",
    "text",
    "code",
    "choice",
    "family",
    "node",
    "shape",
    "list",
    "mapping",
    "numbers",
    "selection",
]


LONGEST_CODE = 20_000  # characters


def quantity(
    default: Any,
    *,
    help: str,
    unit: str = "",
    gt: float | None = None,
    ge: float | None = None,
    lt: float | None = None,
    le: float | None = None,
    step: float | None = None,
    scale: Literal["linear", "log"] = "linear",
    label: str | None = None,
    advanced: bool = False,
    live: bool = False,
    seldom: bool = False,
) -> Any:
    """Declare a number.

    Parameters
    ----------
    default
        Its default, or ``...`` where one must be given.
    help
        One line that says what it is.
    unit
        ``"ms"``; empty for a number without a unit.
    gt, ge, lt, le
        The range, with pydantic's names.
    step, scale
        How a form steps through the range.
    label
        Its name in a form; made from the field's name by default.
    advanced
        Whether a form shows it folded away.
    live
        Whether it can be changed while the network runs.
    seldom
        Whether documents leave it out where it has its default.
    """
    extra: dict[str, Any] = {"unit": unit, "help": help, "scale": scale, "step": step}
    extra |= {"label": label, "advanced": advanced} | ({"live": True} if live else {})
    extra |= {"seldom": True} if seldom else {}
    return Field(default, description=help, gt=gt, ge=ge, lt=lt, le=le, json_schema_extra=extra)


def setting(
    default: Any = ...,
    *,
    help: str,
    unit: str = "",
    factory: Callable[[], Any] | None = None,
    label: str | None = None,
    advanced: bool = False,
    max_length: int | None = None,
    code: bool = False,
    selection: bool = False,
    seldom: bool = False,
    last: bool = False,
) -> Any:
    """Declare a field that is not a number: a switch, a text, a choice, another type, a list.

    `unit` is that of the numbers in it; `factory` makes the default where the default is an object of its own; `code`
    says that a text is GeNN code, `selection` that some of many are chosen (`spec.selection`); a `seldom` field is left
    out of documents where it has its default; one of a family that is `last` comes after the fields of its types.
    """
    extra: dict[str, Any] = {"unit": unit, "help": help, "label": label, "advanced": advanced}
    if code:
        extra["code"] = True
        max_length = max_length or LONGEST_CODE
    if selection:
        extra["selection"] = True
    if seldom:
        extra["seldom"] = True
    if last:
        extra["last"] = True
    if factory is not None:
        return Field(default_factory=factory, description=help, json_schema_extra=extra)
    return Field(default, description=help, max_length=max_length, json_schema_extra=extra)


@dataclass(frozen=True)
class FieldInfo:
    """What a form, the schema and the docs need to know about a field.

    Parameters
    ----------
    minimum, maximum
        The range, or None where it is open; `exclusive_minimum` and `exclusive_maximum` say whether the bound itself
        is left out.
    kind
        ``code`` is a text in GeNN's language, ``selection`` some of many (`spec.selection`), ``numbers`` names with a
        number each, ``shape`` a tuple of whole numbers, ``node`` an object with fields of its own, ``family`` one of
        the types of a family.
    family
        The class of a ``family`` or ``node``, or of the items of a ``list``.
    optional
        Whether None is allowed.
    live
        Whether it can be changed while the network runs.
    last
        Whether it comes after the fields of the types of a family, which all have it.
    """

    name: str
    label: str
    unit: str
    help: str
    default: Any
    required: bool
    kind: Kind
    optional: bool = False
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    step: float | None = None
    scale: str = "linear"
    advanced: bool = False
    live: bool = False
    last: bool = False
    choices: tuple[Any, ...] = ()
    family: Any = None

    @property
    def expected(self) -> str:
        """What the field takes, in words: ``a number greater than 0 (ms)``."""
        unit = f" ({self.unit})" if self.unit else ""
        return f"{self.noun}{self._range()}{unit}"

    @property
    def noun(self) -> str:
        """What kind of value the field takes, in words."""
        nouns = {
            "float": "a number",
            "int": "a whole number",
            "bool": "true or false",
            "text": "text",
            "code": "GeNN code",
            "shape": "a list of whole numbers",
            "list": "a list",
            "node": "an object",
            "mapping": "an object",
            "numbers": "names with a number each",
            "selection": "a list of numbers or a slice such as '0:100:2'",
        }
        if self.kind == "choice":
            return "one of " + ", ".join(f"'{choice}'" for choice in self.choices)
        if self.kind == "family":
            return str(self.family.noun())
        return nouns[self.kind]

    def _range(self) -> str:
        low, high = self.minimum, self.maximum
        if low is None and high is None:
            return ""
        if high is None:
            return f" greater than {low:g}" if self.exclusive_minimum else f" of at least {low:g}"
        if low is None:
            return f" less than {high:g}" if self.exclusive_maximum else f" of at most {high:g}"
        if self.exclusive_minimum:
            return f" greater than {low:g} and {'below' if self.exclusive_maximum else 'at most'} {high:g}"
        return f" from {low:g} to {'below ' if self.exclusive_maximum else ''}{high:g}"


def describe(cls: type[BaseModel]) -> list[FieldInfo]:
    """The fields of a type, in the order in which they are declared, those that are to be last at the end."""
    return [_describe(name, cls.model_fields[name]) for name in field_order(cls)]


@cache
def field_order(cls: type[BaseModel]) -> tuple[str, ...]:
    """The names of the fields of a type in their order."""
    return tuple(sorted(cls.model_fields, key=lambda name: _is_last(cls.model_fields[name])))


def _is_last(field: PydanticField) -> bool:
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get("last"))


def _describe(name: str, field: PydanticField) -> FieldInfo:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    annotation, optional = _without_none(field.annotation)
    kind, family, choices = _kind(annotation)
    if extra.get("code"):
        kind = "code"
    if extra.get("selection"):
        kind = "selection"
    minimum, maximum, low_open, high_open = _bounds(field)
    label = extra.get("label") or (name[:1].upper() + name[1:]).replace("_", " ")
    step: Any = extra.get("step")
    return FieldInfo(
        name=name,
        label=str(label),
        unit=str(extra.get("unit", "")),
        help=field.description or "",
        default=None if field.is_required() else field.get_default(call_default_factory=True, validated_data={}),
        required=field.is_required(),
        kind=kind,
        optional=optional,
        minimum=minimum,
        maximum=maximum,
        exclusive_minimum=low_open,
        exclusive_maximum=high_open,
        step=step,
        scale=str(extra.get("scale", "linear")),
        advanced=bool(extra.get("advanced", False)),
        live=bool(extra.get("live", False)),
        last=bool(extra.get("last", False)),
        choices=choices,
        family=family,
    )


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [part for part in get_args(annotation) if part is not type(None)]
        return inner[0], len(inner) < len(get_args(annotation))
    return annotation, False


def _kind(annotation: Any) -> tuple[Kind, Any, tuple[Any, ...]]:
    """The kind of a field, the class it holds and the choices it leaves."""
    plain: dict[Any, Kind] = {bool: "bool", int: "int", float: "float", str: "text"}
    if annotation in plain:
        return plain[annotation], None, ()
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "choice", None, arguments
    if origin is tuple or (origin, arguments) == (dict, (str, float)):
        return ("shape" if origin is tuple else "numbers"), None, ()
    if origin is list:
        item = arguments[0]
        return "list", item if isinstance(item, type) and item is not Any else None, ()
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return ("family" if hasattr(annotation, "types") else "node"), annotation, ()
    return "mapping", None, ()


def _bounds(field: PydanticField) -> tuple[float | None, float | None, bool, bool]:
    minimum: Any = None
    maximum: Any = None
    low_open = high_open = False
    for constraint in field.metadata:
        match constraint:
            case Gt(gt=bound):
                minimum, low_open = bound, True
            case Ge(ge=bound):
                minimum, low_open = bound, False
            case Lt(lt=bound):
                maximum, high_open = bound, True
            case Le(le=bound):
                maximum, high_open = bound, False
    return minimum, maximum, low_open, high_open

"""The base of everything in a document: strict fields, values by position, errors that say where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, model_serializer, model_validator

from spikeloom.spec.explain import explain
from spikeloom.spec.fields import field_order
from spikeloom.spec.problem import InvalidDocument, Problem, Refused, join, suggestion


class Node(BaseModel):
    """An object of the document.

    In a script it is built with values by position, in the order of its fields (or of `by_position`), or by name::

        Normal(0.1, 0.05)
        Normal(mean=0.1, sd=0.05)

    Raises
    ------
    InvalidDocument
        A `UserError`, where a value is wrong; also when a field is set to a wrong value, and the field stays as it was.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,  # a text is never a number, true is never 1
        validate_assignment=True,
        allow_inf_nan=False,
        ser_json_inf_nan="constants",  # so that the text's writer finds and refuses them in free data
        arbitrary_types_allowed=True,
    )

    by_position: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *values: Any, **fields: Any) -> None:
        cls = type(self)
        fields = cls._named(values, fields)
        try:
            super().__init__(**{name: _plain(value) for name, value in fields.items()})
        except ValidationError as error:
            raise InvalidDocument(_below(cls.__name__, explain(cls, error))) from None

    # Pydantic calls an own __init__ for every nested object unless it carries this mark; ours is for scripts alone.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def _named(cls, values: tuple[Any, ...], fields: dict[str, Any]) -> dict[str, Any]:
        names = cls.by_position or (field_order(cls) if values else ())
        if len(values) > len(names):
            takes = f"{len(names)} values ({', '.join(names)})" if names else "no values"
            raise InvalidDocument([Problem(cls.__name__, f"takes at most {takes}, not {len(values)}")])
        named = dict(zip(names, values, strict=False))
        for name in named:
            if name in fields:
                raise InvalidDocument([Problem(f"{cls.__name__}.{name}", "given twice, by position and by name")])
        return named | fields

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in type(self).model_fields:
            cls = type(self)
            if not name.startswith("_") and cls.model_config.get("extra") != "allow" and name not in dir(cls):
                message = f"unknown key '{name}'{suggestion(name, cls.model_fields)}"
                raise InvalidDocument([Problem(cls.__name__, message)])
            super().__setattr__(name, value)
            return
        before, was_set = dict(self.__dict__), set(self.model_fields_set)
        try:
            super().__setattr__(name, _plain(value))
        except ValidationError as error:
            # A validator over several fields runs after the value is in its place.
            self.__dict__.update(before)
            self.__pydantic_fields_set__.clear()
            self.__pydantic_fields_set__.update(was_set)
            raise InvalidDocument(_below(type(self).__name__, explain(type(self), error))) from None

    def __eq__(self, other: object) -> bool:
        """Whether the fields agree; where a document lies on the disk makes no difference."""
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__ and self.__pydantic_extra__ == getattr(other, "__pydantic_extra__", None)

    __hash__ = None  # type: ignore[assignment]

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, handler: Any) -> Any:
        """Turn what pydantic found here into our problems, while the class and its fields are known."""
        try:
            return handler(data)
        except ValidationError as error:
            raise Refused(explain(cls, error)) from None

    @model_serializer(mode="wrap")
    def _write(self, handler: Any) -> dict[str, Any]:
        """All fields in the order of their declaration, without those whose default goes without saying."""
        written: dict[str, Any] = handler(self)
        order = dict.fromkeys([*field_order(type(self)), *written])
        return {name: written[name] for name in order if name in written and not self._goes_unsaid(name, written[name])}

    def _goes_unsaid(self, name: str, value: Any) -> bool:
        """Whether a field is None by default, or `seldom` another value than its default, and has that."""
        field = type(self).model_fields.get(name)
        if field is None:
            return False
        extra = field.json_schema_extra
        seldom = isinstance(extra, dict) and bool(extra.get("seldom"))
        if value is None and field.default is None:
            return True
        return seldom and bool(value == field.get_default(call_default_factory=True, validated_data={}))


def walk(node: BaseModel, place: str = "") -> Iterator[tuple[str, BaseModel]]:
    """`node` and every object below it, with their places."""
    yield place, node
    for name in type(node).model_fields:
        value = getattr(node, name)
        items = enumerate(value) if isinstance(value, list | tuple) else [(None, value)]
        for index, item in items:
            if isinstance(item, BaseModel):
                where = join(place, name)
                yield from walk(item, where if index is None else join(where, index))


def _below(place: str, problems: list[Problem]) -> list[Problem]:
    return [problem.inside(place) for problem in problems]


def _plain(value: Any) -> Any:
    """A numpy scalar as the number it is."""
    return value.item() if isinstance(value, np.generic) else value

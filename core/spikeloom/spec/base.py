"""Types and families: what a document names by ``"type"``.

A *family* (`Neuron`, `Synapse`, ...) is a direct subclass of `Type`; every concrete class below it is a type and
registers itself under its name, so that a class of the user's own works wherever a built-in one does. A field that is
annotated with a family takes an object of it, ``{"type": name, ...}``, or the bare name for a type with its defaults.
"""

from __future__ import annotations

import builtins
import re
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, SerializationInfo, ValidationError, model_serializer, model_validator
from pydantic_core import CoreSchema, core_schema

from spikeloom.errors import UserError
from spikeloom.spec.explain import explain, found
from spikeloom.spec.node import Node
from spikeloom.spec.problem import Refused, printable, refuse, suggestion


class Type(Node):
    """An object whose class is chosen by name.

    Class attributes
    ----------------
    type
        The name in documents; the class's name in snake case by default.
    replaces
        Old names that still load.
    title
        The name that people read.
    equations
        What it does, a line of LaTeX math (as matplotlib's mathtext sets it) each, for an object with its defaults.
    """

    type: ClassVar[str] = ""
    replaces: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str] = ""
    equations: ClassVar[tuple[str, ...]] = ()
    _registry: ClassVar[dict[str, Any]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls._is_family():
            cls._registry = {}
        if "equations" not in cls.__dict__:
            cls.equations = ()  # never those of a parent: what is derived from a type does something else
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__)
        if "type" not in cls.__dict__:
            cls.type = words.lower()
        if "title" not in cls.__dict__:
            cls.title = " ".join([word if word.isupper() else word.lower() for word in words.split("_")])
            cls.title = cls.title[:1].upper() + cls.title[1:]
        if not cls._is_family() and not cls.__abstractmethods__:
            cls._register()

    @classmethod
    def _is_family(cls) -> bool:
        # `Type` itself has no name yet while it is being made; it is the Node with a registry.
        return any(Node in base.__bases__ and "_registry" in base.__dict__ for base in cls.__bases__)

    @classmethod
    def family(cls) -> builtins.type[Type]:
        """The family that the type belongs to."""
        return next(base for base in cls.__mro__ if issubclass(base, Type) and base._is_family())

    @classmethod
    def types(cls) -> dict[str, builtins.type[Self]]:
        """The types of the family by name, in alphabetical order."""
        return {name: found for name, found in sorted(cls._registry.items()) if found.type == name}

    @classmethod
    def noun(cls) -> str:
        """What a message calls a member of the family: ``a neuron``, ``an initialiser``."""
        name = cls.family().type.replace("_", " ") if cls is not Type else "type"
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

    @classmethod
    def help(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or "").strip().split("\n")[0]

    def own_equations(self) -> tuple[str, ...]:
        """The equations of this object, whose switches may make them others than those of its type."""
        return self.equations

    @classmethod
    def _register(cls) -> None:
        for name in (cls.type, *cls.__dict__.get("replaces", ())):
            taken = cls._registry.get(name)
            # A cell of a notebook that runs again defines the same class again.
            if taken is not None and (taken.__module__, taken.__qualname__) != (cls.__module__, cls.__qualname__):
                hint = f'Choose another name: type: ClassVar[str] = "my_{cls.type}".'
                raise UserError(
                    f"the name '{name}' is taken by {taken.__module__}.{taken.__qualname__}",
                    place=cls.__qualname__,
                    hint=hint,
                )
        for name in (cls.type, *cls.__dict__.get("replaces", ())):
            cls._registry[name] = cls

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if not cls._is_family():
            return handler(source)
        write = core_schema.plain_serializer_function_ser_schema(_dump, info_arg=True)
        return core_schema.no_info_plain_validator_function(cls.make, serialization=write)

    @classmethod
    def shorthand(cls, value: Any) -> Any:
        """A hook for families: an object for a value that stands for one (a number for a constant)."""
        return value

    @classmethod
    def make(cls, value: Any) -> Self:
        """The object of the family that `value` stands for.

        Raises
        ------
        Refused
            With the problems, their places below the value.
        """
        value = cls.shorthand(value)
        if isinstance(value, type) and issubclass(value, cls) and value.type in cls._registry:
            value = value.type
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls._validated(cls._named_type(value), {})
        if not isinstance(value, dict):
            what = f"{value.noun()} ('{value.type}')" if isinstance(value, Type) else found(value)
            refuse(f"{what} found, expected {cls.noun()}")
        if "type" not in value:
            names = ", ".join(f"'{name}'" for name in cls.types())
            refuse(f"'type' is missing, expected one of {names}")
        name = value["type"]
        if not isinstance(name, str):
            refuse(f"{found(name)} found, expected the name of {cls.noun()}", place="type")
        chosen = cls._named_type(name, place="type")
        return cls._validated(chosen, {key: item for key, item in value.items() if key != "type"})

    @classmethod
    def _named_type(cls, name: str, place: str = "") -> builtins.type[Self]:
        if name in cls._registry:
            known: builtins.type[Self] = cls._registry[name]
            return known
        meant = suggestion(name, cls.types())
        for family in Type.__subclasses__():
            if name in family._registry:
                refuse(f"'{printable(name, 60)}' is {family.noun()}, expected {cls.noun()}", place=place)
        hint = "" if meant else f"Known here: {', '.join(cls.types())}."
        refuse(f"no {cls.noun().split(' ', 1)[1]} '{printable(name, 60)}'{meant}", place=place, hint=hint)

    @staticmethod
    def _validated(chosen: builtins.type[Any], fields: dict[Any, Any]) -> Any:
        try:
            return chosen.__pydantic_validator__.validate_python(fields)
        except ValidationError as error:
            raise Refused(explain(chosen, error)) from None

    @model_validator(mode="before")
    @classmethod
    def _check_type(cls, data: Any) -> Any:
        if isinstance(data, dict) and "type" in data and "type" not in cls.model_fields:
            if data["type"] not in (cls.type, *cls.replaces):
                refuse(f"{found(data['type'])} found, expected '{cls.type}'", place="type")
            return {key: value for key, value in data.items() if key != "type"}
        return data

    @model_serializer(mode="wrap")
    def _write(self, handler: Any) -> dict[str, Any]:
        return {"type": self.type} | super()._write(handler)


def _dump(value: Type, info: SerializationInfo) -> dict[str, Any]:
    return value.model_dump(mode=info.mode)

"""The JSON Schema (2020-12) of documents, made from the fields' own declarations, with every registered type."""

from __future__ import annotations

from typing import Any

from spikeloom.spec.base import Type
from spikeloom.spec.document import FORMAT, Document, View
from spikeloom.spec.fields import FieldInfo, describe
from spikeloom.spec.network import NAME
from spikeloom.spec.node import Node
from spikeloom.spec.stored_array import IndexArray

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema, for editors that complete and check the file as one types; `Document.load` checks more."""
    definitions: dict[str, Any] = {}
    root = _object(Document, definitions)
    root["properties"]["format"]["const"] = FORMAT
    root["required"] = ["format", *root.get("required", [])]
    return {"$schema": DIALECT, "title": "Spikeloom document", **root, "$defs": dict(sorted(definitions.items()))}


def _object(cls: type[Node], definitions: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required = []
    if issubclass(cls, Type):
        names = [cls.type, *cls.replaces]
        properties["type"] = {"const": cls.type} if len(names) == 1 else {"enum": names}
        required.append("type")
    for field in describe(cls):
        properties[field.name] = _field(field, definitions)
        if field.required:
            required.append(field.name)
    schema: dict[str, Any] = {
        "type": "object",
        "description": (cls.__doc__ or "").strip().split("\n")[0],
        "properties": properties,
        "required": required,
        "additionalProperties": issubclass(cls, View),
    }
    if issubclass(cls, Type):
        schema = {"title": cls.title, **schema}
    return schema


def _field(field: FieldInfo, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _value(field, definitions)
    if field.optional:
        schema = {"anyOf": [schema, {"type": "null"}]}
    unit = f" Unit: {field.unit}." if field.unit else ""
    schema = {"title": field.label, "description": f"{field.help}{unit}", **schema}
    default = field.default
    if not field.required:
        if isinstance(default, Node):
            default = default.model_dump(mode="json")
        elif isinstance(default, tuple):
            default = list(default)
        schema["default"] = default
    return schema


def _value(field: FieldInfo, definitions: dict[str, Any]) -> dict[str, Any]:  # noqa: PLR0911 - one case per kind
    match field.kind:
        case "float" | "int":
            return _number(field)
        case "bool":
            return {"type": "boolean"}
        case "code":
            return {"type": "string"}
        case "selection":
            return {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "array"}]}
        case "numbers":
            return {"type": "object", "additionalProperties": {"type": "number"}}
        case "text":
            return {"type": "string", "pattern": f"^{NAME.pattern}$"} if field.name == "name" else {"type": "string"}
        case "choice":
            return {"enum": list(field.choices)}
        case "shape":
            extent = {"type": "integer", "minimum": 1}
            return {"anyOf": [extent, {"type": "array", "items": extent, "minItems": 1}]}
        case "node" if field.family is IndexArray:
            numbers = {"type": "array", "items": {"type": "integer", "minimum": 0}}
            return {"anyOf": [numbers, _reference(field.family, definitions)]}
        case "family" | "node":
            return _reference(field.family, definitions)
        case "list":
            return {"type": "array", "items": _item(field.family, definitions)}
        case "mapping":
            pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
            return {"type": "object", "additionalProperties": pair}


def _item(item: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    plain = {int: "integer", str: "string"}
    if item in plain:
        return {"type": plain[item]}
    return _reference(item, definitions) if isinstance(item, type) else {}


def _number(field: FieldInfo) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "number" if field.kind == "float" else "integer"}
    if field.minimum is not None:
        schema["exclusiveMinimum" if field.exclusive_minimum else "minimum"] = field.minimum
    if field.maximum is not None:
        schema["exclusiveMaximum" if field.exclusive_maximum else "maximum"] = field.maximum
    return schema


def _reference(cls: type[Node], definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to the definition of an object, or of a family: one of its types, or the bare name of one."""
    is_family = issubclass(cls, Type)
    name = cls.type if issubclass(cls, Type) else cls.__name__.lower()
    if name not in definitions:
        definitions[name] = {}  # a place for types that hold themselves
        if is_family and issubclass(cls, Type):
            definitions[name] = _family(cls, name, definitions)
        else:
            definitions[name] = _object(cls, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _family(cls: type[Type], name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    choices: list[dict[str, Any]] = []
    bare = []
    for member in cls.types().values():
        key = f"{name}.{member.type}"
        definitions[key] = _object(member, definitions)
        choices.append({"$ref": f"#/$defs/{key}"})
        if not any(field.required for field in describe(member)):
            bare.append(member.type)
    if bare:
        choices.append({"enum": bare})
    if name == "initialiser":
        choices.append({"type": "number"})
    return {"description": cls.help(), "oneOf": choices}

"""From one type to another: an object of another type that keeps what both have."""

from __future__ import annotations

from typing import Any

from spikeloom.errors import UserError
from spikeloom.spec import Type, describe


def converted(value: Any, cls: type[Type]) -> Any:
    """An object of `cls` that keeps the fields of `value` that both types have and `cls` takes.

    Raises
    ------
    UserError
        Where `cls` cannot be made.
    """
    fields = {field.name: field for field in describe(cls)}
    kept: dict[str, Any] = {}
    for field in fields.values():
        if field.required and field.kind == "family":
            kept[field.name] = next(iter(field.family.types()))
    shared = {name: getattr(value, name) for name in fields if value is not None and name in type(value).model_fields}
    try:
        return cls(**kept | shared)
    except UserError:
        for name, item in shared.items():
            try:
                cls(**kept | {name: item})
            except UserError:
                continue
            kept[name] = item
        return cls(**kept)

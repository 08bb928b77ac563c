"""From one type to another: an object that keeps what both have, and can be used as it is."""

from __future__ import annotations

from typing import Any

from spikeloom.errors import UserError
from spikeloom.spec import AvgVar, Neuron, RateSchedule, Type, describe

OF_ONE_TYPE = {"decay": RateSchedule}  # fields that mean another thing in each type of a family: by step, by epoch


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
    common = [name for name in fields if value is not None and name in type(value).model_fields]
    shared = {name: getattr(value, name) for name in common if not _means_another(name, value)}
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


def _means_another(name: str, value: Any) -> bool:
    return name in OF_ONE_TYPE and isinstance(value, OF_ONE_TYPE[name])


def usable(neuron: Neuron) -> Neuron:
    """The neuron, as an output where it never spikes: what never spikes is of no use but as that."""
    if neuron.spiking or neuron.readout is not None or "readout" not in type(neuron).model_fields:
        return neuron
    made = neuron.model_copy()
    setattr(made, "readout", AvgVar())  # noqa: B010 - not every neuron has one
    return made

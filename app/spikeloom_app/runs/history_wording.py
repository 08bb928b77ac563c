"""Paths and values of settings in the words of the inspector: ``hidden · Membrane time constant``, ``20 ms``."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from spikeloom import spec
from spikeloom.history import MOVED
from spikeloom.spec import Document, FieldInfo, Type, describe

SEPARATOR = " · "
LONGEST = 80  # characters of a value
_FAMILIES = (
    spec.Neuron, spec.Synapse, spec.Connectivity, spec.Initialiser, spec.Readout, spec.Learning, spec.Loss,
    spec.Optimiser, spec.Dataset, spec.Encoder, spec.Metric,
)  # fmt: skip


@lru_cache(maxsize=4096)
def path_words(path: str) -> str:
    """A path of `spikeloom.history.differences` in words; the type of an object is called by what holds it."""
    if path.startswith(MOVED):
        return f"{path_words(path.removeprefix(MOVED))} (moved to)"
    labels = [label for label, _ in _steps(path)]
    if path.startswith("experiment.") and len(labels) > 1:
        labels = labels[1:]
    elif path.startswith("network.") and len(labels) > 2:
        labels = labels[2:]  # the part's own name says where it is
    if labels and labels[-1] == "Type" and len(labels) > 1:
        labels.pop()
    return SEPARATOR.join(labels)


def value_words(path: str, value: Any) -> str:
    """A value as a table shows it, with its unit; a dash for one that a run does not have."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and path.endswith("shape"):
        return " × ".join(map(str, value))
    steps = _steps(path.removeprefix(MOVED))
    field = steps[-1][1] if steps else None
    if isinstance(value, int | float):
        unit = f" {field.unit}" if field is not None and field.unit else ""
        return f"{value:g}{unit}" if isinstance(value, float) else f"{value}{unit}"
    text = value.replace("_", " ") if isinstance(value, str) and path.endswith(".type") else value
    text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


@lru_cache(maxsize=4096)
def _steps(path: str) -> list[tuple[str, FieldInfo | None]]:
    """The label of each step of a path, with the field where there is one."""
    found: list[tuple[str, FieldInfo | None]] = []
    classes: list[type[BaseModel]] = [Document]
    in_list = False
    for key in path.split("."):
        if in_list:  # the name of a part
            found.append((key, None))
            in_list = False
            continue
        field = _field(classes, key)
        found.append((field.label if field is not None else _plain(key), field))
        family = field.family if field is not None else None
        classes = _below(family)
        in_list = field is not None and field.kind == "list" and bool(classes)
    return found


def _field(classes: list[type[BaseModel]], key: str) -> FieldInfo | None:
    return next((field for cls in classes for field in describe(cls) if field.name == key), None)


def _below(family: Any) -> list[type[BaseModel]]:
    """The classes that a field of this family may hold."""
    if not isinstance(family, type) or not issubclass(family, BaseModel):
        return []
    return list(family.types().values()) if issubclass(family, Type) and family in _FAMILIES else [family]


def _plain(key: str) -> str:
    return (key[:1].upper() + key[1:]).replace("_", " ")

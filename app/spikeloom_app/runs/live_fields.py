"""The fields of a document that can change while its network runs, and the range in which a hand moves each.

Knows no Qt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from spikeloom.spec import Document, FieldInfo, Node, Type, describe
from spikeloom_app.document.commands import Path

DECADES = 2  # to either side of a value on a logarithmic scale
STRENGTHS = (1e-9, 1.0)  # the ends for a strength that is 0, of which nothing says how large it should be
SPREAD = 4.0  # times a value on a linear scale
LEAST_STEPS = 20  # between the ends of a linear scale


@dataclass(frozen=True)
class LiveField:
    """A field that can change in a run.

    Parameters
    ----------
    path
        Of its value: ``("experiment", "learning", "optimiser", "alpha")``.
    owner
        What it belongs to, in words: ``Adam``, ``input · Poisson input``.
    """

    path: Path
    field: FieldInfo
    owner: str

    @property
    def place(self) -> str:
        """Its path as the worker reads it: ``experiment.learning.optimiser.alpha``."""
        return ".".join(self.path)


def live_fields(document: Document) -> list[LiveField]:
    """All of them: those of the experiment first, then those of the parts, in the document's order."""
    network = document.network
    kinds: list[tuple[str, list[Any]]] = [("populations", network.populations), ("connections", network.connections)]
    found = list(_inside(document.experiment, ("experiment",), ""))
    for kind, parts in kinds:
        for part in parts:
            found += _inside(part, ("network", kind, part.name), part.name)
    return found


def _inside(node: Node, path: Path, part: str) -> Iterator[LiveField]:
    title = type(node).title if isinstance(node, Type) else ""
    for field in _described(type(node)):
        value = getattr(node, field.name)
        here = (*path, field.name)
        if field.live and isinstance(value, int | float):
            yield LiveField(here, _of_delays(field, path), " · ".join(filter(None, (part, title))))
        elif isinstance(value, Node):
            yield from _inside(value, here, part)


def _of_delays(field: FieldInfo, path: Path) -> FieldInfo:
    """The learning rate of delays in words of its own: that of the weights stands beside it."""
    if path[-1] != "delay_optimiser" or field.name != "alpha":
        return field
    return replace(field, label="Delay learning rate", unit="ms")


@cache
def _described(cls: type[Node]) -> list[FieldInfo]:
    return describe(cls)


def reaches_zero(field: FieldInfo) -> bool:
    """Whether 0 is a value of a field on a logarithmic scale, which has no place for it."""
    return field.scale == "log" and field.minimum == 0 and not field.exclusive_minimum


def with_range(field: FieldInfo, value: float) -> FieldInfo:
    """The field with two ends that a hand goes through, around `value` and inside its own range."""
    if field.scale == "log":
        low, high = _decades(value)
    else:
        low = 0.0 if value >= 0 else -SPREAD * abs(value)
        high = max(SPREAD * abs(value), LEAST_STEPS * (field.step or 0.0)) or 1.0
    exclusive = field.exclusive_minimum and field.minimum is not None and low <= field.minimum
    if field.minimum is not None and field.scale != "log":
        low = max(low, field.minimum)
    if field.maximum is not None:
        high = min(high, field.maximum)
    return replace(field, minimum=low, maximum=high, exclusive_minimum=exclusive and field.scale != "log")


def _decades(value: float) -> tuple[float, float]:
    if value <= 0:
        return STRENGTHS
    exponent = math.floor(math.log10(value))
    return float(f"1e{exponent - DECADES}"), float(f"1e{exponent + DECADES}")


def is_inside(field: FieldInfo, value: float) -> bool:
    """Whether a value lies within the ends of a field that has two; 0 is beside a logarithmic scale, not outside."""
    assert field.minimum is not None and field.maximum is not None
    return field.minimum <= value <= field.maximum or (field.scale == "log" and value == 0)


def is_at_end(field: FieldInfo, value: float) -> bool:
    """Whether a value is an end of a range that `with_range` chose, so that the hand can go no further."""
    return value > 0 and value in (field.minimum, field.maximum)

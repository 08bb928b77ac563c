"""What names a part of the network beside the part itself: connections, recorders, plots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from spikeloom.spec import Document, Node
from spikeloom.spec.plots import Plot

RATE = "rate:"  # before the population of a quantity of curves


class Named(NamedTuple):
    """A field of an object that names a part: what it is before the part is renamed, and after."""

    node: Node
    field: str
    before: Any
    after: Any


def fields_naming(document: Document, old: str, new: str) -> list[Named]:
    """The fields that name the part `old`, with what they are when it is called `new`."""
    ends = [(part, end) for part in document.network.connections for end in ("source", "target")]
    recorders = document.experiment.recording
    fields: list[tuple[Node, str]] = [*ends, *((item, "population") for item in recorders)]
    fields += [(item, "connection") for item in recorders]
    found = [Named(node, field, old, new) for node, field in fields if getattr(node, field, None) == old]
    for plot in document.view.plots or ():
        found += _of_plot(plot, old, new)
    return found


def _of_plot(plot: Plot, old: str, new: str) -> Iterator[Named]:
    for field in ("part", "connection", "output"):
        if getattr(plot, field, None) == old:
            yield Named(plot, field, old, new)
    for field, prefix in (("populations", ""), ("quantities", RATE)):
        names = getattr(plot, field, [])
        if prefix + old in names:
            after = [prefix + new if name == prefix + old else name for name in names]
            yield Named(plot, field, list(names), after)

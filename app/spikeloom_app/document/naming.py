"""What names a part of the network beside the part itself: connections, recorders, plots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from spikeloom.spec import Document, Node
from spikeloom.spec.plots import Plot


class Named(NamedTuple):
    """A field of an object that names a part: what it is before the part is renamed, and after."""

    node: Node
    field: str
    before: Any
    after: Any


def fields_naming(document: Document, old: str, new: str) -> list[Named]:
    """The fields that name the part `old`, with what they are when it is called `new`."""
    ends = [(part, end) for part in document.network.connections for end in ("source", "target")]
    watchers: list[Node] = [*document.experiment.recording, *document.experiment.metrics]
    fields: list[tuple[Node, str]] = [*ends]
    fields += [(item, field) for item in watchers for field in ("population", "connection", "output")]
    found = [Named(node, field, old, new) for node, field in fields if getattr(node, field, None) == old]
    found += _monitors(document, old, new)
    for plot in document.view.plots or ():
        found += _of_plot(plot, old, new)
    return found


def _monitors(document: Document, old: str, new: str) -> Iterator[Named]:
    """What training watches of the part: ``silent_neurons:hidden``."""
    training = document.experiment.training
    watchers: list[tuple[Node | None, str]] = [(training, "keep_best"), (training.early_stopping, "monitor")]
    for node, field in watchers:
        before = getattr(node, field, None) or ""
        if node is not None and _of(before, old, new) != before:
            yield Named(node, field, before, _of(before, old, new))


def _of_plot(plot: Plot, old: str, new: str) -> Iterator[Named]:
    for field in ("part", "connection", "output"):
        if getattr(plot, field, None) == old:
            yield Named(plot, field, old, new)
    for field, in_name in (("populations", _is), ("quantities", _of)):
        names = getattr(plot, field, [])
        after = [in_name(name, old, new) for name in names]
        if after != list(names):
            yield Named(plot, field, list(names), after)


def _is(name: str, old: str, new: str) -> str:
    return new if name == old else name


def _of(quantity: str, old: str, new: str) -> str:
    """``rate:old`` as ``rate:new``."""
    figure, colon, part = quantity.partition(":")
    return f"{figure}:{new}" if colon and part == old else quantity

"""Which parameters of a GeNN model a live field of the document moves: a backend that compiles values asks before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from spikeloom.compilers import CompiledNetwork
from spikeloom.errors import UserError
from spikeloom.genn import GeNNModel
from spikeloom.spec import Document, Node, Optimiser, describe

NUDGES = (1.01, 0.99)  # times a value; a bound may allow only one of them


def live_params(
    document: Document, compiled: CompiledNetwork, compiler: Callable[[Document], CompiledNetwork]
) -> frozenset[tuple[str, str]]:
    """The parameters, as (group, parameter): each live field is moved a little, and what differs then is one of them.

    Parameters
    ----------
    compiler
        What made `compiled` of the document.
    """
    moved, found = document.model_copy(deep=True), set[tuple[str, str]]()
    for node, name in _live_fields(moved):
        value = getattr(node, name)
        for nudge in NUDGES:
            try:
                setattr(node, name, value * nudge)
                found |= _differing(compiled.model, compiler(moved).model)
                break
            except UserError:  # beyond a bound
                continue
        setattr(node, name, value)
    return frozenset(found)


def _live_fields(document: Document) -> Iterator[tuple[Node, str]]:
    """The fields that a model can depend on; an optimiser's values come with each update."""
    if document.experiment.learning is not None:
        yield from _inside(document.experiment.learning)
    for part in (*document.network.populations, *document.network.connections):
        yield from _inside(part)


def _inside(node: Node) -> Iterator[tuple[Node, str]]:
    if isinstance(node, Optimiser):
        return
    for field in describe(type(node)):
        value: Any = getattr(node, field.name)
        if field.live and isinstance(value, float) and value:
            yield node, field.name
        elif isinstance(value, Node):
            yield from _inside(value)


def _differing(model: GeNNModel, other: GeNNModel) -> set[tuple[str, str]]:
    """The parameters that differ between two models of the same groups; none of groups that differ in more."""
    found = set()
    for kind in ("populations", "synapses", "custom_updates"):
        for name, group in getattr(model, kind).items():
            theirs = getattr(other, kind).get(name)
            if theirs is not None and theirs.params.keys() == group.params.keys():
                found |= {(name, param) for param, value in group.params.items() if value != theirs.params[param]}
    return found

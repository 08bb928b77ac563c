"""Parts of a document to copy: a small document of their own, as text for the clipboard and back.

The text is that of a document with a network and a view alone, so that it can be read, kept in a file and pasted
between windows. Connections whose ends are not among the parts keep the names of the ends: they are pasted where the
other document has populations of those names.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping

from spikeloom.errors import SpikeloomError, UserError
from spikeloom.spec import Document, Frame, Network, View
from spikeloom_app.document.open_document import OpenDocument, Position

SHIFT = (36.0, 36.0)  # px from the original to its copy


def copied(document: OpenDocument, names: Iterable[str], places: Mapping[str, Position]) -> Document:
    """Copies of the parts, notes and frames called `names`; connections between copied populations come along.

    Parameters
    ----------
    places
        Where they stand on the canvas, which the document need not say.
    """
    chosen = set(names)
    network, view = document.document.network, document.document.view
    populations = [part for part in network.populations if part.name in chosen]
    inside = {part.name for part in populations}
    connections = [c for c in network.connections if c.name in chosen or {c.source, c.target} <= inside]
    kept = inside | {connection.name for connection in connections}
    made = Document(
        network=Network(populations=populations, connections=connections).model_copy(deep=True),
        view=View(
            positions={name: place for name, place in {**places, **view.positions}.items() if name in kept},
            notes=[copy.deepcopy(note) for note in view.notes if note.name in chosen],
            frames=[copy.deepcopy(frame) for frame in view.frames if frame.name in chosen],
        ),
    )
    made.bind(document.document.base)
    return made


def read(text: str) -> Document:
    """The parts that a text holds: a whole document or parts that were copied.

    Raises
    ------
    UserError
        Where it is neither.
    """
    if not text.lstrip().startswith("{"):
        raise UserError("the clipboard holds no parts of a network", hint="Copy some on a canvas first.")
    return Document.loads(text, source="clipboard", dangling=True)


def paste(document: OpenDocument, fragment: Document, at: Position | None = None) -> list[str]:
    """Add copies of everything in `fragment`, in one step of undo; their names.

    Parameters
    ----------
    at
        Where the upper left corner of it goes; a little beside the original where left out.
    """
    fragment = copy.deepcopy(fragment)
    _hold_arrays(fragment, document)
    names = document.document.network
    populations, connections = fragment.network.populations, fragment.network.connections
    inside = {part.name for part in populations}
    there = {part.name for part in names.populations}
    connections = [c for c in connections if all(end in inside or end in there for end in (c.source, c.target))]
    view = fragment.view
    shift = _shift(fragment, at)
    called: dict[str, str] = {}
    total = len(populations) + len(connections) + len(view.annotations)
    if not total:
        raise UserError("nothing in the clipboard fits in here", hint="Copy the populations with their connections.")
    only = next(part.name for parts in (populations, connections, view.annotations) for part in parts)
    label = f"paste {total} parts" if total > 1 else f"paste {only}"
    with document.one_step(label):
        for population in populations:
            old = population.name
            population.name = called[old] = document.document.network.free_name(old)
            document.add_part(population, _moved(view.positions.get(old, (0.0, 0.0)), shift))
        for connection in connections:
            old = connection.name
            by_its_ends = old.startswith(f"{connection.source}_{connection.target}")
            connection.source = called.get(connection.source, connection.source)
            connection.target = called.get(connection.target, connection.target)
            if document.refusal(connection.source, connection.target):
                continue  # the population of that name is another one here
            wish = f"{connection.source}_{connection.target}" if by_its_ends else old
            connection.name = document.document.network.free_name(wish)
            place = view.positions.get(old)
            document.add_part(connection, None if place is None else _moved(place, shift))
            called[f"connection {old}"] = connection.name
        # Notes first: a folded frame names what it stands for, and inner frames stand before outer ones.
        for mark in sorted(view.annotations, key=lambda mark: mark.width * mark.height):
            old = mark.name
            if isinstance(mark, Frame):
                mark.members = [called.get(name, name) for name in mark.members]
            called[old] = document.add_annotation(mark, _moved(mark.position, shift))
    return list(called.values())


def _moved(place: Position, shift: Position) -> Position:
    return (place[0] + shift[0], place[1] + shift[1])


def _shift(fragment: Document, at: Position | None) -> Position:
    places = [*fragment.view.positions.values(), *(mark.position for mark in fragment.view.annotations)]
    if at is None or not places:
        return SHIFT
    return (at[0] - min(x for x, _ in places), at[1] - min(y for _, y in places))


def _hold_arrays(fragment: Document, document: OpenDocument) -> None:
    """Take arrays into memory where their file lies beside another document."""
    base = fragment.base
    if base is None or base == document.document.base:
        return
    for _, array in fragment.arrays():
        try:
            array.values()
        except SpikeloomError:
            continue  # the file is gone; the document will say so where it is needed

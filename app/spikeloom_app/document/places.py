"""Places of problems (``network.populations[1].neuron``) and paths of values (parts by name), from one to the other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from spikeloom.errors import UserError
from spikeloom.spec import Fix
from spikeloom_app.document.commands import Path
from spikeloom_app.document.open_document import OpenDocument


class Root:
    """Where a form starts: a part, whose name may change while the form is shown, a note, or the document itself."""

    def __init__(self, document: OpenDocument, name: str | None = None) -> None:
        self._document = document
        self.name = name

    @property
    def path(self) -> Path:
        """``("network", "populations", "hidden")``, or nothing for the document."""
        if self.name is None:
            return ()
        if ":" in self.name:  # a note or a frame
            return ("view", f"{self.name.partition(':')[0]}s", self.name)
        part = self._document.part(self.name)
        network = self._document.document.network
        kind = "populations" if any(part is population for population in network.populations) else "connections"
        return ("network", kind, self.name)


def place_of(document: OpenDocument, path: Path) -> str:
    """The place that a problem of the value at `path` names."""
    if path[:1] == ("network",) and len(path) > 2:
        return _joined(document.document.network.place(document.part(path[2])), path[3:])
    return _joined("", path)


def _joined(place: str, path: Path) -> str:
    for key in path:
        place += f"[{key}]" if key.isdigit() else f".{key}" if place else key
    return place


def path_of(document: OpenDocument, place: str) -> Path | None:
    """The path of what a problem's place names; None where the document has no path to it."""
    path: list[str] = []
    node: Any = document.document
    for key, index in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", place):
        try:
            node = getattr(node, key) if key else node[int(index)]
        except (AttributeError, IndexError, TypeError):
            return None
        named = index and "name" in getattr(type(node), "model_fields", {})
        path.append(node.name if named else key or index)
    return tuple(path)


def apply_fix(document: OpenDocument, fix: Fix) -> None:
    """Make the change that solves a problem, in one step of undo.

    Raises
    ------
    UserError
        Where the change is refused, or what it would change is not there any more.
    """
    changes = {_path_there(document, place): value for place, value in ((fix.place, fix.value), *fix.also)}
    # A step of its own: undo takes the fix back, and not what was typed just before.
    with document.one_step(f"{fix.label[:1].lower()}{fix.label[1:]}"):
        if not fix.removes:
            document.set_values(changes)
            return
        (path,) = changes
        if path[-1].isdigit():
            items = document.value(path[:-1])
            document.set_value(path[:-1], [item for k, item in enumerate(items) if k != int(path[-1])])
        else:
            document.remove([path[-1]])


def _path_there(document: OpenDocument, place: str) -> Path:
    path = path_of(document, place)
    if path is None:
        raise UserError(f"'{place}' is not there any more")
    return path


def owner(place: str, places: Iterable[str]) -> str | None:
    """The longest of `places` that `place` is or lies below."""
    above = [known for known in places if known == place or (place.startswith(known) and _cut(place, known))]
    return max(above, key=len, default=None)


def _cut(place: str, known: str) -> bool:
    return not known or place[len(known)] in ".["

"""What differs between two documents: in words, a line for each change, and as a unified difference of their texts.

Populations and connections are told apart by their names and not by their places in the file, a new name counts as
one change, and arrays are compared by their values, wherever they lie.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Document
from spikeloom_app.document.snapshot import snapshot

LONGEST_VALUE = 90  # characters of a value in a line
_KINDS = {"populations": "population", "connections": "connection"}
_ABSENT = object()


@dataclass(frozen=True)
class Difference:
    """One change.

    Parameters
    ----------
    sign
        ``+`` only in the later document, ``-`` only in the earlier, ``~`` in both and not the same.
    text
        What it is: ``population 'hidden2'``, ``experiment.training.epochs: 50 → 20``.
    """

    sign: str
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {self.text}"


def comparable(document: Document) -> str:
    """The text of a document in which the files of its arrays are called by their places.

    The swap of a document, or a copy elsewhere, has the same text as the document.
    """
    return _with_arrays_named(document).dumps()


def differences(before: Document, after: Document) -> list[Difference]:
    """What was changed from one document to the other, the network first."""
    old, new = json.loads(comparable(before)), json.loads(comparable(after))
    compared = _Comparison()
    compared.network(old.pop("network"), new.pop("network"))
    views = old.pop("view", {}), new.pop("view", {})
    compared.values("", old, new)
    compared.arrays(_digests(before), _digests(after))
    compared.positions(views[0].pop("positions", {}), views[1].pop("positions", {}))
    compared.values("view", *views)
    return compared.found


def summary(found: list[Difference], most: int = 40) -> list[str]:
    """The differences as lines, at most so many of them."""
    lines = [str(difference) for difference in found[:most]]
    if len(found) > most:
        lines.append(f"… and {len(found) - most} more")
    return lines or ["  The two are the same."]


def text_difference(before: Document, after: Document, names: tuple[str, str] = ("saved", "unsaved")) -> list[str]:
    """A unified difference of the two texts, as lines; none where they are the same."""
    lines = (comparable(before).splitlines(), comparable(after).splitlines())
    return list(difflib.unified_diff(*lines, *names, lineterm=""))


@dataclass
class _Comparison:
    """The differences found so far, and the parts that only changed their names."""

    found: list[Difference] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)  # old -> new

    def say(self, sign: str, text: str) -> None:
        self.found.append(Difference(sign, text))

    def network(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        for key in _KINDS:
            self.parts(key, old.pop(key, []), new.pop(key, []))
        self.values("network", old, new)

    def parts(self, key: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
        kind = _KINDS[key]
        before = {part["name"]: self._follow_names(part) for part in old}
        after = {part["name"]: part for part in new}
        renamed = self._renamed(before, after)
        self.renamed |= renamed
        for name, other in renamed.items():
            self.say("~", f"{kind} '{name}' is called '{other}'")
        for name, part in before.items():
            if name not in after and name not in renamed:
                self.say("-", f"{kind} '{name}'{_kind_of(part)}")
        for name, part in after.items():
            if name not in before and name not in renamed.values():
                self.say("+", f"{kind} '{name}'{_kind_of(part)}")
            elif name in before and name not in renamed:
                self.values(name, before[name], part)
        common = [renamed.get(name, name) for name in before if renamed.get(name, name) in after]
        kept = set(common)
        if common != [name for name in after if name in kept]:
            self.say("~", f"the order of the {key}")

    def _follow_names(self, part: dict[str, Any]) -> dict[str, Any]:
        """A connection, with the ends called what they are called later."""
        return {
            key: self.renamed.get(value, value) if key in ("source", "target") else value for key, value in part.items()
        }

    def _renamed(self, before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
        """Parts that agree in all but the name, where it is plain which is which."""
        gone = {name: _nameless(part) for name, part in before.items() if name not in after}
        come = {name: _nameless(part) for name, part in after.items() if name not in before}
        pairs = {}
        for name, body in gone.items():
            alike = [other for other, candidate in come.items() if candidate == body]
            if len(alike) == 1 and sum(body == other for other in gone.values()) == 1:
                pairs[name] = alike[0]
        return pairs

    def values(self, place: str, old: Any, new: Any) -> None:
        if old == new:
            return
        if isinstance(old, dict) and isinstance(new, dict) and old.get("type") == new.get("type"):
            for key in (*old, *(key for key in new if key not in old)):
                where = f"{place}.{key}" if place else key
                self.values(where, old.get(key, _ABSENT), new.get(key, _ABSENT))
        elif isinstance(old, list) and isinstance(new, list) and _holds_objects(old, new):
            self.items(place, old, new)
        elif old is _ABSENT or old is None:
            self.say("+", f"{place}: {_words(new)}")
        elif new is _ABSENT or new is None:
            self.say("-", f"{place}: {_words(old)}")
        else:
            self.say("~", f"{place}: {_words(old)} → {_words(new)}")

    def items(self, place: str, old: list[Any], new: list[Any]) -> None:
        """Lists of objects without names: what is in one of them alone."""
        followed = [self._follow_population(item) for item in old]
        for item in followed:
            if item not in new:
                self.say("-", f"{place}: {_words(item)}")
        for item in new:
            if item not in followed:
                self.say("+", f"{place}: {_words(item)}")

    def _follow_population(self, item: Any) -> Any:
        if isinstance(item, dict) and item.get("population") in self.renamed:
            return item | {"population": self.renamed[item["population"]]}
        return item

    def arrays(self, old: dict[str, tuple[str, str]], new: dict[str, tuple[str, str]]) -> None:
        """Values of arrays; one that came or went with its part was said with it."""
        followed = {self._follow_place(place): found for place, found in old.items()}
        for place, (shape, digest) in new.items():
            if place in followed and followed[place][1] != digest:
                self.say("~", f"{place}: other values ({shape})")

    def _follow_place(self, place: str) -> str:
        for name, other in self.renamed.items():
            if place.startswith(f"{name}."):
                return other + place[len(name) :]
        return place

    def positions(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        followed = {self.renamed.get(name, name): place for name, place in old.items()}
        moved = [name for name in new if name in followed and followed[name] != new[name]]
        if len(moved) == 1:
            self.say("~", f"'{moved[0]}' was moved on the canvas")
        elif moved:
            self.say("~", f"{len(moved)} parts were moved on the canvas")


def _with_arrays_named(document: Document) -> Document:
    copied = snapshot(document)
    for place, array in copied.arrays():
        array.saved_as("arrays", place)
    return copied


def _digests(document: Document) -> dict[str, tuple[str, str]]:
    """Place -> shape and digest of the values of each array."""
    return dict(_each_digest(document))


def _each_digest(document: Document) -> Iterator[tuple[str, tuple[str, str]]]:
    for place, array in document.arrays():
        try:
            values = array.values()
        except SpikeloomError:
            yield place, ("cannot be read", "")
        else:
            shape = " × ".join(str(size) for size in values.shape)
            yield place, (shape, hashlib.blake2b(values.tobytes() + str(values.shape).encode()).hexdigest())


def _nameless(part: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in part.items() if key != "name"}, sort_keys=True)


def _kind_of(part: dict[str, Any]) -> str:
    """What a part is, in brackets: its neuron, or its ends."""
    if "source" in part:
        return f" ({part['source']} → {part['target']})"
    kind = part.get("neuron", {}).get("type")
    return f" ({kind})" if kind else ""


def _holds_objects(*lists: list[Any]) -> bool:
    return any(isinstance(item, dict) for items in lists for item in items)


def _words(value: Any) -> str:
    """A value in one line: the type of an object with its first plain fields, anything else as in the file."""
    if isinstance(value, dict):
        plain = [f"{k} {v}" for k, v in value.items() if k != "type" and isinstance(v, str | int | float) and v != ""]
        text = f"{value.get('type', 'object')} ({', '.join(plain[:3])})" if plain else str(value.get("type", "object"))
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"

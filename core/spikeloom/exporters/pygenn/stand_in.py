"""Stand-ins for PyGeNN and its model: they take the calls of our backend's builder and keep them as data.

So a script does what the backend does, and there is one translation of our models with two consumers. A call that makes
a model is kept once however often it is made; each group keeps what was done to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikeloom.exporters.pygenn.codes import readable
from spikeloom.exporters.pygenn.layout import Call, Text, identifier


@dataclass(eq=False)
class Model:
    """A model or snippet that is made: `function` of PyGeNN with its arguments.

    Parameters
    ----------
    users
        The groups that are of it.
    """

    function: str
    name: str
    named: dict[str, Any]
    constant: str = ""
    users: list[str] = field(default_factory=list)


class Enumeration:
    """One of PyGeNN's enumerations: each of its members is its own text."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, member: str) -> Text:
        return Text(f"{self._name}.{member}")


class StandInModule:
    """Takes the place of the module ``pygenn``.

    Attributes
    ----------
    asked
        The names that were asked of it.
    """

    def __init__(self) -> None:
        self.models: list[Model] = []
        self.asked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        if name.startswith("create_") and name.endswith(("_model", "_snippet")):
            return self._maker(name)
        if name.startswith(("create_", "init_")):
            return lambda *args, **named: Call(name, _without_end(args), named)
        if "Access" in name:
            return Enumeration(name)
        raise AttributeError(name)

    def _maker(self, function: str) -> Callable[..., Model]:
        def make(name: str, **named: Any) -> Model:
            named = {key: value for key, value in named.items() if value not in (None, False, "", [], {})}
            named = {key: readable(value) if key.endswith("_code") else value for key, value in named.items()}
            for model in self.models:
                if (model.function, model.name) == (function, name) and _same(model.named, named):
                    return model
            self.models.append(Model(function, name, named))
            return self.models[-1]

        return make


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether arguments are the same; functions are those that our backend gives to every kernel."""
    if one.keys() != other.keys():
        return False
    return all(one[key] == other[key] for key in one if not callable(one[key]))


def _without_end(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments without those at the end that say nothing."""
    while args and (args[-1] is None or args[-1] == {}):
        args = args[:-1]
    return args


@dataclass(frozen=True)
class Done:
    """What was done to a group: a method called, an attribute set, or an array given its values."""

    kind: str
    name: str
    value: Any


class Group:
    """A population, synapse population or custom update: the call that adds it, and what was done to it."""

    def __init__(self, kind: str, name: str, call: Call) -> None:
        own = vars(self)
        own["kind"], own["name"], own["call"] = kind, name, call
        own["variable"], own["done"] = name, []
        own["extra_global_params"] = Arrays(self, "extra_global_params")
        own["connectivity_extra_global_params"] = Arrays(self, "connectivity_extra_global_params")

    def __setattr__(self, name: str, value: Any) -> None:
        self.done.append(Done("set", name, value))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args: self.done.append(Done("call", name, args))


class Arrays:
    """The arrays of a group that codes index, by their names."""

    def __init__(self, group: Group, attribute: str) -> None:
        self.group, self.attribute = group, attribute
        self.renamed: dict[str, str] = {}

    def __getitem__(self, name: str) -> ArrayOfGroup:
        return ArrayOfGroup(self, name)

    def __setitem__(self, name: str, array: ArrayOfGroup) -> None:
        self.group.done.append(Done("rename", self.attribute, (array.name, name)))

    def pop(self, name: str) -> ArrayOfGroup:
        """Take one out, to be put back under another name."""
        return ArrayOfGroup(self, name)


class ArrayOfGroup:
    """One of them."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        self.arrays, self.name = arrays, name

    def set_init_values(self, values: np.ndarray) -> None:
        """What it holds at first."""
        self.arrays.group.done.append(Done("array", self.arrays.attribute, (self.name, values)))


class StandInModel:
    """Takes the place of a ``GeNNModel``: groups in the order in which they were added.

    Parameters
    ----------
    names
        GeNN's name of a group -> the one that people can read.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.groups: list[Group] = []
        self._taken: set[str] = set(names.values())

    def readable(self, name: str) -> str:
        """The name for people of a group; where it ends with the name of another group, that one's too."""
        if name in self.names:
            return self.names[name]
        for known in sorted(self.names, key=len, reverse=True):
            if name.endswith(f"_{known}"):
                return re.sub(f"{re.escape(known)}$", self.names[known], name)
        return name

    def __getattr__(self, method: str) -> Callable[..., Group]:
        if not method.startswith("add_"):
            raise AttributeError(method)

        def add(name: str, *args: Any, **named: Any) -> Group:
            readable = self.readable(name)
            if readable not in self.names.values():
                readable = identifier(readable, self._taken)
            if method == "add_custom_update":  # it also has the name of what runs with it
                args = (self.readable(args[0]), *args[1:])
            group = Group(method, readable, Call(f"model.{method}", (readable, *_without_end(args)), named))
            self.groups.append(group)
            return group

        return add

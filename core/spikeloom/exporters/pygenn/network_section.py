"""The part of a script that builds the network: what was done to the stand-ins, as statements on PyGeNN's model."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import numpy as np

from spikeloom.backends.pygenn import source
from spikeloom.exporters.pygenn.layout import Call, Text, lay_out, quoted
from spikeloom.exporters.pygenn.stand_in import Done, Group, Model

KINDS = (
    ("add_neuron_population", "Populations."),
    ("add_synapse_population", "Synapses."),
    ("add_custom_update", "Custom updates: what runs when the loop below says so."),
)
TIMESTEPS = ("NumTimesteps", "ReplayTimesteps")
# What a script imports, defines and calls its variables; beside PyGeNN's functions.
_TAKEN = {
    "GeNNModel",
    "Path",
    "argparse",
    "backend_modules",
    "contextmanager",
    "json",
    "math",
    "np",
    "pygenn",
    "signal",
    "time",
    "zipfile",
    "zlib",
    "array_of",
    "at_least",
    "backward",
    "build",
    "check",
    "check_examples",
    "check_range",
    "chunks",
    "count_of",
    "evaluate",
    "fail",
    "figures",
    "file_to_save",
    "find",
    "find_backend",
    "forget",
    "forward",
    "give_weights",
    "judge",
    "learn",
    "load_examples",
    "load_weights",
    "longest",
    "main",
    "network_arrays",
    "read",
    "read_examples",
    "read_npz",
    "read_options",
    "reset",
    "revive",
    "run",
    "save_weights",
    "set_phase",
    "set_spikes",
    "shaped",
    "train",
    "train_examples",
    "transpose",
    "undisturbed",
    "whole_number",
    "widened",
    "write",
    "write_array",
    "arrays",
    "backend",
    "model",
    "most_spikes",
    "name",
    "options",
    "seed",
    "side_by_side",
    "tables",
    "l",
    "O",
    "I",
}
_LIKE_OURS = re.compile(r"create_|init_|learning_rate|.*VarAccess")


class NetworkSection:
    """Writes the function ``build``.

    Parameters
    ----------
    groups
        In the order in which they were added.
    original
        The names that documents have for groups.
    timesteps
        Of an example.

    Attributes
    ----------
    arrays
        Name -> array, which the script reads from the file beside it.
    """

    def __init__(
        self, groups: Iterable[Group], timesteps: int, constants: set[str], original: Mapping[str, str]
    ) -> None:
        self.groups, self.timesteps, self.original = list(groups), timesteps, original
        self.arrays: dict[str, np.ndarray] = {}
        taken = {*_TAKEN, *keyword.kwlist, *dir(builtins), *constants}
        for group in self.groups:
            own = vars(group)
            is_taken = group.name in taken or _LIKE_OURS.match(group.name)
            own["variable"] = f"{group.name}_" if is_taken else group.name
            taken.add(own["variable"])
        self._named = {id(group) for group in self.groups if group.done and any(map(self._shown, group.done))}
        for group in self.groups:
            self._named |= {id(other) for other in _groups_in(group.call)}

    def text(self) -> str:
        """The statements that add everything, indented by four columns."""
        lines: list[str] = []
        for kind, title in KINDS:
            of_kind = [group for group in self.groups if group.kind == kind]
            if of_kind:
                lines += ["", f"    # {title}"]
            for group in of_kind:
                lines += self._group(group)
        return "\n".join(lines)

    def group_text(self, group: Group) -> str:
        """The statements of one group."""
        return "\n".join(self._group(group))

    def _group(self, group: Group) -> Iterator[str]:
        assigned = f"{group.variable} = " if id(group) in self._named else ""
        call = self._resolved(_typed(group.call), group.name)
        yield f"    {assigned}{lay_out(call, 4, len(assigned))}"
        done = [each for each in group.done if self._shown(each)]
        for method, same in groupby(done, key=_repeatable):
            found = list(same)
            if method and len(found) > 1:
                names = ", ".join(quoted(each.value[0]) for each in found)
                yield f"    for name in ({names}):"
                yield f"        {group.variable}.{method}(name)"
            else:
                for each in found:
                    yield f"    {self._done(group, each)}"

    @staticmethod
    def _shown(done: Done) -> bool:
        """Whether it is written: what is so anyway is not, nor recording, which a script does not ask for."""
        return done.name != "spike_recording_enabled" and (done.name, done.value) != ("post_target_var", "Isyn")

    def _done(self, group: Group, done: Done) -> str:
        variable = group.variable
        match done.kind:
            case "call":
                args = self._given(group, done)
                return lay_out(Call(f"{variable}.{done.name}", args), 4)
            case "set":
                return f"{variable}.{done.name} = {lay_out(self._resolved(done.value, group.name), 4)}"
            case "rename":
                old, new = map(quoted, done.value)
                words = "# PyGeNN looks these up by the longer name that the running model has.\n    "
                return f"{words}tables = {variable}.{done.name}\n    tables[{new}] = tables.pop({old})"
        name, values = done.value
        array = self._array(group, name, np.asarray(values))
        owner = "tables" if done.name == "connectivity_extra_global_params" else f"{variable}.{done.name}"
        owner = f"{owner}[{quoted(name)}]"
        return lay_out(Call(f"{owner}.set_init_values", [Text(array)]), 4)

    def _given(self, group: Group, done: Done) -> list[Any]:
        if done.name == "set_sparse_connections":
            names = [f"{group.name}.sources", f"{group.name}.targets"]
            self.arrays |= {name: np.asarray(values) for name, values in zip(names, done.value, strict=True)}
            return [Text(f"arrays[{quoted(name)}]") for name in names]
        return [self._resolved(value, group.name) for value in done.value]

    def _array(self, group: Group, name: str, values: np.ndarray) -> str:
        """The text of an array: nothing but zeros, of each example side by side, or one from the file."""
        if name == source.ARRAY:
            return f"np.zeros(most_spikes[{quoted(self.original[group.name])}], np.int32)"
        if group.kind == "add_neuron_population" and not values.any():
            size = group.call.args[1]
            places = max(1, len(values) // size)
            return f"np.zeros({places} * {size} * side_by_side)"
        return self._kept(f"{group.name}.{name}", values)

    def _kept(self, name: str, values: np.ndarray) -> str:
        self.arrays[name] = values
        return f"arrays[{quoted(name)}]"

    def _resolved(self, value: Any, group: str, name: str = "") -> Any:
        """A value with the names of groups, models and arrays in their places."""
        found = value
        match value:
            case Group():
                found = Text(value.variable)
            case Model():
                found = Text(value.constant)
            case Call(function, args, named):
                given = [self._resolved(arg, group) for arg in args]
                found = Call(function, given, {key: self._resolved(item, group) for key, item in named.items()})
            case dict():
                found = {key: self._resolved(item, group, str(key)) for key, item in value.items()}
            case list() | tuple():
                found = type(value)(self._resolved(item, group) for item in value)
            case np.ndarray():
                found = Text(self._kept(f"{group}.{name}", value))
            case _ if name in TIMESTEPS and value == self.timesteps:
                found = Text("TIMESTEPS")
        return found


def _typed(call: Call) -> Call:
    """The call that adds a population, whole numbers and truths written as such."""
    if call.function != "model.add_neuron_population" or len(call.args) < 5:
        return call
    types = {var[0]: var[1] for var in call.args[2].named.get("vars", ())}
    first = {name: _of_type(types[name], value) for name, value in call.args[4].items()}
    return Call(call.function, [*call.args[:4], first, *call.args[5:]], call.named)


def _of_type(kind: str, value: Any) -> Any:
    if not isinstance(value, float) or not value.is_integer() or kind == "scalar":
        return value
    return bool(value) if kind == "bool" else int(value)


def _repeatable(done: Done) -> str:
    """The method where it is called with a name alone, which several calls in a row have in common."""
    plain = done.kind == "call" and len(done.value) == 1 and isinstance(done.value[0], str)
    return done.name if plain else ""


def _groups_in(value: Any) -> Iterator[Group]:
    match value:
        case Group():
            yield value
        case Call(_, args, named):
            for part in (*args, *named.values()):
                yield from _groups_in(part)
        case dict():
            for part in value.values():
                yield from _groups_in(part)
        case list() | tuple():
            for part in value:
                yield from _groups_in(part)

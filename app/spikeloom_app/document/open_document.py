"""A document that is open in a window: read it through `document`, change it through the methods here.

Every method that changes something pushes one command, so that it can be undone. The methods with an underscore are
what the commands call; they tell the listeners.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path as FilePath
from typing import Any, Literal

from spikeloom.errors import UserError
from spikeloom.spec import (
    Annotation,
    Connection,
    Dense,
    Document,
    Exponential,
    Metric,
    Neuron,
    Node,
    Normal,
    Note,
    Population,
    Problem,
    Recorder,
    validate,
)
from spikeloom.spec.plots import Place, Plot
from spikeloom_app.document.commands import (
    AddPart,
    Move,
    Path,
    Position,
    RemoveParts,
    Rename,
    SetField,
    SetList,
    SetPlots,
)
from spikeloom_app.document.conversion import converted, usable
from spikeloom_app.document.document_file import DocumentFile
from spikeloom_app.document.naming import Named, fields_naming
from spikeloom_app.document.signal import Signal

Kind = Literal["note", "frame"]
KINDS: tuple[Kind, ...] = ("note", "frame")
# What of the experiment stands on the canvas as a card, with the fields that belong to it.
STAGES = {"experiment.dataset": ("dataset", "simulation"), "experiment.learning": ("learning", "metrics", "training")}


class OpenDocument(DocumentFile):
    """The document of a window.

    Attributes
    ----------
    part_added, part_removed, part_changed
        Signals with the name of a population or connection.
    part_renamed
        With the old and the new name.
    part_moved
        With the name; its position is `position`.
    annotations_changed
        Notes or frames came, went or changed.
    plots_changed
        Plots came, went, moved or show something else.
    settings_changed
        Something outside the network changed (dataset, learning, training, title).
    changed
        Anything changed; comes after the others.
    opened
        Another document is open (new, open): nothing that ran is of it. Comes before `replaced`.
    replaced
        Other contents took the place of these (new, open, restore, revert, undo of those): show everything anew.
    file_changed
        The path or the unsaved mark changed.
    about_to_save, saved
        It is going to be written to its file; it was written.
    file_state
        What its file was like when it was last read or written here; None without a file.
    """

    def __init__(self, document: Document | None = None, path: FilePath | None = None) -> None:
        super().__init__(document, path)
        self.part_added, self.part_removed, self.part_changed = Signal(), Signal(), Signal()
        self.part_renamed, self.part_moved = Signal(), Signal()
        self.annotations_changed, self.settings_changed, self.plots_changed = Signal(), Signal(), Signal()

    # -- reading ---------------------------------------------------------------------------------------------------
    def part(self, name: str) -> Population | Connection:
        """The population or connection called `name`."""
        for part in self.document.network.parts():
            if part.name == name:
                return part
        raise KeyError(name)

    def annotation(self, name: str) -> Annotation:
        """The note or frame called `name`."""
        for annotation in self.document.view.annotations:
            if annotation.name == name:
                return annotation
        raise KeyError(name)

    def position(self, name: str) -> Position | None:
        """Where a part, note or frame stands on the canvas, if somebody put it there."""
        if ":" in name:
            return self.annotation(name).position
        found = self.document.view.positions.get(name)
        return None if found is None else (found[0], found[1])

    def value(self, path: Path) -> Any:
        """The value at a path such as ``("network", "populations", "hidden", "neuron", "tau_mem")``.

        What has a name in a list is found by it, and what has none by its number: ``("experiment", "metrics", "0")``.
        """
        node: Any = self.document
        for key in path:
            if not isinstance(node, list):
                node = getattr(node, key)
            elif key.isdigit():  # no name begins with a digit
                node = node[int(key)]
            else:
                node = next(part for part in node if part.name == key)
        return node

    def problems(self) -> list[Problem]:
        """What keeps the document from running, and warnings; looked for once after each change."""
        if self._problems is None or self._problems[0] is not self.document:
            self._problems = (self.document, validate(self.document))
        return list(self._problems[1])

    def look_again(self) -> list[Problem]:
        """The problems as they are now, where something outside the document may have changed: a file of arrays."""
        self._problems = None
        return self.problems()

    # -- changes, each one step of undo ----------------------------------------------------------------------------
    def add_population(
        self,
        neuron: Neuron | str,
        position: Position,
        shape: int | tuple[int, ...] | None = None,
        name: str | None = None,
    ) -> str:
        """Add a population and return its name."""
        population = Population(name="unnamed", shape=shape, neuron=neuron)
        population.name = self.document.network.free_name(name or population.neuron.role)
        self.add_part(population, position)
        return population.name

    def add_part(self, part: Population | Connection, position: Position | None = None) -> None:
        """Add a population or connection that has a free name."""
        self.undo_stack.push(AddPart(self, part, position))

    def insert_population(
        self, connection: str, neuron: Neuron | str, position: Position, shape: int | tuple[int, ...] | None = None
    ) -> str:
        """Put a new population on a connection, which then ends in it; a new connection leads on. Returns its name.

        Raises
        ------
        UserError
            Where it takes no connections or gives no spikes.
        """
        with self.one_step(f"insert into {connection}"):
            name = self.add_population(neuron, position, shape)
            self.lead_through(connection, name)
        return name

    def lead_through(self, connection: str, population: str) -> None:
        """Let a connection end in a population, and a new one lead from there to where it ended.

        Raises
        ------
        UserError
            Where the population takes no connections or gives no spikes.
        """
        part = self.document.network.connection(connection)
        target = part.target
        reason = self.refusal(part.source, population) or self.refusal(population, target)
        if reason:
            raise UserError(reason)
        with self.one_step(f"insert {population} into {connection}"):
            self.set_value(("network", "connections", connection, "target"), population)
            self.add_connection(population, target)
            self.move({connection: None})

    def replace_neuron(self, name: str, neuron: type[Neuron]) -> None:
        """Make a population of another type, and keep the fields that both types have."""
        path = ("network", "populations", name, "neuron")
        before = self.value(path)
        if type(before) is not neuron:
            with self.one_step(f"make {name} {neuron.title}"):
                self.set_value(path, usable(converted(before, neuron)))

    def add_annotation(self, annotation: Annotation, position: Position | None = None) -> str:
        """Add a note or frame under a free name, which is returned."""
        kind: Kind = "note" if isinstance(annotation, Note) else "frame"
        made = copy.deepcopy(annotation)
        made.name = self.document.view.free_mark(kind)
        made.position = position or made.position
        self._set_annotations(f"add {kind}", kind, [*getattr(self.document.view, f"{kind}s"), made])
        return made.name

    def _set_annotations(self, label: str, kind: Kind, wanted: list[Any]) -> None:
        path = ("view", f"{kind}s")
        if self.value(path) != wanted:
            self.undo_stack.push(SetList(self, path, wanted, name=label))

    def add_connection(self, source: str, target: str) -> str:
        """Connect two populations and return the connection's name.

        Raises
        ------
        UserError
            Where the two cannot be connected, with the reason.
        """
        reason = self.refusal(source, target)
        if reason:
            raise UserError(reason)
        from_input = self.document.network.population(source).neuron.is_input
        weight = Normal(mean=0.3, sd=0.2) if from_input else Normal(mean=0.0, sd=0.3)
        name = self.document.network.free_name(f"{source}_{target}")
        part = Connection(
            name=name, source=source, target=target, connectivity=Dense(weight=weight), synapse=Exponential(tau=5.0)
        )
        self.add_part(part)
        return name

    def refusal(self, source: str, target: str) -> str:
        """Why `source` cannot be connected to `target`, or an empty string."""
        network = self.document.network
        if network.population(target).neuron.is_input:
            return f"'{target}' is an input and takes no connections"
        if not network.population(source).neuron.spiking:
            return f"'{source}' never spikes, so nothing can come from it"
        return ""

    def remove(self, names: Iterable[str]) -> None:
        """Remove parts, notes and frames, and the connections and recorders of removed populations.

        `experiment.dataset` and `experiment.learning` are what feeds the inputs and judges the outputs.
        """
        chosen = set(names)
        network, view = self.document.network, self.document.view
        lost = [c.name for c in network.connections if c.name in chosen or {c.source, c.target} & chosen]
        lost += [p.name for p in network.populations if p.name in chosen]
        marks = [mark.name for mark in view.annotations if mark.name in chosen]
        stages = [stage for stage in STAGES if stage in chosen and self.value(tuple(stage.split("."))) is not None]
        gone = [*lost, *marks, *stages]
        if not gone:
            return
        with self.one_step(f"delete {gone[0]}" if len(gone) == 1 else f"delete {len(gone)} parts"):
            if lost:
                self.undo_stack.push(RemoveParts(self, lost))
            for kind in KINDS:
                kept = [mark for mark in getattr(view, f"{kind}s") if mark.name not in chosen]
                self._set_annotations(f"delete {kind}", kind, kept)
            for stage in stages:
                self.set_value(tuple(stage.split(".")), None)

    def rename(self, old: str, new: str) -> None:
        """Rename a part; raises a `UserError` where the name is taken or no name."""
        if new == old:
            return
        if new in self.document.network.names():
            raise UserError(f"the name '{new}' is taken")
        if not new:
            raise UserError("an empty name found, expected a name")
        copy.copy(self.part(old)).name = new  # refuses what is no name before anything changes
        self.undo_stack.push(Rename(self, old, new))

    def move(self, positions: Mapping[str, Position | None]) -> None:
        """Put parts elsewhere; None: where the canvas likes it."""
        after = {name: place for name, place in positions.items() if place != self.position(name)}
        if after:
            self.undo_stack.push(Move(self, {name: self.position(name) for name in after}, after))

    def set_value(self, path: Path, value: Any) -> None:
        """Set a field; raises a `UserError` (`InvalidDocument`) and changes nothing where the value is refused."""
        if path[:1] == ("network",) and path[-1] == "name":
            self.rename(path[-2], value)
        elif not _same(self.value(path), value):
            self.undo_stack.push(SetField(self, path, value))

    def set_values(self, values: Mapping[Path, Any], label: str = "") -> None:
        """Set several fields, by their paths, in one step of undo.

        Raises
        ------
        UserError
            Where one of the values is refused; then none is set.
        """
        field = next(iter(values), ("",))[-1].replace("_", " ")
        with self.one_step(label or f"change {field} of {len(values)} parts"):
            for path, value in values.items():
                self.set_value(path, copy.deepcopy(value))

    def set_plots(self, plots: Sequence[Plot], label: str, key: Hashable = None) -> None:
        """Show these plots in place of those there are.

        Parameters
        ----------
        key
            Of what is changed of them: changes with the same key that follow each other closely are one step.
        """
        if self.document.view.plots != list(plots):
            self.undo_stack.push(SetPlots(self, ("view", "plots"), list(plots), name=label, what=key))

    def keep_places(self, places: Mapping[str, Place]) -> None:
        """Note where plots stand, by their names: no step of undo, and nothing that would have to be saved."""
        if not places:
            return
        self.document.view.plots = self.document.view.shown_plots
        for plot in self.document.view.plots:
            plot.place = places.get(plot.name, plot.place)

    def one_step(self, label: str) -> AbstractContextManager[None]:
        """A context: what is changed inside is one step of undo; where it raises, nothing is changed."""
        return self.undo_stack.one_step(label)

    # -- what commands call ------------------------------------------------------------------------------------------
    def _list(self, part: Population | Connection) -> list[Any]:
        network = self.document.network
        return network.populations if isinstance(part, Population) else network.connections

    def _insert(self, part: Population | Connection, index: int | None, position: Position | None) -> None:
        parts = self._list(part)
        parts.insert(len(parts) if index is None else index, part)
        if position is not None:
            self.document.view.positions[part.name] = position
        self._tell(self.part_added, part.name)

    def _take(self, name: str) -> tuple[Population | Connection, int, Position | None]:
        part = self.part(name)
        parts = self._list(part)
        index = next(k for k, candidate in enumerate(parts) if candidate is part)
        del parts[index]
        position = self.position(name)
        self.document.view.positions.pop(name, None)
        self._tell(self.part_removed, name)
        return part, index, position

    def _fields_naming(self, old: str, new: str) -> list[Named]:
        return fields_naming(self.document, old, new)

    def _rename(self, old: str, new: str, named: Sequence[tuple[Node, str, Any]]) -> None:
        self.part(old).name = new
        for node, field, value in named:
            setattr(node, field, value)
        view = self.document.view
        view.positions = {new if name == old else name: place for name, place in view.positions.items()}
        for frame in view.frames:
            if old in frame.members:
                frame.members = [new if name == old else name for name in frame.members]
        self._tell(self.part_renamed, old, new)

    def _watch(self, recording: list[Recorder], metrics: list[Metric]) -> None:
        experiment = self.document.experiment
        if (experiment.recording, experiment.metrics) != (recording, metrics):
            experiment.recording, experiment.metrics = recording, metrics
            self._tell(self.settings_changed)

    def _order_positions(self, positions: Mapping[str, Position]) -> None:
        """Bring the positions, which are these, into this order, so that an undone change leaves no trace."""
        self.document.view.positions = dict(positions)

    def _place(self, positions: Mapping[str, Position | None]) -> None:
        for name, place in positions.items():
            if ":" in name:
                if place is not None:
                    self.annotation(name).position = place
            elif place is None:
                self.document.view.positions.pop(name, None)
            else:
                self.document.view.positions[name] = place
            self.part_moved.emit(name)
        self.changed.emit()

    def _set(self, path: Path, value: Any) -> None:
        setattr(self.value(path[:-1]), path[-1], value)
        if path[0] == "network" and len(path) > 2:
            self._tell(self.part_changed, path[2])
        elif path[0] == "view":
            self._tell(self.plots_changed if path[1] == "plots" else self.annotations_changed)
        else:
            self._tell(self.settings_changed)


def _same(before: Any, value: Any) -> bool:
    """Whether to set `value` changes nothing: 20 for 20.0 does not, true for 1 does."""
    numbers = all(isinstance(item, int | float) and not isinstance(item, bool) for item in (before, value))
    return bool(before == value) and (numbers or type(before) is type(value))

"""The commands: each names what it changes and calls two methods of the document."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spikeloom.spec import Connection, Document, Metric, Population, Recorder
from spikeloom_app.document.naming import Named
from spikeloom_app.document.undo import Command

if TYPE_CHECKING:
    from spikeloom_app.document.document_file import DocumentFile
    from spikeloom_app.document.open_document import OpenDocument

Path = tuple[str, ...]
Position = tuple[float, float]


class OnCanvas(Command):
    """A command that changes positions: undone, they are in the order of the file again, so that it leaves no trace."""

    document: OpenDocument
    positions: dict[str, Position]

    def do(self) -> None:
        self.positions = dict(self.document.document.view.positions)
        self.change()

    def undo(self) -> None:
        self.take_back()
        self.document._order_positions(self.positions)

    @abstractmethod
    def change(self) -> None:
        """Make the change."""

    @abstractmethod
    def take_back(self) -> None:
        """Take it back, in any order of the positions."""


@dataclass
class AddPart(OnCanvas):
    """Add a population (at a position) or a connection."""

    document: OpenDocument
    part: Population | Connection
    position: Position | None = None

    @property
    def label(self) -> str:
        return f"add {self.part.name}"

    def change(self) -> None:
        self.document._insert(self.part, None, self.position)

    def take_back(self) -> None:
        self.document._take(self.part.name)


@dataclass
class RemoveParts(OnCanvas):
    """Remove parts; connections of a removed population, recorders and metrics of what is removed, go with it."""

    document: OpenDocument
    names: list[str]
    taken: list[tuple[Population | Connection, int, Position | None]] = field(default_factory=list)
    recording: list[Recorder] = field(default_factory=list)  # before
    metrics: list[Metric] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"delete {self.names[0]}" if len(self.names) == 1 else f"delete {len(self.names)} parts"

    def change(self) -> None:
        experiment = self.document.document.experiment
        self.recording, self.metrics = list(experiment.recording), list(experiment.metrics)
        self.taken = [self.document._take(name) for name in self.names]
        gone = {part.name for part, _, _ in self.taken}
        kept = [metric for metric in self.metrics if not gone & {metric.reads, getattr(metric, "population", None)}]
        self.document._watch([recorder for recorder in self.recording if recorder.part not in gone], kept)

    def take_back(self) -> None:
        for part, index, position in reversed(self.taken):
            self.document._insert(part, index, position)
        self.document._watch(self.recording, self.metrics)


@dataclass
class Rename(OnCanvas):
    """Give a part another name, everywhere it is named."""

    document: OpenDocument
    old: str
    new: str
    named: list[Named] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"rename {self.old} to {self.new}"

    def change(self) -> None:
        # What named the new name before (and nobody then) is none of the part's, and stays so at undo.
        self.named = self.document._fields_naming(self.old, self.new)
        self.document._rename(self.old, self.new, [(node, key, after) for node, key, _, after in self.named])

    def take_back(self) -> None:
        self.document._rename(self.new, self.old, [(node, key, before) for node, key, before, _ in self.named])


@dataclass
class Move(OnCanvas):
    """Put parts, notes and frames elsewhere on the canvas."""

    document: OpenDocument
    before: dict[str, Position | None]
    after: dict[str, Position | None]

    @property
    def label(self) -> str:
        if len(self.after) > 1:
            return f"move {len(self.after)} parts"
        return f"move {next(iter(self.after)).replace(':', ' ')}"

    def change(self) -> None:
        self.document._place(self.after)

    def take_back(self) -> None:
        self.document._place(self.before)


@dataclass
class SetField(Command):
    """Set a field of the document, found by its path."""

    document: OpenDocument
    path: Path
    value: Any
    before: Any = None

    @property
    def label(self) -> str:
        return f"change {self.path[-1].replace('_', ' ')}"

    def do(self) -> None:
        self.before = self.document.value(self.path)
        self.document._set(self.path, self.value)

    def undo(self) -> None:
        self.document._set(self.path, self.before)

    @property
    def key(self) -> Hashable:
        return self.path

    def merge(self, later: SetField) -> None:
        self.value = later.value


@dataclass
class SetList(SetField):
    """Set a list as a whole, a step of its own however quickly another follows."""

    name: str = "change"

    @property
    def label(self) -> str:
        return self.name

    @property
    def key(self) -> Hashable:
        return None


@dataclass
class SetPlots(SetList):
    """Set the plots, a step of its own unless the same of them is changed again at once."""

    what: Hashable = None

    @property
    def key(self) -> Hashable:
        return None if self.what is None else (*self.path, self.what)


@dataclass
class ReplaceDocument(Command):
    """Put another document in the place of this one: what was on the disk, for instance."""

    document: DocumentFile
    other: Document
    words: str

    @property
    def label(self) -> str:
        return self.words

    def do(self) -> None:
        self.other = self.document._exchange(self.other)

    def undo(self) -> None:
        self.other = self.document._exchange(self.other)

"""The commands: each names what it changes and calls two methods of the document."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spikeloom.spec import Connection, Document, Node, Population, Recorder
from spikeloom_app.document.undo import Command

if TYPE_CHECKING:
    from spikeloom_app.document.document_file import DocumentFile
    from spikeloom_app.document.open_document import OpenDocument

Path = tuple[str, ...]
Position = tuple[float, float]


@dataclass
class AddPart(Command):
    """Add a population (at a position) or a connection."""

    document: OpenDocument
    part: Population | Connection
    position: Position | None = None
    positions: dict[str, Position] = field(default_factory=dict)  # before, in their order in the file

    @property
    def label(self) -> str:
        return f"add {self.part.name}"

    def do(self) -> None:
        self.positions = dict(self.document.document.view.positions)
        self.document._insert(self.part, None, self.position)

    def undo(self) -> None:
        self.document._take(self.part.name)
        self.document._order_positions(self.positions)


@dataclass
class RemoveParts(Command):
    """Remove parts; connections and recorders of a removed population go with it."""

    document: OpenDocument
    names: list[str]
    taken: list[tuple[Population | Connection, int, Position | None]] = field(default_factory=list)
    recording: list[Recorder] = field(default_factory=list)  # before
    positions: dict[str, Position] = field(default_factory=dict)  # before, in their order in the file
    order: list[str] = field(default_factory=list)  # of the positions, so that undo brings back the same text

    @property
    def label(self) -> str:
        return f"delete {self.names[0]}" if len(self.names) == 1 else f"delete {len(self.names)} parts"

    def do(self) -> None:
        self.order = list(self.document.document.view.positions)
        self.positions = dict(self.document.document.view.positions)
        self.recording = list(self.document.document.experiment.recording)
        self.taken = [self.document._take(name) for name in self.names]
        gone = {part.name for part, _, _ in self.taken if isinstance(part, Population)}
        self.document._record([recorder for recorder in self.recording if recorder.population not in gone])

    def undo(self) -> None:
        for part, index, position in reversed(self.taken):
            self.document._insert(part, index, position)
        self.document._order_positions(self.positions)
        self.document._record(self.recording)
        positions = self.document.document.view.positions
        self.document.document.view.positions = {name: positions[name] for name in self.order}


@dataclass
class Rename(Command):
    """Give a part another name, everywhere it is named."""

    document: OpenDocument
    old: str
    new: str
    named: list[tuple[Node, str]] = field(default_factory=list)  # objects and fields that name the part
    positions: dict[str, Position] = field(default_factory=dict)  # before, in their order in the file

    @property
    def label(self) -> str:
        return f"rename {self.old} to {self.new}"

    def do(self) -> None:
        # What named the new name before (and nobody then) is none of the part's, and stays so at undo.
        self.named = self.document._fields_naming(self.old)
        self.positions = dict(self.document.document.view.positions)
        self.document._rename(self.old, self.new, self.named)

    def undo(self) -> None:
        self.document._rename(self.new, self.old, self.named)
        self.document._order_positions(self.positions)


@dataclass
class Move(Command):
    """Put parts elsewhere on the canvas."""

    document: OpenDocument
    before: dict[str, Position | None]
    after: dict[str, Position | None]
    positions: dict[str, Position] = field(default_factory=dict)  # before, in their order in the file

    @property
    def label(self) -> str:
        return (
            f"move {next(iter(self.after)).replace(':', ' ')}"
            if len(self.after) == 1
            else f"move {len(self.after)} parts"
        )

    def do(self) -> None:
        self.positions = dict(self.document.document.view.positions)
        self.document._place(self.after)

    def undo(self) -> None:
        self.document._place(self.before)
        self.document._order_positions(self.positions)


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

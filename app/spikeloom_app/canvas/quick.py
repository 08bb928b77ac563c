"""What is asked for by typing on the canvas: a type to add, to insert or to change to, a target, a part to find."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QCursor

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Connection, Neuron, Population
from spikeloom_app.canvas.chooser import Option
from spikeloom_app.canvas.items import Part, Pill
from spikeloom_app.canvas.palette import entries
from spikeloom_app.reference.topics import topic_of_part

if TYPE_CHECKING:
    from spikeloom_app.canvas.canvas import Canvas

NOTE, FRAME = "note", "frame"


class Quick:
    """The choosers of a canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.chooser = canvas.view.chooser

    # -- adding ------------------------------------------------------------
    def add(self, at: QPoint | None = None) -> None:
        """Ask what to add, and add it at `at` (viewport; where the mouse is, or in the middle)."""
        view = self.canvas.view
        pills = [part for part in view.selected_parts() if isinstance(part, Pill)]
        if at is None and len(pills) == 1:
            self.insert(pills[0].part)
            return
        where = at if at is not None else self._mouse()
        place = view.mapToScene(where) if where is not None else None
        others = [
            Option(NOTE, "Note", "A text in Markdown", topic="note"),
            Option(FRAME, "Frame", "A titled frame around parts", topic="frame"),
        ]

        def done(key: str) -> None:
            if key == NOTE:
                self.canvas.edit.add_note(place)
            elif key == FRAME:
                self.canvas.edit.add_frame(place)
            else:
                self.canvas.add(key, place)

        self._ask("Add …", [*types(), *others], done, where)

    def wire(self, source: str, at: QPoint) -> None:
        """Ask what a wire that was dropped in the open leads to: types that fit, new at that place."""
        place = self.canvas.view.mapToScene(at)
        fitting = types(lambda neuron: not neuron.is_input)

        def done(key: str) -> None:
            self.canvas.add(key, place, source=source)

        self._ask(f"Connect {source} to a new …", fitting, done, at)

    def insert(self, connection: str) -> None:
        """Ask which population to put on a connection."""
        part = self.canvas.view.graph.part(connection)
        if part is None:
            return
        place = part.outline().center()
        fitting = types(lambda neuron: not neuron.is_input and neuron.spiking)

        def done(key: str) -> None:
            self.canvas.add(key, place, into=connection)

        self._ask(f"Insert into {connection} …", fitting, done, self._below(part))

    def replace(self) -> None:
        """Ask which type the selected populations become."""
        names = self.canvas.edit.populations()
        if names:
            below = self._below(self.canvas.view.graph.cards[names[0]])
            self._ask(f"Make {', '.join(names)} …", types(), self.canvas.edit.replace_selected, below)

    # -- parts that are there ------------------------------------------------------------
    def connect(self) -> None:
        """Ask which population the selected one is connected to."""
        view, network = self.canvas.view, self.canvas.document.document.network
        names = self.canvas.edit.populations()
        if len(names) != 1:
            return
        source = names[0]
        options = []
        for population in network.populations:
            if not self.canvas.document.refusal(source, population.name):
                itself = " (to itself)" if population.name == source else ""
                options.append(_part_option(population, itself))
        reason = self.canvas.document.refusal(source, source) or "No population takes a connection"
        self._ask(
            f"Connect {source} to …", options, lambda key: view.connect_parts(source, key),
            self._below(view.graph.cards[source]),
            empty=reason[:1].upper() + reason[1:] if not options else "Nothing matches",
        )  # fmt: skip

    def find(self) -> None:
        """Ask for a part by name or type; the marked one is shown at once."""
        view, document = self.canvas.view, self.canvas.document.document
        before, middle = self.canvas.selected(), view.mapToScene(view.viewport().rect().center())
        options = [_part_option(part) for part in document.network.parts()]
        options += [Option(note.name, note.text[:60] or "Note", "Note") for note in document.view.notes]
        options += [Option(frame.name, frame.title, "Frame") for frame in document.view.frames]

        def left() -> None:
            self.canvas.select(before)
            view.centerOn(middle)
            view.moved.emit()

        at = QPoint(view.viewport().width() - 360, 12)
        self.chooser.ask("Find …", options, self.canvas.reveal, at, shown=self.canvas.glance, left=left)

    # -- where and how ------------------------------------------------------------
    def _ask(
        self, prompt: str, options: list[Option], done: Callable[[str], object], at: QPoint | None,
        empty: str = "Nothing matches",
    ) -> None:  # fmt: skip
        where = at if at is not None else self.canvas.view.viewport().rect().center() - QPoint(170, 140)

        def guarded(key: str) -> None:
            try:
                done(key)
            except SpikeloomError as error:
                self.canvas.view.bubble.say(error.message, where, seconds=4.0)

        self.chooser.ask(prompt, options, guarded, where, empty=empty)

    def _mouse(self) -> QPoint | None:
        port = self.canvas.view.viewport()
        at = port.mapFromGlobal(QCursor.pos())
        return at if port.rect().contains(at) and port.underMouse() else None

    def _below(self, part: Part) -> QPoint:
        return self.canvas.view.mapFromScene(part.outline().bottomLeft() + QPointF(0, 8))


def types(fits: Callable[[Neuron], bool] = lambda neuron: True) -> list[Option]:
    """The neuron types that fit, as the palette calls them."""
    known = Neuron.types()
    return [
        Option(entry.type, entry.title, entry.help, f"role_{entry.role}", entry.role, f"neuron.{entry.type}")
        for entry in entries()
        if fits(known[entry.type]())
    ]


def _part_option(part: Population | Connection, more: str = "") -> Option:
    if isinstance(part, Population):
        role = part.neuron.role
        words = f"{role} population"
        return Option(part.name, part.name + more, part.neuron.title, f"role_{role}", words, topic_of_part(part))
    what = f"{part.connectivity.title}, {part.source} to {part.target}"
    return Option(part.name, part.name, what, "wire", f"connection {part.synapse.title}", topic_of_part(part))

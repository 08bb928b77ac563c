"""What the canvas does to the selection: copy and paste, notes and frames, alignment and layout. Each is one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QCursor

from spikeloom.errors import SpikeloomError
from spikeloom.spec import LI, AvgVar, Frame, Neuron, Note, VarReadout
from spikeloom_app.canvas import clipboard
from spikeloom_app.canvas.arrange import Axis, Box, Side, aligned, distributed, nearest_towards
from spikeloom_app.canvas.items import Card, Part, Pill
from spikeloom_app.canvas.layout import layered
from spikeloom_app.canvas.marks import MARGIN, TITLE, FrameItem, NoteItem
from spikeloom_app.canvas.stages import Stage
from spikeloom_app.document import fragment
from spikeloom_app.document.commands import Path

if TYPE_CHECKING:
    from spikeloom_app.canvas.canvas import Canvas

ENDS_APART = 420.0  # px between an input and an output, with room for what comes between


class Editing:
    """The operations of a canvas on what is selected."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.document, self.view = canvas.document, canvas.view

    # -- the ends ------------------------------------------------------------
    def add_ends(self) -> None:
        """Add an input and an output for the data set where the network has none; each gets its size from there."""
        document = self.document.document
        network, dataset = document.network, document.experiment.dataset
        if dataset is None:
            return
        spikes = dataset.encoder is not None or "encoder" not in type(dataset).model_fields
        with self.document.one_step("add input and output"):
            added = []
            if not network.inputs:
                added.append(self.document.add_population("spike_input" if spikes else "poisson_input", (0.0, 0.0)))
            if not network.outputs:
                output = LI(readout=VarReadout() if dataset.targets_over_time else AvgVar())
                right = max((card.pos().x() for card in self.view.graph.cards.values()), default=0.0)
                added.append(self.document.add_population(output, (right + ENDS_APART, 0.0), name="output"))
            if len(network.populations) == len(added) == 2:  # nothing else that would stand between them
                self.document.add_connection(*added)
        self.view.graph.settle()
        self.canvas.select(added)
        self.view.fit()

    # -- copies ------------------------------------------------------------
    def _places(self) -> dict[str, tuple[float, float]]:
        """Where cards stand, and pills that were put somewhere."""
        graph = self.view.graph
        places = {name: (card.pos().x(), card.pos().y()) for name, card in graph.cards.items()}
        return places | {n: (p.fixed.x(), p.fixed.y()) for n, p in graph.pills.items() if p.fixed is not None}

    def _chosen(self) -> list[str]:
        """The names of what is selected; a frame stands for what stands in it, too."""
        return [part.part for part in self.view.graph.along(self.view.selected_parts())]

    def can_copy(self) -> bool:
        """Whether something is selected that can be copied."""
        return any(not isinstance(part, Stage) for part in self.view.selected_parts())

    def populations(self) -> list[str]:
        """The names of the selected populations."""
        known = self.view.graph.cards
        return [part.part for part in self.view.selected_parts() if isinstance(part, Card) and part.part in known]

    def copy(self) -> bool:
        """Put the selection on the clipboard; False where nothing is selected."""
        parts = fragment.copied(self.document, self._chosen(), self._places())
        if not (parts.network.parts() or parts.view.annotations):
            return False
        clipboard.put(parts)
        return True

    def cut(self) -> None:
        """Put the selection on the clipboard and take it away."""
        if self.copy():
            self.document.remove(self._chosen())

    def paste(self) -> None:
        """Add what is on the clipboard, at the mouse where it is over the canvas, and select it."""
        port = self.view.viewport()
        at = port.mapFromGlobal(QCursor.pos())
        over = port.underMouse() and port.rect().contains(at)
        place = self.view.mapToScene(at) if over else None
        try:
            names = fragment.paste(
                self.document, clipboard.take(), None if place is None else (round(place.x()), round(place.y()))
            )
        except SpikeloomError as error:
            self.say(error)
            return
        self._select(names)

    def duplicate(self) -> None:
        """Add a copy of the selection beside it, and select it."""
        parts = fragment.copied(self.document, self._chosen(), self._places())
        if parts.network.parts() or parts.view.annotations:
            self._select(fragment.paste(self.document, parts))

    def _select(self, names: list[str]) -> None:
        self.view.graph.settle()
        self.canvas.select(names)

    def say(self, error: SpikeloomError) -> None:
        """Say what was refused, in the upper middle of the canvas."""
        at = self.view.viewport().rect().center()
        at.setY(24)
        self.view.bubble.say(f"{error.message}. {error.hint}".rstrip(". ") + ".", at, seconds=5.0)

    # -- types ------------------------------------------------------------
    def replace_selected(self, type_name: str) -> None:
        """Make the selected populations of another type, keeping what both have."""
        names = self.populations()
        cls = Neuron.types()[type_name]
        with self.document.one_step(f"make {names[0] if len(names) == 1 else f'{len(names)} populations'} {cls.title}"):
            for name in names:
                self.document.replace_neuron(name, cls)

    # -- notes and frames ------------------------------------------------------------
    def add_note(self, at: QPointF | None = None) -> None:
        """Add a note and edit it."""
        place = at if at is not None else self._free()
        name = self.document.add_annotation(Note(name="note:1", position=(round(place.x()), round(place.y()))))
        self._select([name])
        item = self.view.graph.part(name)
        if isinstance(item, NoteItem):
            self.view.edit_text(item)

    def add_frame(self, at: QPointF | None = None) -> None:
        """Add a frame round the selection, or an empty one."""
        chosen = self.view.selected_parts()
        box = QRectF()
        for part in chosen:
            box = box.united(part.outline())
        if box.isValid():
            box = box.adjusted(-MARGIN, -MARGIN - TITLE, MARGIN, MARGIN)
        else:
            place = at if at is not None else self._free()
            box = QRectF(place.x(), place.y(), 320, 200)
        position = (float(round(box.left())), float(round(box.top())))
        frame = Frame(
            name="frame:1", position=position, width=float(round(box.width())), height=float(round(box.height()))
        )
        self._select([self.document.add_annotation(frame)])

    def _free(self) -> QPointF:
        return self.view.mapToScene(self.view.viewport().rect().center())

    def fold(self, name: str | None = None) -> None:
        """Fold or unfold a frame, or the selected ones."""
        view = self.document.document.view
        names = [name] if name is not None else self.canvas.selected()
        frames = [frame for frame in view.frames if frame.name in names]
        if frames:
            folded = not all(frame.folded for frame in frames)
            word = "fold" if folded else "unfold"
            values: dict[Path, Any] = {}
            for frame in frames:
                path = ("view", "frames", frame.name)
                values |= {(*path, "folded"): folded, (*path, "members"): self._inside(frame.name) if folded else []}
            self.document.set_values(values, f"{word} {frames[0].title}" if len(frames) == 1 else f"{word} frames")
            self._select([frame.name for frame in frames])

    def _inside(self, name: str) -> list[str]:
        """What a frame stands for when it is folded."""
        frame = self.view.graph.marks.items[name]
        assert isinstance(frame, FrameItem)
        return [part.part for part in self.view.graph.standing_in(frame) if not isinstance(part, Pill | Stage)]

    # -- where things stand ------------------------------------------------------------
    def _boxes(self) -> dict[str, Box]:
        parts = [part for part in self.view.selected_parts() if not isinstance(part, Pill)]
        return {part.part: _box(part.outline()) for part in parts}

    def can_arrange(self, least: int) -> bool:
        """Whether at least so many things that stand by themselves are selected."""
        return len(self._boxes()) >= least

    def align(self, side: Side) -> None:
        """Put one side, or the middles, of the selected cards in a line."""
        boxes = self._boxes()
        if len(boxes) > 1:
            self._move(f"align {len(boxes)} parts", aligned(boxes, side))

    def distribute(self, axis: Axis) -> None:
        """Give the selected cards equal gaps."""
        boxes = self._boxes()
        if len(boxes) > 2:
            self._move(f"distribute {len(boxes)} parts", distributed(boxes, axis))

    def _move(self, label: str, places: dict[str, tuple[float, float]]) -> None:
        """Move cards; a frame takes along what stands in it."""
        along = dict(places)
        for name, (x, y) in places.items():
            frame = self.view.graph.marks.items.get(name)
            if isinstance(frame, FrameItem):
                shift = QPointF(x, y) - frame.pos()
                for part in self.view.graph.standing_in(frame):
                    place = part.pos() + shift
                    along.setdefault(part.part, (place.x(), place.y()))
        with self.document.one_step(label):
            self.document.move(along)

    def arrange(self) -> None:
        """Put all populations in layers from left to right; frames go round what stood in them."""
        network = self.document.document.network
        graph = self.view.graph
        held = {frame.part: self.view.graph.standing_in(frame) for frame in graph.marks.frames()}
        pills = dict.fromkeys(connection.name for connection in network.connections)
        stages = dict.fromkeys(graph.stages.cards)
        places = layered(network, {name: pill.pill_width for name, pill in graph.pills.items()})
        with self.document.one_step("arrange in layers"):
            self.document.move({**places, **pills, **stages})
            for name, parts in held.items():
                cards = [part for part in parts if isinstance(part, Card)]
                if cards:
                    self._fit_frame(name, cards)
        self.canvas.fit()

    def _fit_frame(self, name: str, cards: list[Card]) -> None:
        box = QRectF()
        for card in cards:
            box = box.united(card.outline())
        box = box.adjusted(-MARGIN, -MARGIN - TITLE, MARGIN, MARGIN)
        self.document.move({name: (round(box.left()), round(box.top()))})
        sizes = {"width": box.width(), "height": box.height()}
        self.document.set_values({("view", "frames", name, side): float(round(size)) for side, size in sizes.items()})

    # -- from part to part ------------------------------------------------------------
    def go(self, across: int, down: int) -> None:
        """Select the nearest part in a direction, or the first where nothing is selected."""
        parts = {part.part: part for part in self.view.graph.everything()}
        chosen = self.canvas.selected()
        if not chosen:
            found = next(iter(parts), None)
        else:
            boxes = {name: _box(part.outline()) for name, part in parts.items()}
            found = nearest_towards(boxes, chosen[0], across, down)
        if found is not None:
            self.canvas.reveal(found)

    def step(self, steps: int) -> None:
        """Select the next part in the document's order, or the one before."""
        parts: list[Part] = self.view.graph.everything()
        chosen = self.canvas.selected()
        names = [part.part for part in parts]
        index = names.index(chosen[0]) + steps if chosen and chosen[0] in names else (0 if steps > 0 else -1)
        if names:
            self.canvas.reveal(names[index % len(names)])


def _box(rect: QRectF) -> Box:
    return (rect.left(), rect.top(), rect.width(), rect.height())

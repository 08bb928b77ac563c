"""The items of a scene kept as the document says: one card per population, one pill with its wire per connection.

Names, positions and the set of items follow the document's signals at once; texts, badges and the places of pills are
brought up to date together, once per turn of the event loop (or by `settle`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtWidgets import QGraphicsScene

from spikeloom.spec import Connection, Population, Problem, infer_shapes
from spikeloom_app.canvas.items import PILL_HEIGHT, Card, Part, Pill
from spikeloom_app.canvas.layout import beside
from spikeloom_app.canvas.marks import FrameItem, Marks
from spikeloom_app.canvas.routes import Ground, Link, Route, routes, wire_path
from spikeloom_app.canvas.stages import Stages
from spikeloom_app.canvas.words import card_words, pill_words, problems_of
from spikeloom_app.document import OpenDocument
from spikeloom_app.listening import listen


class Graph(QObject):
    """Fills `scene` with the parts of `document`.

    Signals
    -------
    parts_changed
        The set of parts or a name changed.
    refreshed
        Everything is where it belongs.
    rebuilt
        All parts are new, since the document was replaced.
    """

    refreshed = Signal()
    parts_changed = Signal()
    rebuilt = Signal()

    def __init__(self, document: OpenDocument, scene: QGraphicsScene, parent: QObject) -> None:
        super().__init__(parent)
        self.document, self.scene = document, scene
        self.cards: dict[str, Card] = {}
        self.pills: dict[str, Pill] = {}
        self.problems: list[Problem] = []
        self._routes: dict[str, Route] = {}
        self._drag: tuple[frozenset[Part], list[tuple[str, Pill]], Ground] | None = None
        self._told = True  # that parts came or went
        self.held: frozenset[Part] = frozenset()  # what the mouse or a key moves, and nobody else
        self.marks, self.stages = Marks(self), Stages(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.refresh)
        listen(document.part_added, self._add)
        listen(document.part_removed, self._remove)
        listen(document.part_renamed, self._rename)
        listen(document.part_changed, self._change)
        listen(document.part_moved, self._move)
        listen(document.annotations_changed, self._annotate)
        listen(document.changed, self._soon)
        listen(document.replaced, self.rebuild)
        self.rebuild()

    def _soon(self) -> None:
        self._timer.start()

    # -- asking ------------------------------------------------------------
    def part(self, name: str) -> Part | None:
        """The item of a population, connection, note, frame or card of the experiment."""
        return self.cards.get(name) or self.pills.get(name) or self.marks.part(name) or self.stages.cards.get(name)

    def end(self, name: str) -> Card | None:
        """The card at which wires of a population end: its own, or that of the folded frame that it stands in."""
        return self.marks.stand_ins.get(name) or self.cards.get(name)

    def parts(self) -> list[Part]:
        """The populations and connections in sight, cards first, in the document's order."""
        items = (
            self.cards.get(part.name) or self.pills.get(part.name) for part in self.document.document.network.parts()
        )
        return [item for item in items if item is not None and item.isVisible()]

    def everything(self) -> list[Part]:
        """All items in sight that can be selected: parts, notes and frames, the cards of the experiment."""
        return [*self.parts(), *self.marks.seen(), *self.stages.cards.values()]

    def standing_in(self, frame: FrameItem) -> list[Part]:
        """What stands in a frame, and moves with it: cards, notes, other frames, and what was put there."""
        put = [pill for pill in self.pills.values() if pill.fixed is not None]
        put += [stage for name, stage in self.stages.cards.items() if self.document.position(name) is not None]
        marks = [self.marks.folds.get(name) or item for name, item in self.marks.items.items()]
        return [part for part in (*self.cards.values(), *marks, *put) if part is not frame and frame.holds(part)]

    def along(self, parts: Iterable[Part]) -> list[Part]:
        """The parts and what moves with them: what stands in those that are frames, however deep."""
        found: dict[Part, None] = {}
        waiting = list(parts)
        while waiting:
            part = waiting.pop(0)
            frame = self.marks.items.get(part.part)
            if part not in found and isinstance(frame, FrameItem):
                waiting += self.standing_in(frame)
            found[part] = None
        return list(found)

    def standing(self) -> list[QRectF]:
        """What wires and pills keep clear of."""
        cards = [card.outline() for card in self.cards.values() if card.isVisible()]
        return [*cards, *(fold.outline() for fold in self.marks.folds.values())]

    # -- following the document ------------------------------------------------------------
    def rebuild(self) -> None:
        """Make all items anew."""
        for item in [*self.pills.values(), *self.cards.values()]:
            self._drop(item)
        self.cards, self.pills = {}, {}
        self.marks.clear()
        self.stages.clear()
        network = self.document.document.network
        shapes = infer_shapes(self.document.document)
        free = self._free_places()
        for population in network.populations:
            self._add_card(population, shapes, free)
        for connection in network.connections:
            self._add_pill(connection, shapes)
        self.refresh()
        self.rebuilt.emit()
        self.parts_changed.emit()

    def settle(self) -> None:
        """Bring everything up to date now."""
        if self._timer.isActive():
            self.refresh()

    def refresh(self) -> None:
        """Texts, badges and wires."""
        self._routes = {name: route for name, route in self._routes.items() if name in self.pills}
        self._timer.stop()
        document = self.document.document
        shapes = infer_shapes(document)
        self.problems = self.document.problems()
        problems = problems_of(document, self.problems)
        for population in document.network.populations:
            if population.name in self.cards:
                card = self.cards[population.name]
                words = card_words(population, shapes)
                if words != card.words:
                    card.show_words(words)
                card.show_problems(problems.get(population.name, []))
        for connection in document.network.connections:
            if connection.name in self.pills:
                pill = self.pills[connection.name]
                said = pill_words(connection, shapes)
                if said != pill.words:
                    pill.show_words(said)
                pill.show_problems(problems.get(connection.name, []))
        self.marks.refresh()
        self._fold()
        self.stages.refresh()
        self._show_fold_problems(problems)
        self.route()
        if not self._told:
            self._told = True
            self.parts_changed.emit()
        self.refreshed.emit()

    def _show_fold_problems(self, problems: dict[str, list[Problem]]) -> None:
        """On the card of a folded frame, the problems of what it stands for."""
        for fold in self.marks.folds.values():
            inside = [name for name, card in self.marks.stand_ins.items() if card is fold]
            inside += [name for name, pill in self.pills.items() if not pill.isVisible() and pill.source is fold]
            fold.show_problems([problem for name in inside for problem in problems.get(name, [])])

    def _annotate(self) -> None:
        self.marks.refresh()
        self._parts_differ()

    def _fold(self) -> None:
        """Hide what folded frames stand for, and hang the wires on the cards in sight."""
        for name, card in self.cards.items():
            card.setVisible(name not in self.marks.stand_ins)
        self._attach_all()

    def route(self, moving: Collection[Part] | None = None) -> None:
        """Put the pills and the wires where the cards call for them.

        Parameters
        ----------
        moving
            What is being dragged: everything else stays where it is until the drag ends.
        """
        if moving is None:
            self._drag = None
            self._lay(self._links(self._pills_in_order()), Ground(self.standing()))
        else:
            held = frozenset(moving)
            if self._drag is None or self._drag[0] != held:
                self._drag = self._hold(held)
            _, pills, below = self._drag
            self._lay(
                self._links(pills), Ground((part.outline() for part in held if isinstance(part, Card)), (), below)
            )
        self.stages.route()

    def _hold(self, held: frozenset[Part]) -> tuple[frozenset[Part], list[tuple[str, Pill]], Ground]:
        """What a drag of these parts moves, and the ground of all that it does not."""
        pills = self._pills_in_order()
        along = [(name, pill) for name, pill in pills if not held.isdisjoint((pill, pill.source, pill.target))]
        moved = {name for name, _ in along}
        cards = [card for card in (*self.cards.values(), *self.marks.folds.values()) if card.isVisible()]
        still = self._links([(name, pill) for name, pill in pills if name not in moved and name in self._routes])
        ground = Ground(
            [card.outline() for card in cards if card not in held], [(link, self._routes[link.name]) for link in still]
        )
        return held, along, ground

    def _links(self, pills: Iterable[tuple[str, Pill]]) -> list[Link]:
        """The pills in sight as geometry; those that hang on nothing are put beside what there is."""
        links = []
        for name, pill in pills:
            if not pill.isVisible():
                continue
            if pill.source is None or pill.target is None:
                pill.setPos(pill.fixed or self._beside_end(pill))
                continue
            ends = pill.source.outline(), pill.target.outline()
            links.append(Link(name, *ends, pill.pill_width, PILL_HEIGHT, pill.fixed))
        return links

    def _lay(self, links: list[Link], ground: Ground) -> None:
        found = routes(links, ground)
        self._routes |= found
        for link in links:
            pill, route = self.pills[link.name], found[link.name]
            pill.setPos(route.pill)
            way = (link.source, link.target, route)
            if pill.wire.way != way:
                pill.wire.way = way
                pill.wire.lay(wire_path(link, route), link.end)

    def _pills_in_order(self) -> list[tuple[str, Pill]]:
        # The document's order, by which pills give way to each other; undo brings a pill back last.
        names = [connection.name for connection in self.document.document.network.connections]
        return [(name, self.pills[name]) for name in names if name in self.pills]

    def _beside_end(self, pill: Pill) -> QPointF:
        end = pill.source or pill.target
        return end.outline().center() + QPointF(0, 60) if end is not None else QPointF(0, 0)

    def _free_places(self) -> dict[str, tuple[float, float]]:
        network, view = self.document.document.network, self.document.document.view
        placed = {name: (place[0], place[1]) for name, place in view.positions.items()}
        missing = any(population.name not in placed for population in network.populations)
        return beside(network, placed) if missing else {}

    def _add_card(
        self, population: Population, shapes: dict[str, tuple[int, ...]], free: dict[str, tuple[float, float]]
    ) -> None:
        card = Card(card_words(population, shapes))
        card.place = free.get(population.name, (0.0, 0.0))
        self.cards[population.name] = card
        self.scene.addItem(card)
        card.setPos(*(self.document.position(population.name) or card.place))

    def _add_pill(self, connection: Connection, shapes: dict[str, tuple[int, ...]]) -> None:
        pill = Pill(pill_words(connection, shapes))
        self.pills[connection.name] = pill
        self.scene.addItem(pill.wire)
        self.scene.addItem(pill)
        self._hang(pill, connection)
        self._move(connection.name)

    def _add(self, name: str) -> None:
        part = self.document.part(name)
        if isinstance(part, Connection):  # shapes are shown together, at the next refresh
            self._add_pill(part, {})
        else:
            self._add_card(part, {}, {} if self.document.position(name) else self._free_places())
            for connection in self.document.document.network.connections:
                if name in (connection.source, connection.target) and connection.name in self.pills:
                    self._hang(self.pills[connection.name], connection)
        self._parts_differ()

    def _parts_differ(self) -> None:
        self._told = False
        self._timer.start()

    def _remove(self, name: str) -> None:
        card = self.cards.get(name)
        if card is not None:
            for pill in self.pills.values():
                if card in (pill.source, pill.target):
                    pill.detach()
        item = self.pills.pop(name, None) or self.cards.pop(name, None)
        if item is not None:
            self._drop(item)
            self._parts_differ()

    def _rename(self, old: str, new: str) -> None:
        shapes = infer_shapes(self.document.document)
        part = self.document.part(new)
        if isinstance(part, Connection):
            self.pills[new] = self.pills.pop(old)
            self.pills[new].show_words(pill_words(part, shapes))
        else:
            self.cards[new] = self.cards.pop(old)
            self.cards[new].show_words(card_words(part, shapes))
        self._parts_differ()

    def _change(self, name: str) -> None:
        if name in self.pills:
            self._attach_all()

    def _move(self, name: str) -> None:
        if ":" in name:
            mark = self.marks.items.get(name)
            if mark is not None:
                mark.show_annotation(self.document.annotation(name))
            self._timer.start()
            return
        place = self.document.position(name)
        if name in self.cards:
            self.cards[name].setPos(*(place or self.cards[name].place))
        elif name in self.pills:
            self.pills[name].fixed = None if place is None else QPointF(*place)
        self._timer.start()

    def _attach_all(self) -> None:
        """Hang each wire on the cards that the document names."""
        for connection in self.document.document.network.connections:
            pill = self.pills.get(connection.name)
            if pill is not None:
                self._hang(pill, connection)

    def _hang(self, pill: Pill, connection: Connection) -> None:
        ends = self.end(connection.source), self.end(connection.target)
        if (pill.source, pill.target) != ends:
            pill.attach(*ends)
        # Between two populations of one folded frame, a connection is out of sight like them.
        inside = ends[0] is ends[1] and connection.source in self.marks.stand_ins
        pill.setVisible(not inside)
        pill.wire.setVisible(not inside and None not in ends)

    def _drop(self, item: Part) -> None:
        if isinstance(item, Pill):
            item.detach()
            self.scene.removeItem(item.wire)
        item.show_problems([])
        self.take_away(item)

    def take_away(self, item: Part) -> None:
        """Take an item off the scene; that it was selected is told once, with whatever else went."""
        blocked = self.scene.blockSignals(True)
        self.scene.removeItem(item)
        self.scene.blockSignals(blocked)

"""The canvas as a widget: what the window's actions call, what it tells of the selection, and its context menu."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError, UserError, nearest
from spikeloom.spec import Neuron
from spikeloom_app import theme
from spikeloom_app.canvas.activity import Activity
from spikeloom_app.canvas.editing import Editing
from spikeloom_app.canvas.items import CARD_HEIGHT, CARD_WIDTH, Card, Pill
from spikeloom_app.canvas.layout import free_place
from spikeloom_app.canvas.marks import Fold
from spikeloom_app.canvas.menu import context_menu
from spikeloom_app.canvas.minimap import Minimap
from spikeloom_app.canvas.quick import Quick
from spikeloom_app.canvas.stages import Stage
from spikeloom_app.canvas.view import View
from spikeloom_app.document import OpenDocument
from spikeloom_app.document.conversion import usable
from spikeloom_app.listening import listen

ZOOM_STEP = 1.25
HIDDEN_SIZE, OUTPUT_SIZE = 100, 10  # neurons of a new population whose shape nothing else gives


class Canvas(QWidget):
    """The network of a document, to look at and to change.

    Signals
    -------
    selection_changed
        With the names of the selected parts, in the document's order.
    stage_opened
        With the name of a card of the experiment that the user wants to look into.
    """

    selection_changed, stage_opened = Signal(object), Signal(str)

    def __init__(self, document: OpenDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.view = View(document, self)
        for widget in (self.view, self.view.viewport()):
            widget.setAccessibleName("Network")
        self.setAccessibleName("Canvas")
        self.setFocusProxy(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.edit = Editing(self)
        self.quick = Quick(self)
        self.minimap = Minimap(self.view)
        self.activity = Activity(self.view.graph, self)
        self._told: list[str] = []
        self.view.chosen.connect(self._tell_selection)
        self.view.graph.parts_changed.connect(self._tell_selection)
        self.view.menu_wanted.connect(self._show_menu)
        self.view.type_dropped.connect(self._drop)
        self.view.add_wanted.connect(self.quick.add)
        self.view.wire_dropped.connect(self.quick.wire)
        self.view.fold_wanted.connect(self.edit.fold)
        self.view.stage_opened.connect(self.stage_opened)
        listen(theme.changed, self._repaint)
        self._repaint()

    # -- the selection ------------------------------------------------------------
    def selected(self) -> list[str]:
        """The names of the selected parts, in the document's order."""
        return [part.part for part in self.view.selected_parts()]

    def select(self, names: Iterable[str]) -> None:
        """Select these parts alone; names that are not there are left out."""
        found = (self.view.graph.part(name) for name in names)
        self.view.select([part for part in found if part is not None])

    def select_all(self) -> None:
        """Select every population, connection, note and frame."""
        self.view.select([part for part in self.view.graph.everything() if not isinstance(part, Stage)])

    def reveal(self, name: str) -> None:
        """Select a part alone and bring it into view, out of the folded frames that it stands in."""
        graph = self.view.graph
        graph.settle()
        while (fold := graph.marks.fold_over(name)) is not None:
            self.edit.fold(fold.part)
            graph.settle()
        self.glance(name)

    def glance(self, name: str) -> None:
        """Select a part and bring it into view, or the folded frame that it stands in."""
        graph = self.view.graph
        part = graph.marks.fold_over(name) or graph.part(name)
        self.view.select([] if part is None else [part])
        if part is not None:
            self.view.bring_into_view(part.outline())

    def _tell_selection(self) -> None:
        names = self.selected()
        if names != self._told:
            self._told = names
            count = f"{len(self.view.graph.cards)} populations, {len(self.view.graph.pills)} connections"
            self.view.setAccessibleDescription(f"{count}; selected: {', '.join(names) or 'nothing'}")
            self.selection_changed.emit(names)

    # -- changing the document ------------------------------------------------------------
    def add(self, type_name: str, at: QPointF | None = None, *, source: str = "", into: str = "") -> str:
        """Add a population of a neuron type and select it; returns its name.

        Parameters
        ----------
        at
            The middle of its card on the scene; a free place in the middle of the view where it is left out.
        source
            A population to connect to it.
        into
            A connection to insert it into.
        """
        neuron, shape = self._made(type_name)
        if at is None:
            middle = self.view.mapToScene(self.view.viewport().rect().center())
            taken = [(card.pos().x(), card.pos().y()) for card in self.view.graph.cards.values()]
            place = free_place(_corner(middle), taken)
        else:
            place = _corner(at)
        if into:
            name = self.document.insert_population(into, neuron, place, shape)
        elif source:
            with self.document.one_step(f"connect {source} to a new {neuron.title}"):
                name = self.document.add_population(neuron, place, shape)
                self.document.add_connection(source, name)
        else:
            name = self.document.add_population(neuron, place, shape)
        self.view.graph.settle()
        self.select([name])
        return name

    def _made(self, type_name: str) -> tuple[Neuron, int | None]:
        """A new neuron of the type, and the number of neurons where nothing else gives it."""
        type_name = "li" if type_name == "output" else type_name
        if type_name not in Neuron.types():
            raise UserError(f"no neuron '{type_name}'{nearest(type_name, Neuron.types())}")
        neuron = usable(Neuron.make(type_name))
        if neuron.is_input:
            return neuron, None
        if neuron.spiking:
            return neuron, HIDDEN_SIZE
        return neuron, None if self.document.document.experiment.dataset is not None else OUTPUT_SIZE

    def _drop(self, type_name: str, at: QPointF) -> None:
        """A type from the palette: onto a wire it is inserted, onto a card it takes the place of its neurons."""
        onto = self.view.hit(self.view.mapFromScene(at))
        try:
            if isinstance(onto, Pill):
                self.add(type_name, at, into=onto.part)
            elif isinstance(onto, Fold):
                raise UserError(f"'{onto.words.name}' is folded; unfold it first")
            elif isinstance(onto, Card) and onto.part in self.view.graph.cards:
                self.document.replace_neuron(onto.part, type(self._made(type_name)[0]))
                self.select([onto.part])
            else:
                self.add(type_name, at)
            self.view.setFocus()
        except SpikeloomError as error:
            self.view.bubble.say(error.message, self.view.mapFromScene(at), seconds=4.0)

    def delete_selected(self) -> None:
        """Remove the selected parts, and the connections of selected populations."""
        self.view.delete_selected()

    def rename_selected(self) -> None:
        """Edit the name of the first selected part on the canvas."""
        self.view.rename_selected()

    def show_changed(self, names: Iterable[str]) -> None:
        """Mark the parts that are other than in the last run, and no others."""
        changed = set(names)
        for part in [*self.view.graph.cards.values(), *self.view.graph.pills.values()]:
            part.show_changed(part.part in changed)
        for stage in self.view.graph.stages.cards.values():
            stage.show_changed(stage.part in changed)

    # -- what is seen ------------------------------------------------------------
    def fit(self) -> None:
        """Show the whole network."""
        self.view.fit()

    def fit_selected(self) -> None:
        """Show what is selected."""
        self.view.fit(self.view.selected_parts())

    def zoom_in(self) -> None:
        """Nearer, around the middle."""
        self.view.zoom_to(self.view.zoom() * ZOOM_STEP)

    def zoom_out(self) -> None:
        """Further away."""
        self.view.zoom_to(self.view.zoom() / ZOOM_STEP)

    def zoom_reset(self) -> None:
        """As large as it is drawn."""
        self.view.zoom_to(1.0)

    def picture(self) -> QPixmap:
        """What is seen, as an image."""
        self.view.graph.settle()
        return self.view.grab()

    def _repaint(self) -> None:
        tokens = theme.current()
        self.view.setStyleSheet(
            f"QGraphicsView {{ background: {tokens.canvas}; border: none; }}"
            f"QToolTip {{ background: {tokens.surface_raised}; color: {tokens.text};"
            f" border: 1px solid {tokens.border_strong}; padding: 6px; }}"
        )
        self.view.viewport().update()

    # -- the context menu ------------------------------------------------------------
    def menu(self) -> QMenu:
        """What can be done with the selection, or with the canvas where nothing is selected."""
        return context_menu(self)

    def _show_menu(self, at: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)


def _corner(middle: QPointF) -> tuple[float, float]:
    """The position of a card whose middle is there, on whole pixels."""
    return (round(middle.x() - CARD_WIDTH / 2), round(middle.y() - CARD_HEIGHT / 2))

"""The canvas as a widget: what the window's actions call, what it tells of the selection, and its context menu."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError, UserError, nearest
from spikeloom.spec import AvgVar, Neuron
from spikeloom_app import theme
from spikeloom_app.canvas.items import CARD_HEIGHT, CARD_WIDTH, Card
from spikeloom_app.canvas.layout import free_place, layered
from spikeloom_app.canvas.view import View
from spikeloom_app.document import OpenDocument
from spikeloom_app.listening import listen

ZOOM_STEP = 1.25
HIDDEN_SIZE, OUTPUT_SIZE = 100, 10  # neurons of a new population whose shape nothing else gives


class Canvas(QWidget):
    """The network of a document, to look at and to change.

    Signals
    -------
    selection_changed
        With the names of the selected parts, in the document's order.
    """

    selection_changed = Signal(object)

    def __init__(self, document: OpenDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.view = View(document, self)
        self.view.setAccessibleName("Network")
        self.setAccessibleName("Canvas")
        self.setFocusProxy(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._told: list[str] = []
        self.view.chosen.connect(self._tell_selection)
        self.view.graph.parts_changed.connect(self._tell_selection)
        self.view.menu_wanted.connect(self._show_menu)
        self.view.type_dropped.connect(self._drop)
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
        """Select every population and connection."""
        self.view.select(self.view.graph.parts())

    def _tell_selection(self) -> None:
        names = self.selected()
        if names != self._told:
            self._told = names
            count = f"{len(self.view.graph.cards)} populations, {len(self.view.graph.pills)} connections"
            self.view.setAccessibleDescription(f"{count}; selected: {', '.join(names) or 'nothing'}")
            self.selection_changed.emit(names)

    # -- changing the document ------------------------------------------------------------
    def add(self, type_name: str, at: QPointF | None = None) -> str:
        """Add a population of a neuron type and select it; returns its name.

        Parameters
        ----------
        at
            The middle of its card on the scene; a free place in the middle of the view where it is left out.
        """
        neuron, shape = self._made(type_name)
        if at is None:
            middle = self.view.mapToScene(self.view.viewport().rect().center())
            taken = [(card.pos().x(), card.pos().y()) for card in self.view.graph.cards.values()]
            place = free_place(_corner(middle), taken)
        else:
            place = _corner(at)
        name = self.document.add_population(neuron, place, shape)
        self.view.graph.settle()
        self.select([name])
        return name

    def _made(self, type_name: str) -> tuple[Neuron, int | None]:
        """A new neuron of the type, and the number of neurons where nothing else gives it."""
        type_name = "li" if type_name == "output" else type_name
        if type_name not in Neuron.types():
            raise UserError(f"no neuron '{type_name}'{nearest(type_name, Neuron.types())}")
        neuron = Neuron.make(type_name)
        if neuron.is_input:
            return neuron, None
        if neuron.spiking:
            return neuron, HIDDEN_SIZE
        if "readout" in type(neuron).model_fields:
            # What never spikes is of no use but as an output.
            neuron = type(neuron).make({"type": neuron.type, "readout": AvgVar()})
        return neuron, None if self.document.document.experiment.dataset is not None else OUTPUT_SIZE

    def _drop(self, type_name: str, at: QPointF) -> None:
        try:
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

    def auto_place(self) -> None:
        """Put all populations in layers from left to right, in one step of undo."""
        network = self.document.document.network
        pills = dict.fromkeys(connection.name for connection in network.connections)
        self.document.move({**layered(network), **pills})
        self.fit()

    # -- what is seen ------------------------------------------------------------
    def fit(self) -> None:
        """Show the whole network."""
        self.view.fit()

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
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        chosen = self.view.selected_parts()
        if not chosen:
            menu.addAction("Select all", self.select_all)
            menu.addAction("Show the whole network", self.fit)
            menu.addAction("Arrange in layers", self.auto_place)
            return menu
        first = chosen[0]
        if len(chosen) == 1:
            menu.addAction("Rename", self.rename_selected)
            if isinstance(first, Card):
                self._add_connect(menu, first.part)
            elif self.document.position(first.part) is not None:
                menu.addAction("Back to the middle of its wire", lambda: self.document.move({first.part: None}))
            menu.addSeparator()
        menu.addAction("Delete", self.delete_selected)
        return menu

    def _add_connect(self, menu: QMenu, source: str) -> None:
        """Connecting without the mouse; a population that refuses says why."""
        loop = QAction("Connect to itself", menu)
        loop.triggered.connect(lambda: self.view.connect_parts(source, source))
        menu.addAction(loop)
        refusal = self.document.refusal(source, source)
        loop.setEnabled(not refusal)
        loop.setToolTip(refusal)
        others = QMenu("Connect to", menu)
        menu.addMenu(others)
        others.setToolTipsVisible(True)
        for population in self.document.document.network.populations:
            target = population.name
            if target != source:
                action = QAction(target, others)
                action.triggered.connect(partial(self.view.connect_parts, source, target))
                others.addAction(action)
                refusal = self.document.refusal(source, target)
                action.setEnabled(not refusal)
                action.setToolTip(refusal)
        others.setEnabled(not others.isEmpty())

    def _show_menu(self, at: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)


def _corner(middle: QPointF) -> tuple[float, float]:
    """The position of a card whose middle is there, on whole pixels."""
    return (round(middle.x() - CARD_WIDTH / 2), round(middle.y() - CARD_HEIGHT / 2))

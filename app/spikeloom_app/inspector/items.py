"""A list of objects: a card with a form for each of them, and a box that adds one more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError, UserError
from spikeloom.spec import Document, FieldInfo, Type, describe
from spikeloom_app.inspector import values
from spikeloom_app.inspector.choosing import Entry, TypeChoice
from spikeloom_app.inspector.controls import Caption, GlyphButton, moves_item
from spikeloom_app.inspector.rows import Editor, Row
from spikeloom_app.inspector.scope import Scope

if TYPE_CHECKING:
    from spikeloom_app.inspector.form import Form

GAP = 8  # px between cards
NATIVE = QKeySequence.SequenceFormat.NativeText
PADDING = (12, 4, 0, 8)  # px inside a card


class Card(QFrame):
    """One object: its title, buttons that move it and take it away, its fields.

    Parameters
    ----------
    remove
        Takes it away.
    move
        Puts it so many places further down.
    """

    def __init__(self, cls: type[Type], form: Form, remove: Callable[[], None], move: Callable[[int], None]) -> None:
        super().__init__()
        self.form, self._move = form, move
        self.setProperty("nested", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.title = Caption(cls.title)
        self.title.setToolTip(cls.help())
        self.up, self.down = GlyphButton("up", f"Move {cls.title} up"), GlyphButton("down", f"Move {cls.title} down")
        self.remove = GlyphButton("close", f"Remove {cls.title}")
        self.remove.clicked.connect(remove)
        for button, key, places in ((self.up, "Alt+Up", -1), (self.down, "Alt+Down", 1)):
            button.setToolTip(f"{button.accessibleName()} ({QKeySequence(key).toString(NATIVE)})")
            button.clicked.connect(lambda _=False, places=places: move(places))
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.title, 1)
        for button in (self.up, self.down, self.remove):
            button.setFixedSize(22, 22)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            top.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*PADDING)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(form)

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [*self.form.stops(), self.up, self.down, self.remove]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = moves_item(event)
        if places:
            self._move(places)
        else:
            super().keyPressEvent(event)

    def show_place(self, index: int, count: int) -> None:
        """Offer the ways that the object, one of `count`, can be moved."""
        self.up.setVisible(index > 0)
        self.down.setVisible(index < count - 1)


class ItemsRow(Row):
    """A list of objects of one family.

    Parameters
    ----------
    make_form
        Makes the form of an object.
    """

    def __init__(self, scope: Scope, field: FieldInfo, make_form: Callable[[Scope, type[Type]], Form]) -> None:
        self._make_form = make_form
        self._label_width: int | None = None
        self._kinds: list[type[Type]] = []
        self.cards: list[Card] = []
        super().__init__(scope, field)

    def _make_editor(self) -> Editor:
        known = self.field.family.types().values()
        self._noun = self.field.family.noun()
        return TypeChoice([Entry(cls, cls.title, cls.help(), cls.type) for cls in known], f"Add {self._noun} ...")

    def _build(self, label: str) -> None:
        super()._build(label)
        self.label.hide()  # the heading says it
        self.reset.hide()
        self.editor.setAccessibleName(f"Add {self._noun}")
        self.editor.show_value(self)  # nothing is chosen: the box adds
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(GAP)
        self.column.insertLayout(0, self._cards)

    # -- showing -------------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show a card for each object, and its values."""
        kinds = [type(item) for item in self.scope.value]
        if kinds != self._kinds:
            self._rebuild(kinds)
        for card in self.cards:
            card.form.refresh()

    def _rebuild(self, kinds: list[type[Type]]) -> None:
        for card in self.cards:
            card.form.detach()
            self._cards.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._kinds, self.cards = kinds, []
        for index, cls in enumerate(kinds):
            form = self._make_form(self.scope.child(str(index)), cls)
            card = Card(cls, form, self._remover(index), partial(self._move, index))
            card.show_place(index, len(kinds))
            self.cards.append(card)
            self._cards.addWidget(card)
        self._cards.setContentsMargins(0, 0, 0, GAP if kinds else 0)
        if self._label_width is not None:
            self.set_label_width(self._label_width)
        self.scope.shared.structure_changed()

    # -- changing ------------------------------------------------------------------------------------------------
    def commit(self, value: Any) -> None:
        """Add an object of a type."""
        self.editor.show_value(self)
        title = value.title[:1].lower() + value.title[1:]
        self._set(f"add {title}", lambda items: [*items, new_item(value, self.scope.document.document)])

    def _remover(self, index: int) -> Callable[[], None]:
        def remove() -> None:
            title = self._kinds[index].title
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            label = f"remove {title[:1].lower()}{title[1:]}"
            self._set(label, lambda items: [item for k, item in enumerate(items) if k != index])

        return remove

    def _move(self, index: int, places: int) -> None:
        to = index + places
        if not 0 <= to < len(self.cards):
            return
        for row in self.cards[index].form.rows():
            row.finish()  # what is typed stays with its object

        def moved(items: list[Any]) -> list[Any]:
            items.insert(to, items.pop(index))
            return items

        title = self._kinds[index].title
        label = f"move {title[:1].lower()}{title[1:]} {'up' if places < 0 else 'down'}"
        self._set(label, moved)
        card = self.cards[to]
        onwards, back = (card.up, card.down) if places < 0 else (card.down, card.up)
        (back if onwards.isHidden() else onwards).setFocus(Qt.FocusReason.OtherFocusReason)

    def _set(self, label: str, change: Callable[[list[Any]], list[Any]]) -> None:
        if self._detached:
            return
        try:
            changed = change(list(self.scope.value))
            with self.scope.document.one_step(label):
                self.scope.set(changed)
        except SpikeloomError as error:
            self.refuse(values.words(error))
            return
        self._refusal = ""
        self._show_notices()

    # -- as part of a form ---------------------------------------------------------------------------------------
    def set_label_width(self, width: int) -> None:
        """Give the labels in the cards this many px."""
        self._label_width = width
        for card in self.cards:
            card.form.set_label_width(max(40, width - PADDING[0] - 1))

    def detach(self) -> None:
        """Change the document no more: the row is about to go."""
        super().detach()
        for card in self.cards:
            card.form.detach()

    def rows(self) -> Iterator[Row]:
        """The row itself, and those of the cards."""
        yield self
        for card in self.cards:
            yield from card.form.rows()

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [*(stop for card in self.cards for stop in card.stops()), self.editor]


def new_item(cls: type[Type], document: Document) -> Type:
    """An object of a type; what it must name is the first there is.

    Raises
    ------
    UserError
        Where there is nothing to name.
    """
    network = document.network
    spiking = [population.name for population in network.populations if population.neuron.spiking]
    every = [population.name for population in network.populations if not population.neuron.is_input]
    wants_variable = "variable" in cls.model_fields
    first = {
        "population": next(iter([*every, *spiking] if wants_variable else [*spiking, *every]), None),
        "connection": next((connection.name for connection in network.connections), None),
    }
    given = {}
    for field in describe(cls):
        if field.required:
            if first.get(field.name) is None:
                raise UserError(f"the network has no {field.name} yet")
            given[field.name] = first[field.name]
    return cls(**given)

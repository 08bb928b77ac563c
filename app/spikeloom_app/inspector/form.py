"""A form made from the field metadata of a type, and the row of a family, whose chosen type has a form of its own."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from spikeloom.spec import FieldInfo, IndexArray, Initialiser, Type, describe
from spikeloom_app.document.conversion import converted
from spikeloom_app.inspector import values
from spikeloom_app.inspector.choosing import Entry, TypeChoice
from spikeloom_app.inspector.controls import GlyphButton, Switch
from spikeloom_app.inspector.equations import Equations
from spikeloom_app.inspector.items import ItemsRow
from spikeloom_app.inspector.pictures import DistributionPicture
from spikeloom_app.inspector.rows import NONE, Editor, ListRow, Row
from spikeloom_app.inspector.scope import SEVERAL, Scope
from spikeloom_app.inspector.section import Section

SPACING = 6  # px between rows
INDENT = 13  # px of a form inside a form
DRAWN = ("value", "mean", "sd", "min", "max")  # fields of an initialiser in the unit of what it gives: delays in ms


class Form(QFrame):
    """The fields of an object, those that are advanced folded away.

    Parameters
    ----------
    scope
        The object's place in the document.
    cls
        Its class.
    names
        The fields to show, in this order; all of them by default.
    unit
        Of what an initialiser gives.
    """

    def __init__(
        self, scope: Scope, cls: type[BaseModel], names: Sequence[str] | None = None, *, unit: str = ""
    ) -> None:
        super().__init__()
        self.scope, self.cls = scope, cls
        self.fields: list[Row] = []
        self.sections: dict[Row, Section] = {}  # of fields that have a heading of their own
        # No taller than it needs to be: the room below belongs to the panel.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        known = {field.name: _in_unit(field, unit) for field in describe(cls)}
        shown = [known[name] for name in (names if names is not None else known)]
        for field in shown:
            if not (field.advanced or field.last):
                self._add(column, field)
        advanced = [field for field in shown if field.advanced]
        self.more: GlyphButton | None = None
        if advanced:
            self._fold(column, advanced)
        for field in shown:
            if field.last and not field.advanced:
                self._add_section(column, field)

    def _add(self, column: QVBoxLayout, field: FieldInfo) -> Row:
        row = make_row(self.scope.child(field.name), field)
        self.fields.append(row)
        column.addWidget(row)
        return row

    def _add_section(self, column: QVBoxLayout, field: FieldInfo) -> None:
        scope = self.scope.child(field.name)
        row = FamilyRow(scope, field, nested=False) if field.kind == "family" else make_row(scope, field)
        section = self.sections[row] = Section(row, f"{self._key}.{field.name}")
        self.fields.append(row)
        column.addWidget(section)

    def _fold(self, column: QVBoxLayout, advanced: list[FieldInfo]) -> None:
        self.more = GlyphButton("right", f"More: {', '.join(field.label.lower() for field in advanced)}", "More")
        self.more.setCheckable(True)
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.toggled.connect(self._unfold)
        column.addWidget(self.more)
        self.folded = QWidget()
        self.folded.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        inner = QVBoxLayout(self.folded)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACING)
        for field in advanced:
            self._add(inner, field).reveal = self._reveal
        self.folded.hide()
        column.addWidget(self.folded)
        self.more.setChecked(self._key in self.scope.shared.opened)

    @property
    def _key(self) -> str:
        return self.cls.__name__

    def _unfold(self, opened: bool) -> None:
        assert self.more is not None
        self.folded.setVisible(opened)
        self.more.glyph = "down" if opened else "right"
        self.more.update()
        (self.scope.shared.opened.add if opened else self.scope.shared.opened.discard)(self._key)

    def _reveal(self) -> None:
        assert self.more is not None
        self.more.setChecked(True)

    def refresh(self) -> None:
        """Show the document's values."""
        for row in self.fields:
            row.refresh()
        for section in self.sections.values():
            section.refresh()

    def set_label_width(self, width: int) -> None:
        """Give every label this many px."""
        for row in self.fields:
            row.set_label_width(width - INDENT if row in self.sections else width)

    def rows(self) -> Iterator[Row]:
        """All rows, from top to bottom, with those inside others."""
        for row in self.fields:
            yield from row.rows()

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        folded = [row for row in self.fields if row.field.advanced]
        plain = [row for row in self.fields if row not in folded and row not in self.sections]
        stops = [stop for row in plain for stop in row.stops()] + ([self.more] if self.more else [])
        stops += [stop for row in folded for stop in row.stops()]
        return stops + [stop for section in self.sections.values() for stop in section.stops()]

    def detach(self) -> None:
        """Change the document no more: the form is about to go."""
        for row in self.fields:
            row.detach()


def _in_unit(field: FieldInfo, unit: str) -> FieldInfo:
    return replace(field, unit=unit) if unit and field.name in DRAWN and not field.unit else field


class FamilyRow(Row):
    """A type of a family and, below it, the fields of that type.

    Parameters
    ----------
    nested
        Whether it is a field among others, its own fields set in; else it is a section under a heading.
    """

    def __init__(self, scope: Scope, field: FieldInfo, label: str | None = None, *, nested: bool = True) -> None:
        self._nested = nested
        self._label_width: int | None = None
        self.form: Form | None = None
        super().__init__(scope, field, label)
        self.column.setSpacing(SPACING)
        self.notices.setContentsMargins(0, 0, 0, 0)
        self.equations = Equations()
        self.picture = DistributionPicture(field.unit) if issubclass(field.family, Initialiser) else None
        for place, shown in enumerate(filter(None, (self.equations, self.picture)), start=1):
            shown.setContentsMargins(INDENT if nested else 0, 0, 0, 0)
            self.column.insertWidget(place, shown)
        if not nested:
            self.label.hide()  # the heading says it

    def _make_editor(self) -> Editor:
        entries = [Entry(None, NONE, self.field.help)] if self.field.optional else []
        entries += [Entry(cls, cls.title, cls.help(), cls.type) for cls in self.field.family.types().values()]
        return TypeChoice(entries)

    def refresh(self) -> None:
        """Show the type, with a new form where it is another one, and the values of its fields."""
        chosen = self.scope.kind
        if chosen is not self._value:
            self._show(chosen)
        elif self.form is not None:
            self.form.refresh()
        self._illustrate()
        self.reset.setVisible(self._differs(chosen))

    def _illustrate(self) -> None:
        """Show the equations of the chosen type and what an initialiser draws from."""
        first, *others = [value.own_equations() if isinstance(value, Type) else () for value in self.scope.values]
        self.equations.show_lines(tuple(line for line in first if all(line in other for other in others)))
        if self.picture is not None:
            self.picture.show_scope(self.scope)

    def _show(self, value: Any) -> None:
        chosen = self.scope.kind
        rebuild = chosen is not self._value
        super()._show(chosen)
        self.editor.setToolTip(self._tip(chosen))
        if rebuild:
            self._rebuild(chosen if isinstance(chosen, type) else None)

    def _tip(self, chosen: Any) -> str:
        tip = values.tooltip(self.field)
        return tip if chosen in (None, SEVERAL) else f"{chosen.help()}\n{tip}"

    def _rebuild(self, chosen: type[BaseModel] | None) -> None:
        if self.form is not None and self.form.cls is chosen:
            self.form.refresh()
            return
        if self.form is not None:
            self.form.detach()
            if self.form.isAncestorOf(self.window().focusWidget() or self):
                self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if chosen is not None and chosen.model_fields:
            self.form = Form(self.scope, chosen, unit=self.field.unit)
            self.form.setProperty("nested", self._nested)
            if self._nested:
                self.form.setContentsMargins(INDENT - 1, 0, 0, 0)
            if self._label_width is not None:
                self.set_label_width(self._label_width)
            self.column.addWidget(self.form)
            self.form.refresh()
        self.scope.shared.structure_changed()

    def _differs(self, value: Any) -> bool:
        # Back to none is a choice of the list, not a default to go back to.
        return self.field.default is not None and value is not type(self.field.default)

    def commit(self, chosen: Any) -> None:
        """Choose a type; the fields that both types have keep their values."""
        if chosen is None or isinstance(chosen, BaseModel):
            super().commit(chosen)
        elif self.scope.kind is not chosen:
            self._change(lambda: self.scope.set_each([self._made(value, chosen) for value in self.scope.values]))

    def _made(self, value: Any, chosen: type[Any]) -> Any:
        """A value that is already of the type, or one of the type that keeps what it can."""
        if type(value) is chosen:
            return value
        return converted(copy.deepcopy(self.field.default) if value is None else value, chosen)

    def set_label_width(self, width: int) -> None:
        """Give the labels, inside too, this many px; all fields start at the same place."""
        self._label_width = width
        super().set_label_width(width)
        if self.form is not None:
            self.form.set_label_width(width - INDENT if self._nested else width)

    def detach(self) -> None:
        """Change the document no more: the row is about to go."""
        super().detach()
        if self.form is not None:
            self.form.detach()

    def rows(self) -> Iterator[Row]:
        """The row itself, and those of the chosen type."""
        yield self
        if self.form is not None:
            yield from self.form.rows()

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return super().stops() + (self.form.stops() if self.form is not None else [])


class NodeRow(FamilyRow):
    """An object that may be left out: a switch and, while it is on, the fields of the object below it."""

    def _make_editor(self) -> Editor:
        return Switch()

    def _tip(self, chosen: Any) -> str:
        return values.tooltip(self.field)

    def commit(self, chosen: Any) -> None:
        """Begin with the object's defaults, or leave it out."""
        super().commit(self.field.family if chosen else None)


def make_row(scope: Scope, field: FieldInfo) -> Row:
    """The row for a field of any kind."""
    if field.kind == "family":
        return FamilyRow(scope, field)
    if field.kind == "node" and field.optional and field.family is not IndexArray:
        return NodeRow(scope, field)
    if field.kind == "list" and isinstance(field.family, type) and issubclass(field.family, Type):
        return ItemsRow(scope, field, Form)
    if field.kind == "list":
        return ListRow(scope, field)
    return Row(scope, field)

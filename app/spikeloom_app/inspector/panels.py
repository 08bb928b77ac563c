"""What the inspector shows for a selection: a heading and quiet groups of fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.spec import (
    Annotation,
    Connection,
    Document,
    Experiment,
    FieldInfo,
    Fix,
    Node,
    Note,
    Population,
    describe,
    infer_shapes,
)
from spikeloom_app.document.places import apply_fix
from spikeloom_app.inspector import values
from spikeloom_app.inspector.controls import Caption, Dot
from spikeloom_app.inspector.edits import ShapeEdit
from spikeloom_app.inspector.form import SPACING, FamilyRow, Form, make_row
from spikeloom_app.inspector.notices import Notice, Notices
from spikeloom_app.inspector.rows import Row
from spikeloom_app.inspector.scope import Scope
from spikeloom_app.labels import wrapped
from spikeloom_app.wording import counted

MARGIN = 16  # px
SECTION_GAP = 14  # px
MOST_NAMES = 20  # of selected parts that a tooltip lists
MOST_PROBLEMS = 6  # of the network that are listed where nothing is selected


class Panel(QWidget):
    """A heading, what is wrong with the whole, and groups of fields.

    Parameters
    ----------
    scope
        What is shown; None for a panel without fields.
    """

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.setObjectName("inspectorPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # else only the first style sheet paints it
        self.scope = scope
        self.groups: list[Form | Row] = []
        self.dot = Dot("text_muted")
        self.title, self.caption = Caption(""), wrapped("", "small")
        self.title.setProperty("tone", "title")
        self.title.setAccessibleName("What is selected")
        self.notices = Notices(self._fix)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self.title, 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN, MARGIN, MARGIN - 6, MARGIN)
        self.column.setSpacing(SPACING)
        self.column.addLayout(top)
        self.column.addWidget(self.caption)
        self.column.addWidget(self.notices)

    def add_group(self, heading: str, group: Form | Row, tip: str = "") -> None:
        """Add a group of fields under a heading."""
        self.column.addSpacing(SECTION_GAP - SPACING)
        line = QFrame()
        line.setProperty("rule", True)
        line.setFixedHeight(1)
        self.column.addWidget(line)
        label = QLabel(heading)
        label.setProperty("tone", "heading")
        label.setToolTip(tip)
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        label.setContentsMargins(0, 8, 0, 2)
        self.column.addWidget(label)
        self.column.addWidget(group)
        self.groups.append(group)

    def close_column(self) -> Panel:
        """Push everything to the top."""
        self.column.addStretch(1)
        return self

    def refresh(self) -> None:
        """Show the document's values."""
        self._head()
        for group in self.groups:
            group.refresh()

    def _head(self) -> None:
        """Say in the heading what is shown."""

    def _say(self, title: str, caption: str, token: str) -> None:
        if self.title.text() != title:
            self.title.setText(title)
        self.title.setToolTip(title)
        if self.caption.text() != caption:
            self.caption.setText(caption)
        self.dot.show_token(token)

    def show_shapes(self, shapes: dict[str, tuple[int, ...]]) -> None:
        """Show what is inferred."""

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Show what is wrong with the whole."""
        self.notices.show_notices(notices)

    def rows(self) -> Iterator[Row]:
        """All rows from top to bottom."""
        for group in self.groups:
            yield from group.rows()

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [stop for group in self.groups for stop in group.stops()]

    def set_label_width(self, width: int) -> None:
        """Give every label this many px."""
        for group in self.groups:
            group.set_label_width(width)

    def finish(self) -> None:
        """Commit what is being typed."""
        for row in list(self.rows()):
            row.finish()

    def detach(self) -> None:
        """Change the document no more: the panel is about to go."""
        for group in self.groups:
            group.detach()

    def _fix(self, fix: Fix) -> None:
        assert self.scope is not None
        try:
            apply_fix(self.scope.document, fix)
        except SpikeloomError as error:
            self.notices.show_notices([Notice("error", values.words(error))])


class ExperimentPanel(Panel):
    """Nothing is selected: the document and the experiment."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.add_group("Document", Form(scope, Document, ("title", "description")))
        inside = scope.child("experiment")
        for field in describe(Experiment):
            self.add_group(field.label, _group(inside.child(field.name), field), field.help)
        self.close_column()

    def _head(self) -> None:
        assert self.scope is not None
        document = self.scope.document.document
        populations, connections = len(document.network.populations), len(document.network.connections)
        caption = f"{counted(populations, 'population')}, {counted(connections, 'connection')}"
        self._say("Experiment", caption, "accent")

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Show the problems of the network, the first few of them."""
        hidden = len(notices) - MOST_PROBLEMS
        more = [Notice(notices[MOST_PROBLEMS].severity, f"... and {hidden} more")] if hidden > 0 else []
        super().show_notices([*notices[:MOST_PROBLEMS], *more])


class StagePanel(Panel):
    """A card of the experiment: what feeds the inputs, or what judges the outputs and moves the weights.

    Parameters
    ----------
    names
        The fields of the experiment that belong to it.
    """

    def __init__(self, scope: Scope, heading: str, caption: str, names: Sequence[str]) -> None:
        super().__init__(scope)
        inside = scope.child("experiment")
        fields = {field.name: field for field in describe(Experiment)}
        for name in names:
            field = fields[name]
            self.add_group(field.label, _group(inside.child(name), field), field.help)
        self.close_column()
        self._say(heading, caption, "text_muted")

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Nothing: each problem of the experiment is at its field, and those of the network elsewhere."""


POPULATION = ("shape", "field", "loss", "reg_lambda_upper", "reg_lambda_lower", "reg_nu_upper")
LEARNING = ("frozen", "train_delays", "rewiring", "learning_rate_scale", "min_weight", "max_weight")  # of a connection


class AnnotationPanel(Panel):
    """A note or a frame."""

    def __init__(self, scope: Scope, cls: type[Annotation]) -> None:
        super().__init__(scope)
        own = ("text",) if cls is Note else ("title",)
        self.add_group(cls.__name__, Form(scope, cls, (*own, "tint", "width", "height")))
        self.close_column()
        self._say(cls.__name__, "On the canvas alone: it changes nothing of the network", "text_muted")


class PopulationPanel(Panel):
    """One population."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        fields = {field.name: field for field in describe(Population)}
        self.add_group("Population", Form(scope, Population, ("name", *POPULATION)))
        self.add_group("Neuron", _group(scope.child("neuron"), fields["neuron"]), fields["neuron"].help)
        self.close_column()

    @property
    def _population(self) -> Population:
        assert self.scope is not None
        return self.scope.document.document.network.population(str(self.scope.root.name))

    def _head(self) -> None:
        population = self._population
        role = population.neuron.role
        assert self.scope is not None
        shape = infer_shapes(self.scope.document.document).get(population.name)
        size = "" if shape is None else f"  ·  {counted(prod(shape), 'neuron')}"
        self._say(population.name, f"{role.capitalize()} population{size}", f"role_{role}")

    def show_shapes(self, shapes: dict[str, tuple[int, ...]]) -> None:
        """Show the shape that an empty field stands for."""
        for row in self.rows():
            if isinstance(row.editor, ShapeEdit) and row.scope.inner == ("shape",):
                row.editor.show_inferred(shapes.get(self._population.name))


class ConnectionPanel(Panel):
    """One connection."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        fields = {field.name: field for field in describe(Connection)}
        self.add_group("Connection", Form(scope, Connection, ("name",)))
        for name in ("connectivity", "synapse"):
            self.add_group(fields[name].label, _group(scope.child(name), fields[name]), fields[name].help)
        self.add_group("Learning", Form(scope, Connection, LEARNING))
        self.close_column()

    def _head(self) -> None:
        assert self.scope is not None
        document = self.scope.document.document
        connection = document.network.connection(str(self.scope.root.name))
        shapes = infer_shapes(document)
        ends = [shapes.get(connection.source), shapes.get(connection.target)]
        size = "  ·  " + " to ".join(values.shape_text(shape) for shape in ends) if all(ends) else ""
        self._say(f"{connection.source} → {connection.target}", f"Connection{size}", "wire")


class SeveralPanel(Panel):
    """What several parts share: a field shows the value of all, or that they differ, and changes all of them.

    Parameters
    ----------
    names
        Of the parts.
    populations
        How many of them are populations; the others are connections.
    """

    def __init__(self, scope: Scope, names: Sequence[str], populations: int) -> None:
        super().__init__(scope)
        connections = len(names) - populations
        counts = [counted(populations, "population")] if populations else []
        counts += [counted(connections, "connection")] if connections else []
        self._say(f"{len(names)} selected", ", ".join(counts), "accent")
        self.title.setToolTip("\n".join([*names[:MOST_NAMES], *(["..."] if len(names) > MOST_NAMES else [])]))
        if populations and connections:
            words = "Populations and connections have no fields in common. Select only the ones or only the others."
            self.column.addSpacing(SPACING)
            self.column.addWidget(wrapped(words, "muted"))
        elif populations:
            self._add_fields(Population, "Populations", POPULATION, ("neuron",))
        else:
            self._add_fields(Connection, "Connections", LEARNING, ("connectivity", "synapse"))
        self.close_column()

    def show_shapes(self, shapes: dict[str, tuple[int, ...]]) -> None:
        """Show the shape that an empty field stands for, where it is the same for all."""
        assert self.scope is not None
        inferred = {shapes.get(str(root.name)) for root in self.scope.roots}
        for row in self.rows():
            if isinstance(row.editor, ShapeEdit) and row.scope.inner == ("shape",):
                if len(inferred) == 1:
                    row.editor.show_inferred(inferred.pop())
                else:
                    row.editor.set_hint("inferred for each")

    def _add_fields(self, cls: type[Node], heading: str, plain: Sequence[str], groups: Sequence[str]) -> None:
        assert self.scope is not None
        fields = {field.name: field for field in describe(cls)}
        if plain:
            self.add_group(heading, Form(self.scope, cls, plain))
        for name in groups:
            self.add_group(fields[name].label, _group(self.scope.child(name), fields[name]), fields[name].help)


def _group(scope: Scope, field: FieldInfo) -> Form | Row:
    """A section for a field of the experiment or of a part: its fields stand under the heading without a label."""
    if field.kind == "node":
        return Form(scope, field.family)
    if field.kind == "family":
        return FamilyRow(scope, field, nested=False)
    return make_row(scope, field)

"""The inspector: shows the fields of what is selected, and follows the document while they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from spikeloom.spec import Problem, infer_shapes
from spikeloom_app import theme
from spikeloom_app.document import OpenDocument
from spikeloom_app.document.open_document import STAGES
from spikeloom_app.document.places import Root, owner, path_of
from spikeloom_app.inspector.notices import Notice, notice_of
from spikeloom_app.inspector.panels import (
    AnnotationPanel,
    ConnectionPanel,
    ExperimentPanel,
    Panel,
    PopulationPanel,
    SeveralPanel,
    StagePanel,
)
from spikeloom_app.inspector.rows import Row
from spikeloom_app.inspector.scope import Scope, Shared
from spikeloom_app.listening import follow_theme, listen

LABEL_SHARE = 0.36  # of the width
LABEL_WIDTHS = (78, 140)  # px, the narrowest and the widest

DATASET, LEARNING = STAGES
_STAGE_WORDS = {
    DATASET: ("Data", "What feeds the inputs"),
    LEARNING: ("Loss and metric", "What judges the outputs and moves the weights"),
}


class Inspector(QWidget):
    """Forms for what is selected: one part, what several parts share, or, where nothing is, the experiment.

    Parameters
    ----------
    document
        What is shown and changed.
    """

    def __init__(self, document: OpenDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self.setMinimumWidth(240)
        self.document = document
        self.names: list[str] = []
        self._shared = Shared(self._structure_changed)
        self._roots: tuple[Root, ...] = (Root(document),)
        self._building = self._order_due = self._rebuild_due = self._finishing = False
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)
        self.panel = Panel()
        # Many changes may come at once; their problems are looked for once, afterwards.
        self._afterwards = QTimer(self)
        self._afterwards.setSingleShot(True)
        self._afterwards.setInterval(0)
        self._afterwards.timeout.connect(self._show_derived)
        listen(document.part_renamed, self._renamed)
        listen(document.part_removed, self._removed)
        listen(document.annotations_changed, self._annotations_changed)
        listen(document.replaced, self._replaced)
        listen(document.undo_stack.about_to_move, self.finish)
        listen(document.changed, self._changed)
        self._build_when_seen()
        follow_theme(self._paint)

    # -- what is shown -------------------------------------------------------------------------------------------
    def show_selection(self, names: Any) -> None:
        """Show the parts of these names (a list of texts); what is being typed is committed first.

        It takes anything because it is connected to signals that carry an object.
        """
        names = self._shown(list(names))
        if names == self.names and self.panel.scope is not None:
            return
        if not self.document.undo_stack.busy:
            self.finish()
        self._build(names)

    def _shown(self, names: list[str]) -> list[str]:
        """Of a selection, what has a form: populations and connections, else a note, a frame or a card alone."""
        known = set(self.document.document.network.names())
        parts = [name for name in names if name in known]
        return parts or (names if len(names) == 1 else [])

    def _build(self, names: list[str]) -> None:
        self.names = names
        self._rebuild_due = False
        self.panel.detach()
        of_document = not names or names[0] in STAGES
        self._roots = tuple(Root(self.document, None if of_document else name) for name in names or [""])
        self._building = True
        self.panel = self._make_panel()
        self.panel.refresh()
        self._building = False
        self._put(self.panel)
        self.area.verticalScrollBar().setValue(0)
        self._fit_labels()
        self._order_tabs()
        self._show_derived()

    def _make_panel(self) -> Panel:
        network = self.document.document.network
        populations = {population.name for population in network.populations}
        scope = Scope(self.document, self._roots, self._shared)
        if not self.names:
            return ExperimentPanel(scope)
        if self.names[0] in STAGES:
            return StagePanel(scope, *_STAGE_WORDS[self.names[0]], STAGES[self.names[0]])
        if ":" in self.names[0]:
            return AnnotationPanel(scope, type(self.document.annotation(self.names[0])))
        if len(self.names) > 1:
            return SeveralPanel(scope, self.names, sum(name in populations for name in self.names))
        return PopulationPanel(scope) if self.names[0] in populations else ConnectionPanel(scope)

    def row(self, inner: str) -> Row:
        """The row of a field: ``neuron.tau_mem`` of a population, ``experiment.training.epochs`` of the document."""
        if self._rebuild_due:
            self._build(self.names)
        for row in self.panel.rows():
            if ".".join(row.scope.inner) == inner:
                return row
        raise KeyError(inner)

    def refused(self) -> str:
        """The label of a field whose text was refused and still stands there; empty where there is none."""
        return next((row.field.label for row in self.panel.rows() if row.is_refused), "")

    def finish(self) -> None:
        """Commit what is being typed, as before saving or running; of a part that is gone, nothing."""
        known = {*self.document.document.network.names(), *(m.name for m in self.document.document.view.annotations)}
        if not self._finishing and all(root.name is None or root.name in known for root in self._roots):
            self._finishing = True
            self.panel.finish()
            self._finishing = False

    # -- the document changed --------------------------------------------------------------------------------------
    def _changed(self) -> None:
        self.panel.refresh()
        self._afterwards.start()

    def _renamed(self, old: str, new: str) -> None:
        self.names = [new if name == old else name for name in self.names]
        for root in self._roots:
            if root.name == old:
                root.name = new

    def _removed(self, name: str) -> None:
        if name in self.names:
            self.names = [other for other in self.names if other != name]
            # One of many, perhaps: the panel goes now, since its part has gone, and the next one comes afterwards.
            self._clear()
            self._rebuild_due = True
            self._afterwards.start()

    def _annotations_changed(self) -> None:
        known = {annotation.name for annotation in self.document.document.view.annotations}
        if self.names and ":" in self.names[0] and self.names[0] not in known:
            self._build([])

    def _replaced(self) -> None:
        self._build_when_seen()

    def _build_when_seen(self) -> None:
        """Show the experiment, now or as soon as somebody looks: a hidden form costs as much as one that is read."""
        if self.isVisible():
            self._build([])
            return
        self.names = []
        self._clear()
        self._rebuild_due = True

    def _structure_changed(self) -> None:
        if not self._building:
            self._order_due = True
            self._afterwards.start()

    def _clear(self) -> None:
        if self.panel.scope is not None:
            self.panel.detach()
            self.panel = Panel()
            self._put(self.panel)

    def _put(self, panel: Panel) -> None:
        """Show a panel; the one before goes later, since an event of one of its fields may be what led here."""
        before = self.area.takeWidget()
        self.area.setWidget(panel)
        if before is not None:
            before.hide()
            before.setParent(None)
            before.deleteLater()

    def _show_derived(self) -> None:
        """Show what follows from the whole document: inferred shapes and problems."""
        if self._rebuild_due:
            self._build(self.names)
            return
        if self.panel.scope is None:
            return
        if self._order_due:
            self._order_tabs()
        self.panel.show_shapes(infer_shapes(self.document.document))
        shown = [(row, row.scope.places) for row in self.panel.rows()]
        roots = self.panel.scope.places
        known = [*roots, *(place for _, places in shown for place in places)]
        found: dict[str, list[Problem]] = {place: [] for place in known}
        for problem in self.document.problems():
            place = owner(problem.place, found)
            if place is not None:
                found[place].append(problem)
        for row, places in shown:
            row.show_problems(self._notices(problem for place in places for problem in found[place]))
        self.panel.show_notices(self._notices(problem for place in roots for problem in found[place]))

    def _notices(self, problems: Iterable[Problem]) -> list[Notice]:
        return [notice_of(problem, self._prefix(problem)) for problem in problems]

    def _prefix(self, problem: Problem) -> str:
        """The part that a problem concerns, where the panel is not the part's own."""
        path = path_of(self.document, problem.place) if len(self.names) != 1 else None
        return path[2] if path is not None and path[:1] == ("network",) and len(path) > 2 else ""

    # -- look ----------------------------------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        """Make the form that was put off."""
        super().showEvent(event)
        if self._rebuild_due:
            self._build(self.names)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_labels()

    def _fit_labels(self) -> None:
        narrow, wide = LABEL_WIDTHS
        self.panel.set_label_width(max(narrow, min(wide, round(self.width() * LABEL_SHARE))))

    def _order_tabs(self) -> None:
        self._order_due = False
        for before, after in pairwise(self.panel.stops()):
            QWidget.setTabOrder(before, after)

    def _paint(self) -> None:
        theme.current()  # the style sheet carries the colours; the painted pieces ask when they paint
        for widget in self.findChildren(QWidget):
            widget.update()

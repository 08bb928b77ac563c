"""A row of a form: label, editor, reset button, and what is wrong below."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.spec import FieldInfo, Fix, IndexArray
from spikeloom_app import style
from spikeloom_app.document.places import apply_fix
from spikeloom_app.inspector import values
from spikeloom_app.inspector.controls import Caption, Choice, GlyphButton, Switch
from spikeloom_app.inspector.edits import (
    CodeEdit,
    IndicesEdit,
    NumberEdit,
    NumbersEdit,
    Paragraph,
    SelectionEdit,
    ShapeEdit,
    TextEdit,
    ValueEdit,
)
from spikeloom_app.inspector.gesture import Gesture
from spikeloom_app.inspector.names import NameChoice, names_something
from spikeloom_app.inspector.notices import Notice, Notices
from spikeloom_app.inspector.scope import SEVERAL, Scope
from spikeloom_app.inspector.sliders import ValueSlider, is_natural

LABEL_WIDTH = 110  # px, until the form knows its own width
GAP = 8  # px
NONE = "None"
LONG_TEXTS = ("description", "text")
NUMBER_WIDTHS = (54, 72)  # px of a number beside its slider, the narrowest and the widest

Editor = ValueEdit | Paragraph | Switch | Choice


class Row(QWidget):
    """One field.

    Parameters
    ----------
    scope
        The field's place in the document.
    field
        Its declaration.
    label
        What stands before it; the field's own label by default.
    """

    def __init__(self, scope: Scope, field: FieldInfo, label: str | None = None) -> None:
        super().__init__()
        self.scope, self.field = scope, field
        self.editor = self._make_editor()
        self._value: Any = self  # nothing that a document holds
        self._refusal = ""
        self._problems: tuple[Notice, ...] = ()
        self._state = ""
        self._detached = False
        self._gesture: Gesture | None = None
        self.slider = ValueSlider(field) if is_natural(field) else None
        self.reveal: Callable[[], None] | None = None  # unfolds what the row lies in
        self._build(label or field.label)

    # -- construction --------------------------------------------------------------------------------------------
    def _make_editor(self) -> Editor:
        field = self.field
        if field.kind == "choice":
            options = [(choice, str(choice), "") for choice in field.choices]
            return Choice([(None, NONE, ""), *options] if field.optional else options)
        if names_something(field):
            return NameChoice(field, self.scope.document)
        if field.name in LONG_TEXTS:
            return Paragraph(field)
        made: dict[str, Callable[[], Editor]] = {
            "float": lambda: NumberEdit(field),
            "int": lambda: NumberEdit(field),
            "bool": Switch,
            "shape": ShapeEdit,
            "selection": SelectionEdit,
            "code": lambda: CodeEdit(field),
            "numbers": lambda: NumbersEdit(field),
        }
        if field.family is IndexArray:
            return IndicesEdit()
        return made.get(field.kind, lambda: TextEdit(field))()

    def _build(self, label: str) -> None:
        tip = values.tooltip(self.field)
        self.label = Caption(label)
        self.label.setProperty("tone", "muted")
        self.label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.label.setFixedWidth(LABEL_WIDTH)
        self.label.setContentsMargins(0, 0, GAP, 0)
        self.label.setBuddy(self.editor)
        unit = f" ({self.field.unit})" if self.field.unit else ""
        self.editor.setAccessibleName(f"{label}{unit}")
        self.editor.setAccessibleDescription(self.field.help)
        self.editor.setObjectName(f"field.{'.'.join(self.scope.inner)}")
        for widget in (self.label, self.editor):
            widget.setToolTip(tip)
        self.reset = GlyphButton("reset", f"Reset {label} to its default")
        self.reset.setFixedSize(20, 28)
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.clicked.connect(self.reset_to_default)
        if self.slider is not None:
            self._build_slider(self.slider, label, tip)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        self.column = QVBoxLayout(self)
        if isinstance(self.editor, Paragraph):
            self.column.addWidget(self.label)  # above it, so that the text has the whole width
            self.column.addSpacing(4)
        else:
            line.addWidget(self.label)
        if self.slider is not None:
            line.addWidget(self.slider, 1)
            line.addSpacing(GAP)
        # A switch is as wide as it is; a field takes the room there is.
        line.addWidget(self.editor, 0 if isinstance(self.editor, Switch) else 1)
        if isinstance(self.editor, Switch):
            line.addStretch(1)
        line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        self.notices = Notices(self.apply_fix)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(line)
        self.column.addWidget(self.notices)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.editor.committed.connect(self.commit)
        self.editor.refused.connect(self.refuse)
        self.editor.reverted.connect(self._reverted)

    def _build_slider(self, slider: ValueSlider, label: str, tip: str) -> None:
        slider.setAccessibleName(f"{self.editor.accessibleName()}, slider")
        slider.setAccessibleDescription(self.field.help)
        slider.setObjectName(f"slider.{'.'.join(self.scope.inner)}")
        slider.setToolTip(tip)
        unit = self.editor.textMargins().right() if isinstance(self.editor, ValueEdit) else 0
        self.editor.setMinimumWidth(NUMBER_WIDTHS[0] + unit)
        self.editor.setMaximumWidth(NUMBER_WIDTHS[1] + unit)
        slider.sliderPressed.connect(self._take_hold)
        slider.sliderReleased.connect(self._let_go)
        slider.dragged.connect(self._drag)
        slider.committed.connect(self.commit)

    def set_label_width(self, width: int) -> None:
        """Give the label this many px."""
        self.label.setFixedWidth(width + GAP)

    # -- showing ---------------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show the document's value, unless it is the one shown: then what is being typed stays."""
        value = self.scope.value
        if type(value) is not type(self._value) or value != self._value:
            self._show(value)
        self.reset.setVisible(self._differs(value))

    def _show(self, value: Any) -> None:
        self._value = value
        self._refusal = ""
        self.editor.show_value(value)
        differs = "The selected parts have several values. " if value is SEVERAL else ""
        self.editor.setAccessibleDescription(differs + self.field.help)
        if self.slider is not None and self._gesture is None:
            self.slider.show_value(None if value is SEVERAL else value)
        self._show_notices()

    def _differs(self, value: Any) -> bool:
        # A text or a shape is cleared by hand (except where several are shown as one empty field); a name has no
        # default worth going back to.
        if value is SEVERAL:
            return not self.field.required
        return not self.field.required and self.field.kind not in ("text", "shape") and value != self.field.default

    def show_problems(self, problems: Sequence[Notice]) -> None:
        """Show what the document says is wrong here."""
        self._problems = tuple(problems)
        self._show_notices()

    def _show_notices(self) -> None:
        refusal = (Notice("error", self._refusal),) if self._refusal else ()
        self.notices.show_notices(refusal or self._problems)
        severities = {notice.severity for notice in self.notices.notices}
        state = "error" if "error" in severities else "warning" if severities else ""
        if state and self.reveal is not None:
            self.reveal()
        if state != self._state:
            self._state = state
            self.editor.setProperty("state", state)
            style.restyle(self.editor)

    # -- changing --------------------------------------------------------------------------------------------------
    def commit(self, value: Any) -> None:
        """Set the value; where it is refused, say why below the field and leave the text as typed."""
        self._change(lambda: self.scope.set(value), value)

    def _change(self, change: Callable[[], None], value: Any = None) -> None:
        if self._detached:
            return
        try:
            change()
        except SpikeloomError as error:
            self.refuse(values.words(error, self.field.name, value))
            if isinstance(self.editor, Switch | Choice):
                self.editor.show_value(self._value)
            if self.slider is not None and self._gesture is None:
                self.slider.show_value(None if self._value is SEVERAL else self._value)
            return
        if not self._detached:
            self._show(self.scope.value)

    # -- the slider: the document follows the hand, and a whole drag is one step of undo -----------------------------
    def _take_hold(self) -> None:
        self._gesture = self._gesture or Gesture(self.scope)

    def _drag(self, value: Any) -> None:
        self._take_hold()
        assert self._gesture is not None
        hand = self._gesture
        self._change(lambda: hand.set(value), value)

    def _let_go(self) -> None:
        self._gesture = None
        if self.slider is not None and not self._detached:
            self.slider.show_value(None if self._value is SEVERAL else self._value)

    def refuse(self, message: str) -> None:
        """Say why what was typed is not taken."""
        if not self._detached:
            self._refusal = message
            self._show_notices()

    @property
    def is_refused(self) -> bool:
        """Whether what was typed was not taken."""
        return bool(self._refusal)

    def _reverted(self) -> None:
        self._refusal = ""
        self._show_notices()

    def reset_to_default(self) -> None:
        """Set the default of the field."""
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.commit(copy.deepcopy(self.field.default))

    def apply_fix(self, fix: Fix) -> None:
        """Make the change that solves a problem."""
        try:
            apply_fix(self.scope.document, fix)
        except SpikeloomError as error:
            self.refuse(values.words(error))

    def finish(self) -> None:
        """Commit what is being typed."""
        self.editor.commit()

    def detach(self) -> None:
        """Change the document no more: the row is about to go."""
        self._detached = True

    def rows(self) -> Iterator[Row]:
        """The row itself, and those inside it."""
        yield self

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [*([self.slider] if self.slider is not None else []), self.editor, self.reset]


class ListRow(Row):
    """A list, read only: one line for each item."""

    def _build(self, label: str) -> None:
        super()._build(label)
        self.label.hide()
        self.editor.hide()
        self.reset.hide()
        self._policy()
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setProperty("tone", "muted")
        self.words.setWordWrap(True)
        self.words.setToolTip(self.field.help)
        self.words.setAccessibleName(label)
        self.column.insertWidget(0, self.words)

    def _policy(self) -> None:
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(False)
        self.reset.setSizePolicy(policy)

    def _make_editor(self) -> Editor:
        return TextEdit(self.field)

    def refresh(self) -> None:
        """Show the items."""
        items = self.scope.value
        if self.field.family is str:  # short, and in no section of their own
            self.words.setText(f"{self.field.label}: {', '.join(items) or 'none'}")
        else:
            self.words.setText("\n".join(_item_words(item) for item in items) or "Nothing")

    def stops(self) -> list[QWidget]:
        """Nowhere: there is nothing to change."""
        return []


def _item_words(item: Any) -> str:
    facts = [getattr(item, name) for name in type(item).model_fields]
    return "  ·  ".join([item.title, *(fact for fact in facts if isinstance(fact, str))])

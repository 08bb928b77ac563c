"""What F1 is about: the page, and the field on it, of what has the keyboard, else of what is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QWidget

from spikeloom.reference import key_of
from spikeloom_app.canvas.chooser import Chooser
from spikeloom_app.canvas.palette import ENTRY, EntryList
from spikeloom_app.data import DataPanel
from spikeloom_app.document.open_document import STAGES
from spikeloom_app.inspector.form import FamilyRow
from spikeloom_app.inspector.rows import Row
from spikeloom_app.plots.panel import PlotPanel
from spikeloom_app.reference import ReferenceView
from spikeloom_app.reference.topics import topic_of, topic_of_part
from spikeloom_app.runs.live_row import LiveRow
from spikeloom_app.script import ScriptPanel
from spikeloom_app.shell.command_palette import CommandPalette

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

Topic = tuple[str, str]  # the key of a page, and a field of it or nothing
CONTENTS: Topic = ("", "")


def topic(window: MainWindow) -> Topic:
    """The topic of a window as it is now; the contents where there is none."""
    widget = focused(window)
    while widget is not None and widget is not window:
        found = _of_widget(window, widget)
        if found is not None:
            return found
        widget = widget.parentWidget()
    return _selected(window)


def focused(window: MainWindow) -> QWidget | None:
    """What has the keyboard in a window, or in a dock of it that stands by itself."""
    found = above = QApplication.focusWidget()
    while above is not None and above is not window:
        above = above.parentWidget()
    return found if above is window else window.focusWidget()


def _of_widget(window: MainWindow, widget: QWidget) -> Topic | None:
    for kind, find in FINDERS:
        if isinstance(widget, kind):
            return find(window, widget)
    return None


def _row(window: MainWindow, row: Row) -> Topic:
    """A field; of one that holds a type, the type that was chosen."""
    if isinstance(row, FamilyRow):
        chosen = row.scope.kind
        return key_of(chosen if isinstance(chosen, type) else row.field.family), ""
    return topic_of(window.document.value(row.scope.paths[0][:-1])), row.field.name


def _live(window: MainWindow, row: LiveRow) -> Topic:
    path = tuple(row.live.path)
    return topic_of(window.document.value(path[:-1])), row.field.name


def _palette(_window: MainWindow, entries: EntryList) -> Topic:
    item = entries.currentItem()
    return (f"neuron.{item.data(ENTRY).type}" if item is not None else "neuron"), ""


def _command(_window: MainWindow, palette: CommandPalette) -> Topic:
    command = palette.marked()
    return (command.topic if command is not None else ""), ""


def _script(window: MainWindow, panel: ScriptPanel) -> Topic | None:
    """The type that the word at the cursor names; else what the line makes."""
    word, name = panel.at_cursor()
    pages = window.help.view.reference.pages.values()
    named = next((page.key for page in pages if word and page.python == word), "")
    part = next((part for part in window.document.document.network.parts() if part.name == name), None)
    found = named or (topic_of_part(part) if part is not None else "")
    return (found, "") if found else None


def _plot(_window: MainWindow, panel: PlotPanel) -> Topic:
    return topic_of(panel.settings) or "plot", ""


def _data(window: MainWindow, _panel: DataPanel) -> Topic:
    """The type of the data set; all of them where there is none."""
    return topic_of(window.document.document.experiment.dataset) or "dataset", ""


FINDERS: tuple[tuple[type[QWidget], Callable[[Any, Any], Topic | None]], ...] = (
    (ReferenceView, lambda _window, _view: CONTENTS),
    (CommandPalette, _command),
    (Chooser, lambda _window, chooser: (chooser.topic(), "")),
    (EntryList, _palette),
    (Row, _row),
    (LiveRow, _live),
    (PlotPanel, _plot),
    (ScriptPanel, _script),
    (DataPanel, _data),
)


def _selected(window: MainWindow) -> Topic:
    """What is selected on the canvas."""
    names = window.canvas.selected() if window.editing else []
    if not names:
        return CONTENTS
    name, document = names[0], window.document
    if name in STAGES:
        return topic_of(document.value(tuple(name.split(".")))) or name.split(".")[-1], ""
    if ":" in name:
        return topic_of(document.annotation(name)), ""
    part = next((part for part in document.document.network.parts() if part.name == name), None)
    return (topic_of_part(part) if part is not None else ""), ""

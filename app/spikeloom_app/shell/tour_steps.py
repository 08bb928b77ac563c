"""The steps of the guided tour as data: what to do, where to look, how to tell that it is done, and how to do it.

Every condition is asked of the real document and of the real run, and what is done for the user is done by the
methods that the user's own gestures call: each is a step of undo.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtWidgets import QWidget

from spikeloom.errors import UserError
from spikeloom.spec import Population
from spikeloom_app import wording

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow
    from spikeloom_app.shell.tour import Tour

APART = 410  # px between the populations that the tour adds
QUICK = 0.005  # the learning rate that the tour asks for
QUICK_ENOUGH = 0.003
DATASET, LEARNING = ("experiment", "dataset"), ("experiment", "learning")
ALPHA = (*LEARNING, "optimiser", "alpha")


def nothing(window: MainWindow) -> None:
    """Nothing to prepare."""


@dataclass(frozen=True)
class Step:
    """A step of the tour.

    Parameters
    ----------
    text
        What to do, or a callable that says it of the tour.
    target
        Where to look, as a rectangle of the window; an empty one: nowhere in particular.
    done
        Whether it is done.
    perform
        Does it for the user; None where there is nothing to do but wait.
    dock
        The dock that must be open.
    enter
        Called when the step begins.
    """

    title: str
    text: str | Callable[[Tour], str]
    target: Callable[[MainWindow], QRect]
    done: Callable[[Tour], bool]
    perform: Callable[[MainWindow], object] | None = None
    dock: str = ""
    enter: Callable[[MainWindow], object] = nothing


# -- what the network has ----------------------------------------------------------------------------------------------
def _populations(window: MainWindow) -> list[Population]:
    return window.document.document.network.populations


def first_input(window: MainWindow) -> str:
    """The input population, or an empty text."""
    return next((p.name for p in _populations(window) if p.neuron.is_input), "")


def first_hidden(window: MainWindow) -> str:
    """The hidden population, or an empty text."""
    found = (p for p in _populations(window) if not p.neuron.is_input and p.neuron.spiking and p.readout is None)
    return next((p.name for p in found), "")


def first_output(window: MainWindow) -> str:
    """The output population, or an empty text."""
    return next((p.name for p in _populations(window) if p.readout is not None), "")


def _connected(window: MainWindow, source: str, target: str) -> bool:
    return any((c.source, c.target) == (source, target) for c in window.document.document.network.connections)


def _value(window: MainWindow, path: tuple[str, ...]) -> Any:
    try:
        return window.document.value(path)
    except (AttributeError, KeyError):
        return None


def _type_of(window: MainWindow, path: tuple[str, ...]) -> str:
    return getattr(_value(window, path), "type", "")


# -- where to look -----------------------------------------------------------------------------------------------------
def rect_of(window: MainWindow, widget: QWidget, inner: QRect | None = None) -> QRect:
    """A widget, or a rectangle of it, as a rectangle of the window; empty where it cannot be seen."""
    if not widget.isVisible():
        return QRect()
    seen = widget.rect() if inner is None else inner.intersected(widget.rect())
    return QRect(widget.mapTo(window, seen.topLeft()), seen.size())


def _curves(window: MainWindow) -> QRect:
    return QRect() if window.curves is None else rect_of(window, window.curves)


def _entry(type_name: str) -> Callable[[MainWindow], QRect]:
    def find(window: MainWindow) -> QRect:
        entries = window.palette_view.list
        for row in range(entries.count()):
            item = entries.item(row)
            if item.data(Qt.ItemDataRole.UserRole).type == type_name:
                return rect_of(window, entries.viewport(), entries.visualItemRect(item))
        return QRect()

    return find


def _show_entry(type_name: str) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        entries = window.palette_view.list
        for row in range(entries.count()):
            if entries.item(row).data(Qt.ItemDataRole.UserRole).type == type_name:
                entries.setCurrentRow(row)
                entries.scrollToItem(entries.item(row))

    return show


def _cards(*ends: Callable[[MainWindow], str]) -> Callable[[MainWindow], QRect]:
    def find(window: MainWindow) -> QRect:
        view, found = window.canvas.view, QRect()
        for end in ends:
            item = view.graph.part(end(window))
            if item is not None:
                found = found.united(view.mapFromScene(item.outline()).boundingRect())
        margin = 14  # px, for the ports
        return rect_of(window, view.viewport(), found.adjusted(-margin, -margin, margin, margin)) if found else QRect()

    return find


def _row(path: tuple[str, ...]) -> Callable[[MainWindow], QRect]:
    def find(window: MainWindow) -> QRect:
        try:
            row = window.inspector.row(".".join(path))
        except KeyError:  # something is selected: the experiment is not shown
            return rect_of(window, window.inspector)
        area = window.inspector.area.viewport()
        editor = row.editor
        inside = QRect(editor.mapTo(area, editor.rect().topLeft()), editor.size()).adjusted(-6, -5, 6, 5)
        return rect_of(window, area, inside)

    return find


def _show_row(path: tuple[str, ...]) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.canvas.select([])
        try:
            row = window.inspector.row(".".join(path))
        except KeyError:
            return
        if row.reveal is not None:
            row.reveal()
        window.inspector.area.ensureWidgetVisible(row, 0, 120)

    return show


# -- doing it ----------------------------------------------------------------------------------------------------------
def _add(type_name: str) -> Callable[[MainWindow], None]:
    def add(window: MainWindow) -> None:
        window.canvas.add(type_name, QPointF(APART * len(_populations(window)), 0))
        window.canvas.fit()

    return add


def _set(path: tuple[str, ...], value: Any) -> Callable[[MainWindow], None]:
    return lambda window: window.document.set_value(path, value)


def _connect(source: Callable[[MainWindow], str], target: Callable[[MainWindow], str]) -> Callable[[MainWindow], None]:
    def connect(window: MainWindow) -> None:
        ends = source(window), target(window)
        if not all(ends):
            raise UserError("one of the two populations is not there")
        window.document.add_connection(*ends)

    return connect


def _learn_faster(window: MainWindow) -> None:
    with window.document.one_step("learn faster"):
        if _type_of(window, LEARNING) != "eventprop":
            window.document.set_value(LEARNING, {"type": "eventprop"})
        window.document.set_value(ALPHA, QUICK)


def _ending(tour: Tour) -> str:
    accuracy = (tour.result.get("test") or {}).get("accuracy")
    said = f"It reads {wording.percent(accuracy)} of digits that it has never seen. " if accuracy is not None else ""
    return (
        f"{said}Save it, or change something and train again: a dot on Train says that it is not what ran last. "
        "Undo takes back every step of this tour."
    )


def steps() -> list[Step]:
    """The tour, from an empty document to a network that reads digits."""
    return [
        Step("Add an input", "Drag Spike input onto the canvas, or double-click it. It turns examples into spikes.",
             _entry("spike_input"), lambda t: bool(first_input(t.window)), _add("spike_input"), "palette",
             _show_entry("spike_input")),
        Step("Add a hidden population", "Now a hundred leaky integrate-and-fire neurons, which will do the work.",
             _entry("lif"), lambda t: bool(first_hidden(t.window)), _add("lif"), "palette", _show_entry("lif")),
        Step("Add an output", "Leaky integrators read the network out: one neuron for each digit.",
             _entry("li"), lambda t: bool(first_output(t.window)), _add("li"), "palette", _show_entry("li")),
        Step("Connect input and hidden", "Drag from the dot on the right of the input to the hidden population.",
             _cards(first_input, first_hidden),
             lambda t: _connected(t.window, first_input(t.window), first_hidden(t.window)),
             _connect(first_input, first_hidden), enter=lambda w: w.canvas.fit()),
        Step("Connect hidden and output", "The same again, from the hidden population to the output.",
             _cards(first_hidden, first_output),
             lambda t: _connected(t.window, first_hidden(t.window), first_output(t.window)),
             _connect(first_hidden, first_output), enter=lambda w: w.canvas.fit()),
        Step("Choose the data", "With nothing selected, the inspector shows the experiment. Choose Handwritten digits.",
             _row(DATASET), lambda t: _type_of(t.window, DATASET) == "digits", _set(DATASET, {"type": "digits"}),
             "inspector", _show_row(DATASET)),
        Step("Choose how it learns", "EventProp computes exact gradients of spiking networks. Choose it as the rule.",
             _row(LEARNING), lambda t: _type_of(t.window, LEARNING) == "eventprop",
             _set(LEARNING, {"type": "eventprop"}), "inspector", _show_row(LEARNING)),
        Step("Let it learn faster", f"Type {QUICK:g} as Alpha, the learning rate, and press Enter.",
             _row(ALPHA), lambda t: (_value(t.window, ALPHA) or 0) >= QUICK_ENOUGH, _learn_faster, "inspector",
             _show_row(ALPHA)),
        Step("Train", "Press Train. The network is compiled and learns on every core of this machine.",
             lambda w: rect_of(w, w.run_bar.train_button), lambda t: t.running or bool(t.result),
             lambda w: w.running.train()),
        Step("Watch it learn", "The loss falls and the accuracy rises, epoch by epoch.",
             _curves, lambda t: bool(t.result), enter=lambda w: w.plot_docks.bring("curves")),
        Step("Your first network", _ending, lambda w: QRect(), lambda t: False),
    ]  # fmt: skip

"""Adding, copying and arranging on the canvas: through real events, each undone and redone as text."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Array, Dense, Document
from spikeloom_app.canvas import Canvas, mime
from spikeloom_app.canvas.arrange import aligned, distributed
from spikeloom_app.canvas.chooser import Option
from spikeloom_app.document import OpenDocument, fragment
from spikeloom_app.matching import best_first
from tests.app.on_canvas import (
    DIGITS,
    LEFT,
    NONE,
    canvas,
    choose,
    document,
    drag,
    drop,
    middle,
    names,
    one_step,
    output_port,
    seen,
    text,
)

__all__ = ["canvas", "document"]  # fixtures
pytestmark = pytest.mark.usefixtures("dark_theme")


# -- adding --------------------------------------------------------------------------------------------------------
def test_tab_adds_what_is_typed(canvas: Canvas, document: OpenDocument) -> None:
    canvas.view.setFocus()

    def act() -> None:
        QTest.keyClick(canvas.view, Qt.Key.Key_Tab)
        choose(canvas, "leaky integrate-and-f")
        assert canvas.selected() == ["hidden2"]
        assert canvas.view.hasFocus()

    one_step(document, act)
    assert document.document.network.population("hidden2").neuron.type == "lif"


def test_a_double_click_in_the_open_adds_there(canvas: Canvas, document: OpenDocument) -> None:
    at = seen(canvas, QPointF(400, 300))

    def act() -> None:
        QTest.mouseDClick(canvas.view.viewport(), LEFT, NONE, at)
        choose(canvas, "alif")

    one_step(document, act)
    place = document.position("hidden2")
    assert place is not None
    assert abs(place[0] + 94 - 400) <= 1
    assert abs(place[1] + 30 - 300) <= 1


def test_escape_adds_nothing_and_gives_the_focus_back(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    canvas.view.setFocus()
    QTest.keyClick(canvas.view, Qt.Key.Key_Tab)
    assert canvas.view.chooser.line.hasFocus()
    QTest.keyClicks(canvas.view.chooser.line, "nothing of this name")
    assert canvas.view.chooser.titles() == ["Nothing matches"]
    QTest.keyClick(canvas.view.chooser.line, Qt.Key.Key_Return)
    QTest.keyClick(canvas.view.chooser.line, Qt.Key.Key_Escape)
    assert canvas.view.chooser.isHidden()
    assert canvas.view.hasFocus()
    assert text(document) == before


def test_the_best_match_comes_first() -> None:
    options = [Option("a", "Spike input", "of neurons"), Option("b", "Neuron"), Option("c", "Other", more="neuron")]
    places = Option.places.fget
    assert [option.key for option in best_first(options, "neuron", places)] == ["b", "a", "c"]
    assert [option.key for option in best_first(options, "in sp", places)] == ["a"]
    assert [option.key for option in best_first(options, "", places)] == ["a", "b", "c"]


def test_a_wire_into_the_open_offers_only_what_fits(canvas: Canvas, document: OpenDocument) -> None:
    end = seen(canvas, QPointF(640, 300))

    def act() -> None:
        drag(canvas, output_port(canvas, "hidden"), end)
        offered = canvas.view.chooser.titles()
        assert "Leaky integrate-and-fire" in offered
        assert not any("input" in title.lower() for title in offered)
        choose(canvas, "integrate-and-fire")

    one_step(document, act)
    added = document.document.network.connections[-1]
    assert (added.source, added.target) == ("hidden", "hidden2")
    assert document.undo_stack.undo_label.startswith("connect hidden to a new")


def test_a_type_dropped_on_a_wire_is_inserted(canvas: Canvas, document: OpenDocument) -> None:
    document.set_value(("network", "connections", "input_hidden", "synapse", "tau"), 9.0)
    one_step(document, lambda: drop(canvas, "lif", middle(canvas, "input_hidden")))
    network = document.document.network
    first = network.connection("input_hidden")
    assert (first.source, first.target, first.synapse.tau) == ("input", "hidden2", 9.0)  # type: ignore[attr-defined]
    assert [(c.source, c.target) for c in network.connections][-1] == ("hidden2", "hidden")


def test_what_cannot_stand_on_a_wire_says_why(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    drop(canvas, "spike_input", middle(canvas, "input_hidden"))
    assert text(document) == before
    assert "takes no connections" in canvas.view.bubble.text()
    assert not document.undo_stack.undo_label


def test_a_wire_under_a_drag_is_marked(canvas: Canvas) -> None:
    data, port = mime.pack("lif"), canvas.view.viewport()
    QApplication.sendEvent(port, QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, NONE))
    for at, mark in ((middle(canvas, "input_hidden"), "target"), (seen(canvas, QPointF(205, 300)), "")):
        event = QDragMoveEvent(at, Qt.DropAction.CopyAction, data, LEFT, NONE)
        QApplication.sendEvent(port, event)
        assert canvas.view.graph.pills["input_hidden"].mark == mark


def test_a_card_dragged_onto_a_wire_is_inserted(canvas: Canvas, document: OpenDocument) -> None:
    document.add_population("lif", (150, 250), 7, name="extra")
    canvas.view.graph.settle()
    one_step(document, lambda: drag(canvas, middle(canvas, "extra"), middle(canvas, "input_hidden")))
    ends = [(c.source, c.target) for c in document.document.network.connections]
    assert ends == [("input", "extra"), ("hidden", "output"), ("extra", "hidden")]


def test_a_connected_card_dragged_over_a_wire_only_moves(canvas: Canvas, document: OpenDocument) -> None:
    one_step(document, lambda: drag(canvas, middle(canvas, "output"), middle(canvas, "input_hidden")))
    assert len(document.document.network.connections) == 2


def test_tab_on_a_selected_connection_inserts(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden_output"])

    def act() -> None:
        QTest.keyClick(canvas.view, Qt.Key.Key_Tab)
        assert not any("input" in title.lower() for title in canvas.view.chooser.titles())
        choose(canvas, "adaptive")

    one_step(document, act)
    assert document.document.network.connection("hidden_output").target == "hidden2"


def test_another_type_keeps_what_both_have(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])

    def act() -> None:
        canvas.quick.replace()
        choose(canvas, "adaptive")

    one_step(document, act)
    neuron = document.document.network.population("hidden").neuron
    assert neuron.type == "alif"
    assert neuron.tau_mem == 33.0  # type: ignore[attr-defined]
    assert len(document.document.network.connections) == 2


def test_a_type_dropped_on_a_card_takes_its_place(canvas: Canvas, document: OpenDocument) -> None:
    one_step(document, lambda: drop(canvas, "li", middle(canvas, "hidden")))
    neuron = document.document.network.population("hidden").neuron
    assert (neuron.type, neuron.tau_mem) == ("li", 33.0)  # type: ignore[attr-defined]
    assert neuron.readout is not None


def test_connect_by_typing_offers_what_takes_a_connection(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])

    def act() -> None:
        canvas.quick.connect()
        assert sorted(canvas.view.chooser.titles()) == ["hidden (to itself)", "output"]
        choose(canvas, "outp")

    one_step(document, act)
    assert names(document)[-1] == "hidden_output2"


# -- copies --------------------------------------------------------------------------------------------------------
def test_copy_and_paste_with_the_connections_between(canvas: Canvas, document: OpenDocument) -> None:
    pasted: list[str] = []
    canvas.select(["input", "hidden"])
    assert canvas.edit.copy()
    one_step(document, lambda: (canvas.edit.paste(), pasted.extend(canvas.selected())))
    network = document.document.network
    assert [p.name for p in network.populations] == ["input", "hidden", "output", "input2", "hidden2"]
    added = network.connections[-1]
    assert (added.source, added.target) == ("input2", "hidden2")
    assert added.connectivity == network.connection("input_hidden").connectivity
    assert pasted == ["input2", "hidden2", added.name]
    one, other = document.position("input2"), document.position("hidden2")
    assert one is not None
    assert other == (one[0] + 410, one[1])
    assert one != document.position("input")


def test_cut_and_paste_are_two_steps(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])
    one_step(document, canvas.edit.cut)
    assert names(document) == ["input", "output"]
    one_step(document, canvas.edit.paste)
    assert document.document.network.population("hidden").neuron.tau_mem == 33.0  # type: ignore[attr-defined]


def test_a_connection_alone_is_copied_beside_itself(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["input_hidden"])
    one_step(document, canvas.edit.duplicate)
    ends = [(c.source, c.target) for c in document.document.network.connections]
    assert ends.count(("input", "hidden")) == 2


def test_parts_travel_as_text_between_documents(qtbot: Any, canvas: Canvas, document: OpenDocument) -> None:
    canvas.select_all()
    canvas.edit.copy()
    words = QGuiApplication.clipboard().text()
    assert json.loads(words)["format"] == "spikeloom/1"
    other = OpenDocument()
    elsewhere = Canvas(other)
    qtbot.addWidget(elsewhere)
    QGuiApplication.clipboard().setText(words + "\n")  # as another process would
    one_step(other, elsewhere.edit.paste)
    assert names(other) == names(document)
    assert other.document.network == document.document.network


def test_arrays_that_no_file_holds_are_copied(canvas: Canvas, document: OpenDocument, tmp_path: Path) -> None:
    path = ("network", "connections", "input_hidden", "connectivity")
    weights = Dense(weight=Array([[0.5] * 100] * 64))
    document.set_value(path, weights)
    canvas.select(["input", "hidden", "input_hidden"])
    canvas.edit.copy()
    other = OpenDocument()
    fragment.paste(other, canvas_clipboard())
    (array,) = [array for _, array in other.document.arrays()]
    assert array.shape() == (64, 100)
    other.save(tmp_path / "other.snn")
    assert Document.load(tmp_path / "other.snn").arrays()[0][1].values()[3, 4] == 0.5


def canvas_clipboard() -> Document:
    from spikeloom_app.canvas import clipboard

    return clipboard.take()


def test_arrays_of_a_file_follow_to_another_folder(tmp_path: Path) -> None:
    source, target = OpenDocument(), OpenDocument()
    source.open(DIGITS)
    source.set_value(("network", "connections", "input_hidden", "connectivity", "weight"), Array([[0.25] * 100] * 64))
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    source.save(tmp_path / "one" / "a.snn")
    source.open(tmp_path / "one" / "a.snn")
    fragment.paste(target, fragment.copied(source, ["input", "hidden"], {}))
    target.save(tmp_path / "two" / "b.snn")
    assert Document.load(tmp_path / "two" / "b.snn").arrays()[0][1].values()[0, 0] == 0.25


@pytest.mark.parametrize("rubbish", ["", "hello", "{", '{"format": "spikeloom/1", "network": 3}', "[1, 2]", "{}"])
def test_what_is_no_network_is_not_pasted_and_said(canvas: Canvas, document: OpenDocument, rubbish: str) -> None:
    before = text(document)
    QGuiApplication.clipboard().setText(rubbish)
    canvas.edit.paste()
    assert text(document) == before
    assert not canvas.view.bubble.isHidden()
    assert len(canvas.view.bubble.text()) > 20


def test_a_fragment_without_its_ends_pastes_what_fits() -> None:
    source, target = OpenDocument(), OpenDocument()
    source.open(DIGITS)
    part = fragment.copied(source, ["hidden_output"], {})
    with pytest.raises(SpikeloomError, match="fits in here"):
        fragment.paste(target, part)
    target.add_population("lif", (0, 0), 5, name="hidden")
    target.add_population("li", (300, 0), 5, name="output")
    assert len(fragment.paste(target, part)) == 1
    assert target.document.network.connections[0].source == "hidden"


# -- arranging -----------------------------------------------------------------------------------------------------
def test_alignment_and_distribution(canvas: Canvas, document: OpenDocument) -> None:
    document.move({"hidden": (300.0, 77.0), "output": (820.0, -40.0)})
    canvas.select(["input", "hidden", "output"])
    one_step(document, lambda: canvas.edit.align("top"))
    assert {document.position(name)[1] for name in ("input", "hidden", "output")} == {-40.0}  # type: ignore[index]
    one_step(document, lambda: canvas.edit.distribute("horizontally"))
    places = [document.position(name)[0] for name in ("input", "hidden", "output")]  # type: ignore[index]
    assert places[1] - places[0] == places[2] - places[1]
    assert (places[0], places[2]) == (0.0, 820.0)


@pytest.mark.parametrize("seed", range(5))
def test_boxes_of_any_size_line_up_and_keep_their_gaps(seed: int) -> None:
    draw = random.Random(seed)
    boxes = {str(k): tuple(float(draw.randint(20, 900)) for _ in range(4)) for k in range(6)}
    right = aligned(boxes, "right")  # type: ignore[arg-type]
    assert len({right[name][0] + boxes[name][2] for name in boxes}) == 1
    middles = aligned(boxes, "middle")  # type: ignore[arg-type]
    centres = [middles[name][1] + boxes[name][3] / 2 for name in boxes]
    assert max(centres) - min(centres) <= 1  # whole pixels
    apart = distributed(boxes, "vertically")  # type: ignore[arg-type]
    order = sorted(boxes, key=lambda name: boxes[name][1])
    gaps = [apart[b][1] - apart[a][1] - boxes[a][3] for a, b in itertools.pairwise(order)]
    assert max(gaps) - min(gaps) <= 1.01
    assert list(apart) == list(boxes)


def test_layers_of_a_cycle(canvas: Canvas, document: OpenDocument) -> None:
    document.add_population("lif", (0, 0), 5, name="back")
    document.add_connection("hidden", "back")
    document.add_connection("back", "hidden")
    document.add_connection("back", "back")
    one_step(document, canvas.edit.arrange)
    x = {name: document.position(name)[0] for name in ("input", "hidden", "back", "output")}  # type: ignore[index]
    assert x["input"] < x["hidden"] < x["back"]
    assert x["output"] == x["back"]
    cards = [card.outline() for card in canvas.view.graph.cards.values()]
    assert not any(a.intersects(b) for i, a in enumerate(cards) for b in cards[:i])


def test_moved_parts_keep_to_the_grid(canvas: Canvas, document: OpenDocument) -> None:
    canvas.view.snap = True
    start = middle(canvas, "hidden")
    one_step(document, lambda: drag(canvas, start, start + QPoint(37, 29)))
    x, y = document.position("hidden")  # type: ignore[misc]
    assert (x % 12, y % 12) == (0, 0)
    assert (x, y) != (408, 0)


def test_a_wire_runs_round_the_cards_in_its_way(canvas: Canvas, document: OpenDocument) -> None:
    name = document.add_connection("input", "output")
    canvas.view.graph.settle()
    path = canvas.view.graph.pills[name].wire.path()
    hidden = canvas.view.graph.cards["hidden"].outline()
    assert not any(hidden.contains(path.pointAtPercent(k / 200)) for k in range(201))

"""Adding, copying, arranging and annotating on the canvas: through real events, each undone and redone as text."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QGuiApplication, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.spec import LIF, Array, Constant, Dense, Document
from spikeloom_app import theme
from spikeloom_app.canvas import Canvas, mime, picture
from spikeloom_app.canvas.arrange import aligned, distributed
from spikeloom_app.canvas.chooser import Option
from spikeloom_app.canvas.marks import Fold, FrameItem, NoteItem
from spikeloom_app.canvas.stages import DATASET, LEARNING
from spikeloom_app.document import OpenDocument, fragment
from spikeloom_app.matching import best_first
from tests.app.test_canvas import DIGITS, LEFT, NONE, drag, drop, middle, output_port, seen

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def dark() -> Iterator[None]:
    theme.use(theme.DARK)
    yield
    theme.use(theme.DARK)


@pytest.fixture
def document() -> OpenDocument:
    """Input, hidden, output in a row, connected."""
    opened = OpenDocument()
    opened.add_population("spike_input", (0, 0), 64)
    opened.add_population(LIF(tau_mem=33.0), (410, 0), 100)
    opened.add_population({"type": "li", "readout": "avg_var"}, (820, 0), 10)  # type: ignore[arg-type]
    opened.add_connection("input", "hidden")
    opened.add_connection("hidden", "output")
    opened.undo_stack.clear()
    return opened


@pytest.fixture
def canvas(qtbot: Any, document: OpenDocument) -> Canvas:
    made = Canvas(document)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    qtbot.waitExposed(made)
    made.view.zoom_to(1.0)
    made.view.centerOn(500, 100)
    QTest.qWait(10)
    return made


def text(document: OpenDocument) -> str:
    return document.document.dumps()


def one_step(document: OpenDocument, act: Callable[[], object]) -> None:
    """`act` changes the document by one step, which undo takes back and redo makes again, to the letter."""
    before, position = text(document), document.undo_stack.position
    act()
    after = text(document)
    assert after != before
    assert document.undo_stack.position == position + 1
    document.undo_stack.undo()
    assert text(document) == before
    document.undo_stack.redo()
    assert text(document) == after


def choose(canvas: Canvas, typed: str) -> None:
    """Type in the open chooser and press Enter."""
    line = canvas.view.chooser.line
    assert not canvas.view.chooser.isHidden()
    QTest.keyClicks(line, typed)
    QTest.keyClick(line, Qt.Key.Key_Return)
    canvas.view.graph.settle()


def names(document: OpenDocument) -> list[str]:
    return document.document.network.names()


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


# -- notes and frames ----------------------------------------------------------------------------------------------
def add_frame(canvas: Canvas, *parts: str) -> FrameItem:
    canvas.select(parts)
    canvas.edit.add_frame()
    canvas.view.graph.settle()
    (frame,) = canvas.view.graph.marks.frames()
    return frame


def test_a_note_is_typed_in_markdown(canvas: Canvas, document: OpenDocument) -> None:
    one_step(document, canvas.edit.add_note)
    (note,) = [item for item in canvas.view.graph.marks.items.values() if isinstance(item, NoteItem)]

    def act() -> None:
        QTest.mouseDClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, note.part))
        QTest.keyClicks(canvas.view.note_edit, "**bold**")
        QTest.keyClick(canvas.view.note_edit, Qt.Key.Key_Return, CONTROL)

    one_step(document, act)
    assert document.document.view.notes[0].text == "**bold**"
    assert note._text.toPlainText() == "bold"
    QTest.mouseDClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, note.part))
    QTest.keyClicks(canvas.view.note_edit, "gone")
    QTest.keyClick(canvas.view.note_edit, Qt.Key.Key_Escape)
    assert document.document.view.notes[0].text == "**bold**"
    assert canvas.view.hasFocus()


def test_a_note_opens_no_file(canvas: Canvas, document: OpenDocument, tmp_path: Path) -> None:
    image = QImage(QSize(4, 4), QImage.Format.Format_RGB32)
    image.save(str(tmp_path / "x.png"))
    canvas.edit.add_note()
    url = f"file://{tmp_path / 'x.png'}"
    document.set_value(("view", "notes", "note:1", "text"), f"![x]({url}) <script>1</script>")
    note = canvas.view.graph.marks.items["note:1"]
    assert isinstance(note, NoteItem)
    assert note._text.resource(QTextDocument.ResourceType.ImageResource.value, url) is None
    canvas.grab()


def test_a_frame_moves_with_what_stands_in_it(canvas: Canvas, document: OpenDocument) -> None:
    frame = add_frame(canvas, "input", "hidden")
    title = seen(canvas, frame.outline().topLeft() + QPointF(120, 12))
    before = {name: document.position(name) for name in ("input", "hidden", "output")}
    one_step(document, lambda: drag(canvas, title, title + QPoint(0, 140)))
    for name in ("input", "hidden"):
        assert document.position(name) == (before[name][0], before[name][1] + 140)  # type: ignore[index]
    assert document.position("output") == before["output"]


def test_the_inside_of_a_frame_is_free_for_a_rubber_band(canvas: Canvas, document: OpenDocument) -> None:
    frame = add_frame(canvas, "input", "hidden")
    canvas.select([])
    inside = frame.outline().adjusted(12, 36, -12, -12)
    drag(canvas, seen(canvas, inside.topLeft()), seen(canvas, inside.bottomRight()))
    assert canvas.selected() == ["input", "hidden", "input_hidden"]


def test_a_frame_is_resized_by_its_corner(canvas: Canvas, document: OpenDocument) -> None:
    frame = add_frame(canvas, "input")
    size = (document.document.view.frames[0].width, document.document.view.frames[0].height)
    corner = seen(canvas, frame.outline().bottomRight() - QPointF(5, 5))
    one_step(document, lambda: drag(canvas, corner, corner + QPoint(30, 40)))
    made = document.document.view.frames[0]
    assert (made.width, made.height) == (size[0] + 30, size[1] + 40)


def test_a_folded_frame_is_one_card_with_its_wires(canvas: Canvas, document: OpenDocument) -> None:
    frame = add_frame(canvas, "input", "hidden")
    graph = canvas.view.graph
    one_step(document, lambda: QTest.mouseClick(
        canvas.view.viewport(), LEFT, NONE, seen(canvas, frame.outline().topLeft() + QPointF(14, 14))
    ))  # fmt: skip
    graph.settle()
    fold = graph.marks.folds[frame.part]
    assert fold.words.kind == "2 populations"
    assert not graph.cards["hidden"].isVisible()
    assert not graph.pills["input_hidden"].isVisible()
    assert graph.pills["hidden_output"].source is fold
    assert [part.part for part in graph.parts()] == ["output", "hidden_output"]
    start = seen(canvas, fold.outline().center())
    one_step(document, lambda: drag(canvas, start, start + QPoint(0, 100)))
    assert document.position("hidden") == (410, 100)
    one_step(document, lambda: QTest.mouseDClick(
        canvas.view.viewport(), LEFT, NONE, seen(canvas, fold.outline().center())
    ))  # fmt: skip
    graph.settle()
    assert graph.cards["hidden"].isVisible()
    assert graph.pills["hidden_output"].source is graph.cards["hidden"]
    assert not any(isinstance(part, Fold) for part in graph.everything())


def test_what_is_found_comes_out_of_a_folded_frame(canvas: Canvas, document: OpenDocument) -> None:
    frame = add_frame(canvas, "input", "hidden")
    canvas.edit.fold(frame.part)
    canvas.view.graph.settle()
    canvas.quick.find()
    choose(canvas, "hidden")
    assert canvas.selected() == ["hidden"]
    assert canvas.view.graph.cards["hidden"].isVisible()


def test_titles_of_frames_are_edited_in_place(canvas: Canvas, document: OpenDocument) -> None:
    frame = add_frame(canvas, "input")

    def act() -> None:
        QTest.mouseDClick(
            canvas.view.viewport(), LEFT, NONE, seen(canvas, frame.outline().topLeft() + QPointF(100, 12))
        )
        QTest.keyClicks(canvas.view.name_edit, "Retina")
        QTest.keyClick(canvas.view.name_edit, Qt.Key.Key_Return)

    one_step(document, act)
    assert document.document.view.frames[0].title == "Retina"


def test_copies_of_a_frame_take_along_what_stands_in_it(canvas: Canvas, document: OpenDocument) -> None:
    frame = add_frame(canvas, "input", "hidden")
    canvas.select([frame.part])
    one_step(document, canvas.edit.duplicate)
    assert len(document.document.view.frames) == 2
    assert {"input2", "hidden2"} <= set(names(document))


def test_delete_takes_notes_frames_and_parts_in_one_step(canvas: Canvas, document: OpenDocument) -> None:
    frame = add_frame(canvas, "input")
    canvas.edit.add_note()
    canvas.view.note_edit.stop()
    canvas.select([frame.part, "note:1", "hidden"])
    one_step(document, lambda: QTest.keyClick(canvas.view, Qt.Key.Key_Delete))
    assert names(document) == ["input", "output"]
    assert document.document.view.annotations == []


# -- the experiment ------------------------------------------------------------------------------------------------
def test_data_and_loss_are_drawn_where_they_belong(canvas: Canvas, document: OpenDocument) -> None:
    stages = canvas.view.graph.stages.cards
    assert stages[DATASET].words.empty
    document.open(DIGITS)
    canvas.view.graph.settle()
    stages = canvas.view.graph.stages.cards
    assert stages[DATASET].words.title == "Handwritten digits"
    assert stages[LEARNING].words.title == "EventProp"
    assert stages[LEARNING].words.kind == "Cross-entropy · accuracy"
    card, feed = canvas.view.graph.cards["input"], stages[DATASET].feeds[0]
    assert feed.path().pointAtPercent(1.0).x() == pytest.approx(card.outline().left())
    assert stages[DATASET].outline().right() < card.outline().left()
    assert stages[LEARNING].outline().left() > canvas.view.graph.cards["output"].outline().right()


def test_the_data_are_selected_moved_and_taken_away(canvas: Canvas, document: OpenDocument) -> None:
    document.open(DIGITS)
    canvas.fit()
    QTest.mouseClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, DATASET))
    assert canvas.selected() == [DATASET]
    start = middle(canvas, DATASET)
    one_step(document, lambda: drag(canvas, start, start + QPoint(0, 60)))
    assert document.position(DATASET) is not None
    one_step(document, lambda: QTest.keyClick(canvas.view, Qt.Key.Key_Delete))
    assert document.document.experiment.dataset is None
    canvas.view.graph.settle()
    assert canvas.view.graph.stages.cards[DATASET].words.empty


def test_a_problem_of_the_experiment_is_on_its_card(canvas: Canvas, document: OpenDocument) -> None:
    document.open(DIGITS)
    document.set_value(("experiment", "dataset", "encoder", "max_time"), 500.0)
    canvas.view.graph.settle()
    badge = canvas.view.graph.stages.cards[DATASET].badge
    assert badge is not None
    assert badge.severity == "warning"
    document.undo_stack.undo()
    document.set_value(("experiment", "simulation", "example_time"), 30.5)
    canvas.view.graph.settle()
    assert "no whole number of timesteps" in canvas.view.graph.stages.cards[DATASET].badge.toolTip()


# -- what is seen --------------------------------------------------------------------------------------------------
def test_find_shows_the_part_and_escape_goes_back(canvas: Canvas, document: OpenDocument) -> None:
    document.add_population("lif", (5000, 4000), 5, name="far away")
    canvas.view.graph.settle()
    canvas.select(["input"])
    middle_before = canvas.view.mapToScene(canvas.view.viewport().rect().center())
    canvas.quick.find()
    QTest.keyClicks(canvas.view.chooser.line, "far")
    assert canvas.selected() == ["far away"]
    assert canvas.view.viewport().rect().contains(middle(canvas, "far away"))
    QTest.keyClick(canvas.view.chooser.line, Qt.Key.Key_Escape)
    assert canvas.selected() == ["input"]
    middle_after = canvas.view.mapToScene(canvas.view.viewport().rect().center())
    assert (middle_after - middle_before).manhattanLength() < 4


def test_the_minimap_goes_where_it_is_clicked(canvas: Canvas, document: OpenDocument) -> None:
    document.add_population("lif", (3000, 2000), 5, name="far")
    canvas.view.graph.settle()
    minimap = canvas.minimap
    assert minimap.isVisible()
    place = minimap._small(canvas.view.graph.cards["far"].outline().center()).toPoint()
    QTest.mouseClick(minimap, LEFT, NONE, place)
    assert canvas.view.viewport().rect().contains(middle(canvas, "far"))
    minimap.show_wanted(False)
    assert not minimap.isVisible()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_pictures_show_the_whole_network(canvas: Canvas, document: OpenDocument, tmp_path: Path, name: str) -> None:
    theme.use(theme.LIGHT if name == "light" else theme.DARK)
    document.rename("hidden", "middle layer")
    canvas.select(["input"])
    for ending in picture.FORMATS:
        picture.save(canvas, tmp_path / f"network{ending}")
    root = ElementTree.fromstring((tmp_path / "network.svg").read_text(encoding="utf-8"))
    words = "".join(root.itertext())
    assert {"middle layer", "output", "Dense 64 × 100 · Exp 5 ms"} <= {part.strip() for part in words.splitlines()}
    assert (tmp_path / "network.pdf").read_bytes().startswith(b"%PDF-")
    image = QImage(str(tmp_path / "network.png"))
    assert image.width() == round(picture.area(canvas).width() * picture.SCALE)
    light = image.pixelColor(3, 3).lightness()
    assert light > 200 if name == "light" else light < 60
    assert canvas.selected() == ["input"]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == sorted(picture.FORMATS)


def test_a_picture_is_copied(canvas: Canvas) -> None:
    picture.copy(canvas)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert bytes(data.data("image/svg+xml").data()).startswith(b"<?xml")


def test_pictures_that_cannot_be_written_say_so(canvas: Canvas, tmp_path: Path) -> None:
    with pytest.raises(SpikeloomError, match="expected"):
        picture.save(canvas, tmp_path / "network.bmp")
    with pytest.raises(SpikeloomError, match="cannot be written"):
        picture.save(canvas, tmp_path / "nowhere" / "network.svg")
    canvas.document.remove(names(canvas.document))
    with pytest.raises(SpikeloomError, match="nothing on the canvas"):
        picture.save(canvas, tmp_path / "network.svg")


def test_every_widget_of_the_canvas_has_a_name(canvas: Canvas) -> None:
    canvas.quick.add()
    for widget in canvas.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            assert widget.accessibleName(), (widget, widget.objectName(), widget.parent())


def test_constant_weights_stay_constant() -> None:
    """A copy is equal to its original, and not the same object."""
    source = OpenDocument()
    source.open(DIGITS)
    source.set_value(("network", "connections", "input_hidden", "connectivity", "weight"), Constant(0.5))
    part = fragment.copied(source, ["input", "hidden"], {})
    part.network.connections[0].connectivity.weight.value = 7.0  # type: ignore[attr-defined]
    assert source.value(("network", "connections", "input_hidden", "connectivity", "weight", "value")) == 0.5

"""The canvas through real mouse and key events: every gesture, its undo and redo, and what is seen of the document."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spikeloom.spec import Connection, Dense, Document, Network, Population
from spikeloom_app import theme
from spikeloom_app.canvas import TYPE_MIME, Canvas, Palette, mime
from spikeloom_app.canvas.layout import layered
from spikeloom_app.canvas.palette import entries
from spikeloom_app.document import OpenDocument

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def dark() -> Iterator[None]:
    theme.use(theme.DARK)
    yield
    theme.use(theme.DARK)


@pytest.fixture
def document() -> OpenDocument:
    """Input, hidden, output; only the input is connected."""
    opened = OpenDocument()
    opened.add_population("spike_input", (0, 0), 64)
    opened.add_population("lif", (410, 0), 100)
    opened.add_population({"type": "li", "readout": "avg_var"}, (820, 0), 10)  # type: ignore[arg-type]
    opened.add_connection("input", "hidden")
    opened.undo_stack.clear()
    return opened


@pytest.fixture
def canvas(qtbot: Any, document: OpenDocument) -> Canvas:
    made = Canvas(document)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    qtbot.waitExposed(made)
    made.zoom_reset()
    return made


def seen(canvas: Canvas, at: QPointF) -> QPoint:
    return canvas.view.mapFromScene(at)


def middle(canvas: Canvas, name: str) -> QPoint:
    canvas.view.graph.settle()
    part = canvas.view.graph.part(name)
    assert part is not None
    return seen(canvas, part.outline().center())


def output_port(canvas: Canvas, name: str) -> QPoint:
    return seen(canvas, canvas.view.graph.cards[name].output.scenePos())


def input_port(canvas: Canvas, name: str) -> QPoint:
    return seen(canvas, canvas.view.graph.cards[name].input.scenePos())


def drag(canvas: Canvas, start: QPoint, end: QPoint, button: Any = LEFT, modifiers: Any = NONE) -> None:
    port = canvas.view.viewport()
    QTest.mousePress(port, button, modifiers, start)
    for step in (0.05, 0.6, 1.0):
        QTest.mouseMove(port, start + (end - start) * step)
    QTest.mouseRelease(port, button, modifiers, end)
    canvas.view.graph.settle()


def drop(canvas: Canvas, type_name: str, at: QPoint) -> None:
    data = mime.pack(type_name)
    action, port = Qt.DropAction.CopyAction, canvas.view.viewport()
    QApplication.sendEvent(port, QDragEnterEvent(at, action, data, LEFT, NONE))
    QApplication.sendEvent(port, QDropEvent(QPointF(at), action, data, LEFT, NONE))


def shown(canvas: Canvas) -> dict[str, tuple[float, float]]:
    canvas.view.graph.settle()
    return {part.part: (part.pos().x(), part.pos().y()) for part in canvas.view.graph.parts()}


def text(document: OpenDocument) -> str:
    return document.document.model_dump_json()


def test_cards_and_pills_say_what_the_document_says(canvas: Canvas) -> None:
    graph = canvas.view.graph
    assert [card.words.kind for card in graph.cards.values()] == ["Spike input · 64", "LIF · 100", "LI · 10"]
    assert [card.words.role for card in graph.cards.values()] == ["input", "hidden", "output"]
    assert graph.cards["output"].words.readout == "avg_var"
    assert graph.pills["input_hidden"].words.text == "Dense 64 × 100 · Exp 5 ms"
    assert not graph.cards["input"].input.isVisible()
    assert not graph.cards["output"].output.isVisible()


def test_shapes_come_from_the_dataset(canvas: Canvas, document: OpenDocument) -> None:
    document.open(DIGITS)
    assert canvas.view.graph.cards["input"].words.kind == "Spike input · 8 × 8"
    assert canvas.view.graph.pills["input_hidden"].words.text == "Dense 64 × 100 · Exp 5 ms"


def test_a_changed_field_is_shown(canvas: Canvas, document: OpenDocument) -> None:
    document.set_value(("network", "connections", "input_hidden", "synapse", "tau"), 8.0)
    document.set_value(("network", "populations", "hidden", "shape"), (20,))
    canvas.view.graph.settle()
    assert canvas.view.graph.pills["input_hidden"].words.text == "Dense 64 × 20 · Exp 8 ms"


@pytest.mark.parametrize(
    ("type_name", "name", "shape", "readout"),
    [("lif", "hidden2", (100,), None), ("spike_input", "input2", None, None), ("li", "output2", (10,), "avg_var")],
)
def test_drop_adds_a_population(
    canvas: Canvas, document: OpenDocument, type_name: str, name: str, shape: Any, readout: str | None
) -> None:
    before = text(document)
    at = QPoint(300, 500)
    drop(canvas, type_name, at)
    added = document.document.network.population(name)
    assert added.shape == shape
    assert (added.readout.type if added.readout else None) == readout
    assert canvas.selected() == [name]
    assert (middle(canvas, name) - at).manhattanLength() <= 2
    after = text(document)
    document.undo_stack.undo()
    assert text(document) == before
    assert name not in shown(canvas)
    document.undo_stack.redo()
    assert text(document) == after
    assert name in shown(canvas)


def test_drop_of_an_output_leaves_its_shape_to_the_dataset(canvas: Canvas, document: OpenDocument) -> None:
    document.open(DIGITS)
    drop(canvas, "output", QPoint(300, 500))
    assert document.document.network.population("output2").shape is None


def test_drop_of_an_unknown_type_is_said_in_words(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    drop(canvas, "liff", QPoint(300, 500))
    assert text(document) == before
    assert canvas.view.bubble.isVisible()
    assert "did you mean" in canvas.view.bubble.text()


def test_drag_from_port_to_port_connects(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    drag(canvas, output_port(canvas, "hidden"), input_port(canvas, "output"))
    made = document.document.network.connection("hidden_output")
    assert (made.source, made.target) == ("hidden", "output")
    assert canvas.selected() == ["hidden_output"]
    document.undo_stack.undo()
    assert text(document) == before
    assert "hidden_output" not in shown(canvas)
    document.undo_stack.redo()
    assert "hidden_output" in shown(canvas)


def test_drag_onto_a_card_snaps_to_it(canvas: Canvas, document: OpenDocument) -> None:
    drag(canvas, output_port(canvas, "hidden"), middle(canvas, "output") + QPoint(20, 10))
    drag(canvas, output_port(canvas, "input"), input_port(canvas, "output") - QPoint(14, 6))
    assert document.document.network.names()[-2:] == ["hidden_output", "input_output"]


def test_a_refused_target_says_why(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    port, start, end = canvas.view.viewport(), output_port(canvas, "hidden"), middle(canvas, "input")
    QTest.mousePress(port, LEFT, NONE, start)
    QTest.mouseMove(port, end)
    assert canvas.view.bubble.isVisible()
    assert canvas.view.bubble.text() == "'input' is an input and takes no connections"
    assert canvas.view.graph.cards["input"].mark == "refused"
    QTest.mouseRelease(port, LEFT, NONE, end)
    assert text(document) == before
    assert not document.undo_stack.undo_label
    assert canvas.view.graph.cards["input"].mark == ""


def test_a_drag_into_the_open_connects_nothing(canvas: Canvas, document: OpenDocument) -> None:
    before = text(document)
    drag(canvas, output_port(canvas, "hidden"), middle(canvas, "hidden") + QPoint(120, 200))
    assert text(document) == before
    assert not canvas.view.bubble.isVisible()


def test_escape_leaves_a_gesture(canvas: Canvas, document: OpenDocument) -> None:
    before, places = text(document), shown(canvas)
    for start in (output_port(canvas, "hidden"), middle(canvas, "hidden")):
        port = canvas.view.viewport()
        QTest.mousePress(port, LEFT, NONE, start)
        QTest.mouseMove(port, middle(canvas, "output"))
        QTest.keyClick(canvas.view, Qt.Key.Key_Escape)
        QTest.mouseRelease(port, LEFT, NONE, middle(canvas, "output"))
        assert text(document) == before
        assert shown(canvas) == places


def test_a_self_loop_runs_above_the_card(canvas: Canvas, document: OpenDocument) -> None:
    drag(canvas, output_port(canvas, "hidden"), input_port(canvas, "hidden"))
    assert document.document.network.connection("hidden_hidden").target == "hidden"
    pill, card = canvas.view.graph.pills["hidden_hidden"], canvas.view.graph.cards["hidden"]
    assert pill.outline().bottom() < card.outline().top()
    way = pill.wire.path().boundingRect()
    assert way.left() < card.outline().left()
    assert way.right() > card.outline().right()


def test_move_is_one_step(canvas: Canvas, document: OpenDocument) -> None:
    before = shown(canvas)
    start = middle(canvas, "hidden")
    drag(canvas, start, start + QPoint(40, 130))
    assert document.position("hidden") == (450, 130)
    after = shown(canvas)
    assert after["hidden"] == (450, 130)
    assert after["input_hidden"] != before["input_hidden"]  # keeps to the middle of its wire
    assert document.position("input_hidden") is None
    document.undo_stack.undo()
    assert shown(canvas) == before
    assert not document.undo_stack.undo_label
    document.undo_stack.redo()
    assert shown(canvas) == after


def test_several_cards_move_together(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden", "output"])
    start = middle(canvas, "output")
    drag(canvas, start, start + QPoint(-10, 60))
    assert (document.position("hidden"), document.position("output")) == ((400, 60), (810, 60))
    document.undo_stack.undo()
    assert (document.position("hidden"), document.position("output")) == ((410, 0), (820, 0))


def test_a_pill_stays_where_it_was_put(canvas: Canvas, document: OpenDocument) -> None:
    start = middle(canvas, "input_hidden")
    drag(canvas, start, start + QPoint(10, 90))
    put = document.position("input_hidden")
    assert put is not None
    drag(canvas, middle(canvas, "hidden"), middle(canvas, "hidden") + QPoint(0, 60))
    assert shown(canvas)["input_hidden"] == put
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.position("input_hidden") is None
    assert middle(canvas, "input_hidden") == start


def test_a_put_pill_moves_with_both_of_its_cards(canvas: Canvas, document: OpenDocument) -> None:
    document.move({"input_hidden": (300.0, 120.0)})
    canvas.select_all()
    drag(canvas, middle(canvas, "hidden"), middle(canvas, "hidden") + QPoint(0, 50))
    assert document.position("input_hidden") == (300, 170)


def test_a_click_moves_nothing(canvas: Canvas, document: OpenDocument) -> None:
    QTest.mouseClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, "hidden"))
    assert canvas.selected() == ["hidden"]
    assert not document.undo_stack.undo_label


def test_rename_by_keyboard(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])
    QTest.keyClick(canvas.view, Qt.Key.Key_F2)
    edit = canvas.view.name_edit
    assert edit.isVisible()
    assert edit.selectedText() == "hidden"
    QTest.keyClicks(edit, "output")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert canvas.view.bubble.text() == "the name 'output' is taken"
    assert edit.isVisible()
    edit.selectAll()
    QTest.keyClicks(edit, "9 lives")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.isVisible()
    assert canvas.view.bubble.isVisible()
    assert document.document.network.names()[:3] == ["input", "hidden", "output"]
    edit.selectAll()
    QTest.keyClicks(edit, "excitatory")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert not edit.isVisible()
    assert not canvas.view.bubble.isVisible()
    assert canvas.selected() == ["excitatory"]
    assert document.document.network.connection("input_hidden").target == "excitatory"
    assert canvas.view.graph.cards["excitatory"].words.name == "excitatory"
    document.undo_stack.undo()
    assert canvas.selected() == ["hidden"]
    document.undo_stack.redo()
    assert canvas.selected() == ["excitatory"]


def test_escape_keeps_the_name(canvas: Canvas, document: OpenDocument) -> None:
    QTest.mouseDClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, "input_hidden"))
    edit = canvas.view.name_edit
    assert edit.text() == "input_hidden"
    QTest.keyClicks(edit, "other")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert not edit.isVisible()
    assert "input_hidden" in document.document.network.names()
    assert not document.undo_stack.undo_label


def test_delete_takes_the_connections_along(canvas: Canvas, document: OpenDocument) -> None:
    document.add_connection("hidden", "output")
    document.add_connection("hidden", "hidden")
    before, places = text(document), shown(canvas)
    canvas.select(["hidden"])
    QTest.keyClick(canvas.view, Qt.Key.Key_Delete)
    assert document.document.network.names() == ["input", "output"]
    assert set(shown(canvas)) == {"input", "output"}
    assert canvas.selected() == []
    document.undo_stack.undo()
    assert text(document) == before
    assert shown(canvas) == places
    document.undo_stack.redo()
    assert set(shown(canvas)) == {"input", "output"}


def test_delete_a_pill(canvas: Canvas, document: OpenDocument) -> None:
    QTest.mouseClick(canvas.view.viewport(), LEFT, NONE, middle(canvas, "input_hidden"))
    QTest.keyClick(canvas.view, Qt.Key.Key_Delete)
    assert document.document.network.names() == ["input", "hidden", "output"]


def test_selection_is_told_once_per_change(qtbot: Any, canvas: Canvas) -> None:
    told: list[list[str]] = []
    canvas.selection_changed.connect(told.append)
    port = canvas.view.viewport()
    QTest.mouseClick(port, LEFT, NONE, middle(canvas, "hidden"))
    QTest.mouseClick(port, LEFT, SHIFT, middle(canvas, "input_hidden"))
    QTest.mouseClick(port, LEFT, SHIFT, middle(canvas, "hidden"))
    QTest.mouseClick(port, LEFT, NONE, QPoint(600, 660))
    canvas.select_all()
    canvas.select(["output", "nobody"])
    assert told == [
        ["hidden"],
        ["hidden", "input_hidden"],
        ["input_hidden"],
        [],
        ["input", "hidden", "output", "input_hidden"],
        ["output"],
    ]


def test_a_wire_selects_its_connection(canvas: Canvas) -> None:
    beside = output_port(canvas, "input") + QPoint(18, 0)
    QTest.mouseClick(canvas.view.viewport(), LEFT, NONE, beside)
    assert canvas.selected() == ["input_hidden"]


def test_rubber_band(canvas: Canvas) -> None:
    drag(canvas, middle(canvas, "hidden") - QPoint(180, 100), middle(canvas, "output") + QPoint(20, 100))
    assert canvas.selected() == ["hidden", "output", "input_hidden"]
    drag(canvas, middle(canvas, "input") + QPoint(0, 200), middle(canvas, "input"), modifiers=SHIFT)
    assert canvas.selected() == ["input", "hidden", "output", "input_hidden"]


def test_pills_never_overlap(canvas: Canvas, document: OpenDocument) -> None:
    for source, target in [("input", "hidden")] * 4 + [("hidden", "hidden")] * 3 + [("input", "output")] * 2:
        document.add_connection(source, target)
    for places in ({}, {"hidden": (260.0, 0.0), "output": (520.0, 0.0)}, {"hidden": (0.0, 90.0)}):
        document.move(places)
        canvas.view.graph.settle()
        parts = canvas.view.graph.parts()
        for one, other in itertools.combinations([part.outline() for part in parts], 2):
            assert not one.intersects(other)


def test_wheel_zooms_at_the_mouse(canvas: Canvas) -> None:
    at = QPoint(300, 200)
    held = canvas.view.mapToScene(at)
    for turn, many in ((120, 3), (-120, 2), (120, 60), (-120, 120)):
        for _ in range(many):
            event = QWheelEvent(
                QPointF(at), QPointF(at), QPoint(), QPoint(0, turn), LEFT, NONE, Qt.ScrollPhase.NoScrollPhase, False
            )
            QApplication.sendEvent(canvas.view.viewport(), event)
        assert (canvas.view.mapFromScene(held) - at).manhattanLength() <= 60  # each step rounds to whole pixels
    assert canvas.view.zoom() == pytest.approx(0.05)
    canvas.view.zoom_to(9)
    assert canvas.view.zoom() == 3.0


def test_pan_by_middle_button_and_space(canvas: Canvas, document: OpenDocument) -> None:
    before = middle(canvas, "hidden")
    drag(canvas, QPoint(600, 600), QPoint(640, 560), button=MIDDLE)
    assert middle(canvas, "hidden") - before == QPoint(40, -40)
    QTest.keyPress(canvas.view, Qt.Key.Key_Space)
    drag(canvas, middle(canvas, "hidden"), middle(canvas, "hidden") - QPoint(40, -40))
    QTest.keyRelease(canvas.view, Qt.Key.Key_Space)
    assert middle(canvas, "hidden") == before
    assert not document.undo_stack.undo_label


def test_fit_shows_everything(canvas: Canvas, document: OpenDocument) -> None:
    document.move({"output": (4000.0, 900.0)})
    canvas.fit()
    port = canvas.view.viewport().rect()
    assert all(port.contains(middle(canvas, name)) for name in document.document.network.names())
    scale = canvas.view.zoom()
    canvas.zoom_in()
    assert canvas.view.zoom() > scale
    canvas.zoom_reset()
    assert canvas.view.zoom() == 1.0


def test_arrows_move_in_one_step(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])
    QTest.keyPress(canvas.view, Qt.Key.Key_Right)
    QTest.keyPress(canvas.view, Qt.Key.Key_Right)
    QTest.keyRelease(canvas.view, Qt.Key.Key_Right)
    assert document.position("hidden") == (426, 0)
    document.undo_stack.undo()
    assert document.position("hidden") == (410, 0)


def test_the_parts_are_walked_in_the_order_of_the_document(canvas: Canvas) -> None:
    walked = []
    for _ in range(4):
        canvas.edit.step(1)
        walked += canvas.selected()
    assert walked == ["input", "hidden", "output", "input_hidden"]
    canvas.edit.step(-1)
    assert canvas.selected() == ["output"]


def test_a_step_in_a_direction_goes_to_the_nearest_part(canvas: Canvas, document: OpenDocument) -> None:
    document.add_population("lif", (410, 300), 5, name="below")
    canvas.view.graph.settle()
    canvas.select(["hidden"])
    canvas.edit.go(0, 1)
    assert canvas.selected() == ["below"]
    canvas.edit.go(0, -1)
    assert canvas.selected() == ["hidden"]
    canvas.edit.go(-1, 0)
    assert canvas.selected() == ["input_hidden"]
    canvas.edit.go(-1, 0)
    assert canvas.selected() == ["input"]


def test_context_menu_connects_without_the_mouse(canvas: Canvas, document: OpenDocument) -> None:
    canvas.select(["hidden"])
    actions = {action.text(): action for action in canvas.menu().actions()}
    assert list(actions)[:3] == ["Rename", "Connect to itself", "Connect to"]
    assert {"Cut", "Copy", "Duplicate", "Delete", "Change type to", "Put in a frame"} <= set(actions)
    actions["Connect to itself"].trigger()
    assert canvas.selected() == ["hidden_hidden"]
    canvas.select(["output"])
    menu = canvas.menu()
    loop = next(action for action in menu.actions() if action.text() == "Connect to itself")
    assert not loop.isEnabled()
    assert "never spikes" in loop.toolTip()


def test_problems_are_on_the_part(canvas: Canvas, document: OpenDocument) -> None:
    document.set_value(("network", "populations", "hidden", "shape"), None)
    canvas.view.graph.settle()
    badge = canvas.view.graph.cards["hidden"].badge
    assert badge is not None
    assert "the shape of 'hidden' is missing" in badge.toolTip()
    document.undo_stack.undo()
    canvas.view.graph.settle()
    fine = canvas.view.graph.cards["hidden"].badge
    assert fine is None or "shape" not in fine.toolTip()


def test_theme_repaints(canvas: Canvas) -> None:
    for tokens in (theme.LIGHT, theme.DARK):
        theme.use(tokens)
        picture = canvas.picture().toImage()
        corner = [picture.pixelColor(x, y).name() for x in range(30) for y in range(30)]
        assert max(set(corner), key=corner.count) == tokens.canvas
        card = canvas.view.graph.cards["hidden"].outline()
        assert picture.pixelColor(seen(canvas, card.bottomRight() - QPointF(60, 6))).name() == tokens.surface
        assert picture.pixelColor(seen(canvas, card.topLeft() + QPointF(2, 30 - 12))).name() == tokens.role_hidden


def test_replaced_shows_the_other_document(canvas: Canvas, document: OpenDocument) -> None:
    told: list[list[str]] = []
    canvas.select(["hidden"])
    canvas.selection_changed.connect(told.append)
    document.open(DIGITS)
    assert told == [[]]
    assert set(shown(canvas)) == {"input", "hidden", "output", "input_hidden", "hidden_output"}
    document.replace(Document(), None)
    assert shown(canvas) == {}
    assert not canvas.picture().isNull()


def test_missing_positions_are_laid_out_and_not_stored(qtbot: Any) -> None:
    with Network() as network:
        first = Population("spike_input", 8, "first")
        second = Population("lif", 8, "second")
        third = Population("lif", 8, "third")
        for source, target in ((first, second), (second, third), (third, second), (third, third)):
            Connection(source, target, Dense(weight=0.1))  # type: ignore[arg-type]
    document = OpenDocument(Document(network=network))
    canvas = Canvas(document)
    qtbot.addWidget(canvas)
    before = shown(canvas)
    assert before["first"][0] < before["second"][0] < before["third"][0]
    assert document.document.view.positions == {}
    document.move({"second": (900.0, 900.0)})
    document.undo_stack.undo()
    assert shown(canvas) == before
    canvas.edit.arrange()
    assert document.position("third") == layered(network)["third"]
    document.undo_stack.undo()
    assert document.document.view.positions == {}


def test_no_view_outlives_its_widget(qtbot: Any, document: OpenDocument) -> None:
    canvas = Canvas(document)
    canvas.deleteLater()
    qtbot.wait(10)
    theme.use(theme.LIGHT)
    document.add_population("lif", (0, 0), 3)  # nobody is told who is gone


def test_palette_adds_by_enter_and_double_click(qtbot: Any) -> None:
    palette = Palette()
    qtbot.addWidget(palette)
    palette.show()
    wanted: list[str] = []
    palette.add_requested.connect(wanted.append)
    inputs = ["spike_input", "binary_input", "if_input", "lif_input", "poisson_input"]
    assert [entry.type for entry in entries()] == [*inputs, "alif", "if", "lif", "custom", "li"]
    assert palette.list.item(9).text() == "Leaky integrator output"
    for _ in range(7):
        QTest.keyClick(palette.list, Qt.Key.Key_Down)
    QTest.keyClick(palette.list, Qt.Key.Key_Return)
    palette.list.scrollToItem(palette.list.item(9))
    at = palette.list.visualItemRect(palette.list.item(9)).center()
    QTest.mouseClick(palette.list.viewport(), LEFT, NONE, at)
    QTest.mouseDClick(palette.list.viewport(), LEFT, NONE, at)
    assert wanted == ["lif", "li"]
    drag = palette.list.drag_of(palette.list.item(7))
    assert bytes(drag.mimeData().data(TYPE_MIME).data()) == b"lif"
    assert not drag.pixmap().isNull()


def test_add_finds_a_free_place(canvas: Canvas, document: OpenDocument) -> None:
    names = [canvas.add("lif") for _ in range(3)]
    assert names == ["hidden2", "hidden3", "hidden4"]
    outlines = [card.outline() for card in canvas.view.graph.cards.values()]
    assert not any(one.intersects(other) for one, other in itertools.combinations(outlines, 2))


def test_undo_to_empty_and_redo_to_the_end(canvas: Canvas, document: OpenDocument) -> None:
    document.replace(Document(), None)
    canvas.zoom_reset()
    for type_name, at in (("spike_input", 150), ("lif", 550), ("li", 950)):
        drop(canvas, type_name, QPoint(at, 300))
    drag(canvas, output_port(canvas, "input"), input_port(canvas, "hidden"))
    drag(canvas, output_port(canvas, "hidden"), input_port(canvas, "output"))
    drag(canvas, middle(canvas, "hidden"), middle(canvas, "hidden") + QPoint(0, 90))
    canvas.select(["input"])
    QTest.keyClick(canvas.view, Qt.Key.Key_Delete)
    texts = []
    while document.undo_stack.undo_label:
        texts.append((text(document), shown(canvas)))
        document.undo_stack.undo()
    assert len(texts) == 7
    assert shown(canvas) == {}
    while document.undo_stack.redo_label:
        document.undo_stack.redo()
        assert (text(document), shown(canvas)) == texts.pop()

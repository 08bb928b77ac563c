"""What meets in the middle: gestures, keys and typing that an undo, a removal or another window comes between."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from spikeloom.spec import Frame, Note
from spikeloom_app.canvas import Canvas
from spikeloom_app.document import OpenDocument
from tests.app.on_canvas import (
    LEFT,
    NONE,
    add_frame,
    canvas,
    document,
    drag,
    input_port,
    middle,
    one_step,
    output_port,
    seen,
    text,
)

__all__ = ["canvas", "document"]  # fixtures
pytestmark = pytest.mark.usefixtures("dark_theme")


def fold(canvas: Canvas, *parts: str) -> str:
    """The name of a folded frame round these."""
    frame = add_frame(canvas, *parts)
    canvas.edit.fold(frame.part)
    canvas.view.graph.settle()
    return frame.part


def test_undo_in_the_middle_of_a_drag_leaves_the_drag_first(canvas: Canvas, document: OpenDocument) -> None:
    port, start = canvas.view.viewport(), middle(canvas, "hidden")
    drag(canvas, start, start + QPoint(0, 100))
    start = middle(canvas, "hidden")
    QTest.mousePress(port, LEFT, NONE, start)
    QTest.mouseMove(port, start + QPoint(0, 60))
    document.undo_stack.undo()
    QTest.mouseMove(port, start + QPoint(0, 90))
    QTest.mouseRelease(port, LEFT, NONE, start + QPoint(0, 90))
    assert document.position("hidden") == (410, 0)
    card = canvas.view.graph.cards["hidden"]
    assert (card.pos().x(), card.pos().y()) == (410, 0)
    assert not document.undo_stack.undo_label


@pytest.mark.parametrize("part", ["hidden", "note:1"])
def test_a_part_deleted_under_an_arrow_key_is_not_moved(canvas: Canvas, document: OpenDocument, part: str) -> None:
    document.add_annotation(Note(name="note:1", position=(0.0, 200.0)))
    canvas.view.graph.settle()
    canvas.select([part])
    QTest.keyPress(canvas.view, Qt.Key.Key_Right)
    QTest.keyClick(canvas.view, Qt.Key.Key_Delete)
    steps = document.undo_stack.position
    QTest.keyRelease(canvas.view, Qt.Key.Key_Right)
    assert document.undo_stack.position == steps
    assert part not in document.document.view.positions


def test_arrows_are_taken_when_the_focus_goes(qtbot: Any, canvas: Canvas, document: OpenDocument) -> None:
    canvas.view.setFocus()
    canvas.select(["hidden"])
    QTest.keyPress(canvas.view, Qt.Key.Key_Right)
    QTest.keyPress(canvas.view, Qt.Key.Key_Space)
    canvas.view.clearFocus()
    assert document.position("hidden") == (418, 0)
    assert not canvas.view.keys.space


def test_several_notes_are_deleted_at_once(canvas: Canvas, document: OpenDocument) -> None:
    for number in range(3):
        document.add_annotation(Note(name="note:1", position=(200.0 * number, 300.0)))
    canvas.view.graph.settle()
    canvas.select(["note:1", "note:2", "note:3"])
    one_step(document, lambda: QTest.keyClick(canvas.view, Qt.Key.Key_Delete))
    assert document.document.view.notes == []


def test_a_folded_frame_holds_what_it_held(canvas: Canvas, document: OpenDocument) -> None:
    name = fold(canvas, "input", "hidden")
    document.add_population("lif", (200, 10), 5, name="stranger")  # on the ground that the open frame covered
    canvas.view.graph.settle()
    assert canvas.view.graph.cards["stranger"].isVisible()
    assert canvas.view.graph.marks.folds[name].words.kind == "2 populations"
    document.rename("hidden", "renamed")
    canvas.view.graph.settle()
    assert not canvas.view.graph.cards["renamed"].isVisible()
    document.undo_stack.undo()
    canvas.view.graph.settle()
    assert not canvas.view.graph.cards["hidden"].isVisible()


def test_no_wire_leads_into_or_out_of_a_folded_frame(canvas: Canvas, document: OpenDocument) -> None:
    document.add_population("lif", (410, 400), 5, name="other")
    place = canvas.view.graph.cards["hidden"].input.scenePos()
    name = fold(canvas, "input", "hidden")
    before = text(document)
    drag(canvas, output_port(canvas, "other"), seen(canvas, place))  # an input that is out of sight
    canvas.view.chooser.leave()
    assert text(document) == before
    card = canvas.view.graph.marks.folds[name]
    drag(canvas, output_port(canvas, "other"), seen(canvas, card.outline().center()))
    assert text(document) == before
    assert "unfold it" in canvas.view.bubble.text()


def test_to_look_for_a_part_changes_nothing(canvas: Canvas, document: OpenDocument) -> None:
    name = fold(canvas, "input", "hidden")
    document.rename("output", "result")
    document.undo_stack.undo()
    before, redo = text(document), document.undo_stack.redo_label
    canvas.quick.find()
    QTest.keyClicks(canvas.view.chooser.line, "hidden")
    assert canvas.selected() == [name]  # what stands for it
    QTest.keyClick(canvas.view.chooser.line, Qt.Key.Key_Escape)
    assert text(document) == before
    assert document.undo_stack.redo_label == redo


@pytest.mark.parametrize("wanted", ["hidden", "input_hidden", "note:1"])
def test_what_is_wanted_comes_out_of_nested_folds(canvas: Canvas, document: OpenDocument, wanted: str) -> None:
    document.add_annotation(Note(name="note:1", position=(150.0, -8.0), width=60.0, height=40.0))
    canvas.view.graph.settle()
    inner = fold(canvas, "input", "hidden", "note:1")
    canvas.select([inner])
    canvas.edit.add_frame()
    canvas.view.graph.settle()
    outer = next(frame.name for frame in document.document.view.frames if frame.name != inner)
    canvas.edit.fold(outer)
    canvas.view.graph.settle()
    assert [part.part for part in canvas.view.graph.marks.seen()] == [outer]
    canvas.reveal(wanted)
    assert canvas.selected() == [wanted]


def test_a_folded_frame_goes_with_what_it_stands_for(canvas: Canvas, document: OpenDocument) -> None:
    name = fold(canvas, "input", "hidden")
    canvas.select([name])
    one_step(document, lambda: QTest.keyClick(canvas.view, Qt.Key.Key_Delete))
    assert document.document.network.names() == ["output"]


def test_problems_inside_are_on_the_folded_frame(canvas: Canvas, document: OpenDocument) -> None:
    document.set_value(("network", "populations", "hidden", "shape"), None)
    name = fold(canvas, "input", "hidden")
    assert canvas.view.graph.marks.folds[name].badge is not None


def test_copies_of_a_folded_frame_stand_for_copies(canvas: Canvas, document: OpenDocument) -> None:
    name = fold(canvas, "input", "hidden")
    canvas.select([name])
    one_step(document, canvas.edit.duplicate)
    frames = document.document.view.frames
    assert frames[1].members == ["input2", "hidden2"]
    canvas.view.graph.settle()
    assert not canvas.view.graph.cards["hidden2"].isVisible()


def test_folding_and_unfolding_are_two_steps(canvas: Canvas, document: OpenDocument) -> None:
    name = add_frame(canvas, "input").part
    steps = document.undo_stack.position
    canvas.edit.fold(name)
    canvas.view.graph.settle()
    canvas.edit.fold(name)
    assert document.undo_stack.position == steps + 2
    assert document.undo_stack.undo_label == "unfold Frame"


def test_the_name_of_a_connection_is_copied_with_it(canvas: Canvas, document: OpenDocument) -> None:
    document.rename("input_hidden", "feedforward")
    canvas.view.graph.settle()
    canvas.select(["input", "hidden"])
    canvas.edit.duplicate()
    assert document.document.network.connections[-1].name == "feedforward2"


def test_a_chooser_closes_when_the_document_changes(canvas: Canvas, document: OpenDocument) -> None:
    document.rename("hidden", "middle")
    canvas.quick.add()
    document.undo_stack.undo()
    assert canvas.view.chooser.isHidden()


def test_markup_in_a_title_is_shown_and_not_read(canvas: Canvas, document: OpenDocument) -> None:
    title = '<img src="file:///nowhere.png"> & <b>bold</b>'
    document.add_annotation(Frame(name="frame:1", position=(-20.0, -60.0), width=300.0, height=200.0, title=title))
    canvas.view.graph.settle()
    canvas.edit.fold("frame:1")
    canvas.view.graph.settle()
    tip = canvas.view.graph.marks.folds["frame:1"].toolTip()
    assert "<img" not in tip
    assert "&lt;img" in tip


def test_cards_of_the_experiment_move_together_and_by_key(canvas: Canvas, document: OpenDocument) -> None:
    names = ["experiment.dataset", "experiment.learning"]
    canvas.fit()
    canvas.select(names)
    before = {name: canvas.view.graph.part(name).pos() for name in names}  # type: ignore[union-attr]
    start = middle(canvas, names[0])
    one_step(document, lambda: drag(canvas, start, start + QPoint(0, 50)))
    canvas.view.graph.settle()
    moved = {canvas.view.graph.part(name).pos().y() - before[name].y() for name in names}  # type: ignore[union-attr]
    assert len(moved) == 1
    assert moved.pop() > 20
    canvas.select([names[0]])
    one_step(document, lambda: QTest.keyClick(canvas.view, Qt.Key.Key_Down))


def test_a_wire_dropped_on_a_note_says_where_it_belongs(canvas: Canvas, document: OpenDocument) -> None:
    document.add_annotation(Note(name="note:1", position=(500.0, 200.0)))
    canvas.view.graph.settle()
    before = text(document)
    drag(canvas, output_port(canvas, "hidden"), seen(canvas, QPointF(560, 260)))
    assert "Drop a wire on a population" in canvas.view.bubble.text()
    assert text(document) == before
    assert input_port(canvas, "hidden") is not None


def test_of_two_frames_the_larger_holds_the_smaller(canvas: Canvas, document: OpenDocument) -> None:
    first = add_frame(canvas, "input", "hidden").part
    canvas.select([first, "output"])
    canvas.edit.add_frame()
    canvas.view.graph.settle()
    second = next(frame.name for frame in document.document.view.frames if frame.name != first)
    items = canvas.view.graph.marks.items
    assert not items[first].holds(items[second])  # type: ignore[attr-defined]
    assert items[second].holds(items[first])  # type: ignore[attr-defined]
    canvas.select([first, second])
    one_step(document, canvas.edit.fold)
    canvas.view.graph.settle()
    assert [part.part for part in canvas.view.graph.marks.seen()] == [second]
    canvas.quick.find()
    QTest.keyClicks(canvas.view.chooser.line, "Frame")
    canvas.view.chooser.leave()
    canvas.reveal("input")
    assert canvas.selected() == ["input"]


def test_frames_of_a_file_that_hold_each_other_do_no_harm(canvas: Canvas, document: OpenDocument) -> None:
    for number, other in ((1, 2), (2, 1)):
        frame = Frame(name="frame:1", position=(0.0, 100.0 * number), folded=True, members=[f"frame:{other}", "input"])
        document.add_annotation(frame)
    canvas.view.graph.settle()
    canvas.reveal("input")
    assert canvas.selected() == ["input"]

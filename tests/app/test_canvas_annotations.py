"""Notes, frames, the experiment, finding and pictures on the canvas: through real events, undone and redone."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Constant
from spikeloom_app import theme
from spikeloom_app.canvas import Canvas, picture
from spikeloom_app.canvas.marks import Fold, NoteItem
from spikeloom_app.canvas.stages import DATASET, LEARNING
from spikeloom_app.document import OpenDocument, fragment
from tests.app.on_canvas import (
    CONTROL,
    DIGITS,
    LEFT,
    NONE,
    add_frame,
    canvas,
    choose,
    document,
    drag,
    middle,
    names,
    one_step,
    seen,
)

__all__ = ["canvas", "document"]  # fixtures
pytestmark = pytest.mark.usefixtures("dark_theme")


# -- notes and frames ----------------------------------------------------------------------------------------------
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

"""The canvas shows what the document says, and the palette what can be added to it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from spikeloom.spec import Connection, DeepR, Dense, Document, Network, Population
from spikeloom_app import theme
from spikeloom_app.canvas import TYPE_MIME, Canvas, Palette
from spikeloom_app.canvas.layout import layered
from spikeloom_app.canvas.palette import entries
from spikeloom_app.document import OpenDocument
from tests.app.on_canvas import DIGITS, LEFT, NONE, canvas, middle, seen, shown
from tests.app.on_canvas import unconnected as document

__all__ = ["canvas", "document"]  # fixtures
pytestmark = pytest.mark.usefixtures("dark_theme")


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


def test_a_pill_says_what_is_unusual_about_how_it_learns(canvas: Canvas, document: OpenDocument) -> None:
    place = ("network", "connections", "input_hidden")
    document.set_value((*place, "frozen"), True)
    document.set_value((*place, "rewiring"), DeepR())
    document.set_value((*place, "train_delays"), True)
    canvas.view.graph.settle()
    words = canvas.view.graph.pills["input_hidden"].words
    assert words.text.endswith(" · frozen · Deep R · delays learn")
    assert "its weights stay as they are" in words.tooltip and "its synapses move" in words.tooltip
    document.set_value((*place, "frozen"), False)
    canvas.view.graph.settle()
    assert "frozen" not in canvas.view.graph.pills["input_hidden"].words.text


def test_pills_never_overlap(canvas: Canvas, document: OpenDocument) -> None:
    for source, target in [("input", "hidden")] * 4 + [("hidden", "hidden")] * 3 + [("input", "output")] * 2:
        document.add_connection(source, target)
    for places in ({}, {"hidden": (260.0, 0.0), "output": (520.0, 0.0)}, {"hidden": (0.0, 90.0)}):
        document.move(places)
        canvas.view.graph.settle()
        parts = canvas.view.graph.parts()
        for one, other in itertools.combinations([part.outline() for part in parts], 2):
            assert not one.intersects(other)


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

"""The list of types: it is searched by what is typed, and chosen from with the keyboard or the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.spec import ALIF, IF, LIF, Learning, Neuron
from spikeloom_app.inspector import Inspector
from spikeloom_app.inspector.choosing import Entry, SearchPopup, TypeChoice
from spikeloom_app.matching import best_first
from tests.app.inspecting import Key, document, inspector

__all__ = ["document", "inspector"]  # fixtures

NEURON = ("network", "populations", "hidden", "neuron")


@pytest.fixture
def box(inspector: Inspector) -> TypeChoice:
    inspector.show_selection(["hidden"])
    found = inspector.row("neuron").editor
    assert isinstance(found, TypeChoice)
    found.setFocus()
    return found


def opened(box: TypeChoice) -> SearchPopup:
    assert box.popup is not None and box.popup.isVisible()
    return box.popup


def titles(popup: SearchPopup) -> list[str]:
    return [popup.list.item(row).text() for row in range(popup.list.count())]


def test_a_letter_opens_the_list_and_searches(box, document) -> None:
    before = document.document.dumps()
    QTest.keyClick(box, Key.Key_A)
    popup = opened(box)
    assert popup.search.text() == "a"
    QTest.keyClicks(popup.search, "lif")
    assert titles(popup) == ["Adaptive LIF"]  # by the name in documents
    QTest.keyClick(popup.search, Key.Key_Return)
    assert not popup.isVisible()
    assert type(document.value(NEURON)) is ALIF
    after = document.document.dumps()
    document.undo_stack.undo()
    assert document.document.dumps() == before
    document.undo_stack.redo()
    assert document.document.dumps() == after


def test_words_of_the_help_are_found_anywhere(box) -> None:
    QTest.keyClick(box, Key.Key_Space)
    popup = opened(box)
    assert titles(popup) == [cls.title for cls in Neuron.types().values()]
    QTest.keyClicks(popup.search, "never outp")
    assert titles(popup) == ["Leaky integrator"]
    QTest.keyClicks(popup.search, "zzz")
    assert titles(popup) == []
    assert popup.nothing.isVisible()
    QTest.keyClick(popup.search, Key.Key_Return)
    assert popup.isVisible()  # nothing to choose
    popup.hide()


def test_the_arrow_keys_go_through_the_list_from_what_is_chosen(box, document) -> None:
    QTest.keyClick(box, Key.Key_Return)
    popup = opened(box)
    assert popup.list.currentItem().text() == LIF.title
    everything = titles(popup)
    QTest.keyClick(popup.search, Key.Key_Up)
    assert popup.list.currentItem().text() == everything[everything.index(LIF.title) - 1]
    QTest.keyClick(popup.search, Key.Key_PageUp)
    assert popup.list.currentRow() == 0
    QTest.keyClick(popup.search, Key.Key_Up)
    assert popup.list.currentRow() == 0
    QTest.keyClick(popup.search, Key.Key_PageDown)
    QTest.keyClick(popup.search, Key.Key_PageDown)
    assert popup.list.currentRow() == len(everything) - 1
    assert not document.modified
    QTest.keyClick(popup.search, Key.Key_Escape)
    assert not popup.isVisible()
    assert not document.modified


def test_a_click_chooses(box, document) -> None:
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    popup = opened(box)
    item = next(popup.list.item(row) for row in range(popup.list.count()) if popup.list.item(row).text() == IF.title)
    popup.list.scrollToItem(item)
    place = popup.list.visualItemRect(item).center()
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert type(document.value(NEURON)) is IF
    assert not popup.isVisible()


def test_the_list_opens_anew_each_time(box) -> None:
    QTest.keyClick(box, Key.Key_P)
    QTest.keyClick(opened(box).search, Key.Key_Escape)
    QTest.keyClick(box, Key.Key_Space)
    assert opened(box).search.text() == ""
    assert len(titles(opened(box))) == len(Neuron.types())
    opened(box).hide()


def test_it_stays_on_the_screen(box, inspector) -> None:
    inspector.move(700, 500)
    QTest.keyClick(box, Key.Key_Space)
    popup = opened(box)
    assert box.screen().availableGeometry().contains(popup.geometry())
    popup.hide()


def test_every_entry_says_what_it_is(box) -> None:
    QTest.keyClick(box, Key.Key_Space)
    popup = opened(box)
    for row in range(popup.list.count()):
        assert popup.list.item(row).toolTip()
        assert popup.list.item(row).data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert popup.search.accessibleName() and popup.list.accessibleName() and popup.accessibleName()
    popup.hide()


def test_none_can_be_chosen_where_a_type_is_optional(inspector, document) -> None:
    inspector.show_selection(["output"])
    box = inspector.row("neuron.readout").editor
    box.setFocus()
    QTest.keyClick(box, Key.Key_N)
    popup = opened(box)
    QTest.keyClicks(popup.search, "one")
    assert titles(popup)[0] == "None"
    QTest.keyClick(popup.search, Key.Key_Return)
    assert document.value(("network", "populations", "output", "neuron", "readout")) is None


def test_keys_that_come_before_the_list_has_the_focus_are_not_lost(box, document) -> None:
    QTest.keyClicks(box, "alif")
    assert opened(box).search.text() == "alif"
    QTest.keyClick(box, Key.Key_Return)
    assert type(document.value(NEURON)) is ALIF


def test_the_best_match_comes_first() -> None:
    entries = [Entry(1, "Custom", "Like a leaky one", "c"), Entry(2, "Leaky", "", "li"), Entry(3, "A leaky", "", "x")]
    assert [entry.value for entry in best_first(entries, "leaky", Entry.places.fget)] == [2, 3, 1]
    assert [entry.value for entry in best_first(entries, "  ", Entry.places.fget)] == [1, 2, 3]
    assert best_first(entries, "leaky custom", Entry.places.fget) == [entries[0]]
    rules = [Entry(cls, cls.title, cls.help()) for cls in Learning.types().values()]
    assert best_first(rules, "backward", Entry.places.fget) != []

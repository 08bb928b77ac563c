"""Several parts selected: what they share is shown once, and what is changed is changed in all of them, in one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.spec import LI, LIF, Conv2D, Delta, Dense, FixedProbability, Normal, PoissonInput, Population
from spikeloom_app.document import OpenDocument
from spikeloom_app.inspector import Inspector
from spikeloom_app.inspector.controls import Switch
from spikeloom_app.inspector.form import FamilyRow
from spikeloom_app.inspector.scope import SEVERAL
from tests.app.inspecting import Key, choose, document, edit, inspector, messages, write

__all__ = ["document", "inspector"]  # fixtures

NAMES = ["hidden", "second", "third"]


@pytest.fixture
def three(document: OpenDocument, inspector: Inspector) -> Inspector:
    """Three hidden populations of LIF neurons that differ in one time constant, all selected."""
    for name in NAMES[1:]:
        document.document.network.populations.append(Population(LIF(), 50, name))
    document.set_value(("network", "populations", "third", "neuron", "tau_mem"), 35.0)
    document.undo_stack.clear()
    inspector.show_selection(NAMES)
    QTest.qWait(20)
    return inspector


def of_all(document: OpenDocument, name: str) -> list[object]:
    return [document.value(("network", "populations", part, "neuron", name)) for part in NAMES]


def one_step(document: OpenDocument, before: str) -> None:
    """Undo and redo once, and the text is that before and that after."""
    after = document.document.dumps()
    assert after != before
    assert len(document.undo_stack.labels) == 1
    document.undo_stack.undo()
    assert document.document.dumps() == before
    document.undo_stack.redo()
    assert document.document.dumps() == after


def test_a_field_on_which_all_agree_changes_all(three, document) -> None:
    before = document.document.dumps()
    assert edit(three, "neuron.v_thresh").text() == "1"
    write(three, "neuron.v_thresh", "3/4")
    assert of_all(document, "v_thresh") == [0.75] * 3
    one_step(document, before)


def test_a_field_that_differs_is_empty_and_says_so(three, document) -> None:
    before = document.document.dumps()
    field = edit(three, "neuron.tau_mem")
    assert field.text() == ""
    assert field.placeholderText() == "several values"
    field.setFocus()
    QTest.keyClick(field, Key.Key_Up)  # there is nothing to step from
    QTest.keyClick(field, Key.Key_Tab)
    assert not document.modified
    write(three, "neuron.tau_mem", "25")
    assert of_all(document, "tau_mem") == [25.0] * 3
    assert field.placeholderText() != "several values"
    one_step(document, before)


def test_undo_shows_that_they_differ_again(three, document) -> None:
    write(three, "neuron.tau_mem", "25")
    document.undo_stack.undo()
    field = edit(three, "neuron.tau_mem")
    assert (field.text(), field.placeholderText()) == ("", "several values")


def test_what_one_part_refuses_none_takes(three, document) -> None:
    document.set_value(("network", "populations", "third", "neuron", "v_reset"), -2.0)
    before = document.document.dumps()
    field = write(three, "neuron.v_thresh", "-1")
    assert document.document.dumps() == before
    assert field.text() == "-1"
    assert messages(three, "neuron.v_thresh") == ["'hidden': -1 found, expected more than v_reset (0)"]


def test_a_switch_that_differs_has_a_third_state(three, document) -> None:
    document.set_value(("network", "populations", "second", "neuron", "relative_reset"), True)
    document.undo_stack.clear()
    before = document.document.dumps()
    QTest.mouseClick(three.panel.groups[1].form.more, Qt.MouseButton.LeftButton)
    switch = three.row("neuron.relative_reset").editor
    assert isinstance(switch, Switch)
    assert switch.several and not switch.isChecked()
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert of_all(document, "relative_reset") == [True] * 3
    assert not switch.several and switch.isChecked()
    one_step(document, before)


def test_types_that_differ_and_a_type_for_all(three, document) -> None:
    document.set_value(("network", "populations", "second", "neuron"), LI(tau_mem=11.0))
    document.undo_stack.clear()
    before = document.document.dumps()
    row = three.row("neuron")
    assert row.editor.currentIndex() == -1
    assert row.scope.kind is SEVERAL
    with pytest.raises(KeyError):
        three.row("neuron.tau_mem")
    choose(three, "neuron", "Adaptive LIF")
    assert [type(document.value(("network", "populations", part, "neuron"))).type for part in NAMES] == ["alif"] * 3
    assert of_all(document, "tau_mem") == [20.0, 11.0, 35.0]  # each keeps its own
    assert edit(three, "neuron.tau_adapt").isVisible()
    one_step(document, before)


def test_reset_takes_all_back(three, document) -> None:
    before = document.document.dumps()
    reset = three.row("neuron.tau_mem").reset
    assert reset.isVisible()
    QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert of_all(document, "tau_mem") == [20.0] * 3
    one_step(document, before)


def test_shapes_of_all(three, document) -> None:
    assert edit(three, "shape").placeholderText() == "several values"
    write(three, "shape", "4 x 5")
    assert [document.document.network.population(name).shape for name in NAMES] == [(4, 5)] * 3
    with pytest.raises(KeyError):
        three.row("name")


def test_problems_say_which_part_they_concern(three, document, qtbot) -> None:
    document.set_value(("network", "populations", "third", "neuron", "relative_reset"), True)
    qtbot.waitUntil(lambda: messages(three, "neuron.relative_reset") != [])
    assert messages(three, "neuron.relative_reset")[0].startswith("third: EventProp needs an absolute reset")


def test_connections_share_connectivity_and_synapse_to_the_bottom(inspector, document) -> None:
    names = ["input_hidden", "hidden_output"]
    paths = [("network", "connections", name) for name in names]
    document.set_value((*paths[0], "connectivity"), Dense(weight=Normal(0.1, 0.2)))
    document.set_value((*paths[1], "connectivity"), Dense(weight=Normal(0.1, 0.4)))
    document.undo_stack.clear()
    before = document.document.dumps()
    inspector.show_selection(names)
    assert edit(inspector, "connectivity.weight.mean").text() == "0.1"
    assert edit(inspector, "connectivity.weight.sd").placeholderText() == "several values"
    write(inspector, "connectivity.weight.sd", "1/sqrt(100)")
    assert [document.value((*path, "connectivity", "weight", "sd")) for path in paths] == [0.1, 0.1]
    one_step(document, before)
    choose(inspector, "synapse", "Delta")
    assert [type(document.value((*path, "synapse"))) for path in paths] == [Delta, Delta]


def test_a_slider_moves_all_in_one_step(inspector, document) -> None:
    names = ["input_hidden", "hidden_output"]
    paths = [("network", "connections", name, "connectivity") for name in names]
    for path, p in zip(paths, (0.2, 0.6), strict=True):
        document.set_value(path, FixedProbability(p=p, weight=0.1))
    document.undo_stack.clear()
    before = document.document.dumps()
    inspector.show_selection(names)
    QTest.qWait(20)
    slider = inspector.row("connectivity.p").slider
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, slider.rect().center())
    QTest.mouseMove(slider, slider.rect().center() * 1.2)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert document.value((*paths[0], "p")) == document.value((*paths[1], "p")) != 0.2
    one_step(document, before)


def test_populations_with_connections_share_nothing(inspector, document) -> None:
    inspector.show_selection(["hidden", "input_hidden"])
    assert list(inspector.panel.rows()) == []
    assert inspector.panel.caption.text() == "1 population, 1 connection"


def test_a_part_that_is_renamed_or_removed_stays_or_goes(three, document) -> None:
    document.rename("second", "middle")
    write(three, "neuron.tau_mem", "9")
    assert document.value(("network", "populations", "middle", "neuron", "tau_mem")) == 9.0
    document.remove(["third"])
    assert three.names == ["hidden", "middle"]
    assert edit(three, "neuron.tau_mem").text() == "9"


def test_inputs_of_different_types_share_their_type_choice(inspector, document) -> None:
    document.document.network.populations.append(Population(PoissonInput(), 4, "noise"))
    inspector.show_selection(["input", "noise"])
    choose(inspector, "neuron", "Poisson input")
    assert document.document.network.population("input").neuron == PoissonInput()


def test_types_that_do_not_fit_one_part_change_none(inspector, document) -> None:
    names = ["input_hidden", "hidden_output"]
    inspector.show_selection(names)
    choose(inspector, "connectivity", "Convolution")
    assert [type(document.document.network.connection(name).connectivity) for name in names] == [Conv2D, Conv2D]
    document.undo_stack.undo()
    assert [type(document.document.network.connection(name).connectivity) for name in names] == [Dense, Dense]


def test_several_with_different_switches_show_what_their_equations_share(three, document) -> None:
    document.set_value(("network", "populations", "second", "neuron", "relative_reset"), True)
    row = three.row("neuron")
    assert isinstance(row, FamilyRow)
    assert row.equations.lines == LIF.equations[:1]
    document.undo_stack.undo()
    assert row.equations.lines == LIF.equations

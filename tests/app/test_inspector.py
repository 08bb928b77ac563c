"""The inspector through real key and mouse events: what is typed becomes the document, or says why not beside it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from spikeloom.spec import LIF, SGD, Adam, Normal, Uniform
from spikeloom_app import glyphs, style, theme
from spikeloom_app.document import places
from spikeloom_app.document.conversion import converted
from spikeloom_app.inspector.edits import ShapeEdit
from tests.app.inspecting import TAU_MEM, Key, choose, document, edit, inspector, messages, wheel, write

__all__ = ["document", "inspector"]  # fixtures


# -- typing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [("35", 35.0, "35"), ("2.5e1", 25.0, "25"), ("1e-3", 0.001, "0.001"), (" 7 ms ", 7.0, "7"), (".5", 0.5, "0.5")],
)
def test_a_number_is_typed_and_committed_with_enter(inspector, document, text, value, shown) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", text, end=None)
    assert document.value(TAU_MEM) == 20.0  # not on every key
    QTest.keyClick(field, Key.Key_Return)
    assert document.value(TAU_MEM) == value
    assert field.text() == shown
    assert field.hasFocus()


def test_leaving_the_field_commits(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "31", end=Key.Key_Tab)
    assert document.value(TAU_MEM) == 31.0
    assert not field.hasFocus()


def test_a_number_outside_the_range_says_so_below_and_stays_as_typed(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "-5")
    assert document.value(TAU_MEM) == 20.0
    assert not document.modified
    assert field.text() == "-5"
    assert field.property("state") == "error"
    assert messages(inspector, "neuron.tau_mem") == ["-5 found, expected a number greater than 0 (ms)"]
    QTest.keyClick(field, Key.Key_Tab)
    assert field.text() == "-5"
    write(inspector, "neuron.tau_mem", "6")
    assert messages(inspector, "neuron.tau_mem") == []
    assert field.property("state") == ""
    assert document.value(TAU_MEM) == 6.0


@pytest.mark.parametrize("text", ["fast", "", "1,5", "nan", "inf", "--3"])
def test_what_is_no_number_says_so(inspector, document, text) -> None:
    inspector.show_selection(["hidden"])
    write(inspector, "neuron.tau_mem", text)
    assert "expected a number" in messages(inspector, "neuron.tau_mem")[0]
    assert not document.modified


def test_escape_goes_back(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "-5")
    QTest.keyClick(field, Key.Key_Escape)
    assert field.text() == "20"
    assert messages(inspector, "neuron.tau_mem") == []
    field = write(inspector, "neuron.tau_mem", "44", end=Key.Key_Escape)
    assert field.text() == "20"
    assert not document.modified


def test_the_old_value_typed_again_ends_a_refusal(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    write(inspector, "neuron.tau_mem", "-5")
    write(inspector, "neuron.tau_mem", "20")
    assert messages(inspector, "neuron.tau_mem") == []
    assert not document.modified


def test_a_contradiction_names_the_other_field(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    write(inspector, "neuron.v_reset", "2")
    assert messages(inspector, "neuron.v_reset") == ["V thresh: 1 found, expected more than v_reset (2)"]


def test_whole_numbers(inspector, document) -> None:
    epochs = ("experiment", "training", "epochs")
    write(inspector, "experiment.training.epochs", "1e2")
    assert document.value(epochs) == 100
    write(inspector, "experiment.training.epochs", "2.5")
    assert document.value(epochs) == 100
    assert messages(inspector, "experiment.training.epochs") == ["2.5 found, expected a whole number"]


def test_an_optional_number_may_be_empty(inspector, document) -> None:
    shards = ("experiment", "training", "shards")
    group = inspector.panel.groups[4]
    QTest.mouseClick(group.more, Qt.MouseButton.LeftButton)
    field = edit(inspector, "experiment.training.shards")
    assert field.isVisible()
    assert field.placeholderText() == "the smaller of batch_size and 16"
    write(inspector, "experiment.training.shards", "4")
    assert document.value(shards) == 4
    write(inspector, "experiment.training.shards", "")
    assert document.value(shards) is None


def test_arrow_keys_and_the_wheel_step(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    field = edit(inspector, "neuron.tau_mem")
    field.setFocus()
    QTest.keyClick(field, Key.Key_Up)
    assert document.value(TAU_MEM) == 21.0
    QTest.keyClick(field, Key.Key_PageDown)
    assert document.value(TAU_MEM) == 11.0
    wheel(field, 2)
    assert document.value(TAU_MEM) == 13.0
    edit(inspector, "neuron.v").setFocus()
    wheel(field, 1)
    assert document.value(TAU_MEM) == 13.0  # the form scrolls, nothing changes
    box = inspector.row("neuron").editor
    box.setFocus()
    wheel(box, -1)
    assert isinstance(document.value(TAU_MEM[:-1]), LIF)


def test_a_name_is_changed_everywhere(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "name", "middle")
    assert document.document.network.connection("input_hidden").target == "middle"
    assert inspector.row("name").editor is field  # the same form goes on
    assert inspector.panel.title.text() == "middle"
    write(inspector, "neuron.tau_mem", "9")
    assert document.document.network.population("middle").neuron.tau_mem == 9.0
    write(inspector, "name", "output")
    assert messages(inspector, "name") == ["The name 'output' is taken"]
    write(inspector, "name", "")
    assert "expected a name" in messages(inspector, "name")[0]
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert edit(inspector, "name").text() == "hidden"


def test_shapes(inspector, document, qtbot) -> None:
    shape = ("network", "populations", "hidden", "shape")
    inspector.show_selection(["hidden"])
    for text, value, shown in (
        ("8x8", (8, 8), "8 × 8"),
        ("4, 5", (4, 5), "4 × 5"),
        ("[2 3]", (2, 3), "2 × 3"),
        ("90", (90,), "90"),
    ):
        field = write(inspector, "shape", text)
        assert document.value(shape) == value
        assert field.text() == shown
    for text in ("0", "many", "8 by 8", "-3"):
        write(inspector, "shape", text)
        assert "expected whole numbers" in messages(inspector, "shape")[0]
        assert document.value(shape) == (90,)
    inspector.show_selection(["input"])
    field = edit(inspector, "shape")
    assert isinstance(field, ShapeEdit)
    assert field.text() == ""
    assert field.placeholderText() == "8 × 8  (inferred)"


def test_title_and_description(inspector, document) -> None:
    write(inspector, "title", "Mine")
    box = inspector.row("description").editor
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "What it shows")
    QTest.keyClick(box, Key.Key_Return)
    assert document.document.title == "Mine"
    assert document.document.description == "What it shows"
    write(inspector, "title", "")
    assert document.document.title is None


# -- choices -----------------------------------------------------------------------------------------------------


def test_a_switch(inspector, document) -> None:
    switch = inspector.row("experiment.training.shuffle").editor
    switch.setFocus()
    QTest.keyClick(switch, Key.Key_Space)
    assert document.value(("experiment", "training", "shuffle")) is False
    document.undo_stack.undo()
    assert switch.isChecked()
    inspector.area.ensureWidgetVisible(switch)
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert not switch.isChecked()


def test_another_type_keeps_the_values_that_both_have(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    write(inspector, "neuron.tau_mem", "33")
    choose(inspector, "neuron", "Leaky integrator")
    neuron = document.value(TAU_MEM[:-1])
    assert (neuron.type, neuron.tau_mem) == ("li", 33.0)
    assert edit(inspector, "neuron.tau_mem").text() == "33"
    assert edit(inspector, "neuron.bias").isVisible()
    with pytest.raises(KeyError):
        inspector.row("neuron.v_thresh")
    document.undo_stack.undo()
    QApplication.processEvents()
    assert edit(inspector, "neuron.v_thresh").isVisible()
    assert inspector.row("neuron").editor.currentText() == "Leaky integrate-and-fire"


def test_a_type_that_would_be_refused_with_the_old_values_gets_those_it_takes() -> None:
    assert converted(Adam(alpha=0.3), SGD) == SGD(alpha=0.3)
    assert converted(Normal(mean=1.0), Uniform) == Uniform()


def test_an_optional_family_may_be_none(inspector, document, qtbot) -> None:
    inspector.show_selection(["output"])
    readout = ("network", "populations", "output", "neuron", "readout")
    choose(inspector, "neuron.readout", "None")
    assert document.value(readout) is None
    choose(inspector, "neuron.readout", "Average of variable, exponentially weighted")
    assert document.value(readout).type == "avg_var_exp_weight"
    write(inspector, "neuron.readout.local_t_scale", "2")
    assert document.value(readout).local_t_scale == 2.0


def test_the_learning_rule_and_its_optimiser(inspector, document) -> None:
    choose(inspector, "experiment.learning.optimiser", "Stochastic gradient descent")
    assert document.value(("experiment", "learning", "optimiser")) == SGD(alpha=0.005)
    choose(inspector, "experiment.learning", "None")
    assert document.document.experiment.learning is None
    document.undo_stack.undo()
    write(inspector, "experiment.learning.optimiser.alpha", "0.1")
    assert document.value(("experiment", "learning", "optimiser", "alpha")) == 0.1


# -- problems ----------------------------------------------------------------------------------------------------


def test_a_problem_is_said_below_its_field_and_fixed_with_a_click(inspector, document, qtbot) -> None:
    inspector.show_selection(["hidden"])
    write(inspector, "neuron.tau_refrac", "2")
    row = inspector.row("neuron.tau_refrac")
    qtbot.waitUntil(lambda: bool(messages(inspector, "neuron.tau_refrac")))
    assert "refractory" in messages(inspector, "neuron.tau_refrac")[0]
    assert row.editor.property("state") == "error"
    button = row.notices.findChild(QPushButton)
    inspector.area.ensureWidgetVisible(button)
    assert button.text() == "Use no refractory period"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert document.value((*TAU_MEM[:-1], "tau_refrac")) == 0.0
    qtbot.waitUntil(lambda: not messages(inspector, "neuron.tau_refrac"))
    assert row.editor.property("state") == ""


def test_a_problem_of_a_folded_field_unfolds_it(inspector, document, qtbot) -> None:
    inspector.show_selection(["hidden"])
    row = inspector.row("neuron.relative_reset")
    assert not row.isVisible()
    document.set_value((*TAU_MEM[:-1], "relative_reset"), True)
    qtbot.waitUntil(row.isVisible)
    assert "absolute reset" in messages(inspector, "neuron.relative_reset")[0]


def test_a_warning_of_the_experiment(inspector, document, qtbot) -> None:
    write(inspector, "experiment.simulation.dt", "0.7")
    qtbot.waitUntil(lambda: bool(messages(inspector, "experiment.simulation.example_time")))
    assert edit(inspector, "experiment.simulation.example_time").property("state") == "warning"


def test_problems_of_the_network_name_the_part_where_nothing_is_selected(inspector, document, qtbot) -> None:
    document.set_value((*TAU_MEM[:-1], "tau_refrac"), 2.0)
    qtbot.waitUntil(inspector.panel.notices.isVisible)
    (notice,) = inspector.panel.notices.notices
    assert notice.text.startswith("hidden: ")
    QTest.mouseClick(inspector.panel.notices.findChild(QPushButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not inspector.panel.notices.isVisible())


def test_a_problem_of_the_part_itself_stands_below_its_name(inspector, document, qtbot) -> None:
    document.remove(["input_hidden"])
    inspector.show_selection(["hidden"])
    assert any("connect" in notice.text for notice in inspector.panel.notices.notices)


# -- places and values ---------------------------------------------------------------------------------------------


def test_places_and_paths(document) -> None:
    place = "network.populations[1].neuron.tau_mem"
    assert places.path_of(document, place) == TAU_MEM
    assert places.place_of(document, TAU_MEM) == place
    assert places.path_of(document, "experiment.training.epochs") == ("experiment", "training", "epochs")
    assert places.path_of(document, "network.populations[9].neuron") is None
    path = places.path_of(document, "experiment.recording[0].population")
    assert path == ("experiment", "recording", "0", "population") and document.value(path) == "input"
    assert places.place_of(document, path) == "experiment.recording[0].population"
    known = ["", "network.populations[1]", "network.populations[1].neuron"]
    assert places.owner("network.populations[1].neuron.readout", known) == known[2]
    assert places.owner("network.populations[10].neuron", known) == ""
    assert places.owner("experiment", known[1:]) is None


def test_every_field_has_a_name_for_those_who_cannot_see(inspector) -> None:
    for names in ([], ["hidden"], ["input_hidden"]):
        inspector.show_selection(names)
        for row in inspector.panel.rows():
            assert row.editor.accessibleName()
            assert row.field.help in row.editor.toolTip()


# -- look --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_both_themes_fit_in_a_narrow_dock(inspector, document, tokens, qapp) -> None:
    before = theme.current()
    sheet = qapp.styleSheet()
    try:
        theme.use(tokens)
        style.apply(qapp, tokens)
        for names in ([], ["hidden"], ["input_hidden"], ["input", "hidden"]):
            inspector.show_selection(names)
            inspector.resize(260, 500)
            for _ in range(6):  # a form inside a form inside a form: each lays itself out in its own turn
                QApplication.processEvents()
            assert inspector.panel.width() <= 260
            shot = inspector.grab().toImage()
            assert shot.pixelColor(3, 3).name() == tokens.surface
    finally:
        theme.use(before)
        qapp.setStyleSheet(sheet)


def test_the_marks_of_a_style_sheet_are_there(qapp) -> None:
    from PySide6.QtGui import QPixmap

    for tokens in (theme.DARK, theme.LIGHT):
        folder = glyphs.address(tokens)
        for name in ("check", "dash", "dot", "down", "down-hover", "up-disabled", "close"):
            assert not QPixmap(f"{folder}/{name}.png").isNull()
        sheet = style.stylesheet(tokens)
        assert folder in sheet
        assert sheet.count("{") == sheet.count("}")

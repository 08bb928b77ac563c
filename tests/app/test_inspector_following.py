"""The inspector follows the document and the selection, and leaves alone what is being typed."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spikeloom.spec import Document
from spikeloom_app.inspector import Inspector
from tests.app.inspecting import DIGITS, TAU_MEM, Key, choose, document, edit, inspector, write

__all__ = ["document", "inspector"]  # fixtures


def test_undo_and_redo_show_the_value_and_keep_the_form(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "35")
    document.undo_stack.undo()
    assert field.text() == "20"
    document.undo_stack.redo()
    assert field.text() == "35"
    assert edit(inspector, "neuron.tau_mem") is field
    assert field.hasFocus()


def test_a_change_elsewhere_leaves_what_is_being_typed(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "3", end=None)
    document.set_value((*TAU_MEM[:-1], "v_thresh"), 1.5)
    assert field.text() == "3"
    assert field.hasFocus()
    assert edit(inspector, "neuron.v_thresh").text() == "1.5"
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Key.Key_Return)
    assert document.value(TAU_MEM) == 35.0


def test_the_undo_key_is_the_windows_where_nothing_was_typed(inspector, document) -> None:
    from PySide6.QtGui import QAction, QKeySequence

    action = QAction("Undo", inspector)
    action.setShortcut(QKeySequence.StandardKey.Undo)
    action.triggered.connect(document.undo_stack.undo)
    inspector.addAction(action)
    inspector.show_selection(["hidden"])
    field = write(inspector, "neuron.tau_mem", "35")
    QTest.keyClick(field, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.value(TAU_MEM) == 20.0
    assert field.text() == "20"


def test_reset_goes_back_to_the_default(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    row = inspector.row("neuron.tau_mem")
    assert not row.reset.isVisible()
    write(inspector, "neuron.tau_mem", "35")
    assert row.reset.isVisible()
    QTest.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert document.value(TAU_MEM) == 20.0
    assert not row.reset.isVisible()
    document.undo_stack.undo()
    assert document.value(TAU_MEM) == 35.0


def test_another_selection_commits_what_was_typed(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    write(inspector, "neuron.tau_mem", "27", end=None)
    inspector.show_selection(["output"])
    assert document.value(TAU_MEM) == 27.0
    assert inspector.panel.title.text() == "output"


def test_selections(inspector, document) -> None:
    assert edit(inspector, "experiment.training.epochs").isVisible()
    inspector.show_selection(["input_hidden"])
    assert inspector.panel.title.text() == "input → hidden"
    write(inspector, "connectivity.weight.mean", "0.7")
    write(inspector, "synapse.tau", "4")
    connection = document.document.network.connection("input_hidden")
    assert (connection.connectivity.weight.mean, connection.synapse.tau) == (0.7, 4.0)
    inspector.show_selection(["input", "hidden", "input_hidden"])
    assert inspector.panel.title.text() == "3 selected"
    assert inspector.panel.caption.text() == "2 populations, 1 connection"
    inspector.show_selection([])
    assert inspector.panel.title.text() == "Experiment"


def test_a_removed_part_is_shown_no_more(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    write(inspector, "neuron.tau_mem", "-1")  # refused, and still in the field when it goes
    document.remove(["hidden"])
    assert inspector.names == []
    document.undo_stack.undo()
    inspector.show_selection(["hidden"])
    document.undo_stack.redo()
    assert inspector.names == []
    document.replace(Document(), None)
    assert inspector.panel.title.text() == "Experiment"


def test_tab_goes_through_the_fields_in_their_order(inspector, document) -> None:
    inspector.show_selection(["hidden"])
    choose(inspector, "neuron", "Leaky integrator")
    choose(inspector, "neuron.readout", "Average of variable, exponentially weighted")
    edit(inspector, "name").setFocus()
    order = []
    for _ in range(8):
        order.append(inspector.focusWidget().objectName())
        QTest.keyClick(inspector.focusWidget(), Key.Key_Tab)
    order = [name for name in order if name]
    assert order[:6] == [
        "field.name",
        "field.shape",
        "field.neuron",
        "field.neuron.tau_mem",
        "field.neuron.v",
        "field.neuron.bias",
    ]


def test_a_form_is_made_when_somebody_looks(qtbot, document) -> None:
    hidden = Inspector(document)
    qtbot.addWidget(hidden)
    assert list(hidden.panel.rows()) == []
    other = Document.load(DIGITS)
    other.experiment.training.epochs = 7
    document.replace(other, None)
    assert list(hidden.panel.rows()) == []
    hidden.show()
    assert hidden.panel.title.text() == "Experiment"
    assert edit(hidden, "experiment.training.epochs").text() == "7"
    hidden.hide()
    document.replace(Document(), None)
    hidden.show_selection([])
    hidden.show()
    assert hidden.panel.title.text() == "Experiment"
    assert edit(hidden, "experiment.training.epochs").text() == "50"

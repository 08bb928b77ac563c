"""Lists of objects, objects that may be left out, and fields that name something, through mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import spikeloom as sl
from spikeloom_app.inspector.items import ItemsRow
from tests.app.inspecting import Key, choose, document, inspector, messages, write

__all__ = ["document", "inspector"]  # fixtures

METRICS = "experiment.metrics"


def items(inspector, inner=METRICS) -> ItemsRow:
    row = inspector.row(inner)
    assert isinstance(row, ItemsRow)
    return row


def click(widget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def metrics(document):
    return document.document.experiment.metrics


def test_metrics_are_added_edited_and_removed_each_a_step_of_undo(inspector, document) -> None:
    choose(inspector, METRICS, "Top-k accuracy")
    choose(inspector, METRICS, "Silent neurons")
    assert metrics(document) == [sl.TopKAccuracy(), sl.SilentNeurons()]
    write(inspector, f"{METRICS}.0.k", "5")
    choose(inspector, f"{METRICS}.1.population", "hidden")
    assert metrics(document) == [sl.TopKAccuracy(5), sl.SilentNeurons("hidden")]
    click(items(inspector).cards[0].remove)
    assert metrics(document) == [sl.SilentNeurons("hidden")]
    assert [card.title.text() for card in items(inspector).cards] == ["Silent neurons"]
    for expected in (
        [sl.TopKAccuracy(5), sl.SilentNeurons("hidden")],
        [sl.TopKAccuracy(5), sl.SilentNeurons()],
        [sl.TopKAccuracy(), sl.SilentNeurons()],
        [sl.TopKAccuracy()],
        [],
    ):
        document.undo_stack.undo()
        assert metrics(document) == expected
        assert len(items(inspector).cards) == len(expected)
    document.undo_stack.redo()
    assert metrics(document) == [sl.TopKAccuracy()]


def test_the_box_that_adds_shows_nothing_chosen(inspector) -> None:
    box = items(inspector).editor
    assert box.currentIndex() == -1 and box.accessibleName() == "Add a metric"
    choose(inspector, METRICS, "Accuracy")
    assert box.currentIndex() == -1 and box.several == "Add a metric ..."


def test_a_card_is_removed_with_the_keyboard(inspector, document, qtbot) -> None:
    choose(inspector, METRICS, "Accuracy")
    button = items(inspector).cards[0].remove
    assert button.accessibleName() == "Remove Accuracy"
    assert button in inspector.panel.stops()
    button.setFocus()
    QTest.keyClick(button, Key.Key_Return)
    assert metrics(document) == []


def titles(inspector) -> list[str]:
    return [card.title.text() for card in items(inspector).cards]


def test_a_card_is_moved_by_its_buttons_and_by_keys_each_a_step_of_undo(inspector, document) -> None:
    document.set_value(("experiment", "metrics"), [sl.Accuracy(), sl.TopKAccuracy(), sl.SilentNeurons()])
    QApplication.processEvents()
    first, _, last = items(inspector).cards
    assert not first.up.isVisible() and first.down.isVisible() and not last.down.isVisible()
    click(first.down)
    assert titles(inspector) == ["Top-k accuracy", "Accuracy", "Silent neurons"]
    QTest.keyClick(inspector.focusWidget(), Key.Key_Return)  # the button went with its card
    assert titles(inspector) == ["Top-k accuracy", "Silent neurons", "Accuracy"]
    QTest.keyClick(inspector.focusWidget(), Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert metrics(document) == [sl.TopKAccuracy(), sl.Accuracy(), sl.SilentNeurons()]
    assert document.undo_stack.undo_label == "move accuracy up"
    for _ in range(3):
        document.undo_stack.undo()
    assert titles(inspector) == ["Accuracy", "Top-k accuracy", "Silent neurons"]


def test_what_is_typed_stays_with_the_object_that_is_moved(inspector, document) -> None:
    document.set_value(("experiment", "metrics"), [sl.TopKAccuracy(2), sl.TopKAccuracy(3)])
    field = write(inspector, f"{METRICS}.0.k", "7", end=None)
    QTest.keyClick(field, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert metrics(document) == [sl.TopKAccuracy(3), sl.TopKAccuracy(7)]


def test_a_recorder_of_what_the_rule_has_not_is_removed_by_its_fix(inspector, document, qtbot) -> None:
    place = "experiment.recording"
    before = list(document.document.experiment.recording)
    choose(inspector, place, "Variable of synapses")
    row = inspector.row(f"{place}.{len(before)}.variable")
    qtbot.waitUntil(lambda: any(notice.fix is not None for notice in row.notices.notices))
    row.apply_fix(row.notices.notices[0].fix)
    assert document.document.experiment.recording == before


def test_a_problem_stands_at_its_field_and_its_button_solves_it(inspector, document, qtbot) -> None:
    document.set_value(("experiment", "metrics"), [sl.SilentNeurons("hiden"), sl.Accuracy("hidden")])
    qtbot.waitUntil(lambda: bool(messages(inspector, f"{METRICS}.0.population")))
    assert "did you mean 'hidden'" in messages(inspector, f"{METRICS}.0.population")[0]
    row = inspector.row(f"{METRICS}.1.output")
    row.apply_fix(next(p.fix for p in document.problems() if p.fix is not None))
    assert metrics(document)[1].output == "output"


def test_early_stopping_is_switched_on_edited_and_off(inspector, document, qtbot) -> None:
    place = "experiment.training.early_stopping"
    inspector.area.ensureWidgetVisible(inspector.row(place))
    click(inspector.row(place).editor)
    assert document.document.experiment.training.early_stopping == sl.EarlyStopping()
    write(inspector, f"{place}.patience", "3")
    choose(inspector, f"{place}.monitor", "accuracy")
    assert document.document.experiment.training.early_stopping == sl.EarlyStopping("accuracy", 3)
    document.undo_stack.undo()
    assert document.document.experiment.training.early_stopping == sl.EarlyStopping(patience=3)
    QTest.keyClick(inspector.row(place).editor, Key.Key_Space)
    assert document.document.experiment.training.early_stopping is None
    with pytest.raises(KeyError):
        inspector.row(f"{place}.patience")


def test_figures_of_metrics_can_be_watched(inspector, document) -> None:
    document.set_value(("experiment", "metrics"), [sl.SilentNeurons()])
    document.set_value(("experiment", "training", "keep_best"), "loss")
    box = inspector.row("experiment.training.keep_best").editor
    box.showPopup()
    box.hidePopup()
    assert {"silent_neurons:hidden", "validation_silent_neurons:hidden"} <= set(box.options)
    assert box.currentText() == "loss"


def test_recorders_are_added_for_what_there_is_and_choose_neurons(inspector, document) -> None:
    place = "experiment.recording"
    choose(inspector, place, "Variable of synapses")
    recorder = document.document.experiment.recording[-1]
    assert recorder.connection == "input_hidden"
    write(inspector, f"{place}.3.sources", "0:10:2")
    write(inspector, f"{place}.3.examples", "[0, 4]")
    assert (recorder.sources, recorder.examples) == ("0:10:2", [0, 4])
    write(inspector, f"{place}.3.sources", "0:10:x")
    assert recorder.sources == "0:10:2" and "expected numbers" in messages(inspector, f"{place}.3.sources")[0]
    write(inspector, f"{place}.3.sources", "")
    assert recorder.sources is None


def test_without_anything_to_name_it_says_so(inspector, document) -> None:
    document.remove(["input", "hidden", "output"])
    inspector.show_selection([])
    choose(inspector, "experiment.recording", "Spikes")
    assert messages(inspector, "experiment.recording") == ["The network has no population yet"]


def test_renaming_and_removing_a_part_reaches_metrics_and_what_is_watched(document) -> None:
    experiment = document.document.experiment
    document.set_value(("experiment", "metrics"), [sl.SilentNeurons("hidden"), sl.Accuracy()])
    document.set_value(("experiment", "training", "early_stopping"), sl.EarlyStopping("silent_neurons:hidden"))
    document.rename("hidden", "middle")
    assert experiment.metrics[0].population == "middle"
    assert experiment.training.early_stopping.monitor == "silent_neurons:middle"
    document.undo_stack.undo()
    assert experiment.metrics[0].population == "hidden"
    document.remove(["hidden"])
    assert document.document.experiment.metrics == [sl.Accuracy()]
    document.undo_stack.undo()
    assert document.document.experiment.metrics == [sl.SilentNeurons("hidden"), sl.Accuracy()]

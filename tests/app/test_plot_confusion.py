"""The confusion matrix says what is taken for what, and why there is none."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt

from spikeloom.spec.plots import Confusion
from spikeloom_app.plots.confusion import NO_CLASSES, NO_VALIDATION, TOO_MANY, ConfusionPlot
from tests.app.plot_events import evaluated, shown


def test_a_cell_says_in_words_what_it_counts(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot())
    plot.handle({"event": "started", "class_names": ["cat", "dog", "cow"]})
    plot.handle(evaluated())
    assert "accuracy 60.0 %" in plot.side.text()
    qtbot.mouseMove(plot.view, plot.view.box(1, 0).center().toPoint())
    assert plot.side.text() == "dog taken for cat: 1 of 3 (33.3 %)"
    qtbot.mouseMove(plot.view, plot.view.box(2, 2).center().toPoint())
    assert plot.side.text() == "cow recognised: 2 of 4 (50.0 %)"


def test_examples_that_were_not_decided_on_count_as_not_recognised(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot())
    plot.handle(evaluated())
    assert plot.tally.undecided == 1 and plot.tally.class_accuracy(2) == 0.5
    assert "1 undecided" in plot.side.text()


def test_a_cell_is_chosen_by_mouse_and_by_keyboard(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot())
    plot.handle(evaluated())
    with qtbot.waitSignal(plot.cell_chosen) as chosen:
        qtbot.mouseClick(plot.view, Qt.MouseButton.LeftButton, pos=plot.view.box(2, 0).center().toPoint())
    assert chosen.args == [2, 0]
    plot.view.point(None)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(plot.view, key)
    with qtbot.waitSignal(plot.cell_chosen) as chosen:
        qtbot.keyClick(plot.view, Qt.Key.Key_Return)
    assert chosen.args == [1, 1]


def test_the_split_of_the_settings_is_shown(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot(Confusion(name="plot:1", split="validation")))
    plot.handle(evaluated("test"))
    assert plot.words.isVisible() and "validation examples have not been judged yet" in plot.words.text()
    plot.handle(evaluated("validation", accuracy=0.25))
    assert "25.0 %" in plot.side.text() and plot.view.isVisible()
    plot.chooser.setFocus()
    qtbot.keyClick(plot.chooser, Qt.Key.Key_Down)
    assert plot.settings.split == "test" and "60.0 %" in plot.side.text()


def test_an_evaluation_can_be_asked_for(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot())
    with qtbot.waitSignal(plot.evaluation_wanted) as asked:
        qtbot.mouseClick(plot.evaluate, Qt.MouseButton.LeftButton)
    assert asked.args == ["test"]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (evaluated("validation", classes=0, confusion=None, labels=None, predictions=None), NO_CLASSES),
        (evaluated("validation", classes=5000, confusion=None), TOO_MANY),
        ({"event": "started", "splits": {"train": 9, "validation": 0, "test": 3}}, NO_VALIDATION),
    ],
)
def test_why_there_is_none_is_said(qtbot: Any, event: dict[str, Any], words: str) -> None:
    plot = shown(qtbot, ConfusionPlot(Confusion(name="plot:1", split="validation")))
    plot.handle(event)
    assert plot.words.text() == words and not plot.evaluate.isVisible()


def test_shares_in_place_of_numbers(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot())
    plot.handle(evaluated())
    before = plot.view.grab().toImage()
    qtbot.mouseClick(plot.shares, Qt.MouseButton.LeftButton)
    assert plot.settings.shares and plot.view.grab().toImage() != before


def test_a_hundred_classes_are_drawn_without_numbers(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot(), 380, 260)
    plot.handle(evaluated(classes=100, confusion=np.eye(100, dtype=np.int64), labels=np.arange(100), predictions=None))
    plot.view.grab()
    last = plot.view.box(99, 99)
    assert plot.view.cell_at(last.center()) == (99, 99)


def test_the_table_names_the_classes(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot())
    plot.handle({"event": "started", "class_names": ["cat", "dog", "cow"]})
    assert plot.table() == {}
    plot.handle(evaluated())
    table = plot.table()
    chosen = (table["truth"] == "cow") & (table["prediction"] == "cat")
    assert table["examples"][chosen].tolist() == [1] and table["share"][chosen].tolist() == [0.25]
    plot.reset()
    assert plot.table() == {} and plot.words.isVisible()

"""Of several outputs the browser of examples and the confusion matrix show one, and say which."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt

import spikeloom as sl
from spikeloom_app.part_names import PartNames
from spikeloom_app.plots.confusion import NO_CLASSES, ConfusionPlot
from spikeloom_app.plots.example_header import ExampleHeader
from spikeloom_app.plots.examples import ExamplePlot
from spikeloom_app.plots.memory import EventMemory
from spikeloom_app.runs.inbox import Inbox
from spikeloom_app.shell.main_window import MainWindow
from tests.app.plot_events import evaluated, example, shown
from tests.app.shell_window import settled, window

__all__ = ["window"]  # a fixture
OUTPUTS = {"digit": {"accuracy": 0.6, "loss": 0.3}, "parity": {"accuracy": 0.8, "loss": 0.1}}


def judged(output: str, split: str = "test") -> dict[str, Any]:
    """The first output takes 4 of 10 for another class, the second 2: numbers 0 and 4."""
    event = evaluated(split, output=output, outputs=OUTPUTS, accuracy=0.7)
    if output == "parity":
        labels = np.arange(10, dtype=np.int32) % 2
        predictions = np.where(np.isin(np.arange(10), (0, 4)), 1, labels).astype(np.int32)
        confusion = np.array([[3, 2], [0, 5]])
        event |= {"classes": 2, "labels": labels, "predictions": predictions, "confusion": confusion}
    return event


def seen(number: int = 0) -> dict[str, Any]:
    """Example 0 is recognised by the first output and not by the second."""
    event = example(number, class_names=["cat", "dog", "cow"])
    digit = {key: event[key] for key in ("label", "prediction", "readout")}
    parity = {"label": number % 2, "prediction": 1, "readout": [0.25, 0.75]}
    return event | {"outputs": {"digit": digit, "parity": parity}}


def network() -> sl.Document:
    """Digits, read for the digit and for whether it is odd."""
    with sl.Network() as net:
        source = sl.Population("spike_input", 64, "input")
        for name, size, field in (("digit", 10, "digit"), ("parity", 2, "parity")):
            output = sl.Population(sl.LI(readout="avg_var"), size, name, field=field)
            sl.Connection(source, output, sl.Dense(sl.Normal(0.0, 0.1)), sl.Exponential(5.0))
    return sl.Document(net, sl.Experiment(dataset=sl.Digits()))


def test_with_one_output_there_is_nothing_to_choose(qtbot: Any) -> None:
    for plot, event in ((shown(qtbot, ConfusionPlot()), evaluated()), (shown(qtbot, ExamplePlot()), example(0))):
        plot.handle(event | {"output": "out"} if event["event"] == "evaluated" else event)
        assert not plot.outputs.isVisible()


def test_the_matrix_of_the_output_that_is_chosen_is_shown(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot())
    plot.describe(network())
    plot.handle(judged("digit"))
    plot.handle(judged("parity"))
    assert plot.outputs.isVisible() and plot.outputs.currentText() == "digit"
    assert plot.tally.classes == 3 and "60.0 %" in plot.side.text()
    plot.outputs.setFocus()
    qtbot.keyClick(plot.outputs, Qt.Key.Key_Down)
    assert plot.settings.output == "parity" and plot.outputs.currentText() == "parity"
    assert plot.tally.classes == 2 and "80.0 %" in plot.side.text()
    qtbot.mouseMove(plot.view, plot.view.box(0, 1).center().toPoint())
    assert plot.side.text() == "0 taken for 1: 2 of 5 (40.0 %)"
    assert plot.table()["examples"].tolist() == [3, 2, 0, 5]


def test_an_output_without_labels_is_said_to_have_no_classes(qtbot: Any) -> None:
    plot = shown(qtbot, ConfusionPlot())
    plot.describe(network())
    plot.handle(judged("digit"))
    plot.choose(output="parity")
    assert plot.words.text() == NO_CLASSES and not plot.evaluate.isVisible()


def test_the_answer_of_the_output_that_is_chosen_is_shown(qtbot: Any) -> None:
    plot = shown(qtbot, ExamplePlot())
    plot.describe(network())
    plot.handle(seen(0))
    for output in OUTPUTS:
        plot.handle(judged(output))
    assert "✓ cat, recognised" in plot.side.text() and plot.counted.text() == "4 of 10 wrong"
    plot.outputs.setFocus()
    qtbot.keyClick(plot.outputs, Qt.Key.Key_Down)
    assert plot.settings.output == "parity" and "✗ 0, taken for 1" in plot.side.text()
    assert plot.answer_view.answer.values.tolist() == [0.25, 0.75] and plot.counted.text() == "2 of 10 wrong"
    assert set(plot.table()["population"]) == {"parity"} and plot.arrays()["readout"].tolist() == [0.25, 0.75]
    asked: list[int] = []
    plot.example_chosen.connect(lambda _split, number: asked.append(number))
    qtbot.mouseClick(plot.wrong, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(plot.next, Qt.MouseButton.LeftButton)
    assert asked == [4], "the next that this output took for another"


def test_what_the_output_follows_is_shown(qtbot: Any) -> None:
    plot = shown(qtbot, ExamplePlot())
    curves = np.zeros((30, 1), np.float32)
    nothing = {"label": None, "prediction": None, "readout": [0.0]}
    event = example(0, label=None, prediction=None, outputs={"one": nothing, "two": nothing})
    plot.handle(event | {"response": curves, "targets": curves, "two.response": curves + 2, "two.targets": curves})
    assert plot.target_view.error == 0.0
    plot.choose(output="two")
    assert plot.target_view.error == 4.0 and "mean square error 4" in plot.side.text()


def test_the_head_of_a_raster_says_what_each_output_answers(qtbot: Any) -> None:
    header = shown(qtbot, ExampleHeader(), 900, 40)
    header.follow(seen(0))
    settled()
    text = header.title.text()
    assert "digit 0" in text and "parity 0" in text and "✗ 1" in text and "✓" in text


def test_a_chosen_output_is_a_step_of_undo_and_is_renamed_with_its_population(
    window: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    network().save(tmp_path / "two.snn")
    window.open_path(tmp_path / "two.snn")
    settled()
    matrix, browser = (window.board.panels[window.board.add(kind)] for kind in ("confusion", "examples"))
    settled()
    for event in (judged("digit"), judged("parity"), seen(0)):
        window.board.handle(event)
    qtbot.waitUntil(lambda: matrix.tally is not None and matrix.outputs.isVisible(), timeout=5000)
    qtbot.keyClick(matrix.outputs, Qt.Key.Key_Down)
    settled()
    declared = next(plot for plot in window.document.document.view.plots if plot.type == "confusion")
    assert declared.output == "parity" and "Confusion matrix: parity" in window.board.titles.values()
    qtbot.mouseClick(matrix.view, Qt.MouseButton.LeftButton, pos=matrix.view.box(0, 1).center().toPoint())
    settled()
    assert browser.outputs.currentText() == "parity" and browser.counted.text() == "2 of 10"
    window.document.rename("parity", "odd")
    settled()
    assert matrix.outputs.currentText() == "odd" and matrix.tally.classes == 2
    assert browser.settings.output == "odd" and browser.counted.text() == "2 of 10"
    for _ in range(3):
        window.action("edit.undo").trigger()
        settled()
    assert matrix.outputs.currentText() == "digit" and matrix.tally.classes == 3


def test_the_newest_of_each_output_is_kept() -> None:
    inbox, memory, told = Inbox(), EventMemory(), []
    for number in range(2):
        for output in OUTPUTS:
            inbox.add(judged(output) | {"number": number})
    inbox.deliver(told.append)
    assert [(event["output"], event["number"]) for event in told] == [("digit", 1), ("parity", 1)]
    for event in told:
        memory.keep(event)
    names = PartNames()
    names.rename("parity", "odd")
    memory.rename(names)
    memory.keep(judged("odd") | {"number": 2})
    assert [(event["output"], event["number"]) for event in memory.events()] == [("digit", 1), ("odd", 2)]

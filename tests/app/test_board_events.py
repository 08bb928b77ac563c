"""What a run tells reaches all plots, which show the same times and keep to what the user looks at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from spikeloom_app.shell.main_window import MainWindow
from tests.app.on_board import opened, titles, window
from tests.app.plot_events import digit, epoch, evaluated, example
from tests.app.shell_window import DIGITS, settled

__all__ = ["opened", "window"]  # fixtures


# -- events ------------------------------------------------------------------------------------------------------------
def test_events_reach_all_plots_and_those_that_come_later(opened: MainWindow, qtbot: Any) -> None:
    for number in range(1, 4):
        opened.board.handle(epoch(number))
    opened.board.handle(digit(12))
    qtbot.waitUntil(lambda: opened.raster.graphics.points == 300)
    opened.action("view.plot_raster").trigger()
    later = opened.board.panels["plot:4"]
    qtbot.waitUntil(lambda: later.graphics.points == 300)  # type: ignore[attr-defined]
    opened.board.reset()
    assert later.graphics.points == 0 and opened.raster.graphics.points == 0  # type: ignore[attr-defined]


def test_the_worker_is_told_what_the_plots_want(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(opened.controller, "watch", told.append)
    opened.plot_follow.watch()
    assert told[-1].variables == (("hidden", "V", (0, 1, 2, 3)),)
    opened.board.change("plot:3", {"neurons": [7, 3]})
    assert told[-1].variables == (("hidden", "V", (3, 7)),)
    opened.board.duplicate("plot:3")
    opened.board.change("plot:4", {"neurons": [1]})
    assert told[-1].variables == (("hidden", "V", (1, 3, 7)),), "asked for once"
    opened.board.change("plot:4", {"variable": "LambdaV"})
    assert ("hidden", "LambdaV", (1,)) in told[-1].variables
    opened.board.remove("plot:3")
    assert told[-1].variables == (("hidden", "LambdaV", (1,)),)


def test_another_example_is_asked_for(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, str]] = []
    monkeypatch.setattr(opened.controller, "show_example", lambda example, split: asked.append((example, split)))
    opened.raster.chooser.setFocus()
    QTest.keyClick(opened.raster.chooser, Qt.Key.Key_Up)
    assert asked == [(1, "test")]


def test_a_cell_of_the_matrix_is_looked_for_until_that_is_undone(
    opened: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    board, asked = opened.board, []
    board.example_chosen.connect(lambda *which: asked.append(which))
    matrix, browser = board.panels[board.add("confusion")], board.panels[board.add("examples")]
    for panel in (matrix, browser):
        panel.handle(evaluated())
        panel.handle(example(0))
    opened.plot_docks.bring("confusion")
    settled()
    before = [plot.model_dump(exclude={"place"}) for plot in board.plots]
    QTest.mouseClick(matrix.view, Qt.MouseButton.LeftButton, pos=matrix.view.box(2, 0).center().toPoint())
    assert asked == [("test", 9)] and browser.clear_filter.text().startswith("2 taken for 0")
    opened.document.save(tmp_path / "looked_for.snn")
    QTest.mouseClick(matrix.view, Qt.MouseButton.LeftButton, pos=matrix.view.box(1, 1).center().toPoint())
    assert browser.clear_filter.text().startswith("1 taken for 1")
    for words in ("2 taken for 0", ""):
        opened.action("edit.undo").trigger()
        assert browser.clear_filter.text().startswith(words)
    assert [plot.model_dump(exclude={"place"}) for plot in board.plots] == before
    assert not browser.clear_filter.isVisible() and browser.filter is None
    opened.document.open(tmp_path / "looked_for.snn")
    settled()
    assert opened.board.first("examples").filter == (2, 0)


def test_the_play_head_moves_in_all_plots(opened: MainWindow, qtbot: Any) -> None:
    opened.board.step_time(1)
    assert opened.board.time is None  # no example is shown
    opened.board.handle(digit())
    qtbot.waitUntil(lambda: opened.traces.curves != [])
    opened.board.step_time(1)
    opened.board.step_time(1)
    assert opened.raster.play_head.line.isVisible() and opened.traces.play_head.line.isVisible()
    assert opened.raster.play_head.line.value() == pytest.approx(0.5)
    assert "0.5 ms" in opened.raster.header.pointed.text()
    for _ in range(40):
        opened.board.step_time(1)
    assert opened.board.time == 29, "the last one"
    opened.board.reset()
    assert not opened.raster.play_head.line.isVisible()


def test_the_time_bar_of_examples_and_the_play_heads_move_each_other(opened: MainWindow, qtbot: Any) -> None:
    examples = opened.board.panels[opened.board.add("examples")]
    opened.board.handle(digit())
    qtbot.waitUntil(lambda: examples.time_bar.slider.maximum() == 29 and opened.traces.curves != [])
    opened.plot_docks.bring("examples")
    slider = examples.time_bar.slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert opened.board.time == 29
    assert opened.raster.play_head.line.value() == opened.traces.play_head.line.value() == pytest.approx(14.5)
    opened.board.step_time(-1)
    assert slider.value() == 28
    line = opened.raster.play_head.line  # as its own drag does; a drag with the mouse is pyqtgraph's
    line.setPos(3.2)
    line.sigDragged.emit(line)
    assert slider.value() == 6 and line.value() == pytest.approx(3.0)
    assert opened.traces.play_head.line.value() == pytest.approx(3.0)


def test_rasters_and_traces_show_the_same_times(opened: MainWindow, qtbot: Any) -> None:
    opened.board.add("raster")
    opened.board.handle(digit())
    qtbot.waitUntil(lambda: opened.board.panels["plot:4"].graphics.points > 0)  # type: ignore[attr-defined]
    settled()
    opened.raster.chart.setXRange(2, 7, padding=0)
    for name in ("plot:3", "plot:4"):
        found = opened.board.panels[name].chart.getViewBox().viewRange()[0]  # type: ignore[attr-defined]
        assert found == pytest.approx([2, 7], abs=0.3)
    opened.board.remove("plot:2")  # the one that the others were tied to
    settled()
    opened.board.panels["plot:4"].chart.setXRange(1, 5, padding=0)  # type: ignore[attr-defined]
    assert opened.traces.chart.getViewBox().viewRange()[0] == pytest.approx([1, 5], abs=0.3)


def test_traces_are_chosen_from_what_the_network_has(opened: MainWindow, qtbot: Any) -> None:
    traces = opened.traces
    field: QComboBox = traces.header.variable
    words = [field.itemText(k) for k in range(field.count())]
    assert words[0] == "Membrane voltage" and "Adjoint of the voltage (backward pass)" in words
    traces.chooser.setFocus()
    QTest.keyClick(traces.chooser, Qt.Key.Key_Down)
    assert opened.document.document.view.shown_plots[2].part == "output"  # type: ignore[attr-defined]
    assert titles(opened)[2] == "Traces: output"
    opened.document.remove(["output"])
    qtbot.waitUntil(lambda: "'output'" in traces.chart._words.text())
    assert traces.chooser.currentText() == "output (gone)"


# -- what the user looks at --------------------------------------------------------------------------------------------
def zoom(window: MainWindow) -> list[Any]:
    """What each chart of the usual plots shows."""
    curves = window.curves.charts["loss"].chart
    for panel in (window.curves, window.raster, window.traces):
        panel.draw()
    return [chart.getViewBox().viewRange() for chart in (window.raster.chart, window.traces.chart, curves)]


def a_run(qtbot: Any, window: MainWindow, timesteps: int = 30) -> None:
    """Another run begins and says a few things."""
    window.plot_follow.begin("curves")
    assert window.raster._event is None
    values = np.linspace(0, 3, 2 * timesteps, dtype=np.float32).reshape(-1, 2)
    known = {"variables": [["hidden", "V", [0, 1]]], "labels": [["0", "1"]], "hidden.V": values}
    for event in (epoch(1), epoch(2), digit() | known | {"timesteps": timesteps}):
        window.board.handle(event)
    qtbot.waitUntil(lambda: window.raster._event is not None and window.traces._event is not None)
    qtbot.waitUntil(lambda: bool(window.curves.figures.quantities))


def test_another_run_leaves_what_the_user_zoomed_to(qtbot: Any, opened: MainWindow) -> None:
    a_run(qtbot, opened)
    whole = zoom(opened)
    opened.raster.chart.setYRange(0.2, 0.4, padding=0)
    opened.traces.chart.setXRange(2, 8, padding=0)  # the raster shows the same times
    opened.traces.chart.setYRange(0.1, 0.3, padding=0)
    box = opened.curves.charts["loss"].chart.getViewBox()
    box.setRange(xRange=(1, 2), yRange=(0.5, 1.5), padding=0)
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])  # as the wheel does
    before = zoom(opened)
    assert all(now != then for now, then in zip(before, whole, strict=True))
    a_run(qtbot, opened)
    assert np.allclose(zoom(opened), before)
    opened.raster.fit()
    opened.traces.fit()
    opened.curves.charts["loss"].fit()
    assert np.allclose(zoom(opened), whole)
    a_run(qtbot, opened, timesteps=50)
    assert zoom(opened)[1][0][1] == pytest.approx(50 * digit()["dt"])  # another duration is shown whole


def test_another_document_is_shown_whole(qtbot: Any, opened: MainWindow) -> None:
    a_run(qtbot, opened)
    whole = zoom(opened)
    opened.raster.chart.setXRange(2, 8, padding=0)
    opened.traces.chart.setYRange(0.1, 0.3, padding=0)
    opened.open_example(DIGITS)
    a_run(qtbot, opened)
    assert np.allclose(zoom(opened), whole)

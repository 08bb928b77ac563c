"""The document says which plots there are and where they stand; the docks follow it, and what users do goes into it."""

from __future__ import annotations

import gc
import os
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QTabBar

from spikeloom.spec import Document
from spikeloom.spec.plots import Curves, Place, Raster, Traces, Weights, default_plots
from spikeloom_app.shell.appearance import apply_theme
from spikeloom_app.shell.arrangement import place_of
from spikeloom_app.shell.commands import commands
from spikeloom_app.shell.main_window import MainWindow
from spikeloom_app.shell.plot_docks import SETTLE_MILLISECONDS
from tests.app.plot_events import evaluated
from tests.app.plot_events import example as judged_example
from tests.app.shell_window import DIGITS, settled, text, window
from tests.app.test_plots import epoch, example

__all__ = ["window"]
CHILD = Qt.FindChildOption.FindDirectChildrenOnly
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def opened(window: MainWindow) -> MainWindow:
    """The digits, with the plots that every document has."""
    window.open_example(DIGITS)
    settled()
    return window


def titles(window: MainWindow) -> list[str]:
    return [dock.windowTitle() for dock in window.plot_docks.docks.values()]


def click(window: MainWindow, name: str, button: str) -> None:
    """Press a button in the title of a plot."""
    QTest.mouseClick(window.plot_docks.docks[name].title.buttons[button], LEFT)
    settled()


def rect(window: MainWindow, name: str) -> tuple[int, int, int, int]:
    """Where a plot is."""
    return window.plot_docks.docks[name].geometry().getRect()  # type: ignore[return-value]


def settle(window: MainWindow) -> None:
    """Wait until a moved dock is written down."""
    QTest.qWait(SETTLE_MILLISECONDS + 150)


def nearly(found: Any, expected: Any, pixels: float = 12) -> bool:
    return all(abs(a - b) <= pixels for a, b in zip(found, expected, strict=True))


# -- the document is the truth -----------------------------------------------------------------------------------------
def test_looking_at_a_document_does_not_change_it(opened: MainWindow) -> None:
    assert titles(opened) == ["Curves", "Raster", "Traces"]
    assert all(dock.isVisible() for dock in opened.plot_docks.docks.values())
    before = text(opened)
    opened.resize(1200, 800)
    settled()
    apply_theme("light")
    opened.raster.handle(example())
    opened.action("file.welcome").trigger()
    settled()
    assert not any(dock.isVisible() for dock in opened.plot_docks.docks.values())
    opened.show_editor()
    settle(opened)
    apply_theme("dark")
    assert text(opened) == before and not opened.document.modified
    assert opened.document.document.view.plots is None


def test_a_plot_is_added_and_taken_back(opened: MainWindow) -> None:
    before, kept = text(opened), opened.raster
    opened.action("view.plot_raster").trigger()
    settled()
    assert titles(opened) == ["Curves", "Raster", "Traces", "Raster (2)"]
    assert opened.plot_docks.docks["plot:4"].isVisible()
    assert opened.raster is kept, "what stays is not made anew"
    assert opened.document.undo_stack.undo_label == "add raster"
    opened.document.undo_stack.undo()
    settled()
    assert text(opened) == before and titles(opened) == ["Curves", "Raster", "Traces"]
    opened.document.undo_stack.redo()
    assert titles(opened)[-1] == "Raster (2)"


def test_a_closed_plot_comes_back_where_it_was(opened: MainWindow) -> None:
    opened.board.move(opened.plot_docks.places())
    settled()
    where = {name: rect(opened, name) for name in ("plot:1", "plot:2", "plot:3")}
    click(opened, "plot:2", "close")
    assert titles(opened) == ["Curves", "Traces"]
    assert [plot.type for plot in opened.document.document.view.shown_plots] == ["curves", "traces"]
    opened.document.undo_stack.undo()
    settled()
    assert titles(opened) == ["Curves", "Raster", "Traces"]
    for name, there in where.items():
        assert nearly(rect(opened, name), there), name


def test_closed_panels_are_let_go(opened: MainWindow) -> None:
    panel, dock = opened.raster, opened.plot_docks.docks["plot:2"]
    kept = weakref.ref(panel)
    opened.board.handle(example())
    opened.board.remove("plot:2")
    settled()
    opened.document.undo_stack.clear()
    assert not shiboken6.isValid(panel) and not shiboken6.isValid(dock)
    del panel, dock
    gc.collect()
    assert kept() is None


def test_another_document_brings_its_own_plots(opened: MainWindow) -> None:
    document = Document.load(DIGITS)
    document.view.plots = [Traces(name="plot:7", part="output"), Raster(name="plot:2", rates=False)]
    opened.document.replace(document, None)
    settled()
    assert titles(opened) == ["Traces: output", "Raster"]
    assert not opened.raster.settings.rates and opened.curves is None
    opened.document.replace(Document(), None)
    settled()
    assert titles(opened) == ["Curves", "Raster", "Traces"]


def test_all_can_be_closed_and_the_usual_ones_come_back(opened: MainWindow) -> None:
    assert not opened.action("view.plots_default").isEnabled()
    opened.action("view.plots_close").trigger()
    settled()
    assert titles(opened) == [] and opened.document.document.view.plots == []
    opened.action("view.plots_default").trigger()
    settled()
    assert titles(opened) == ["Curves", "Raster", "Traces"]
    assert opened.document.document.view.plots == default_plots()


def test_a_duplicate_has_the_same_settings(opened: MainWindow) -> None:
    opened.board.change("plot:3", {"part": "output", "neurons": [1, 2]})
    click(opened, "plot:3", "duplicate")
    assert titles(opened)[2:] == ["Traces: output", "Traces: output (2)"]
    assert opened.board.panels["plot:4"].settings.neurons == [1, 2]  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["curves", "raster", "traces", "weights", "confusion", "examples"])
def test_there_is_an_action_for_each_type(opened: MainWindow, kind: str) -> None:
    opened.action(f"view.plot_{kind}").trigger()
    settled()
    assert opened.document.document.view.shown_plots[-1].type == kind
    panel = opened.board.panels["plot:4"]
    assert panel.isVisible() and panel.accessibleName()
    offered = [command.title for command in commands(opened)]
    assert f"Close {opened.board.titles['plot:4']}" in offered


# -- settings ----------------------------------------------------------------------------------------------------------
def test_settings_are_set_in_a_form_and_undone(opened: MainWindow) -> None:
    raster = opened.raster
    click(opened, "plot:2", "settings")
    popover = opened.plot_buttons.popover
    assert popover is not None and popover.isVisible()
    switch = popover.form.fields["rates"]
    assert isinstance(switch, QCheckBox) and switch.isChecked()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert not opened.document.document.view.shown_plots[1].rates  # type: ignore[attr-defined]
    assert not raster.settings.rates and not raster.strip.isVisible()
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    opened.document.undo_stack.undo()
    assert raster.settings.rates and opened.raster is raster


def test_a_refused_setting_changes_nothing_and_is_said(opened: MainWindow) -> None:
    before, said = text(opened), []
    opened.board.said.connect(said.append)
    opened.board.change("plot:2", {"window": (5.0, 1.0)})
    assert text(opened) == before and "0 <= start < end" in said[0]


def test_a_renamed_part_is_renamed_in_the_plots(opened: MainWindow) -> None:
    plots = [
        Raster(name="plot:1", populations=["input", "hidden"]),
        Traces(name="plot:2", part="hidden"),
        Curves(name="plot:3", quantities=["loss", "rate:hidden"]),
    ]
    opened.document.set_plots(plots, "other plots")
    before = text(opened)
    opened.document.rename("hidden", "middle")
    raster, traces, curves = opened.document.document.view.shown_plots
    assert raster.populations == ["input", "middle"]  # type: ignore[attr-defined]
    assert traces.part == "middle" and curves.quantities == ["loss", "rate:middle"]  # type: ignore[attr-defined]
    assert titles(opened)[1] == "Traces: middle"
    assert opened.raster.settings.populations == ["input", "middle"]
    opened.document.undo_stack.undo()
    assert text(opened) == before and opened.raster.settings.populations == ["input", "hidden"]


def test_a_field_that_is_only_left_changes_nothing(opened: MainWindow) -> None:
    opened.traces.header.numbers.setFocus()
    QTest.keyClick(opened.traces.header.numbers, Qt.Key.Key_Return)
    settled()
    assert opened.document.document.view.plots is None and not opened.document.modified


# -- places ------------------------------------------------------------------------------------------------------------
def test_a_detached_plot_is_one_step_of_undo(opened: MainWindow) -> None:
    position = opened.document.undo_stack.position
    click(opened, "plot:2", "float")
    assert opened.plot_docks.docks["plot:2"].isFloating()
    settle(opened)
    assert opened.document.undo_stack.position == position + 1
    place = opened.document.document.view.shown_plots[1].place
    assert place.area == "window" and place.box is not None
    opened.document.undo_stack.undo()
    settled()
    assert not opened.plot_docks.docks["plot:2"].isFloating()
    assert opened.plot_docks.docks["plot:2"].isVisible()
    settle(opened)
    assert opened.document.undo_stack.position == position


def test_a_detached_plot_that_is_moved_is_written_down_and_put_back_by_undo(opened: MainWindow) -> None:
    click(opened, "plot:2", "float")
    settle(opened)
    dock, position = opened.plot_docks.docks["plot:2"], opened.document.undo_stack.position
    first = dock.pos()
    for _ in range(5):
        dock.move(dock.pos() + QPoint(10, 6))
        QTest.qWait(20)
    settle(opened)
    assert opened.document.undo_stack.position <= position + 1, "one step, or part of the one before"
    box = opened.document.document.view.shown_plots[1].place.box
    room = dock.screen().availableGeometry()
    assert box is not None and box[0] == pytest.approx((dock.x() - room.x()) / room.width(), abs=0.01)
    QTest.qWait(1000)  # longer than steps of undo merge
    there = dock.pos()
    dock.move(there + QPoint(-40, -20))
    settle(opened)
    assert opened.document.undo_stack.undo_label == "arrange plots"
    opened.document.undo_stack.undo()
    settle(opened)
    assert dock.isFloating() and (dock.pos() - there).manhattanLength() < 4 and there != first


def test_where_plots_were_moved_is_where_they_are_when_it_is_opened_again(opened: MainWindow, tmp_path: Path) -> None:
    docks = opened.plot_docks.docks
    opened.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docks["plot:3"])
    opened.tabifyDockWidget(docks["plot:1"], docks["plot:2"])
    settle(opened)
    assert opened.document.modified
    file = tmp_path / "mine.snn"
    opened.document.save(file)
    areas = {plot.name: plot.place.area for plot in opened.document.document.view.shown_plots}
    assert areas == {"plot:1": "bottom", "plot:2": "bottom", "plot:3": "right"}
    where = rect(opened, "plot:3")
    opened.document.replace(Document(), None)
    settled()
    opened.document.open(file)
    settled()
    docks = opened.plot_docks.docks
    assert opened.dockWidgetArea(docks["plot:3"]) == Qt.DockWidgetArea.RightDockWidgetArea
    assert docks["plot:2"] in opened.tabifiedDockWidgets(docks["plot:1"])
    assert nearly(rect(opened, "plot:3"), where, 40)
    settle(opened)
    assert not opened.document.modified


def test_a_detached_plot_is_never_off_the_screen(opened: MainWindow) -> None:
    plots = default_plots()
    plots[0].place = Place(area="window", box=(5.0, -3.0, 0.4, 0.3))
    opened.document.set_plots(plots, "far away")
    settled()
    dock = opened.plot_docks.docks["plot:1"]
    assert dock.isFloating() and dock.isVisible()
    assert dock.screen().availableGeometry().intersects(dock.geometry())


def drag_separator(window: MainWindow, up: int) -> None:
    """Drag the line above the bottom with the mouse."""
    x, y, *_ = rect(window, "plot:1")
    start = QPoint(x + 100, y - 3)
    QTest.mousePress(window, LEFT, pos=start)
    for step in range(1, 6):
        place = QPointF(start - QPoint(0, up * step // 5))
        move = QMouseEvent(QEvent.Type.MouseMove, place, window.mapToGlobal(place), LEFT, LEFT, NO_KEY)
        QApplication.sendEvent(window, move)
        QTest.qWait(20)
    QTest.mouseRelease(window, LEFT, pos=start - QPoint(0, up))
    settled()


def test_dragged_sizes_are_saved_along_but_are_no_change(opened: MainWindow, tmp_path: Path) -> None:
    before = rect(opened, "plot:1")[3]
    drag_separator(opened, 90)
    assert rect(opened, "plot:1")[3] > before + 60
    settle(opened)
    assert not opened.document.modified and opened.document.document.view.plots is None
    opened.document.save(tmp_path / "mine.snn")
    box = Document.load(tmp_path / "mine.snn").view.shown_plots[0].place.box
    tabs = next(bar for bar in opened.findChildren(QTabBar, options=CHILD) if bar.y() > opened.height() // 2)
    share = (rect(opened, "plot:1")[3] + tabs.height()) / opened.height()
    assert box is not None and box[3] == pytest.approx(share, abs=0.01)
    assert not opened.document.modified


@pytest.mark.parametrize("beside", [False, True])
def test_undo_of_closing_brings_the_windows_own_docks_back(opened: MainWindow, beside: bool) -> None:
    log, problems = opened.docks["log"], opened.docks["problems"]
    if beside:  # of its own, and not behind the curves, of plots that the document declares
        opened.board.change("plot:1", {"log": True})
        settle(opened)
        traces = opened.plot_docks.docks["plot:3"]
        opened.splitDockWidget(traces, log, Qt.Orientation.Horizontal)
        opened.resizeDocks([traces, log], [250, 250], Qt.Orientation.Horizontal)  # what is a strip becomes a tab
    settle(opened)

    def seen() -> list[Any]:
        places = [place_of(opened, dock) for dock in (*opened.plot_docks.docks.values(), log, problems)]
        return [place and place.box for place in places]

    before = seen()
    opened.action("view.plots_close").trigger()
    settle(opened)
    opened.document.undo_stack.undo()
    settle(opened)
    assert all(nearly(now, there, 0.01) for now, there in zip(seen(), before, strict=True))
    click(opened, "plot:1", "close")
    settle(opened)
    opened.document.undo_stack.undo()
    settle(opened)
    assert all(nearly(now, there, 0.01) for now, there in zip(seen(), before, strict=True))
    assert (log in opened.tabifiedDockWidgets(opened.plot_docks.docks["plot:1"])) is not beside
    assert problems in opened.tabifiedDockWidgets(opened.plot_docks.docks["plot:1"])


def test_the_log_comes_back_beside_plots_that_no_document_declares(opened: MainWindow) -> None:
    log, docks = opened.docks["log"], opened.plot_docks.docks
    opened.plot_docks._landing = True  # docks still find their sizes, as they do on a slow machine
    opened.splitDockWidget(docks["plot:3"], log, Qt.Orientation.Horizontal)
    opened.resizeDocks([docks["plot:3"], log], [250, 250], Qt.Orientation.Horizontal)
    settle(opened)
    assert opened.document.document.view.plots is None

    def seen() -> list[Any]:
        places = [place_of(opened, dock) for dock in (opened.plot_docks.docks["plot:3"], log)]
        return [place and place.box for place in places]

    before = seen()
    opened.action("view.plots_close").trigger()
    settle(opened)
    opened.document.undo_stack.undo()
    settle(opened)
    assert all(nearly(now, there, 0.01) for now, there in zip(seen(), before, strict=True))
    click(opened, "plot:1", "close")
    settle(opened)
    opened.document.undo_stack.undo()
    settle(opened)
    assert all(nearly(now, there, 0.01) for now, there in zip(seen(), before, strict=True))
    assert opened.plot_docks.docks["plot:3"] not in opened.tabifiedDockWidgets(log)


@pytest.mark.parametrize("action", ["view.plot_examples", "view.plots_close", "view.plots_default"])
def test_dragged_sizes_come_back_with_undo(opened: MainWindow, action: str) -> None:
    opened.board.change("plot:2", {"rates": False})
    settle(opened)
    drag_separator(opened, 90)
    where = {name: rect(opened, name) for name in ("plot:1", "plot:2", "plot:3")}
    position = opened.document.undo_stack.position
    opened.action(action).trigger()
    settle(opened)
    assert opened.document.undo_stack.position == position + 1
    opened.document.undo_stack.undo()
    settle(opened)
    for name, there in where.items():
        assert nearly(rect(opened, name), there), name


def test_sizes_come_back_when_a_detached_plot_is_put_back_by_undo(opened: MainWindow) -> None:
    settle(opened)
    drag_separator(opened, 90)
    settle(opened)
    where = {name: rect(opened, name) for name in ("plot:1", "plot:2", "plot:3")}
    click(opened, "plot:2", "float")
    settle(opened)
    opened.document.undo_stack.undo()
    settle(opened)
    assert not opened.document.modified
    for name, there in where.items():
        assert nearly(rect(opened, name), there), name


def test_saving_writes_no_places_that_nobody_chose(opened: MainWindow, tmp_path: Path) -> None:
    opened.document.save(tmp_path / "mine.snn")
    assert Document.load(tmp_path / "mine.snn").view.plots is None


def test_a_document_that_is_given_at_the_start_stands_as_it_was_saved(opened: MainWindow, tmp_path: Path) -> None:
    opened.tabifyDockWidget(opened.plot_docks.docks["plot:2"], opened.plot_docks.docks["plot:3"])
    opened.plot_docks.docks["plot:3"].raise_()
    settle(opened)
    drag_separator(opened, -60)
    opened.document.save(tmp_path / "mine.snn")
    settle(opened)
    expected = opened.plot_docks.places()
    opened.document.replace(Document(), None)  # else its window has the file
    other = MainWindow(tmp_path / "mine.snn", settings=opened.settings)
    other.resize(opened.size())
    other.show()
    settle(other)
    found = other.plot_docks.places()
    assert not other.document.modified
    other.close()
    other.deleteLater()
    settled()
    assert expected["plot:2"].behind and {name: place.behind for name, place in found.items()} == {
        name: place.behind for name, place in expected.items()
    }
    for name, place in expected.items():
        assert nearly(found[name].box, place.box, 0.01), name


def test_the_windows_own_docks_are_where_they_were_at_the_next_start(opened: MainWindow) -> None:
    opened.docks["log"].close()
    opened.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, opened.docks["problems"])
    settled()
    opened.document.undo_stack.set_clean()
    opened.close()
    again = MainWindow(settings=opened.settings)
    again.resize(1440, 900)
    again.show()
    again.open_example(DIGITS)
    settled()
    assert again.docks["log"].isHidden() and again.docks["problems"].isVisible()
    assert again.dockWidgetArea(again.docks["problems"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    again.close()
    again.deleteLater()
    settled()


def test_long_names_make_no_window_wider(opened: MainWindow) -> None:
    name, width = "n" * 64, opened.width()
    opened.document.set_plots(
        [
            Curves(name="plot:1", quantities=[f"rate:{name}"]),
            Raster(name="plot:2", populations=[name]),
            Traces(name="plot:3", part=name),
            Weights(name="plot:4", connection=name),
        ],
        "long names",
    )
    settled()
    for dock in opened.plot_docks.docks.values():
        assert dock.minimumSizeHint().width() < 480, dock.objectName()
        assert len(dock.windowTitle()) < 64
    assert opened.width() == width


# -- events ------------------------------------------------------------------------------------------------------------
def test_events_reach_all_plots_and_those_that_come_later(opened: MainWindow, qtbot: Any) -> None:
    for number in range(1, 4):
        opened.board.handle(epoch(number))
    opened.board.handle(example(12))
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
        panel.handle(judged_example(0))
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
    opened.board.handle(example())
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
    opened.board.handle(example())
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
    opened.board.handle(example())
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
    for event in (epoch(1), epoch(2), example() | known | {"timesteps": timesteps}):
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
    assert zoom(opened)[1][0][1] == pytest.approx(50 * example()["dt"])  # another duration is shown whole


def test_another_document_is_shown_whole(qtbot: Any, opened: MainWindow) -> None:
    a_run(qtbot, opened)
    whole = zoom(opened)
    opened.raster.chart.setXRange(2, 8, padding=0)
    opened.traces.chart.setYRange(0.1, 0.3, padding=0)
    opened.open_example(DIGITS)
    a_run(qtbot, opened)
    assert np.allclose(zoom(opened), whole)

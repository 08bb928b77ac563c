"""Where plots stand: what is detached, dragged, stacked and closed comes back with undo and with the document."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar

from spikeloom.spec import Document
from spikeloom.spec.plots import Curves, Place, Raster, Traces, Weights, default_plots
from spikeloom_app.shell.arrangement import place_of
from spikeloom_app.shell.main_window import MainWindow
from tests.app.on_board import CHILD, LEFT, NO_KEY, click, nearly, opened, rect, settle, window
from tests.app.shell_window import DIGITS, settled

__all__ = ["opened", "window"]  # fixtures


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

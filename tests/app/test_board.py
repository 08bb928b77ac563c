"""The document says which plots there are and how they are set; the docks follow it."""

from __future__ import annotations

import gc
import os
import weakref

import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox

from spikeloom.spec import Document
from spikeloom.spec.plots import Curves, Raster, Traces, default_plots
from spikeloom_app.shell.appearance import apply_theme
from spikeloom_app.shell.commands import commands
from spikeloom_app.shell.main_window import MainWindow
from tests.app.on_board import click, nearly, opened, rect, settle, titles, window
from tests.app.plot_events import digit
from tests.app.shell_window import DIGITS, settled, text

__all__ = ["opened", "window"]  # fixtures


# -- the document is the truth -----------------------------------------------------------------------------------------
def test_looking_at_a_document_does_not_change_it(opened: MainWindow) -> None:
    assert titles(opened) == ["Curves", "Raster", "Traces"]
    assert all(dock.isVisible() for dock in opened.plot_docks.docks.values())
    before = text(opened)
    opened.resize(1200, 800)
    settled()
    apply_theme("light")
    opened.raster.handle(digit())
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
    opened.board.handle(digit())
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

"""A part that is renamed while its run goes on, or is held, stays in the plots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtTest import QTest

from spikeloom.spec.neurons import PoissonInput
from spikeloom_app.part_names import PartNames
from spikeloom_app.shell.main_window import MainWindow
from tests.app.fake_worker import FakeWorker
from tests.app.plot_events import epoch, example, weights
from tests.app.shell_window import DIGITS, settled, window

__all__ = ["window"]
PATIENCE = 20_000  # ms


def test_names_follow_one_another_and_swap() -> None:
    names = PartNames()
    names.rename("a", "x")
    names.rename("b", "a")
    names.rename("x", "b")
    event = {"event": "example", "a.steps": 1, "b.steps": 2, "variables": [["a", "V", [0]]], "rates": {"b": 3.0}}
    told = names.event(event)
    assert told == {"event": "example", "b.steps": 1, "a.steps": 2, "variables": [["b", "V", [0]]], "rates": {"a": 3.0}}
    assert names.wishes({"variables": [["b", "V", [0]]], "weights": []})["variables"] == [["a", "V", [0]]]
    names.rename("b", "x")
    names.rename("a", "b")
    names.rename("x", "a")
    assert names.event(event) is event


def test_a_name_that_a_part_which_is_gone_had_is_not_confused() -> None:
    names = PartNames()
    names.rename("a", "b")  # the document's own b was deleted before
    assert names.in_document("a") == "b" and names.in_document("b") != "b"


def test_contents_that_come_and_go_bring_their_names() -> None:
    names = PartNames()
    names.rename("a", "x")
    names.replace(["a", "b"])  # an earlier document is restored
    assert names.in_document("a") == "a" and names.in_run("a") == "a"
    names.replace(["x", "b"])  # and that is undone
    assert names.in_document("a") == "x" and names.in_run("x") == "a"


def seen(**more: Any) -> dict[str, Any]:
    """An example with voltages of hidden neurons."""
    values = np.linspace(0, 0.9, 60, dtype=np.float32).reshape(30, 2)
    known = {"variables": [["hidden", "V", [0, 1]]], "labels": [["0", "1"]], "hidden.V": values}
    return example() | known | more


def test_plots_go_on_when_a_population_is_renamed(
    qtbot: Any,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    worker = FakeWorker(monkeypatch, tmp_path / "told.jsonl")
    window.open_example(DIGITS)
    curves = next(plot.name for plot in window.board.plots if plot.type == "curves")
    raster = next(plot.name for plot in window.board.plots if plot.type == "raster")
    traces = next(plot.name for plot in window.board.plots if plot.type == "traces")
    window.board.change(curves, {"quantities": ["rate:hidden"]})
    window.board.change(raster, {"populations": ["hidden"]})
    window.board.change(traces, {"part": "hidden", "variable": "V", "neurons": [0, 1]})
    panel = window.board.panels[window.board.add("weights")]
    window.running.train()
    qtbot.waitUntil(lambda: window.controller.state == "running", timeout=PATIENCE)
    tell = window.controller._hear  # as if the worker said it
    for event in (epoch(1), epoch(2), seen(), weights()):
        tell(event)
    QTest.qWait(100)
    panel.choose(connection="input_hidden")
    tell(weights())
    QTest.qWait(100)
    window.document.rename("hidden", "middle")
    window.document.rename("input_hidden", "in_middle")
    QTest.qWait(100)
    for plot in (window.raster, window.traces, window.curves):
        plot.draw()
    assert [band.name for band in window.raster.graphics.bands] == ["middle"]
    assert len(window.raster.graphics.bands[0].steps) == 90
    assert window.traces._labels == ["0", "1"]  # before anything new has come
    assert len(window.curves.charts["rate:middle"].lines[0].curve) == 2
    assert panel.connection == "in_middle" and panel.state is not None
    tell(epoch(3))
    tell(seen(**{"hidden.V": np.full((30, 2), 0.25, np.float32)}))
    QTest.qWait(100)
    for plot in (window.raster, window.traces, window.curves):
        plot.draw()
    assert window.traces._values.max() == 0.25
    assert len(window.curves.charts["rate:middle"].lines[0].curve) == 3
    assert window.canvas.activity._rates["middle"] > 0
    window.board.change(traces, {"neurons": [2, 3]})
    settled()
    qtbot.waitUntil(lambda: bool(worker.commands("watch")), timeout=PATIENCE)
    wanted = worker.commands("watch")[-1]
    assert ["hidden", "V", [2, 3]] in wanted["variables"] and wanted["weights"] == [["input_hidden", "weights"]]
    window.action("edit.undo").trigger()
    window.action("edit.undo").trigger()
    window.action("edit.undo").trigger()
    QTest.qWait(100)
    window.raster.draw()
    assert [band.name for band in window.raster.graphics.bands] == ["hidden"]


def test_the_live_panel_goes_on_marking_what_differs(
    qtbot: Any,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    FakeWorker(monkeypatch, tmp_path / "told.jsonl")
    window.open_example(DIGITS)
    window.run_follow.show_live()
    window.document.replace_neuron("input", PoissonInput)
    place, renamed = (f"network.populations.{name}.neuron.rate" for name in ("input", "eyes"))
    qtbot.waitUntil(lambda: place in window.live.rows, timeout=5000)
    window.running.train()
    qtbot.waitUntil(lambda: window.controller.state == "running", timeout=PATIENCE)
    window.document.set_value(("network", "populations", "input", "neuron", "rate"), 60.0)
    qtbot.waitUntil(window.live.rows[place].apply.isVisible, timeout=5000)
    before = window.live.rows[place].note.text()
    assert before == "The network runs with 100 Hz"
    window.document.rename("input", "eyes")
    qtbot.waitUntil(lambda: renamed in window.live.rows, timeout=5000)
    settled()
    assert window.live.rows[renamed].note.text() == before and window.live.rows[renamed].apply.isVisible()
    window.action("edit.undo").trigger()
    qtbot.waitUntil(lambda: place in window.live.rows, timeout=5000)
    settled()
    assert window.live.rows[place].note.text() == before

"""The plots hold what the events say, choose the quick way of drawing, and follow the theme."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from spikeloom_app import theme
from spikeloom_app.plots import CurvesPlot, LogView, RasterPlot, TracePlot
from spikeloom_app.plots.log import MOST_LINES
from spikeloom_app.plots.spikes import stack
from spikeloom_app.plots.time_link import TimeLink
from tests.app.plot_events import colours_of, digit, epoch, shown

pytestmark = pytest.mark.usefixtures("dark_theme")


def obeyed(plot: Any) -> Any:
    """A panel whose user's choices come back to it, as the board brings them."""

    def choose(values: dict[str, Any]) -> None:
        settings = plot.settings.model_copy(deep=True)
        for field, value in values.items():
            setattr(settings, field, value)
        plot.use(settings)

    plot.settings_changed.connect(choose)
    return plot


def image_of(widget: QWidget) -> QImage:
    """What a widget looks like."""
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


# -- raster ------------------------------------------------------------------------------------------------------
def test_the_raster_holds_all_spikes(qtbot: Any) -> None:
    plot = shown(qtbot, RasterPlot())
    plot.handle(digit(spikes=150))
    plot.draw()
    assert plot.graphics.points == 300 and plot.graphics.mode == "ticks"
    assert sum(len(item.getData()[0]) for item in plot.graphics._ticks) == 2 * 300
    x, _ = plot.graphics._ticks[0].getData()
    assert x.max() <= 15.0  # ms, not steps
    assert set(theme.DARK.series[:2]) <= colours_of(plot)
    assert plot._axis.names == ["input", "hidden"]


def test_many_spikes_become_an_image(qtbot: Any) -> None:
    plot = shown(qtbot, RasterPlot())
    plot.handle(digit(spikes=40_000))
    plot.draw()
    assert plot.graphics.mode == "image"
    rows, columns = plot.graphics.image.pixels.shape
    assert (columns, rows) == (
        round(plot.chart.getViewBox().width()),
        round(plot.chart.getViewBox().height()),
    )
    plot.chart.getViewBox().setXRange(1, 3, padding=0)
    plot.draw()
    assert plot.graphics.mode == "ticks"


def test_an_image_shows_each_spike_in_its_place(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spikeloom_app.plots.spikes.MOST_TICKS", 0)
    plot = shown(qtbot, RasterPlot())
    one = {
        "input.steps": np.array([10], np.int32),
        "input.ids": np.array([5], np.int32),
        "hidden.steps": np.array([], np.int32),
        "hidden.ids": np.array([], np.int32),
    }
    plot.handle(digit(**one))
    plot.draw()
    image = plot.graphics.image.pixels
    ((row, column),) = np.argwhere(image)
    (left, right), (low, high) = plot.chart.getViewBox().viewRange()
    pixel = (right - left) / image.shape[1]
    assert left + (column + 0.5) * pixel == pytest.approx(5.0, abs=pixel)
    expected = plot.graphics.bands[0].y(np.array([5]))[0]
    assert low + (row + 0.5) / image.shape[0] * (high - low) == pytest.approx(expected, abs=1 / image.shape[0])


@pytest.mark.parametrize(("prediction", "token"), [(3, "success"), (8, "error")])
def test_the_title_says_whether_it_is_right(qtbot: Any, prediction: int, token: str) -> None:
    plot = shown(qtbot, RasterPlot())
    plot.handle(digit(prediction=prediction))
    title = plot.header.title
    qtbot.waitUntil(lambda: title.text().startswith("example 12 · label 3 · "))
    text = title.text()
    assert f"predicted {prediction}" in text
    assert getattr(theme.DARK, token) in text
    theme.use(theme.LIGHT)
    assert getattr(theme.LIGHT, token) in plot.header.title.text()


def test_an_example_is_chosen_by_keyboard(qtbot: Any) -> None:
    plot = shown(qtbot, RasterPlot())
    plot.handle(digit(12))
    assert plot.chooser.value() == 12 and plot.chooser.maximum() == 358
    plot.chooser.setFocus()
    with qtbot.waitSignal(plot.example_chosen) as chosen:
        qtbot.keyClick(plot.chooser, Qt.Key.Key_Up)
    assert chosen.args == ["test", 13]
    plot.handle(digit(12))  # was on its way
    assert plot.chooser.value() == 13
    plot.handle(digit(13))
    assert plot.chooser.value() == 13


def test_a_hover_names_the_neuron(qtbot: Any) -> None:
    plot = shown(qtbot, RasterPlot())
    plot.handle(digit())
    plot.draw()
    band = plot.graphics.bands[1]
    plot.point(QPointF(4.0, float(band.y(np.array([42]))[0])))
    assert plot.header.pointed.text() == "hidden 42 · 4.0 ms"
    plot.point(None)
    assert plot.header.pointed.text() == ""


def test_reset_empties_the_raster(qtbot: Any) -> None:
    plot = shown(qtbot, RasterPlot())
    plot.handle(digit())
    plot.reset()
    plot.draw()
    assert plot.graphics.points == 0 and plot.header.title.text() == "Spikes"
    plot.handle(digit())  # and again
    plot.draw()
    assert plot.graphics.points == 300


def test_other_populations_take_the_place_of_the_old(qtbot: Any) -> None:
    plot = shown(qtbot, RasterPlot())
    plot.handle(digit())
    other = digit(populations=[{"name": "other", "size": 7}], timesteps=100, dt=1.0)
    plot.handle(other | {"other.steps": np.array([99], np.int32), "other.ids": np.array([6], np.int32)})
    plot.draw()
    assert [band.name for band in plot.graphics.bands] == ["other"] and plot.graphics.points == 1
    assert plot.chart.getViewBox().viewRange()[0] == pytest.approx([-0.5, 100])


def test_no_population_is_too_thin_to_be_seen() -> None:
    bands = stack([("a", 10), ("b", 10_000), ("c", 300)])
    assert min(band.height for band in bands) > 0.07
    assert bands[-1].top + bands[-1].height == pytest.approx(1.0)
    assert bands[0].neuron(0.0) == 0 and bands[0].neuron(bands[1].top) is None


# -- traces ------------------------------------------------------------------------------------------------------
def test_traces_with_their_threshold(qtbot: Any) -> None:
    plot = shown(qtbot, TracePlot())
    event = digit()
    plot.handle(event)
    plot.draw()
    assert len(plot.curves) == 3
    x, y = plot.curves[2].getData()
    np.testing.assert_allclose(x, 0.5 * np.arange(30))
    np.testing.assert_array_equal(y, event["hidden.V"][:, 2])
    assert plot.threshold.isVisible() and plot.threshold.value() == 1.0
    assert "threshold 1" in plot.legend.text() and "5" in plot.legend.text()
    assert all(curve.opts["pen"].widthF() == 1 for curve in plot.curves)


def test_traces_of_synapses_are_called_by_their_ends(qtbot: Any) -> None:
    plot = shown(qtbot, TracePlot())
    event = digit() | {"labels": [["3 → 7", "4 → 7"]], "variables": [["input_hidden", "Eligibility", [52, 61]]]}
    event["input_hidden.Eligibility"] = np.linspace(0, 1, 60, dtype=np.float32).reshape(30, 2)
    plot.handle(event)
    plot.draw()
    assert plot.chooser.currentText() == "input_hidden"
    assert len(plot.curves) == 2 and not plot.threshold.isVisible()
    assert "synapse" in plot.legend.text() and "3 → 7" in plot.legend.text()


def test_another_population_is_chosen_by_keyboard(qtbot: Any) -> None:
    plot = obeyed(shown(qtbot, TracePlot()))
    plot.handle(digit())
    plot.draw()
    assert plot.chooser.currentText() == "hidden"  # it has a threshold
    plot.chooser.setFocus()
    qtbot.keyClick(plot.chooser, Qt.Key.Key_Down)
    plot.draw()
    assert plot.chooser.currentText() == "output" and len(plot.curves) == 10
    assert not plot.threshold.isVisible()
    plot.handle(digit(13))
    plot.draw()
    assert plot.chooser.currentText() == "output"


def test_times_are_those_of_the_raster(qtbot: Any) -> None:
    raster, traces = shown(qtbot, RasterPlot()), shown(qtbot, TracePlot())
    link = TimeLink()
    link.link([raster.chart, traces.chart])
    for plot in (raster, traces):
        plot.handle(digit())
    raster.chart.setXRange(2, 7, padding=0)
    assert traces.chart.getViewBox().viewRange()[0] == pytest.approx([2, 7], abs=0.1)


def test_reset_empties_the_traces(qtbot: Any) -> None:
    plot = shown(qtbot, TracePlot())
    plot.handle(digit())
    plot.draw()
    plot.reset()
    assert not plot.curves and not plot.threshold.isVisible()
    assert "Run the network" in plot.chart._words.text()


def test_an_example_without_variables(qtbot: Any) -> None:
    plot = shown(qtbot, TracePlot())
    plot.handle(digit(variables=[]))
    plot.draw()
    assert not plot.curves


# -- log ---------------------------------------------------------------------------------------------------------
def test_the_log_says_what_happened(qtbot: Any) -> None:
    log = shown(qtbot, LogView())
    for event in (
        {"event": "folder", "run": "/somewhere/run"},
        {"event": "build", "state": "started", "backend": "embedded"},
        {"event": "build", "state": "done", "seconds": 0.5},
        epoch(1),
        {"event": "message", "text": "look here", "level": "warning"},
        {"event": "error", "place": "hidden.V", "message": "became NaN", "hint": "lower the learning rate"},
        {"event": "result", "result": {"test": {"accuracy": 0.955, "loss": 0.2}, "seconds": 1.2}},
        epoch(2, accuracy=None, validation_accuracy=None),
        {"event": "result", "result": {"test": {"accuracy": None, "loss": 0.2}, "seconds": 1.2}},
        {"event": "progress"},
    ):
        log.handle(event)
    log.draw()
    lines = [line[10:] for line in log.toPlainText().splitlines()]
    assert lines == [
        "run folder /somewhere/run",
        "building the simulator (embedded)",
        "simulator ready after 0.50 s",
        "epoch  1/10  loss 2.000    50.0 %   validation 2.500    50.0 %",
        "look here",
        "error: hidden.V: became NaN",
        "lower the learning rate",
        "test accuracy 95.5 % · 1.2 s",
        "epoch  2/10  loss 1.000     validation 1.250",
        "test loss 0.200 · 1.2 s",
    ]


def test_the_log_is_capped_and_can_be_copied(qtbot: Any) -> None:
    log = shown(qtbot, LogView())
    for number in range(MOST_LINES + 500):
        log.write(f"line {number}")
    log.draw()
    assert log.blockCount() == MOST_LINES
    assert log.toPlainText().endswith(f"line {MOST_LINES + 499}")
    assert log.verticalScrollBar().value() == log.verticalScrollBar().maximum()
    log.selectAll()
    assert "line 600" in log.textCursor().selectedText()
    log.reset()
    assert log.toPlainText() == ""


def test_lines_are_written_once_when_the_theme_changes(qtbot: Any) -> None:
    log = shown(qtbot, LogView())
    log.write("first")
    log.draw()
    log.write("second")
    theme.use(theme.LIGHT)
    qtbot.wait(20)
    assert [line[10:] for line in log.toPlainText().splitlines()] == ["first", "second"]


# -- all ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [CurvesPlot, RasterPlot, TracePlot, LogView])
def test_each_follows_the_theme_and_has_a_name(qtbot: Any, kind: type) -> None:
    plot = shown(qtbot, kind())
    assert plot.accessibleName()
    for event in (epoch(1), digit()):
        plot.handle(event)
    for chosen in (theme.LIGHT, theme.DARK):
        theme.use(chosen)
        qtbot.wait(30)
        assert chosen.plot_background in colours_of(plot)
    plot.reset()
    plot.handle({"event": "something new"})


def test_a_widget_that_is_gone_follows_no_theme(qtbot: Any) -> None:
    before = len(theme.changed._listeners)
    plot = CurvesPlot()
    assert len(theme.changed._listeners) > before
    plot.deleteLater()
    qtbot.wait(20)
    theme.use(theme.LIGHT)
    assert len(theme.changed._listeners) <= before

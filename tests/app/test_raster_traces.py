"""Rasters and traces by hand: brushed windows, ticked populations, typed neurons, thinned lines."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import spikeloom.spec as sl
from spikeloom.errors import UserError
from spikeloom.spec import Document
from spikeloom.spec.plots import Raster, Traces
from spikeloom_app import theme
from spikeloom_app.plots import RasterPlot, TracePlot
from spikeloom_app.plots.offers import listed, numbers_in, offers, usual_part
from spikeloom_app.plots.rates import bin_steps, rates
from spikeloom_app.plots.settings_form import SettingsForm
from spikeloom_app.plots.spikes import Band, View, binned
from spikeloom_app.plots.trace_lines import spikes_of, thinned
from tests.app.plot_events import digit, shown

pytestmark = pytest.mark.usefixtures("dark_theme")
DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def raster(qtbot: Any) -> RasterPlot:
    """A raster with an example of 15 ms, in steps of 0.5 ms."""
    plot: RasterPlot = shown(qtbot, RasterPlot())
    plot.handle(digit())
    plot.draw()
    QTest.qWait(30)
    return plot


def drag(plot: RasterPlot, start: float, end: float, modifiers: Any) -> None:
    """Drag with the mouse from one time to another."""
    chart = plot.chart
    places = [chart.mapFromScene(chart.getViewBox().mapViewToScene(QPointF(time, 0.5))) for time in (start, end)]
    middle = QPoint((places[0].x() + places[1].x()) // 2, places[0].y())
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * 2, QEvent.Type.MouseButtonRelease]
    for kind, place in zip(kinds, [places[0], middle, places[1], places[1]], strict=True):
        view = chart.viewport()
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
        event = QMouseEvent(kind, QPointF(place), QPointF(view.mapToGlobal(place)), button, held, modifiers)
        QApplication.sendEvent(view, event)
        QTest.qWait(15)


# -- the header --------------------------------------------------------------------------------------------------------
def test_a_narrow_title_gives_way_in_steps_and_its_tooltip_says_all(qtbot: Any) -> None:
    plot: RasterPlot = shown(qtbot, RasterPlot())
    plot.handle(digit(prediction=9))
    header, title, seen = plot.header, plot.header.title, [""]
    header.setParent(None)
    qtbot.addWidget(header)
    header.resize(900, 40)
    header.show()
    QTest.qWait(50)  # until it has its fonts as a window of its own
    for width in range(900, 180, -6):
        header.resize(width, 40)
        QApplication.processEvents()
        words = re.sub("<[^>]*>", "", title.text())
        seen += [words] if words != seen[-1] else []
        assert not words or title.fontMetrics().horizontalAdvance(words) <= title.width()
    assert seen[1:] == ["example 12 · label 3 · predicted 9", "12 · 3 ✗ 9", "3 ✗ 9", ""]
    assert title.toolTip() == seen[1]


def test_a_title_has_one_length_at_one_width(qtbot: Any) -> None:
    plot: RasterPlot = shown(qtbot, RasterPlot())
    plot.handle(digit(prediction=9) | {"example": 12345})  # so long that it needs the room of the field's caption
    title, caption, seen = plot.header.title, plot.header.caption, {}
    QApplication.processEvents()
    both = [*range(900, 240, -7), *range(246, 900, 7)]
    for width in both:
        plot.resize(width, 320)
        now = title.text()
        QApplication.processEvents()
        assert title.text() == now  # it is right at once
        seen[width] = (now, caption.isVisible())
    lengths = [len(seen[width][0]) for width in sorted(seen)]
    assert lengths == sorted(lengths) and len(set(lengths)) >= 3
    longest = max(text for text, _ in seen.values())
    assert all(text == longest for text, named in seen.values() if named)  # the caption gives way first
    assert {named for _, named in seen.values()} == {True, False}


def test_a_title_keeps_its_length_while_its_numbers_change(qtbot: Any) -> None:
    plot: RasterPlot = shown(qtbot, RasterPlot())
    title, short, long = plot.header.title, digit(prediction=9), digit(prediction=9) | {"example": 12345}
    plot.handle(long)
    widths = [width for width in range(700, 240, -3) if _title_at(plot, width).startswith("example")]
    plot.resize(widths[-1] - 6, 320)  # too narrow by little
    QApplication.processEvents()
    lengths = []
    for event in (long, short, long, short):
        plot.handle(event)
        QApplication.processEvents()
        lengths.append(title.text().startswith("example"))
    assert lengths == [False] * 4
    plot.reset()  # another run may have shorter ones
    plot.handle(short)
    QApplication.processEvents()
    assert title.text().startswith("example 12 ")


def _title_at(plot: RasterPlot, width: int) -> str:
    plot.resize(width, 320)
    QApplication.processEvents()
    return plot.header.title.text()


# -- raster ------------------------------------------------------------------------------------------------------------
def test_a_window_of_time_is_brushed_and_cleared(raster: RasterPlot) -> None:
    drag(raster, 3.0, 9.0, SHIFT)
    start, end = raster.settings.window or (0, 0)
    assert (start, end) == pytest.approx((3.0, 9.0), abs=0.3)
    assert raster.window_of_time.region.isVisible() and raster.counted.isVisible()
    steps = raster._event["hidden.steps"] * 0.5  # type: ignore[index]
    count = int(np.count_nonzero((steps >= start) & (steps < end)))
    rate = count / (100 * (end - start) / 1000)
    assert f"hidden {count} spikes · {rate:.1f} Hz" in raster.counted._versions[0]
    raster.chart.setFocus()
    QTest.keyClick(raster.chart, Qt.Key.Key_Escape)
    assert raster.settings.window is None
    assert not raster.counted.isVisible() and not raster.window_of_time.region.isVisible()


def test_a_drag_without_shift_moves_the_view(raster: RasterPlot) -> None:
    raster.chart.setXRange(0, 8, padding=0)
    drag(raster, 6.0, 4.0, Qt.KeyboardModifier.NoModifier)
    assert raster.settings.window is None
    assert raster.chart.getViewBox().viewRange()[0][0] > 1.0


def test_populations_are_ticked(raster: RasterPlot) -> None:
    titles = [action.text() for action in raster.parts.ticks.actions() if action.isCheckable()]
    assert titles == ["All populations", "input", "hidden"]
    hide_input = next(action for action in raster.parts.ticks.actions() if action.text() == "input")
    hide_input.trigger()
    raster.draw()
    assert raster.settings.populations == ["hidden"]
    assert raster._axis.names == ["hidden"] and raster.graphics.points == 150
    assert raster._colors() == [theme.DARK.series[1]], "it keeps its colour"
    hide_input.trigger()
    raster.draw()
    assert raster.settings.populations == [] and raster.graphics.points == 300


def test_a_population_that_is_gone_is_said(raster: RasterPlot) -> None:
    raster.use(Raster(name="plot:1", populations=["other"]))
    raster.draw()
    assert "'other'" in raster.chart._words.text()


def test_the_strip_shows_rates_in_hertz(raster: RasterPlot) -> None:
    assert raster.strip.isVisible() and len(raster.strip.curves) == 2
    x, y = raster.strip.curves[1].getData()
    spikes = (y * np.diff(x) / 1000 * 100).sum()
    assert spikes == pytest.approx(150)
    raster.use(Raster(name="plot:1", rates=False))
    assert not raster.strip.isVisible()


def test_bins_of_rates_are_round_and_lose_no_spike() -> None:
    assert [bin_steps(steps) for steps in (30, 200, 201, 1000, 10_000)] == [1, 1, 2, 5, 50]
    band = Band("a", 10, 0.0, 1.0)
    band.take([999, 0, 0], [1, 2, 3])  # type: ignore[arg-type]
    assert list(band.steps) == [0, 0, 999], "sorted by time"
    edges, values = rates(band, 1003, 1.0)
    assert edges[-1] == 1003 and (values * 10 * np.diff(edges) / 1000).sum() == pytest.approx(3)


def test_the_crosshair_follows_the_pointer(raster: RasterPlot) -> None:
    band = raster.graphics.bands[1]
    y = float(band.y(np.array([42]))[0])
    place = raster.chart.mapFromScene(raster.chart.getViewBox().mapViewToScene(QPointF(4.0, y)))
    QTest.mouseMove(raster.chart.viewport(), place)
    raster.chart.hovered.emit(QPointF(4.0, y))
    across, level = raster.crosshair.lines
    assert across.isVisible() and level.isVisible()
    assert across.value() == pytest.approx(4.0) and level.value() == pytest.approx(y)
    assert "hidden 42 · 4.0 ms" in raster.header.pointed.text()
    raster.chart.hovered.emit(None)
    assert not across.isVisible() and raster.header.pointed.text() == ""


def test_counts_per_pixel_agree_with_a_loop() -> None:
    random = np.random.default_rng(3)
    band = Band("a", 40, 0.2, 0.6)
    band.take(np.sort(random.integers(0, 1000, 5000)), random.integers(0, 40, 5000))
    view = View(left=100.0, right=700.0, low=0.3, high=0.9, columns=50, rows=30)
    first, counts = binned(band, band.between(view.left - 1, view.right + 1), view)
    expected = np.zeros((30, 50), int)
    for step, number in zip(band.steps, band.ids, strict=True):
        column = int(np.floor((step - 100) * 50 / 600))
        row = int(np.floor((band.y(number) - 0.3) * 30 / 0.6))
        if 0 <= column < 50 and 0 <= row < 30:
            expected[row, column] += 1
    assert expected.sum() > 1000
    found = np.zeros_like(expected)
    found[first : first + len(counts)] = counts
    np.testing.assert_array_equal(found, expected)


def test_a_hidden_raster_draws_when_it_is_shown(qtbot: Any) -> None:
    plot = RasterPlot()
    qtbot.addWidget(plot)
    plot.handle(digit())
    assert plot.graphics.points == 0, "nobody sees it"
    plot.show()
    qtbot.waitUntil(lambda: plot.graphics.points == 300)


def test_what_is_shown_is_exported(raster: RasterPlot) -> None:
    table = raster.table()
    assert list(table) == ["population", "neuron", "time (ms)"]
    assert len(table["neuron"]) == 300 and table["time (ms)"].max() <= 15.0


# -- traces ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def traces(qtbot: Any) -> TracePlot:
    """Traces of the digits' network."""
    plot: TracePlot = shown(qtbot, TracePlot())
    plot.describe(Document.load(DIGITS))
    return plot


def test_the_axis_has_no_name_without_traces(traces: TracePlot) -> None:
    name = traces.chart.getAxis("left").label
    assert not name.isVisible()
    traces.handle(digit())
    traces.draw()
    assert name.isVisible()
    traces.reset()
    assert not name.isVisible()


def test_neurons_are_typed_and_checked(traces: TracePlot) -> None:
    said: list[str] = []
    traces.said.connect(said.append)
    line = traces.header.numbers
    assert line.placeholderText() == "0-3"
    line.setFocus()
    QTest.keyClicks(line, "5, 0-1")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert traces.settings.neurons == [5, 0, 1]
    assert traces.wants().variables == (("hidden", "V", (5, 0, 1)),)
    line.selectAll()
    QTest.keyClicks(line, "200")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert traces.settings.neurons == [5, 0, 1], "refused"
    assert "expected a number from 0 to 99" in said[-1] and line.property("state") == "error"


def test_traces_are_those_of_the_chosen_neurons(traces: TracePlot) -> None:
    traces.use(Traces(name="plot:1", part="hidden", neurons=[5, 0]))
    event = digit()
    traces.handle(event)
    traces.draw()
    assert len(traces.curves) == 2
    np.testing.assert_array_equal(traces.curves[0].getData()[1], event["hidden.V"][:, 2])  # neuron 5 is told third
    assert "5" in traces.legend._versions[-2]


def test_spikes_are_marked_on_their_trace(traces: TracePlot) -> None:
    traces.use(Traces(name="plot:1", part="hidden", neurons=[0, 5]))
    steps, ids = np.array([3, 9, 9], np.int32), np.array([5, 0, 77], np.int32)
    traces.handle(digit(**{"hidden.steps": steps, "hidden.ids": ids}))
    traces.draw()
    assert [set(tick.getData()[0]) for tick in traces.lines.ticks] == [{4.5}, {1.5}]
    traces.use(Traces(name="plot:1", part="hidden", neurons=[0, 5], spikes=False, threshold=False))
    traces.draw()
    assert all(not len(tick.getData()[0]) for tick in traces.lines.ticks)
    assert not traces.threshold.isVisible()


def adapting(**more: Any) -> dict[str, Any]:
    """An example whose hidden neurons 0 and 5 have raised their thresholds by 2 and 4, from 1."""
    variables = [["hidden", "V", [0, 5]], ["hidden", "A", [0, 5]]]
    told = {"hidden.V": np.zeros((30, 2), np.float32), "hidden.A": np.full((30, 2), (20, 40), np.float32)}
    return digit(variables=variables, adaptation={"hidden": 0.1}, **told, **more)


def test_a_threshold_that_adapts_is_a_line_for_each_neuron(traces: TracePlot) -> None:
    traces.use(Traces(name="plot:1", part="hidden", neurons=[0, 5]))
    traces.handle(adapting())
    traces.draw()
    assert [set(level.getData()[1]) for level in traces.lines.levels] == [{3.0}, {5.0}]
    assert all(level.isVisible() for level in traces.lines.levels) and not traces.threshold.isVisible()
    colors = [level.opts["pen"].color().name() for level in traces.lines.levels]
    assert colors == list(theme.current().series[:2])
    assert traces.chart.viewRange()[1][1] > 5
    assert "threshold, adapting" in traces.legend._versions[0] and "hidden threshold 5" in traces.table()
    traces.use(Traces(name="plot:1", part="hidden", neurons=[0, 5], threshold=False))
    traces.draw()
    assert not any(level.isVisible() for level in traces.lines.levels) and not traces.threshold.isVisible()
    traces.use(Traces(name="plot:1", part="hidden", neurons=[0, 5]))
    traces.handle(digit())  # of a network that does not adapt
    traces.draw()
    assert traces.threshold.isVisible() and not any(level.isVisible() for level in traces.lines.levels)


def test_who_shows_voltages_of_adapting_neurons_wants_the_adaptation_too(qtbot: Any) -> None:
    document = Document.load(DIGITS)
    document.network.population("hidden").neuron = sl.ALIF()
    plot: TracePlot = shown(qtbot, TracePlot())
    plot.describe(document)
    plot.use(Traces(name="plot:1", part="hidden", neurons=[3]))
    assert plot.wants().variables == (("hidden", "V", (3,)), ("hidden", "A", (3,)))
    plot.use(Traces(name="plot:1", part="hidden", neurons=[3], threshold=False))
    assert plot.wants().variables == (("hidden", "V", (3,)),)


def test_a_variable_that_was_not_told_comes_with_the_next_example(traces: TracePlot) -> None:
    traces.handle(digit())
    traces.use(Traces(name="plot:1", part="hidden", variable="LambdaI"))
    traces.draw()
    assert not traces.curves
    assert "adjoint of the current of hidden comes with the next example" in traces.chart._words.text()
    told = {"variables": [["hidden", "LambdaI", [0, 1]]], "hidden.LambdaI": np.ones((30, 2), np.float32)}
    traces.handle(digit(**told))
    traces.draw()
    assert len(traces.curves) == 2 and not traces.threshold.isVisible()


def test_wants_change_with_what_is_chosen(traces: TracePlot, qtbot: Any) -> None:
    with qtbot.waitSignal(traces.wants_changed):
        traces.use(Traces(name="plot:1", part="output", variable="Isyn"))
    assert traces.wants().variables == (("output", "Isyn", tuple(range(10))),)
    traces.use(Traces(name="plot:1", part="nobody"))
    assert traces.wants().variables == ()


def test_traces_of_synapses_are_offered_in_the_forward_mode() -> None:
    document = Document.load(DIGITS)
    assert list(offers(document)) == ["hidden", "output"]
    assert usual_part(offers(document)) == "hidden"
    document.network.population("hidden").neuron = sl.ALIF()
    document.experiment.learning = sl.EProp(mode="forward")
    found = offers(document)["input_hidden"]
    assert found.first == "Filtered0" and found.usual == ()
    document.experiment.recording = [sl.SynapseRecorder("input_hidden")]
    assert offers(document)["input_hidden"].first == "Eligibility"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "'a' found, expected numbers such as 0-3, 7"),
        ("3-1", "expected the smaller number first"),
        ("1, 100", "expected a number from 0 to 99"),
        ("0-99", "more than 50"),
        ("-1", "'-1' found"),
    ],
)
def test_no_list_of_neurons(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        numbers_in(text, 100)


def test_lists_of_neurons() -> None:
    assert numbers_in(" 7, 0 - 2,,1 ; 9", 10) == [7, 0, 1, 2, 9]
    assert numbers_in("", 10) == []
    assert listed([0, 1, 2, 3, 7, 9, 10]) == "0-3, 7, 9, 10"
    assert numbers_in(listed([5, 4, 3]), 10) == [5, 4, 3]


def test_thinned_lines_keep_every_extreme() -> None:
    values = np.zeros((10_000, 2), np.float32)
    values[4321, 0], values[9_999, 1] = 5.0, -3.0
    steps, shown_values = thinned(values, 0, 10_000, 300)
    assert len(steps) == len(shown_values) < 2000
    assert shown_values[:, 0].max() == 5.0 and shown_values[:, 1].min() == -3.0
    assert abs(steps[shown_values[:, 0].argmax()] - 4321) <= 10_000 / 300
    steps, all_of_them = thinned(values, 100, 200, 300)
    assert list(steps) == list(range(100, 200)) and len(all_of_them) == 100


def test_spikes_of_a_few_among_many() -> None:
    steps, ids = np.array([1, 2, 3, 4]), np.array([9, 0, 9, 5])
    assert [list(found) for found in spikes_of(steps, ids, [9, 7, 0])] == [[1, 3], [], [2]]


# -- the form ----------------------------------------------------------------------------------------------------------
def test_the_form_has_a_field_for_each_setting(qtbot: Any) -> None:
    form = SettingsForm(Traces(name="plot:1", part="hidden"))
    qtbot.addWidget(form)
    assert set(form.fields) == {"threshold", "spikes"}, "the others are chosen in the panel"
    form = SettingsForm(Raster(name="plot:1"))
    qtbot.addWidget(form)
    form.show()
    assert set(form.fields) == {"populations", "rates"}
    assert all(widget.accessibleName() and widget.toolTip() for widget in form.fields.values())
    told: list[dict[str, Any]] = []
    form.changed.connect(told.append)
    QTest.keyClicks(form.fields["populations"], "input, hidden")
    QTest.keyClick(form.fields["populations"], Qt.Key.Key_Return)
    QTest.mouseClick(form.fields["rates"], LEFT, pos=QPoint(8, form.fields["rates"].height() // 2))
    form.setFocus()
    assert told == [{"populations": ["input", "hidden"]}, {"rates": False}]

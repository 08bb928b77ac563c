"""Weights as a distribution over time, as a matrix and as receptive fields."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, Qt

import spikeloom as sl
from spikeloom.examples import examples
from spikeloom.spec.plots import Weights
from spikeloom_app.plots.weight_history import WeightHistory
from spikeloom_app.plots.weights import WeightsPlot
from tests.app.plot_events import shown, weights


def document() -> Any:
    """Two connections with weights."""
    return sl.Document.load(examples()["digits"])


def plot_of(qtbot: Any, show: str = "histogram", **fields: Any) -> WeightsPlot:
    """A plot on the screen that knows the document."""
    plot: WeightsPlot = shown(qtbot, WeightsPlot(Weights(name="plot:1", show=show, **fields)))
    plot.describe(document())
    return plot


# -- what it asks for --------------------------------------------------------------------------------------------
def test_it_wants_the_first_connection_that_has_weights_until_another_is_chosen(qtbot: Any) -> None:
    plot = plot_of(qtbot)
    assert plot.wants().weights == (("input_hidden", "weights"),)
    with qtbot.waitSignal(plot.wants_changed):
        plot.chooser.setFocus()
        qtbot.keyClick(plot.chooser, Qt.Key.Key_Down)
    assert plot.settings.connection == "hidden_output"
    assert plot.wants().weights == (("hidden_output", "weights"),)


def test_gradients_are_asked_for_and_weights_then_ignored(qtbot: Any) -> None:
    plot = plot_of(qtbot)
    plot.handle(weights())
    assert plot.state is not None
    next(a for a in plot.options.refill().actions() if a.text() == "Gradient of a batch").trigger()
    assert plot.wants().weights == (("input_hidden", "gradient"),) and plot.state is None
    plot.handle(weights(step=1))
    assert plot.state is None
    plot.handle(weights(step=1, values="gradient"))
    assert plot.state is not None and plot.title.text() == "Gradient"


def test_a_connection_that_is_gone_is_said(qtbot: Any) -> None:
    plot = plot_of(qtbot, connection="gone")
    assert "no connection 'gone' any more" in plot.words.text() and plot.words.isVisible()


def test_weights_of_another_connection_are_left_to_others(qtbot: Any) -> None:
    plot = plot_of(qtbot)
    plot.handle(weights("hidden_output"))
    plot.draw()
    assert plot.state is None and "Train to see the weights of input_hidden" in plot.words.text()


# -- delays ------------------------------------------------------------------------------------------------------
def with_delays(qtbot: Any, show: str = "histogram", **fields: Any) -> WeightsPlot:
    """A plot that knows a network in which the first connection alone has delays that learn."""
    plot: WeightsPlot = shown(qtbot, WeightsPlot(Weights(name="plot:1", show=show, **fields)))
    plot.describe(sl.Document.load(examples()["yin_yang_delays"]))
    return plot


def test_delays_are_offered_where_synapses_have_their_own(qtbot: Any) -> None:
    offered = [action.text() for action in plot_of(qtbot).options.refill().actions()]
    assert "Gradient of a batch" in offered and "Delays (ms)" not in offered
    plot = with_delays(qtbot, connection="hidden_output")
    next(a for a in plot.options.refill().actions() if a.text() == "Delays (ms)").trigger()
    assert plot.wants().weights == (("input_hidden", "delays"),)  # the other has none
    assert plot.title.text() == "Delays" and "Train to see the delays of input_hidden" in plot.words.text()


def test_delays_are_shown_in_milliseconds(qtbot: Any) -> None:
    plot = with_delays(qtbot, values="delays")
    plot.handle(weights(values="delays", matrix=np.linspace(0, 8, 6400, dtype=np.float32).reshape(64, 100)))
    plot.draw()
    axis = plot.histogram.chart.getAxis("left")
    assert axis.label.isVisible() and axis.labelText == "delay (ms)"
    assert plot.state is not None and plot.state.in_words() == "mean 4 ms · sd 2.31 ms · longest 8 ms"
    plot.use(plot.settings.model_copy(update={"values": "weights"}))
    assert not axis.label.isVisible()


def test_the_colours_of_delays_begin_at_nought(qtbot: Any) -> None:
    plot = with_delays(qtbot, "matrix", values="delays")
    plot.handle(weights(values="delays", matrix=np.full((64, 100), 8, np.float32)))
    plot.draw()
    assert (plot.matrix.bar.low, plot.matrix.bar.high) == (0, 8)
    plot.matrix._hover(QPointF(3.5, 2.5))
    assert plot.side.text() == "source 2 → target 3: 8 ms"


def test_one_delay_for_all_synapses_is_nothing_to_show(qtbot: Any) -> None:
    plot = with_delays(qtbot, values="delays", connection="hidden_output")
    assert "all have the same delay" in plot.words.text()


# -- distribution ------------------------------------------------------------------------------------------------
def test_a_distribution_for_each_event_and_the_present_one_beside_it(qtbot: Any) -> None:
    plot = plot_of(qtbot)
    for step in (0, 10, 20):
        plot.handle(weights(step=step, matrix=np.full((64, 100), step, np.float32)))
    plot.draw()
    assert plot.histogram.isVisible() and len(plot.history) == 3
    image = plot.histogram._image.image
    assert image.shape[1] == 3
    # The weights move up: the place where most of them are does too.
    brightest = [int(np.argmax(image[:, k].sum(axis=1))) for k in range(3)]
    assert brightest == sorted(brightest) and brightest[0] < brightest[2]
    share, place = plot.histogram.curve.getData()
    assert place[int(np.argmax(share))] == pytest.approx(20, abs=0.5)


def test_words_say_mean_deviation_and_zeros(qtbot: Any) -> None:
    plot = plot_of(qtbot)
    matrix = np.zeros((64, 100), np.float32)
    matrix[:, :50] = 2.0
    plot.handle(weights(matrix=matrix))
    plot.draw()
    assert plot.side.text() == "mean 1 · sd 1 · 50 % zeros"


def test_histograms_are_merged_in_pairs_and_lose_no_weight() -> None:
    history = WeightHistory(most=8)
    random = np.random.default_rng(0)
    for k in range(100):
        counts, edges = np.histogram(random.normal(k / 50, 1, 1000), 60)
        history.add(k, counts, edges)
    assert len(history) <= 8
    assert sum(column.counts.sum() for column in history.columns) == pytest.approx(100 * 1000)
    places = [column.place for column in history.columns]
    assert places == sorted(places) and places[0] < 20 and places[-1] > 80
    means = [column.moments()[0] for column in history.columns]
    assert means[0] == pytest.approx(places[0] / 50, abs=0.1) and means == sorted(means)


def test_weights_that_are_all_the_same_have_a_distribution() -> None:
    history = WeightHistory()
    history.add(0, np.array([5, 0]), np.array([0.0, 0.0, 0.0]))
    shares, edges = history.image(10, 1)
    assert edges[0] < 0 < edges[-1] and shares.sum() == pytest.approx(1)


# -- matrix ------------------------------------------------------------------------------------------------------
def test_the_matrix_has_a_scale_around_zero_and_says_what_is_pointed_at(qtbot: Any) -> None:
    plot = plot_of(qtbot, "matrix")
    matrix = np.zeros((64, 100), np.float32)
    matrix[3, 7], matrix[4, 8] = -2.0, 1.0
    plot.handle(weights(matrix=matrix))
    plot.draw()
    assert plot.matrix.isVisible() and (plot.matrix.bar.low, plot.matrix.bar.high) == (-2.0, 2.0)
    plot.matrix._hover(QPointF(7.5, 3.5))
    assert plot.side.text() == "source 3 → target 7: -2"
    pixels = plot.matrix._image.image
    assert pixels[3, 7].tolist() != pixels[4, 8].tolist() != pixels[0, 0].tolist()


def test_rows_that_were_left_out_are_counted(qtbot: Any) -> None:
    plot = plot_of(qtbot, "matrix")
    plot.handle(weights(matrix=np.ones((32, 50), np.float32), strides=[2, 3], size=[64, 150]))
    plot.draw()
    plot.matrix._hover(QPointF(3.5, 2.5))
    assert plot.side.text() == "source 2 → target 3: 1"
    assert plot.table()["target"].max() == 147


# -- receptive fields --------------------------------------------------------------------------------------------
def test_a_field_for_each_target_in_the_shape_of_the_source(qtbot: Any) -> None:
    plot = plot_of(qtbot, "fields")
    matrix = np.zeros((64, 100), np.float32)
    matrix[8 * 2 + 5, 1] = 1.5
    plot.handle(weights(matrix=matrix))
    plot.draw()
    assert plot.fields.isVisible()
    number, box = plot.fields.shown()[1]
    assert number == 1
    place = QPointF(box.left() + 5.5 / 8 * box.width(), box.top() + 2.5 / 8 * box.height())
    qtbot.mouseMove(plot.fields, place.toPoint())
    assert plot.side.text() == "target 1 · (2, 5): 1.5"


def test_pages_are_turned_by_keyboard_and_by_button(qtbot: Any) -> None:
    plot = plot_of(qtbot, "fields")
    plot.resize(480, 260)  # room for the page in words, in any font
    plot.handle(weights())
    plot.draw()
    pages = plot.fields.pages
    assert pages > 1
    first = [number for number, _ in plot.fields.shown()]
    qtbot.keyClick(plot.fields, Qt.Key.Key_PageDown)
    assert plot.fields.shown()[0][0] == first[-1] + 1
    qtbot.waitUntil(lambda: f"page 2 of {pages}" in plot.side.text())
    qtbot.mouseClick(plot.back, Qt.MouseButton.LeftButton)
    assert plot.fields.page == 0 and not plot.back.isEnabled()
    seen = []
    for _ in range(pages):
        seen += [number for number, _ in plot.fields.shown()]
        qtbot.mouseClick(plot.on, Qt.MouseButton.LeftButton)
    assert seen == list(range(100))


def test_filters_of_a_kernel_by_channel(qtbot: Any) -> None:
    plot = plot_of(qtbot, "fields")
    kernel = np.zeros((3, 3, 2, 4), np.float32)
    kernel[1, 1, 0, 2], kernel[1, 1, 1, 2] = 1.0, 2.0
    plot.handle(weights(matrix=kernel, source_shape=[8, 8, 2], target_shape=[6, 6, 4]))
    plot.draw()
    assert plot.fields._fields.shape == (4, 3, 3) and plot.fields._fields[2, 1, 1] == 3.0
    next(a for a in plot.options.refill().actions() if a.text() == "Channel 1").trigger()
    assert plot.fields._fields[2, 1, 1] == 2.0


def test_fields_that_were_not_sent_whole_are_said(qtbot: Any) -> None:
    plot = plot_of(qtbot, "fields")
    plot.handle(weights(matrix=np.ones((32, 50), np.float32), strides=[2, 2]))
    plot.draw()
    assert plot.words.isVisible() and "need every source" in plot.words.text()


def test_reset_forgets_the_run_before(qtbot: Any) -> None:
    plot = plot_of(qtbot)
    plot.handle(weights())
    plot.reset()
    assert len(plot.history) == 0 and plot.words.isVisible() and plot.table() == {}


def test_the_matrix_of_a_kernel_is_drawn_with_a_column_for_each_filter(qtbot: Any) -> None:
    plot = plot_of(qtbot, "matrix")
    kernel = np.arange(3 * 3 * 2 * 4, dtype=np.float32).reshape(3, 3, 2, 4)
    plot.handle(weights(matrix=kernel, source_shape=[8, 8, 2], target_shape=[6, 6, 4], size=[128, 144], strides=[1, 1]))
    plot.draw()
    assert plot.words.isHidden() and len(plot.table()["filter"]) == kernel.size

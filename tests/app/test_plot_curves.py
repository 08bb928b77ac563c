"""The curves show the figures of the run, over what was chosen, beside earlier runs."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt

from spikeloom.examples import examples
from spikeloom.spec import ConfusionMatrix, Document, FiringRate, SilentNeurons, TopKAccuracy
from spikeloom.spec.plots import Curves
from spikeloom_app import theme
from spikeloom_app.plots.curve_chart import named, round_up
from spikeloom_app.plots.curves import CurvesPlot, columns_for
from tests.app.plot_events import colours_of, epoch, progress, shown

pytestmark = pytest.mark.usefixtures("dark_theme")


def names(plot: CurvesPlot, quantity: str) -> list[str]:
    """The curves of a chart that have a name."""
    return [line.name for line in plot.charts[quantity].lines if line.name]


def drawn(plot: CurvesPlot, quantity: str) -> list[Any]:
    """What is drawn in a chart: x and y of each curve."""
    return [item.getData() for item in plot.charts[quantity]._items]


def choose(menu: Any, words: str) -> None:
    """Click an entry of an open menu."""
    next(action for action in menu.actions() if action.text() == words).trigger()


def test_something_shows_from_the_first_progress(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    plot.handle({"event": "progress", "epoch": 1, "epochs": 10, "fraction": 0.1, "loss": 2.3, "accuracy": 0.1})
    plot.draw()
    assert plot.charts["loss"].live == (0.1, 2.3)
    assert "2.300" in plot.charts["loss"].legend.text()
    assert theme.DARK.series[0] in colours_of(plot)


def test_curves_hold_all_epochs_of_training_and_validation(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    for number in range(1, 6):
        plot.handle(epoch(number))
    plot.draw()
    training, validation = drawn(plot, "accuracy")
    assert training[0].tolist() == [1, 2, 3, 4, 5] and validation[1].tolist() == [50.0] * 5
    assert "validation 50.0 %" in plot.charts["accuracy"].legend.text()
    assert {theme.DARK.series[0], theme.DARK.series[1]} <= colours_of(plot)


def test_without_classes_the_loss_has_all_the_room(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    assert plot.charts["accuracy"].isVisible()  # nothing is known yet
    plot.handle(epoch(1, accuracy=None, validation_accuracy=None))
    plot.draw()
    assert plot.charts["loss"].isVisible() and not plot.charts["accuracy"].isVisible()
    plot.reset()
    plot.handle(epoch(1))
    plot.draw()
    assert plot.charts["accuracy"].isVisible()


def test_a_chart_for_each_quantity_that_is_ticked(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    plot.handle(epoch(1, outputs={"out": {"loss": 0.4}}))
    plot.draw()
    menu = plot.quantities_button.refill()
    assert {"Learning rate", "Rate of hidden", "Loss of out"} <= {action.text() for action in menu.actions()}
    choose(menu, "Rate of hidden")
    choose(plot.quantities_button.refill(), "Accuracy")
    assert plot.settings.quantities == ["loss", "rate:hidden"]
    assert [name for name, chart in plot.charts.items() if chart.isVisible()] == ["loss", "rate:hidden"]
    assert "12 Hz" in plot.charts["rate:hidden"].legend.text()


def test_a_choice_is_told_and_comes_back(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot(Curves(name="plot:4")))
    told: list[Any] = []
    plot.settings_changed.connect(told.append)
    choose(plot.options_button.refill(), "Over batches")
    assert told == [{"x": "step"}]
    plot.use(Curves(name="plot:4", x="time"))
    ticked = [action.text() for action in plot.options_button.refill().actions() if action.isChecked()]
    assert "Over wall time" in ticked and "Over batches" not in ticked


def test_over_batches_the_batches_are_what_is_shown(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot(Curves(name="plot:1", x="step", quantities=["loss"])))
    for k in range(1, 100):
        plot.handle(progress(1, k / 100, 2.0 - k / 100))
    plot.handle(epoch(1))
    plot.draw()
    training, validation = drawn(plot, "loss")
    assert len(training[0]) == 99 and training[0][-1] == 99
    assert validation[0].tolist() == [100]


def test_in_the_first_epoch_the_batches_are_all_there_is(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    for k in range(1, 50):
        plot.handle(progress(1, k / 50, 2.0))
    plot.draw()
    assert names(plot, "loss") == ["training"] and len(drawn(plot, "loss")[0][0]) == 49
    plot.handle(epoch(1))
    plot.handle(epoch(2))
    plot.draw()
    main = next(line for line in plot.charts["loss"].lines if line.name == "training")
    assert main.curve.x.tolist() == [1, 2] and plot.charts["loss"].lines[0].faint


def test_a_parameter_that_was_moved_is_marked(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot(Curves(name="plot:1", x="step")), 900)
    plot.handle(progress(1, 0.5, 2.0))
    plot.handle({"event": "live", "label": "Learning rate", "unit": "", "old": 0.005, "value": 0.01, "step": 50})
    plot.handle(progress(1, 0.9, 1.0))
    plot.draw()
    chart = plot.charts["loss"]
    assert [line.value() for line in chart._mark_lines] == [50]
    chart._hover(QPointF(50.1, 1.0))
    assert chart.legend.text() == "Learning rate 0.005 → 0.01"
    plot.reset()
    plot.draw()
    assert not chart._mark_lines


def test_smoothing_leaves_what_came_faintly_behind(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot(Curves(name="plot:1", x="step", quantities=["loss"], validation=False)))
    for k in range(1, 60):
        plot.handle(progress(1, k / 100, float(k % 2)))
    plot.draw()
    assert len(drawn(plot, "loss")) == 1
    menu = plot.options_button.refill()
    slider = next(a.defaultWidget() for a in menu.actions() if hasattr(a, "defaultWidget")).children()
    slider = next(child for child in slider if hasattr(child, "setSliderPosition"))
    slider.setFocus()
    slider.setValue(90)
    assert plot.settings.smoothing == 0.9
    raw, smooth = drawn(plot, "loss")
    assert np.ptp(raw[1][-10:]) == 1 and np.ptp(smooth[1][-10:]) < 0.2
    assert plot.charts["loss"]._items[0].opts["pen"].color().alpha() < 128


def test_many_batches_in_one_bin_have_an_area_from_least_to_largest(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot(Curves(name="plot:1", x="step", quantities=["loss"])))
    for k in range(5000):
        plot.figures._add("loss", "batches", float(k % 7), (k / 1000, float(k), k / 50))
    plot.draw()
    area = plot.charts["loss"]._areas[0]
    covered = area.path().boundingRect()
    assert (covered.top(), covered.bottom()) == (0, 6)
    plot.choose(envelope=False)
    assert not plot.charts["loss"]._areas


def test_a_logarithmic_axis(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot(Curves(name="plot:1", quantities=["loss"], log=True)))
    for number in range(1, 6):
        plot.handle(epoch(number, loss=10.0**-number))
    plot.draw()
    low, high = plot.charts["loss"].chart.getViewBox().viewRange()[1]
    assert low < -5 and -1 < high < 3
    plot.use(Curves(name="plot:1", quantities=["loss"]))
    low, high = plot.charts["loss"].chart.getViewBox().viewRange()[1]
    assert low == 0 and high > 0.1


def test_training_and_validation_can_be_left_out(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    plot.handle(epoch(1))
    choose(plot.options_button.refill(), "Training")
    assert names(plot, "loss") == ["validation"]
    choose(plot.options_button.refill(), "Validation")
    assert names(plot, "loss") == [] and "Nothing to show" in plot.charts["loss"].chart._words.text()


def test_an_earlier_run_lies_behind_as_long_as_it_is_ticked(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    plot.handle(epoch(1))
    columns = {
        "epoch": np.arange(1, 4),
        "loss": np.array([3.0, 2.0, 1.0]),
        "validation_loss": np.array([4.0, 3.0, 2.0]),
    }
    plot.overlay("digits-1", columns, "Tuesday")
    plot.draw()
    assert names(plot, "loss") == ["training", "validation"]
    choose(plot.options_button.refill(), "Run Tuesday")
    assert plot.settings.runs == ["digits-1"]
    assert names(plot, "loss") == ["training", "validation", "Tuesday training", "Tuesday validation"]
    plot.reset()
    plot.draw()
    assert names(plot, "loss") == ["Tuesday training", "Tuesday validation"]
    plot.drop("digits-1")
    plot.draw()
    assert names(plot, "loss") == []


def test_names_of_curves_are_kept_as_long_as_there_is_room_and_in_the_tooltip(qtbot: Any) -> None:
    found = [("#112233", "digits with more hidden neurons", "0.100"), ("#445566", "digits <b>", "0.200")]
    assert named(found, 12) == [("#112233", "digits with… 0.100"), ("#445566", "digits &lt;b&gt; 0.200")]
    assert named(found, 0) == [("#112233", "0.100"), ("#445566", "0.200")]
    plot = shown(qtbot, CurvesPlot(), 900)
    for number in (1, 2):
        plot.handle(epoch(number))
    legend = plot.charts["loss"].legend
    qtbot.waitUntil(lambda: all(words in legend.text() for words in ("training 1.000", "validation 1.250")))
    plot.resize(240, 320)
    qtbot.waitUntil(lambda: "validation" not in legend.text())
    assert "training 1.000" in legend.toolTip() and "validation 1.250" in legend.toolTip()


def test_the_crosshair_says_where_it_is_and_all_values(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot(), 900)
    for number in range(1, 6):
        plot.handle(epoch(number))
    plot.draw()
    chart = plot.charts["loss"]
    qtbot.wait(30)  # until the axes have their place
    scene = chart.chart.getViewBox().mapViewToScene(QPointF(2.2, 1.0))
    place = chart.chart.mapFromScene(scene)
    qtbot.mouseMove(chart.chart.viewport(), QPoint(place.x() - 3, place.y()))
    qtbot.mouseMove(chart.chart.viewport(), place)
    text = chart.legend.text()
    assert "epoch 2" in text and "1.000" in text and "1.250" in text
    chart.chart.leaveEvent(QEvent(QEvent.Type.Leave))
    assert "0.400" in chart.legend.text() and "epoch" not in chart.legend.text()


def test_the_axes_follow_until_the_user_moves_them(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    plot.handle(epoch(1))
    plot.draw()
    chart = plot.charts["loss"]
    box = chart.chart.getViewBox()
    box.setXRange(0, 2, padding=0)
    box.sigRangeChangedManually.emit((True, True))
    for number in range(2, 11):
        plot.handle(epoch(number))
    plot.draw()
    assert box.viewRange()[0] == pytest.approx([0, 2])
    qtbot.mouseDClick(chart.chart.viewport(), Qt.MouseButton.LeftButton, pos=chart.chart.viewport().rect().center())
    assert box.viewRange()[0][1] > 10


def test_reset_empties_the_charts(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    plot.handle(epoch(1))
    plot.reset()
    plot.draw()
    assert names(plot, "loss") == [] and plot.charts["loss"].chart._words.text() == "Train to see it change"


def test_ends_of_the_epoch_axis() -> None:
    assert [round_up(epochs, 60) for epochs in (1, 7, 30, 41, 55, 60)] == [5, 10, 40, 50, 60, 60]
    assert round_up(1, 1) == 1 and round_up(3, 2) == 3 and round_up(3, 0) == 5


def test_charts_stand_side_by_side_where_there_is_room() -> None:
    assert columns_for(2, 900, 300) == 2 and columns_for(2, 380, 260) == 1
    assert columns_for(4, 700, 400) == 2 and columns_for(1, 900, 300) == 1


def test_the_table_has_all_that_is_drawn(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    for number in (1, 2):
        plot.handle(epoch(number))
    table = plot.table()
    assert {len(column) for column in table.values()} == {8}
    chosen = (table["quantity"] == "loss") & (table["curve"] == "validation")
    assert table["epoch"][chosen].tolist() == [1, 2] and table["value"][chosen].tolist() == [2.5, 1.25]


def test_the_best_epoch_of_a_run_is_marked(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    for number in range(1, 5):
        plot.handle(epoch(number))
    plot.handle({"event": "result", "result": {"epochs": 4}})
    plot.draw()
    assert plot.charts["loss"]._marks == []
    plot.handle({"event": "result", "result": {"epochs": 4, "best_epoch": 3, "stopped_early": True}})
    plot.draw()
    chart = plot.charts["loss"]
    assert [line.value() for line in chart._mark_lines] == [3]
    chart.chart.hovered.emit(QPointF(3, 0.5))
    assert "Best epoch: 3" in chart.legend.text()


def test_a_rate_is_offered_once(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    document = Document.load(examples()["digits"])
    document.experiment.metrics = [FiringRate()]
    plot.describe(document)
    assert "rate:hidden" in plot.offered() and "firing_rate:hidden" not in plot.offered()
    shown_already = shown(qtbot, CurvesPlot(Curves(name="plot:1", quantities=["firing_rate:hidden"])))
    shown_already.describe(document)
    assert "firing_rate:hidden" in shown_already.offered(), "what is shown can be taken away"


def test_metrics_of_the_document_can_be_chosen_and_are_drawn_for_both_splits(qtbot: Any) -> None:
    plot = shown(qtbot, CurvesPlot())
    document = Document.load(examples()["digits"])
    document.experiment.metrics = [TopKAccuracy(3), SilentNeurons(), ConfusionMatrix()]
    plot.describe(document)
    assert {"top_3_accuracy", "silent_neurons:hidden"} <= set(plot.offered())
    assert "confusion_matrix" not in plot.offered()  # no curve shows it
    choose(plot.quantities_button.refill(), "Silent neurons of hidden")
    choose(plot.quantities_button.refill(), "Top 3 accuracy")
    for number in range(1, 4):
        held = {"silent_neurons:hidden": 7.0, "top_3_accuracy": 0.8}
        trained = {"silent_neurons:hidden": 5.0, "top_3_accuracy": 0.9}
        plot.handle(epoch(number, metrics=trained, validation_metrics=held))
    plot.draw()
    training, validation = drawn(plot, "silent_neurons:hidden")
    assert training[1].tolist() == [5.0] * 3 and validation[1].tolist() == [7.0] * 3
    assert drawn(plot, "top_3_accuracy")[0][1].tolist() == [90.0] * 3  # in %, as the accuracy

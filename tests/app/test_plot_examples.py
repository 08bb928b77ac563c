"""The example browser shows inputs as people know them and finds the way through the wrong ones."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt

from spikeloom.spec.plots import Examples
from spikeloom_app import theme
from spikeloom_app.plots.examples import ExamplePlot
from spikeloom_app.plots.judged import step_from
from spikeloom_app.plots.sample import FRAMES, Sample
from tests.app.plot_events import colours_of, evaluated, example, shown

pytestmark = pytest.mark.usefixtures("dark_theme")
LEFT = Qt.MouseButton.LeftButton


def plot_of(qtbot: Any, *events: dict[str, Any], **fields: Any) -> tuple[ExamplePlot, list[tuple[str, int]]]:
    """A browser on the screen, and the examples that it asks for; it gets those of the test split at once."""
    plot: ExamplePlot = shown(qtbot, ExamplePlot(Examples(name="plot:1", **fields)))
    asked: list[tuple[str, int]] = []
    for event in events:
        plot.handle(event)

    def answer(split: str, number: int) -> None:
        asked.append((split, number))
        plot.handle(example(number, split=split))

    plot.example_chosen.connect(answer)
    return plot, asked


# -- the way -----------------------------------------------------------------------------------------------------
def test_next_and_previous_step_through_all(qtbot: Any) -> None:
    plot, asked = plot_of(qtbot, example(0))
    assert not plot.previous.isEnabled()
    qtbot.mouseClick(plot.next, LEFT)
    qtbot.mouseClick(plot.next, LEFT)
    qtbot.mouseClick(plot.previous, LEFT)
    assert asked == [("test", 1), ("test", 2), ("test", 1)]
    assert plot.number.value() == 1


def test_a_number_is_typed(qtbot: Any) -> None:
    plot, asked = plot_of(qtbot, example(0))
    assert plot.number.maximum() == 9
    plot.number.setFocus()
    plot.number.selectAll()
    qtbot.keyClicks(plot.number, "7")
    qtbot.keyClick(plot.number, Qt.Key.Key_Return)
    assert asked == [("test", 7)] and plot.number.value() == 7


def test_only_wrong_ones(qtbot: Any) -> None:
    plot, asked = plot_of(qtbot, example(0), evaluated())
    assert plot.counted.text() == "4 of 10 wrong"
    qtbot.mouseClick(plot.wrong, LEFT)
    for _ in range(4):
        qtbot.mouseClick(plot.next, LEFT)
    assert asked == [("test", 2), ("test", 5), ("test", 8), ("test", 9)]
    assert not plot.next.isEnabled()
    qtbot.mouseClick(plot.previous, LEFT)
    assert asked[-1] == ("test", 8)


def test_those_taken_for_another_are_looked_for_until_that_is_cleared(qtbot: Any) -> None:
    plot, asked = plot_of(qtbot, example(0), evaluated())
    plot.handle({"event": "started", "class_names": ["cat", "dog", "cow"]})
    plot.filter_by(2, 0)
    assert asked == [("test", 9)] and "cow taken for cat" in plot.clear_filter.text()
    assert not plot.next.isEnabled() and not plot.previous.isEnabled()
    qtbot.mouseClick(plot.clear_filter, LEFT)
    assert not plot.clear_filter.isVisible() and plot.previous.isEnabled()


def test_one_class_alone_is_looked_for(qtbot: Any) -> None:
    plot, asked = plot_of(qtbot, example(0), evaluated(), truth=2)
    of_class = np.flatnonzero(plot.judged.labels == 2)
    plot.seek()
    assert asked == [("test", of_class[0])] and plot.counted.text() == f"{len(of_class)} of 10"
    assert plot.clear_filter.text().startswith("2 taken for any")


def test_what_is_looked_for_stays_in_another_run(qtbot: Any) -> None:
    plot, _ = plot_of(qtbot, example(0), evaluated(), truth=2, prediction=0)
    plot.reset()
    assert plot.clear_filter.isVisible() and plot.evaluate.isVisible() and "not known yet" in plot.counted.text()
    plot.handle(evaluated())
    assert plot.counted.text() == "1 of 10" and not plot.evaluate.isVisible()


def test_without_an_evaluation_it_says_so_and_offers_one(qtbot: Any) -> None:
    plot, _ = plot_of(qtbot, example(0), wrong=True)
    assert "not known yet" in plot.counted.text()
    with qtbot.waitSignal(plot.evaluation_wanted) as wanted:
        qtbot.mouseClick(plot.evaluate, LEFT)
    assert wanted.args == ["test"]
    plot.handle(evaluated())
    assert not plot.evaluate.isVisible() and plot.strip.isVisible()


def test_examples_without_classes_are_never_wrong(qtbot: Any) -> None:
    plot, _ = plot_of(qtbot, example(0, label=None, prediction=None), wrong=True)
    plot.handle(evaluated(classes=0, labels=None, confusion=None, accuracy=None))
    assert "no classes" in plot.counted.text() and not plot.evaluate.isVisible() and plot.next.isEnabled()


def test_another_split_begins_with_its_first_example(qtbot: Any) -> None:
    plot, asked = plot_of(qtbot, example(3), evaluated("validation"))
    plot.chooser.setFocus()
    qtbot.keyClick(plot.chooser, Qt.Key.Key_Up)
    assert plot.settings.split == "validation" and asked == [("validation", 0)]


def test_the_strip_leads_to_a_wrong_one(qtbot: Any) -> None:
    plot, asked = plot_of(qtbot, example(0), evaluated())
    qtbot.wait(20)  # until the strip has its width
    place = QPoint(round(plot.strip._x(8)), plot.strip.height() // 2)
    qtbot.mouseMove(plot.strip, place)
    assert "example 8: 2 not decided on" in plot.side.text()
    qtbot.mouseClick(plot.strip, LEFT, pos=place)
    assert asked == [("test", 8)]


def test_an_older_example_does_not_take_the_place_of_the_one_asked_for(qtbot: Any) -> None:
    plot = shown(qtbot, ExamplePlot())
    plot.handle(example(0))
    plot.go_to(5)
    plot.handle(example(0))
    assert plot.number.value() == 5 and plot.example == 5
    plot.handle(example(5))
    assert plot.table()["example"][0] == 5


def test_steps_among_those_looked_for() -> None:
    among = np.array([2, 5, 8])
    assert [step_from(k, 1, among, 10) for k in (0, 2, 3, 8)] == [2, 5, 5, None]
    assert [step_from(k, -1, among, 10) for k in (9, 8, 2)] == [8, 5, None]
    assert step_from(9, 1, None, 10) is None and step_from(0, 1, None, 10) == 1


# -- inputs ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("more", "kind", "shape"),
    [
        ({"input": np.ones((8, 8), np.float32)}, "image", (8, 8)),
        ({"input": np.ones((8, 8, 1), np.float32)}, "image", (8, 8)),
        ({"input": np.ones((8, 8, 3), np.float32)}, "image", (8, 8, 3)),
        ({"input": np.ones(64, np.float32), "input_shape": [8, 8]}, "image", (8, 8)),
        ({"input": np.ones(64, np.float32)}, "vector", (64,)),
        ({}, "spikes", (0,)),
        ({"input_shape": [8, 8]}, "frames", (0,)),
        ({"input_shape": [8, 4, 2]}, "frames", (0,)),
        ({"input_shape": [64], "source": None, "populations": []}, "none", (0,)),
    ],
)
def test_what_an_input_is(more: dict[str, Any], kind: str, shape: tuple[int, ...]) -> None:
    event = example(0, **more)
    if kind == "none":
        event = {name: value for name, value in event.items() if not name.startswith("input.")} | {"input_shape": None}
    sample = Sample.of_event(event)
    assert (sample.kind, sample.values.shape) == (kind, shape)


def test_an_image_is_shown_in_its_own_greys(qtbot: Any) -> None:
    image = np.zeros((8, 8), np.float32)
    image[2:4, 2:4], image[5, 5] = 1.0, 0.5
    plot, _ = plot_of(qtbot, example(0, input=image))
    assert {"#000000", "#ffffff", "#7f7f7f"} <= colours_of(plot.sample_view)
    assert not plot.time_bar.isVisible()


def test_a_colour_image(qtbot: Any) -> None:
    image = np.zeros((8, 8, 3), np.float32)
    image[..., 0] = 1.0
    plot, _ = plot_of(qtbot, example(0, input=image))
    assert "#ff0000" in colours_of(plot.sample_view)


def test_event_frames_run_through_time_in_two_colours(qtbot: Any) -> None:
    steps = np.arange(30, dtype=np.int32)
    ids = np.where(steps < 15, 0, 2 * 27 + 1).astype(np.int32)  # first darker at one place, then brighter at another
    plot, _ = plot_of(qtbot, example(0, input_shape=[8, 4, 2], **{"input.steps": steps, "input.ids": ids}))
    assert plot.time_bar.isVisible()
    dark, bright = theme.DARK.series[1], theme.DARK.series[0]
    assert {dark, bright} <= colours_of(plot.sample_view)
    plot.set_time(29)
    seen = colours_of(plot.sample_view)
    assert dark not in seen and "14.5 ms" in plot.time_bar.words.text()
    plot.time_bar.slider.setFocus()
    qtbot.keyClick(plot.time_bar.slider, Qt.Key.Key_Home)
    assert plot.sample_view.step == 0
    plot.set_time(None)
    assert {dark, bright} <= colours_of(plot.sample_view)


def test_frames_hold_all_events_once() -> None:
    sample = Sample.of_event(example(0, input_shape=[8, 8]))
    frames = sum(sample.frame(k) for k in range(FRAMES))
    np.testing.assert_array_equal(frames, sample.frame(None))
    assert sample.frame(None).sum() == 90


def test_time_runs_by_itself_and_stops_when_nobody_looks(qtbot: Any) -> None:
    plot, _ = plot_of(qtbot, example(0))
    qtbot.mouseClick(plot.time_bar.play, LEFT)
    qtbot.waitUntil(lambda: (plot.sample_view.step or 0) >= 2, timeout=2000)
    plot.hide()
    assert not plot.time_bar._timer.isActive() and not plot.time_bar.play.isChecked()


# -- the answer --------------------------------------------------------------------------------------------------
def test_truth_and_prediction_are_marked_by_signs(qtbot: Any) -> None:
    plot, _ = plot_of(qtbot, example(2, class_names=["cat", "dog", "cow"]))
    answer = plot.answer_view.answer
    assert [answer.sign(k) for k in range(3)] == ["✓", "", "✗"]
    assert "✗ cat, taken for cow" in plot.side.text()
    plot.handle(example(0))
    assert "✓ cat, recognised" in plot.side.text()
    plot.handle(example(8))
    assert "✗ cow, not decided on" in plot.side.text()


def test_of_many_classes_the_truth_is_shown_among_the_best(qtbot: Any) -> None:
    readout = np.linspace(0, 1, 200).tolist()
    plot, _ = plot_of(qtbot, example(0, readout=readout, label=3, prediction=199))
    qtbot.wait(20)
    rows = plot.answer_view.shown()
    assert 3 in rows and 199 in rows and len(rows) < 30
    plot.answer_view.grab()


def test_activity_of_each_population(qtbot: Any) -> None:
    plot, _ = plot_of(qtbot, example(0))
    rates = {activity.name: activity.mean for activity in plot.activity.activities}
    assert rates == {"input": pytest.approx(90 / 64 / 0.015), "hidden": pytest.approx(90 / 20 / 0.015)}


def test_an_example_without_classes(qtbot: Any) -> None:
    plot, _ = plot_of(qtbot, example(0, label=None, prediction=None))
    assert plot.side.text() in ("", '<span style="color:#9aa0ab"></span>') and plot.answer_view.isVisible()


def test_reset_shows_nothing_and_a_new_example_comes_back(qtbot: Any) -> None:
    plot, _ = plot_of(qtbot, example(4), evaluated())
    plot.reset()
    assert plot.words.isVisible() and not plot.sample_view.isVisible() and not plot.strip.isVisible()
    plot.handle(example(4))
    assert plot.sample_view.isVisible()


# -- targets that change with time -------------------------------------------------------------------------------
def test_what_outputs_follow_stands_beside_what_they_do(qtbot: Any) -> None:
    time = np.linspace(0, 1, 200, dtype=np.float32)
    targets = np.stack([np.sin(6 * time), np.cos(6 * time)], axis=1)
    followed = example(0) | {"label": None, "prediction": None, "response": targets + 0.5, "targets": targets}
    plot, _ = plot_of(qtbot, followed)
    assert plot.target_view.isVisible() and not plot.answer_view.isVisible()
    assert plot.target_view.error == pytest.approx(0.25)
    assert "mean square error 0.25" in plot.side.text()
    drawn = colours_of(plot.target_view)
    assert {theme.current().series[0], theme.current().series[1]} <= drawn
    plot.handle(example(0))
    assert plot.answer_view.isVisible() and not plot.target_view.isVisible()

"""A series keeps what matters of any number of points in memory that does not grow."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("PySide6")

from spikeloom_app.plots.figures import Figures
from spikeloom_app.plots.series import Curve, Series
from tests.app.plot_events import epoch, progress


def test_points_are_kept_as_they_are_while_there_is_room() -> None:
    series = Series(most=8)
    for k in range(8):
        series.add(k * k, epoch=k, step=10 * k, time=0.5 * k)
    curve = series.over("step")
    assert curve.x.tolist() == [0, 10, 20, 30, 40, 50, 60, 70]
    assert curve.mean.tolist() == curve.minimum.tolist() == curve.maximum.tolist() == [k * k for k in range(8)]


@pytest.mark.parametrize("points", [9, 100, 1000, 12_345])
def test_extremes_and_means_are_exact_however_many_points_come(points: int) -> None:
    values = np.random.default_rng(points).normal(size=points)
    series = Series(most=16)
    for k, value in enumerate(values):
        series.add(float(value), epoch=k)
    curve = series.over("epoch")
    assert len(curve) <= 16 and series.points == points
    assert curve.minimum.min() == values.min() and curve.maximum.max() == values.max()
    assert np.average(curve.mean, weights=curve.count) == pytest.approx(values.mean())
    # Each bin stands for a stretch of points: the first ones for the first points, and so on.
    ends = np.cumsum(curve.count).astype(int)
    for k, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        assert curve.mean[k] == pytest.approx(values[start:end].mean())
        assert curve.minimum[k] == values[start:end].min() and curve.maximum[k] == values[start:end].max()
        assert curve.x[k] == pytest.approx((start + end - 1) / 2)


def test_memory_is_flat() -> None:
    series = Series()
    before = {name: value.nbytes for name, value in vars(series).items() if isinstance(value, np.ndarray)}
    for k in range(20_000):
        series.add(k, epoch=k)
    assert {name: value.nbytes for name, value in vars(series).items() if isinstance(value, np.ndarray)} == before
    assert len(series) <= 2048


def test_what_is_not_a_number_is_left_out() -> None:
    series = Series()
    for value in (1.0, math.nan, math.inf, 2.0):
        series.add(value, epoch=value)
    assert series.over("epoch").mean.tolist() == [1.0, 2.0]
    assert len(series.over("step")) == 0  # no point says at which batch it was


def test_smoothing_begins_at_the_first_figure_and_forgets_bins_as_it_forgets_points() -> None:
    values = np.array([4.0, 0.0, 0.0])
    curve = Curve(np.arange(3.0), values, values, values, np.ones(3))
    assert curve.smoothed(0.5).tolist() == pytest.approx([4.0, 4 / 3, 4 / 7])
    assert curve.smoothed(0.0) is values
    # Two points in one bin decay as two points.
    merged = Curve(np.arange(2.0), np.array([4.0, 0.0]), values[:2], values[:2], np.array([1.0, 2.0]))
    assert merged.smoothed(0.5)[1] == pytest.approx(4 / 7)


# -- figures of a run --------------------------------------------------------------------------------------------
def test_events_are_sorted_into_quantities() -> None:
    figures = Figures()
    figures.take(progress(1, 0.5, 2.2))
    figures.take(epoch(1, outputs={"out": {"loss": 0.4, "validation_accuracy": 0.7}}, clipped=3))
    assert set(figures.quantities) == {
        *("loss", "accuracy", "learning_rate", "rate:hidden"),
        *("loss:out", "accuracy:out", "clipped"),
    }
    batches = figures.series("loss", "batches")
    assert batches is not None and batches.over("step").x.tolist() == [50]
    assert figures.series("accuracy:out", "validation") is not None
    assert figures.series("learning_rate", "batches").points == 2  # type: ignore[union-attr]


def test_older_events_without_steps_and_rates_do() -> None:
    figures = Figures()
    old = {"event": "progress", "epoch": 1, "epochs": 10, "fraction": 0.5, "loss": 2.3, "accuracy": None}
    figures.take(old)
    assert figures.live["loss"][0] == 0.5 and figures.quantities == ["loss"]
    for number in (1, 2):
        figures.take({"event": "epoch", "epoch": number, "epochs": 10, "loss": 1.0, "accuracy": None, "seconds": 3.0})
    assert figures.series("loss", "training").over("time").x.tolist() == [3.0, 6.0]  # type: ignore[union-attr]
    assert not figures.live


def test_a_progress_that_is_late_does_not_go_back() -> None:
    figures = Figures()
    figures.take(epoch(1))
    figures.take(progress(1, 0.9, 2.0))
    assert not figures.live and figures.series("loss", "batches") is None


def test_columns_of_an_earlier_run_are_figures_too() -> None:
    columns = {
        "epoch": np.array([1, 2]),
        "loss": np.array([2.0, 1.0]),
        "validation_accuracy": np.array(["", "0.5"]),
        "seconds": np.array([3.0, 3.0]),
        "loss:out": np.array([0.2, 0.1]),
        "rate:hidden": np.array([10.0, 12.0]),
    }
    figures = Figures.of_columns(columns)
    assert figures.series("loss", "training").over("time").x.tolist() == [3.0, 6.0]  # type: ignore[union-attr]
    assert figures.series("accuracy", "validation").over("epoch").x.tolist() == [2.0]  # type: ignore[union-attr]
    assert figures.series("rate:hidden", "batches").points == 2  # type: ignore[union-attr]

"""The Yin-Yang set follows its published recipe, and its seeds."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.data import load_dataset
from spikeloom.data.yin_yang import DOT, YANG, YIN, classify


def published_class(x: float, y: float) -> int:
    """The class of a point inside of the figure, by the formulas of the paper's appendix, one point at a time."""
    small, big = 0.1, 0.5
    right, left = np.hypot(x - 1.5 * big, y - big), np.hypot(x - 0.5 * big, y - big)
    if right < small or left < small:
        return DOT
    is_yin = right <= small or small < left <= 0.5 * big or (y > big and right > 0.5 * big)
    return YIN if is_yin else YANG


def test_points_have_the_classes_of_the_figure():
    points = np.random.default_rng(0).random((5000, 2))
    inside = np.hypot(*(points - 0.5).T) <= 0.5
    classes = classify(points)
    assert (classes[~inside] == -1).all()
    assert classes[inside].tolist() == [published_class(x, y) for x, y in points[inside]]


@pytest.mark.parametrize(
    ("point", "expected"),
    [((0.25, 0.5), DOT), ((0.75, 0.55), DOT), ((0.5, 0.9), YIN), ((0.5, 0.1), YANG), ((0.25, 0.3), YIN),
     ((0.75, 0.7), YANG), ((0.02, 0.02), -1)],
)  # fmt: skip
def test_some_points_that_one_can_see(point, expected):
    assert classify(np.array([point]))[0] == expected


def test_the_examples():
    splits = load_dataset(sp.YinYang(train_size=3000, test_size=500, bias=0.7))
    assert {split: arrays.x.shape for split, arrays in splits.items()} == {"train": (3000, 5), "test": (500, 5)}
    x = splits["train"].x
    np.testing.assert_allclose(x[:, 2:4], 1 - x[:, :2], atol=1e-6)
    assert (x[:, 4] == np.float32(0.7)).all()
    assert classify(x[:, :2].astype(float)).tolist() == splits["train"].labels.tolist()
    # Each class is drawn with the same probability.
    assert (abs(np.bincount(splits["train"].labels) - 1000) < 5 * np.sqrt(3000 * 2 / 9)).all()


def test_seeds_fix_the_points_and_no_split_shares_any():
    first, again, other = (load_dataset(sp.YinYang(data_seed=seed)) for seed in (3, 3, 4))
    for split in ("train", "test"):
        np.testing.assert_array_equal(first[split].x, again[split].x)
        np.testing.assert_array_equal(first[split].labels, again[split].labels)
        assert not (first[split].x[:10, :2] == other[split].x[:10, :2]).any()
    points = [{row.tobytes() for row in first[split].x} for split in ("train", "test")]
    assert not points[0] & points[1]


def test_a_larger_set_is_another_draw_of_the_right_size():
    assert len(load_dataset(sp.YinYang(train_size=1, test_size=1))["train"]) == 1

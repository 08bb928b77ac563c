"""Random manifolds: each channel's time is a smooth function of the coordinates, the same for a seed."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.data import load_dataset
from spikeloom.data.randman import manifold
from spikeloom.errors import UserError


def small(**fields) -> sp.Randman:
    return sp.Randman(**{"channels": 12, "classes": 3, "train_size": 120, "test_size": 30} | fields)


def test_each_channel_spikes_once_within_the_time():
    splits = load_dataset(small())
    assert {name: len(part) for name, part in splits.items()} == {"train": 120, "test": 30}
    for part in splits.values():
        ids = part.x.ids.reshape(len(part), 12)
        assert (np.sort(ids) == np.arange(12)).all()
        assert part.x.times.min() >= 0 and part.x.times.max() <= 100
    labels = np.concatenate([part.labels for part in splits.values()])
    assert np.bincount(labels).tolist() == [50, 50, 50]
    times = np.concatenate([part.x.times.reshape(-1, 12) for part in splits.values()])
    for label in range(3):  # the times of a class fill the range
        np.testing.assert_allclose(times[labels == label].min(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(times[labels == label].max(axis=0), 100, rtol=1e-5)


def test_several_spikes_of_a_channel():
    train = load_dataset(small(spikes=3))["train"]
    assert (np.diff(train.x.offsets) == 36).all()
    assert (np.bincount(train.x.ids) == 3 * 120).all()


def test_the_seed_decides():
    first, again, other = (load_dataset(small(data_seed=seed))["train"].x.times for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_manifold_is_the_formula_of_the_paper():
    dataset = small(channels=2, dimensions=2, terms=4, smoothness=1.5)
    points = np.random.default_rng(0).random((5, 2))
    found = manifold(points, dataset, np.random.default_rng(7))
    rng = np.random.default_rng(7)
    expected = np.ones((5, 2))
    for d in range(2):
        a, b, c = rng.random((3, 2, 4))
        for example in range(5):
            for channel in range(2):
                expected[example, channel] *= sum(
                    a[channel, k - 1]
                    * k**-1.5
                    * np.sin(2 * np.pi * (k * points[example, d] * b[channel, k - 1] + c[channel, k - 1]))
                    for k in range(1, 5)
                )
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_larger_exponent_makes_it_smoother():
    line = np.linspace(0, 1, 400)[:, None]
    rough, smooth = (
        np.abs(
            np.diff(manifold(line, small(dimensions=1, smoothness=alpha), np.random.default_rng(3)), 2, axis=0)
        ).mean()
        for alpha in (0.5, 3.0)
    )
    assert rough > 20 * smooth


def test_too_many_spikes_are_refused():
    with pytest.raises(UserError, match="spikes found, expected at most"):
        small(train_size=10**7, channels=10**5)
    with pytest.raises(UserError, match="terms to be summed"):
        small(train_size=10**6, channels=90, terms=1000, dimensions=16)

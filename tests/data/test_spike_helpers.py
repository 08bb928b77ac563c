"""Spikes as numpy arrays: there and back, and what is no spikes."""

from __future__ import annotations

import doctest
from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom import spikes


def drawn(examples: int = 6, seed: int = 0) -> spikes.SpikeData:
    rng = np.random.default_rng(seed)
    lengths = [0, *rng.integers(1, 40, examples - 1)]
    return spikes.batch(
        spikes.preprocess(rng.uniform(0, 25, n), rng.integers(0, 9, n), dt=0.5, timesteps=50) for n in lengths
    )


def same(one: spikes.SpikeData, other: spikes.SpikeData) -> bool:
    pairs = ((one.offsets, other.offsets), (one.steps, other.steps), (one.ids, other.ids))
    return all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in pairs)


def test_the_examples_of_the_docstrings_are_true() -> None:
    tested = doctest.testmod(spikes)
    assert tested.attempted >= 8 and tested.failed == 0


def test_dense_and_back() -> None:
    given = drawn()
    dense = spikes.to_dense(given, 50, 9)
    assert dense.shape == (6, 50, 9) and dense.sum() == len(given.ids)
    assert same(spikes.from_dense(dense), given)
    np.testing.assert_array_equal(spikes.to_dense(given, 50, (3, 3)).reshape(6, 50, 9), dense)
    np.testing.assert_array_equal(spikes.to_dense(given, 20, 9), dense[:, :20])


def test_events_and_back() -> None:
    given = drawn()
    assert same(spikes.from_events(spikes.to_events(given, 0.5), 0.5), given)


def test_neurons_change_places_and_back() -> None:
    given, order = drawn(), np.random.default_rng(1).permutation(9)
    moved = spikes.permute(given, order)
    np.testing.assert_array_equal(spikes.to_dense(moved, 50, 9)[:, :, order], spikes.to_dense(given, 50, 9))
    spikes.check_spikes(moved, 9)
    assert same(spikes.permute(moved, np.argsort(order)), given)


def test_the_latest_spike_is_that_of_any_example() -> None:
    given = drawn()
    assert spikes.latest_spike_time(given, 0.5) == max(t.max() for t, _ in spikes.to_events(given, 0.5) if len(t))
    assert spikes.latest_spike_time(spikes.preprocess([], [], 1.0), 1.0) == 0.0


def test_a_batch_of_nothing_has_no_examples() -> None:
    assert len(spikes.batch([])) == 0
    assert spikes.to_dense(spikes.batch([]), 5, 3).shape == (0, 5, 3)


def test_a_model_takes_them() -> None:
    with sl.Network() as network:
        sl.Population("spike_input", 9, "input")
        sl.Population(sl.LI(readout="avg_var"), 3, "output")
        sl.Connection("input", "output", sl.Dense(sl.Normal(0.1, 0.1)))
    model = sl.Model(network, dt=0.5, example_time=25.0)
    given = drawn()
    as_spikes, as_array = (model.predict(x) for x in (given, spikes.to_dense(given, 50, 9)))
    np.testing.assert_array_equal(as_spikes.outputs["output"], as_array.outputs["output"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: spikes.preprocess([-1.0], [0], 1.0), "a spike before 0 ms was found"),
        (lambda: spikes.preprocess([np.nan], [0], 1.0), "NaN or infinite"),
        (lambda: spikes.preprocess([1.0, 2.0], [0], 1.0), "expected two arrays of one length"),
        (lambda: spikes.permute(drawn(), [0, 0, 1]), "expected each number from 0 on once"),
        (lambda: spikes.permute(drawn(), [0, 1, 2]), "3 numbers were found, and a spike of neuron 8"),
        (lambda: spikes.to_dense(drawn(), 50, 4), "a spike of neuron"),
        (lambda: spikes.to_dense(drawn(), 10**9, 9), "Take some examples at a time"),
    ],
)
def test_what_is_no_spikes_is_said(make: Any, message: str) -> None:
    with pytest.raises(sl.UserError) as raised:
        make()
    assert message in str(raised.value)

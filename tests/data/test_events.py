"""Recorded spikes: into timesteps, and picked by example."""

from __future__ import annotations

import numpy as np
import pytest

from spikeloom.data import Events, events, in_steps
from spikeloom.data.spikes import check_spikes, distinct


def drawn(seed: int, examples: int = 30, neurons: int = 7) -> Events:
    """Spikes in no order, some examples without any."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 25, examples) * (rng.random(examples) < 0.8)
    count = int(lengths.sum())
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    return Events(offsets, rng.uniform(0, 20, count), rng.integers(0, neurons, count).astype(np.int32))


def one_by_one(found: Events, dt: float, timesteps: int) -> list[list[tuple[int, int]]]:
    """(step, neuron) of the spikes of each example, sorted and each once."""
    trains = []
    for start, end in zip(found.offsets[:-1], found.offsets[1:], strict=True):
        train = set()
        for time, neuron in zip(found.times[start:end], found.ids[start:end], strict=True):
            step = int(float(time) / dt + 1e-9)
            if step < timesteps:
                train.add((step, int(neuron)))
        trains.append(sorted(train))
    return trains


@pytest.mark.parametrize("at_once", [1, 10, 2**21])
@pytest.mark.parametrize(("dt", "timesteps"), [(1.0, 20), (0.1, 150), (5.0, 3), (0.3, 60)])
def test_each_spike_is_in_its_step(monkeypatch, at_once, dt, timesteps):
    monkeypatch.setattr(events, "SPIKES_AT_ONCE", at_once)
    given = drawn(0)
    found = in_steps(given, dt, timesteps)
    check_spikes(found, 7)
    pairs = list(zip(found.steps.tolist(), found.ids.tolist(), strict=True))
    trains = [pairs[a:b] for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]
    assert trains == one_by_one(given, dt, timesteps)
    assert (found.offsets.dtype, found.steps.dtype, found.ids.dtype) == (np.int64, np.int32, np.int32)


def test_two_spikes_of_a_neuron_in_a_step_are_one():
    given = Events(np.array([0, 4]), np.array([1.2, 1.9, 1.5, 2.0]), np.array([3, 3, 4, 3], np.int32))
    found = in_steps(given, 1.0, 10)
    assert (found.steps.tolist(), found.ids.tolist()) == ([1, 1, 2], [3, 4, 3])


def test_a_time_at_the_end_is_left_out_and_one_at_a_multiple_of_dt_stays():
    given = Events(np.array([0, 3]), np.array([0.3, 0.6, 0.9]), np.zeros(3, np.int32))
    assert in_steps(given, 0.1, 9).steps.tolist() == [3, 6]
    assert in_steps(given, 0.1, 10).steps.tolist() == [3, 6, 9]


def test_examples_are_taken_in_the_order_given_and_again():
    given = drawn(1)
    chosen = np.array([4, 0, 4, 29])
    expected = one_by_one(given, 1.0, 20)
    assert one_by_one(given.take(chosen), 1.0, 20) == [expected[number] for number in chosen]
    assert len(given.take(chosen)) == 4


def test_no_examples_and_no_spikes():
    nothing = Events(np.zeros(1, np.int64), np.zeros(0), np.zeros(0, np.int32))
    assert (len(nothing), len(in_steps(nothing, 1.0, 10))) == (0, 0)
    silent = Events(np.zeros(4, np.int64), np.zeros(0), np.zeros(0, np.int32))
    assert in_steps(silent, 1.0, 10).offsets.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(("neurons", "timesteps"), [(7, 20), (10**6, 10**4), (2**31 - 1, 2**31 - 1)])
def test_numbers_of_any_size_are_sorted_and_each_spike_is_there_once(neurons, timesteps):
    rng = np.random.default_rng(2)
    examples, ids = rng.integers(0, 50, 400), rng.integers(neurons - 5, neurons, 400)
    steps = rng.integers(timesteps - 4, timesteps + 2, 400)
    found = distinct(50, examples, steps + 0.5, ids, timesteps)
    check_spikes(found, neurons)
    expected = sorted({spike for spike in zip(examples, steps, ids, strict=True) if spike[1] < timesteps})
    of_spikes = np.repeat(np.arange(50), np.diff(found.offsets))
    assert list(zip(of_spikes, found.steps, found.ids, strict=True)) == expected

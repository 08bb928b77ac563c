"""Pattern generation: frozen spikes, curves of a few sines, and targets at the ends of the timesteps."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.data import load_dataset
from spikeloom.data.curves import FREQUENCIES, Curves


def test_the_spikes_have_their_rate_and_are_frozen():
    dataset = sp.Pattern(channels=50, rate=40.0, duration=2000.0, repeats=3)
    events = load_dataset(dataset)["train"].x
    assert len(events) == 3
    first = slice(events.offsets[0], events.offsets[1])
    for example in (1, 2):
        again = slice(events.offsets[example], events.offsets[example + 1])
        np.testing.assert_array_equal(events.times[again], events.times[first])
        np.testing.assert_array_equal(events.ids[again], events.ids[first])
    counts = np.bincount(events.ids[first], minlength=50)
    assert 0.9 < counts.mean() / 80 < 1.1  # 40 Hz for 2 s
    assert 0.6 < counts.var() / counts.mean() < 1.6  # as a Poisson process has it
    assert events.times.min() >= 0 and 1900 < events.times.max() < 2000


def test_the_curves_are_sums_of_the_sines_scaled_to_one():
    curves = load_dataset(sp.Pattern(curves=4))["test"].curves
    values = curves.sampled(0.5, 2000)
    assert values.shape == (1, 2000, 4) and values.dtype == np.float32
    np.testing.assert_allclose(np.abs(values).max(axis=(0, 1)), 1.0, atol=1e-3)
    # Of a whole second, sines of whole Hz stand apart in the spectrum; there are no others.
    spectrum = np.abs(np.fft.rfft(values[0], axis=0)) / 1000
    present = np.flatnonzero(spectrum.max(axis=1) > 1e-4)
    assert present.tolist() == list(FREQUENCIES)
    np.testing.assert_allclose(spectrum[present].T, curves.amplitudes[0], atol=1e-5)


@pytest.mark.parametrize("dt", [1.0, 0.3, 5.0])
def test_the_target_of_a_step_is_the_curve_at_its_end(dt):
    curves = load_dataset(sp.Pattern(curves=2, patterns=2))["test"].curves
    values = curves.sampled(dt, 30)
    for pattern in range(2):
        for step in (0, 1, 29):
            seconds = (step + 1) * dt / 1000
            for curve in range(2):
                sines = zip(FREQUENCIES, curves.amplitudes[pattern, curve], curves.phases[pattern, curve], strict=True)
                expected = sum(a * np.sin(2 * np.pi * f * seconds + phase) for f, a, phase in sines)
                assert values[pattern, step, curve] == pytest.approx(expected, abs=1e-6)


def test_the_targets_of_one_pattern_are_in_memory_once():
    curves = load_dataset(sp.Pattern(repeats=500))["train"].curves
    values = curves.sampled(1.0, 1000)
    assert values.shape == (500, 1000, 3)
    assert values.strides[0] == 0
    np.testing.assert_array_equal(values[499], curves.take(np.array([7])).sampled(1.0, 1000)[0])


def test_each_pattern_has_its_own_and_is_shown_as_often():
    dataset = sp.Pattern(patterns=3, repeats=2, channels=4)
    splits = load_dataset(dataset)
    assert (len(splits["train"]), len(splits["test"])) == (6, 3)
    assert splits["train"].labels is None
    values = splits["train"].curves.sampled(1.0, 100)
    np.testing.assert_array_equal(values[:3], values[3:])
    np.testing.assert_array_equal(values[:3], splits["test"].curves.sampled(1.0, 100))
    assert np.abs(values[0] - values[1]).max() > 0.1
    events = splits["train"].x
    assert events.times[: events.offsets[1]].tolist() == splits["test"].x.take(np.array([0])).times.tolist()
    chosen = splits["train"].take(np.array([5, 0]))
    np.testing.assert_array_equal(chosen.curves.sampled(1.0, 100), values[[2, 0]])
    assert len(chosen.x) == 2


def test_the_seed_decides_and_more_patterns_leave_the_first_as_it_was():
    def first(**fields) -> tuple[list, np.ndarray]:
        arrays = load_dataset(sp.Pattern(**fields))["test"].take(np.array([0]))
        return arrays.x.times.tolist(), arrays.curves.sampled(1.0, 50)

    times, values = first()
    for fields in ({}, {"patterns": 3}, {"repeats": 4}):
        assert first(**fields)[0] == times
        np.testing.assert_array_equal(first(**fields)[1], values)
    assert first(data_seed=1)[0] != times
    assert not np.array_equal(first(data_seed=1)[1], values)
    assert first(curves=5)[0] == times


def test_curves_of_no_examples():
    nothing = Curves(np.ones((1, 2, 4)), np.ones((1, 2, 4)), np.zeros(0, np.int64))
    assert nothing.sampled(1.0, 10).shape == (0, 10, 2)

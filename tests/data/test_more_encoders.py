"""Poisson rates, population codes and delta modulation: what comes of values, and what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import delta_modulation, encode, poisson_rate
from spikeloom.data.spikes import check_spikes
from spikeloom.genn.batch import SpikeData


def trains(spikes: SpikeData) -> list[list[tuple[int, int]]]:
    pairs = list(zip(spikes.steps.tolist(), spikes.ids.tolist(), strict=True))
    return [pairs[a:b] for a, b in zip(spikes.offsets[:-1], spikes.offsets[1:], strict=True)]


def same(one: SpikeData, other: SpikeData) -> bool:
    return trains(one) == trains(other)


# -- Poisson rates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [2**22, 500])
def test_a_neuron_spikes_as_often_as_its_value_says(monkeypatch: Any, at_once: int) -> None:
    monkeypatch.setattr(poisson_rate, "SPIKES_AT_ONCE", at_once)
    x = np.tile([0.0, 0.1, 0.5, 1.0], (400, 1))
    dt, timesteps = 2.0, 50
    found = encode(sl.PoissonRate(max_rate=200.0), x, dt, timesteps)
    check_spikes(found, 4)
    expected = 400 * timesteps * (1 - np.exp(-x[0] * 200.0 * dt / 1000))
    counts = np.bincount(found.ids, minlength=4)
    assert counts[0] == 0
    assert np.all(np.abs(counts - expected) < 4 * np.sqrt(expected + 1))
    per_step = np.bincount(found.steps, minlength=timesteps)
    assert per_step.max() < per_step.mean() + 5 * np.sqrt(per_step.mean())
    assert found.steps.max() == timesteps - 1  # the last step is as likely as any


def test_a_generator_decides_on_all_spikes_and_without_one_they_stay() -> None:
    x = np.random.default_rng(0).random((5, 30))
    encoder = sl.PoissonRate()
    drawn = [encode(encoder, x, 1.0, 100, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert same(drawn[0], drawn[1]) and not same(drawn[0], drawn[2])
    assert same(encode(encoder, x, 1.0, 100), encode(encoder, x, 1.0, 100))
    assert encoder.draws and not sl.LinearLatency().draws


def test_at_very_high_rates_a_neuron_spikes_once_in_every_step() -> None:
    found = encode(sl.PoissonRate(max_rate=10_000.0), np.ones((2, 3)), 10.0, 20)
    assert len(found.ids) == 2 * 3 * 20


def test_the_gain_raises_the_rate() -> None:
    x = np.full((200, 1), 0.2)
    slow, fast = (encode(sl.PoissonRate(gain=gain), x, 1.0, 100) for gain in (1.0, 5.0))
    assert 3.5 < len(fast.ids) / len(slow.ids) < 6


# -- population codes -------------------------------------------------------------------------------------------------


def test_the_neuron_that_prefers_the_value_spikes_first() -> None:
    encoder = sl.PopulationCode(neurons=5, width=0.7, encoder=sl.LinearLatency(0.0, 20.0, threshold=0.3))
    found = encode(encoder, np.array([[0.5, 0.0]]), 1.0, 21)
    first, second = ([(step, n) for step, n in trains(found)[0] if n // 5 == value] for value in (0, 1))
    next_to_it = int((1 - np.exp(-0.5 / 0.7**2)) * 20)
    assert first == [(0, 2), (next_to_it, 1), (next_to_it, 3)]
    assert second == [(0, 5), (next_to_it, 6)]


def test_activations_may_become_rates() -> None:
    encoder = sl.PopulationCode(neurons=3, width=0.5, encoder=sl.PoissonRate(max_rate=500.0))
    assert encoder.draws and not sl.PopulationCode().draws
    counts = np.bincount(encode(encoder, np.full((100, 1), 0.5), 1.0, 100).ids, minlength=3)
    assert counts[1] > 5 * counts[0] and counts[1] > 5 * counts[2]


def test_a_population_code_has_an_axis_more() -> None:
    encoder = sl.PopulationCode(neurons=6)
    assert encoder.input_shape((8, 8)) == (8, 8, 6)
    network = two_layers("spike_input")
    document = sl.Document(network, sl.Experiment(dataset=sl.Digits(encoder=encoder)))
    assert sl.infer_shapes(document)["input"] == (8, 8, 6)


def test_a_population_code_of_population_codes_is_refused() -> None:
    with pytest.raises(sl.UserError, match="'population_code' found, expected 'linear_latency' or"):
        sl.PopulationCode(encoder=sl.PopulationCode())


# -- delta modulation -------------------------------------------------------------------------------------------------


def by_hand(x: np.ndarray, threshold: float, sample_time: float, dt: float, timesteps: int) -> list[tuple[int, int]]:
    """The spikes of one example (samples, signals), one threshold after the other."""
    found = set()
    for signal in range(x.shape[1]):
        reached = x[0, signal]
        for sample in range(1, len(x)):
            before, after = x[sample - 1, signal], x[sample, signal]
            while abs(after - reached) >= threshold - 1e-9:
                reached += threshold if after > reached else -threshold
                time = (sample - 1 + (reached - before) / (after - before)) * sample_time
                found.add((int(time / dt + 1e-9), 2 * signal + int(after > before)))
    return sorted(pair for pair in found if pair[0] < timesteps)


@pytest.mark.parametrize(("sample_time", "dt"), [(5.0, 1.0), (1.0, 2.0), (0.7, 0.1)])
@pytest.mark.parametrize("at_once", [2**22, 50])
def test_a_spike_wherever_the_signal_has_moved_by_the_threshold(
    monkeypatch: Any, sample_time: float, dt: float, at_once: int
) -> None:
    monkeypatch.setattr(delta_modulation, "SPIKES_AT_ONCE", at_once)
    x = np.random.default_rng(3).random((4, 12, 3))
    x[2] = 0.4  # silent
    timesteps = int(12 * sample_time / dt)
    encoder = sl.DeltaModulation(threshold=0.13, sample_time=sample_time)
    found = encode(encoder, x, dt, timesteps)
    check_spikes(found, 6)
    assert encoder.input_shape((12, 3)) == (3, 2)
    for example, train in zip(x, trains(found), strict=True):
        assert train == by_hand(example, 0.13, sample_time, dt, timesteps)


def test_a_ramp_up_and_down_gives_as_many_spikes_of_each_kind() -> None:
    ramp = np.concatenate([np.linspace(0, 1, 11), np.linspace(1, 0, 11)[1:]])[None, :, None]
    ids = encode(sl.DeltaModulation(threshold=0.1), ramp, 1.0, 30).ids
    assert np.bincount(ids).tolist() == [10, 10]


def test_no_samples_at_all() -> None:
    for shape in ((0, 5, 2), (2, 0, 2), (2, 1, 2)):
        assert len(encode(sl.DeltaModulation(), np.zeros(shape), 1.0, 10).ids) == 0


# -- what does not fit ------------------------------------------------------------------------------------------------


def two_layers(neuron: str) -> sl.Network:
    with sl.Network() as network:
        sl.Population(neuron, name="input")
        sl.Population(sl.LI(readout="avg_var"), name="output")
        sl.Connection("input", "output", sl.Dense(sl.Normal(0.1, 0.1)))
    return network


def errors(document: sl.Document) -> list[sl.Problem]:
    return [problem for problem in sl.validate(document) if problem.severity == "error"]


def test_delta_modulation_of_a_still_image_is_refused_with_a_way_out() -> None:
    document = sl.Document(two_layers("spike_input"), sl.Experiment(dataset=sl.Digits(encoder="delta_modulation")))
    found = errors(document)
    assert [problem.place for problem in found] == ["experiment.dataset.encoder"]
    assert "stand still" in found[0].message
    assert found[0].fix is not None
    document.experiment.dataset = sl.Digits(encoder=found[0].fix.value)
    assert errors(document) == []


def test_direct_current_asks_for_an_input_that_takes_numbers() -> None:
    document = sl.Document(two_layers("spike_input"), sl.Experiment(dataset=sl.Digits(encoder="direct_current")))
    found = errors(document)
    assert [problem.place for problem in found] == ["network.populations[0].neuron"]
    assert found[0].fix is not None and found[0].fix.value == {"type": "lif_input"}
    for neuron in ("lif_input", "if_input"):
        document.network.populations[0].neuron = neuron  # type: ignore[assignment]
        assert errors(document) == []


def test_the_latest_spike_of_an_encoder_within_is_warned_of_where_it_is() -> None:
    late = sl.PopulationCode(encoder=sl.LinearLatency(max_time=500.0))
    document = sl.Document(two_layers("spike_input"), sl.Experiment(dataset=sl.Digits(encoder=late)))
    assert [p.place for p in sl.validate(document)] == ["experiment.dataset.encoder.encoder.max_time"]

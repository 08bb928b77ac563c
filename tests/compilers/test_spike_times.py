"""Outputs read by their first spike: what is read, and how an output that stays silent is brought back."""

from __future__ import annotations

import numpy as np
import pytest

from spikeloom.backends.interface import RecordSpikes
from tests.compilers.nets import Case, Draw, Engine, data, draw

CASE = Case(hidden=(6,), spiking_output=True)
DT = 0.25
CROSS_ENTROPY = {"type": "sparse_categorical_crossentropy", "temperature": 2.0}
LOSSES = [CROSS_ENTROPY, {"type": "relative_mean_square_error", "delta": 4.0}]


def with_silent(outputs: list[int], label: int) -> Draw:
    """A draw in which some outputs get no input to speak of."""
    drawn = draw(CASE, 3)
    drawn.weights["hidden0", "output"][:, outputs] = 0.01
    drawn.label = label
    return drawn


def output_spikes(engine: Engine, batch) -> tuple[np.ndarray, np.ndarray]:
    record = [RecordSpikes("output")]
    steps = engine.compiled.timesteps
    return engine.runtime.run("predict", batch, [np.array([0])], timesteps=steps, record=record).recording.spikes[
        "output"
    ][0]


@pytest.mark.parametrize("loss", LOSSES, ids=["cross-entropy", "relative"])
def test_what_is_read_and_its_loss(loss):
    drawn = with_silent([2], 0)
    engine, batch = Engine(CASE, drawn, DT, "first_spike_time", loss), data(drawn, DT)
    steps, ids = output_spikes(engine, batch)
    expected = np.array([-steps[ids == n].min() * DT if (ids == n).any() else -CASE.t_end for n in range(3)])
    assert len(ids) > 2
    assert expected[2] == -CASE.t_end
    value, y = engine.loss(batch)
    np.testing.assert_allclose(y, expected)
    if loss is CROSS_ENTROPY:
        assert value == pytest.approx(-y[0] / 2 + np.log(np.exp(y / 2).sum()))
    else:
        assert value == pytest.approx(np.mean((y[0] - y[1:] - 4.0) ** 2))


@pytest.mark.parametrize("loss", LOSSES, ids=["cross-entropy", "relative"])
def test_the_silent_output_of_the_class_is_pushed(loss):
    """Each spike of a hidden neuron that reaches it asks for a larger weight, the later the more; hidden neurons learn
    from it too.
    """
    drawn = with_silent([0, 1, 2], 1)
    engine, batch = Engine(CASE, drawn, DT, "first_spike_time", loss), data(drawn, DT)
    assert not len(output_spikes(engine, batch)[1])
    gradients = engine.gradients(batch)
    to_output = gradients["hidden0", "output"]
    active = np.bincount(hidden_ids(engine, batch), minlength=6) > 0
    assert active.any()
    assert (to_output[active, 1] < 0).all()
    assert (to_output[:, [0, 2]] == 0).all()
    assert np.abs(gradients["input", "hidden0"]).max() > 0


def test_a_silent_output_of_another_class_stays_as_it_is():
    drawn = with_silent([2], 0)
    engine, batch = Engine(CASE, drawn, DT, "first_spike_time", CROSS_ENTROPY), data(drawn, DT)
    to_output = engine.gradients(batch)["hidden0", "output"]
    assert (to_output[:, 2] == 0).all()
    assert np.abs(to_output[:, 0]).max() > 0


@pytest.mark.parametrize("loss", LOSSES, ids=["cross-entropy", "relative"])
def test_a_class_that_fell_silent_learns_to_spike_first(loss):
    drawn = with_silent([0, 1, 2], 1)
    engine, batch = Engine(CASE, drawn, DT, "first_spike_time", loss), data(drawn, DT)
    timesteps = engine.compiled.timesteps
    for step in range(1, 400):
        dynamic = engine.compiled.dynamic(step, [1])
        dynamic |= {key: np.array([0.02]) for key in dynamic if key[1] == "Alpha"}
        engine.runtime.run("train", batch, [np.array([0])], update=True, dynamic=dynamic, timesteps=timesteps)
    value, y = engine.loss(batch)
    assert y.argmax() == 1
    assert y[1] > -CASE.t_end
    assert value < 0.5


def test_nothing_behind_the_first_spike_matters():
    """Input that arrives when every output has spiked changes later spikes and no gradient."""
    drawn = draw(CASE, 3)
    engine = Engine(CASE, drawn, DT, "first_spike_time", CROSS_ENTROPY)
    before = data(drawn, DT)
    last = -engine.loss(before)[1].min()
    assert last < CASE.t_end - 5
    drawn.times[0] = np.append(drawn.times[0], [last + 1.0, last + 2.0])
    after = data(drawn, DT)
    assert len(output_spikes(engine, after)[1]) != len(output_spikes(engine, before)[1])
    first, second = engine.gradients(before), engine.gradients(after)
    for pair, values in first.items():
        np.testing.assert_array_equal(values, second[pair])


def hidden_ids(engine: Engine, batch) -> np.ndarray:
    record, steps = [RecordSpikes("hidden0")], engine.compiled.timesteps
    result = engine.runtime.run("predict", batch, [np.array([0])], timesteps=steps, record=record)
    return result.recording.spikes["hidden0"][0][1]

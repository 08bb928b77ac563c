"""Models read by first spikes from Python: ranges of intensities, silence, losses that run away, checkpoints."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl

X = np.random.default_rng(0).random((12, 6))
Y = np.arange(12) % 3


def make(weight: float = 3.0, **learning) -> sl.Model:
    with sl.Network() as net:
        source = sl.Population("spike_input", 6, name="in")
        hidden = sl.Population(sl.LIF(), 8, name="hidden")
        output = sl.Population(sl.LIF(readout="first_spike_time"), 3, name="out")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(weight, weight / 3)), sl.Exponential(5.0))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(weight / 2, weight / 4)), sl.Exponential(5.0))
    return sl.Model(net, sl.EventProp(**learning), example_time=30.0, encoder="linear_latency", batch_size=4)


def test_silence_is_no_answer():
    """With silent outputs all readouts are equal: nothing was predicted, and nothing is right."""
    model = make(0.01)
    prediction = model.predict(X, sl.SpikeRecorder("out"))
    assert not any(len(train.neurons) for train in prediction.spikes["out"])
    assert (prediction.y == -30.0).all()
    found = model.evaluate(X, Y)
    assert found["accuracy"] == 0.0
    assert found["loss"] == pytest.approx(np.log(3))


def test_first_spikes_answer():
    model = make()
    prediction = model.predict(X, sl.SpikeRecorder("out"))
    for y, train in zip(prediction.y, prediction.spikes["out"], strict=True):
        first = [train.times[train.neurons == n].min(initial=30.0) for n in range(3)]
        np.testing.assert_array_equal(-y, first)
    decided = np.ptp(prediction.y, axis=1) > 0
    assert decided.any()
    assert model.evaluate(X, Y)["accuracy"] == pytest.approx(((prediction.labels == Y) & decided).mean())


@pytest.mark.parametrize(
    ("x", "found"),
    [((X * 255).astype(np.uint8), "from 0 to 25"), (X * 16, "from 0.0"), (X - 0.5, "from -0.4"), (X * 1.1, "to 1.0")],
)
def test_intensities_beyond_0_to_1_are_refused(x, found):
    with pytest.raises(sl.UserError, match="expected 0 to 1") as caught:
        make().predict(x)
    assert found in caught.value.message
    assert "x / 255" in caught.value.hint


@pytest.mark.parametrize("kind", [np.uint8, np.int64, bool, float])
def test_what_a_number_means_does_not_depend_on_its_type(kind):
    spikes = make().predict((X > 0.5).astype(kind), sl.SpikeRecorder("in")).spikes["in"]
    assert [sorted(train.neurons) for train in spikes] == [np.flatnonzero(row > 0.5).tolist() for row in X]


@pytest.mark.parametrize(
    "loss", [sl.SparseCategoricalCrossentropy(temperature=1e-37), sl.RelativeMeanSquareError(1e30)]
)
def test_a_loss_that_runs_away_is_said(loss):
    with pytest.raises(sl.RunError, match="infinite or NaN"):
        make(loss=loss).train(X, Y, epochs=2)


def test_targets_in_place_of_labels_are_said():
    with pytest.raises(sl.UserError, match="y: targets were given, and the loss needs integer labels"):
        make(loss="relative_mean_square_error").train(X, np.eye(3)[Y])


def test_a_checkpoint_without_means_brings_back_the_first_ones(tmp_path):
    plain, regularised = make(), make(reg_lambda_upper=1e-3, reg_nu_upper=2.0)
    regularised.train(X, Y, epochs=2)
    session = regularised.session
    assert (session.runtime.get("hidden", "MeanSpikes") != 2.0).any()
    plain.train(X, Y, epochs=1)
    session.restore(plain.session.state(), {})
    assert (session.runtime.get("hidden", "MeanSpikes") == 2.0).all()
    for name, values in plain.session.state().items():
        np.testing.assert_array_equal(session.state()[name], values)

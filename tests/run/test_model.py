"""The Python interface as a library user sees it: numpy in, numpy out, recorded and stopped."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import encode
from spikeloom.errors import UserError
from spikeloom.run import Control
from tests.run.toy_model import CLASSES, HIDDEN, make, same, toy

X, Y = toy(10)


# -- train, evaluate, predict -----------------------------------------------------------------------------------------


def test_a_model_learns_and_says_how_it_went():
    model, (x, labels) = make(), toy()
    before = model.evaluate(x, labels)
    seen = []
    history = model.train(x, labels, epochs=15, on_epoch=seen.append)
    after = model.evaluate(x, labels)
    assert after["accuracy"] > 0.9 > before["accuracy"]
    assert after["examples"] == 60
    figures = {"epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "seconds"}
    course = {"step", "elapsed", "learning_rate"}
    assert set(history) == figures | course | {"rate:source", "rate:hidden"}
    assert history["step"].tolist() == [batches * epoch for epoch in range(1, 16) for batches in [history["step"][0]]]
    assert (np.diff(history["elapsed"]) > 0).all() and (history["rate:source"] > 0).all()
    assert history["epoch"].tolist() == list(range(1, 16)) == [metrics.epoch for metrics in seen]
    assert history["loss"][-1] < history["loss"][0] / 2
    assert np.isnan(history["validation_loss"]).all()
    assert (history["seconds"] > 0).all()
    fresh_x, fresh_labels = toy(seed=1)
    assert (model.predict(fresh_x).labels == fresh_labels).mean() > 0.9


def test_training_again_goes_on():
    whole, parts = make(), make()
    x, labels = toy()
    whole.train(x, labels, epochs=4)
    first, second = parts.train(x, labels, epochs=1), parts.train(x, labels, epochs=3)
    assert [*first["epoch"], *second["epoch"]] == [1, 2, 3, 4]
    assert same(whole.weights, parts.weights)


def test_the_same_seed_gives_the_same_numbers():
    x, labels = toy()
    runs = []
    for seed, threads in ((1, 1), (1, 3), (2, 2)):
        model = make(seed=seed, threads=threads)
        history = model.train(x, labels, epochs=2)
        runs.append((model.weights, history["loss"]))
    assert same(runs[0][0], runs[1][0])
    np.testing.assert_array_equal(runs[0][1], runs[1][1])
    assert not same(runs[0][0], runs[2][0])


def test_evaluate_is_the_loss_and_accuracy_of_the_predictions():
    model, (x, labels) = make(), toy()
    y = model.predict(x).y.astype(float)
    assert y.shape == (60, CLASSES)
    chances = np.exp(y - y.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    found = model.evaluate(x, labels)
    assert found["loss"] == pytest.approx(-np.log(chances[np.arange(60), labels]).mean(), rel=1e-5)
    assert found["accuracy"] == (y.argmax(axis=1) == labels).mean()
    np.testing.assert_array_equal(model.predict(x).labels, y.argmax(axis=1))


def test_predicting_changes_nothing_and_is_the_same_for_any_number_of_examples():
    model, (x, _) = make(), toy(600)  # more than an evaluation batch
    before = model.weights
    y = model.predict(x).y
    assert y.shape == (600, CLASSES)
    np.testing.assert_array_equal(model.predict(x[300:302]).y, y[300:302])
    assert same(before, model.weights)


def test_a_model_that_does_not_learn_runs_and_says_so_when_asked_to():
    model, (x, labels) = make(infer=True), toy()
    assert model.predict(x).y.shape == (60, CLASSES)
    found = model.evaluate(x, labels)
    assert np.isnan(found["loss"])
    assert 0 <= found["accuracy"] <= 1
    with pytest.raises(UserError, match="there is no learning rule to train with"):
        model.train(x, labels)


def test_mean_square_targets():
    """Any targets can be learnt; labels stand for 1 and 0."""
    rule = sl.EventProp(loss="mean_square_error", optimiser=sl.Adam(0.02))
    model, (x, labels) = make(rule), toy()
    targets = np.stack([np.where(labels == 0, 0.6, -0.2), np.where(labels == 1, 0.5, 0.0), labels * 0.2], axis=1)
    found = model.evaluate(x, targets)
    y = model.predict(x).y
    assert found["loss"] == pytest.approx(((y - targets) ** 2).mean(), rel=1e-5)
    assert np.isnan(found["accuracy"])
    history = model.train(x, targets, epochs=30)
    assert history["loss"][-1] < history["loss"][0] / 4
    assert np.abs(model.predict(x).y - targets).mean() < 0.12
    of_labels, of_targets = model.evaluate(x, labels), model.evaluate(x, np.eye(CLASSES)[labels])
    assert of_labels["loss"] == of_targets["loss"]
    assert 0 <= of_labels["accuracy"] <= 1
    whole = model.evaluate(x, np.eye(CLASSES, dtype=int)[labels])
    assert whole["loss"] == of_targets["loss"]


# -- validation -------------------------------------------------------------------------------------------------------


def test_a_validation_split_is_watched_and_not_trained_on():
    x, labels = toy(50)
    model = make()
    history = model.train(x, labels, epochs=3, validation_split=0.2)
    assert np.isfinite(history["validation_loss"]).all()
    order = np.random.default_rng(1).permutation(50)
    held, rest = np.sort(order[:10]), np.sort(order[10:])
    by_hand = make()
    again = by_hand.train(x[rest], labels[rest], epochs=3, validation_data=(x[held], labels[held]))
    assert same(model.weights, by_hand.weights)
    for name in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
        np.testing.assert_array_equal(history[name], again[name])
    last = by_hand.evaluate(x[held], labels[held])
    assert history["validation_loss"][-1] == last["loss"]
    assert history["validation_accuracy"][-1] == last["accuracy"]
    assert last["examples"] == 10
    # What is held out does not matter to the weights.
    shuffled = labels.copy()
    shuffled[held] = (labels[held] + 1) % CLASSES
    other = make()
    other.train(x, shuffled, epochs=3, validation_split=0.2)
    assert same(model.weights, other.weights)


@pytest.mark.parametrize("share", [1.0, -0.1, 2])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(UserError, match=r"validation_split: .* found, expected a share between 0 and 1"):
        make().train(*toy(), validation_split=share)


def test_training_on_nothing_is_refused():
    x, labels = toy(5)
    with pytest.raises(UserError, match="no examples"):
        make().train(x[:0], labels[:0])
    with pytest.raises(UserError, match="no examples"):
        make().train(x, labels, validation_split=0.95)


# -- recordings -------------------------------------------------------------------------------------------------------


def test_recorders_give_times_neurons_and_voltages():
    model = make(dt=0.5)
    dense = model.session.compiled.timesteps
    assert dense == 40
    recorders = [
        sl.SpikeRecorder(population="source"),
        sl.SpikeRecorder(population="hidden"),
        sl.VariableRecorder("hidden", "V"),
        sl.VariableRecorder("output", "V", [2, 0]),
    ]
    x, _ = toy(300)
    found = model.predict(x, recorders)
    np.testing.assert_array_equal(found.y, model.predict(x).y)
    given = encode(sl.LinearLatency(), x, 0.5, 40)
    for example in (0, 1, 299):
        where = slice(given.offsets[example], given.offsets[example + 1])
        np.testing.assert_array_equal(found.spikes["source"][example].times, given.steps[where] * 0.5)
        np.testing.assert_array_equal(found.spikes["source"][example].neurons, given.ids[where])
    assert found.variables["hidden", "V"].shape == (300, 40, HIDDEN)
    assert found.variables["output", "V"].shape == (300, 40, 2)
    # The readout is the average of the voltage that was recorded.
    mean = found.variables["output", "V"].mean(axis=1)
    np.testing.assert_allclose(mean, found.y[:, [2, 0]], rtol=1e-4, atol=1e-6)
    for train, v in zip(found.spikes["hidden"], found.variables["hidden", "V"], strict=True):
        steps = (train.times / 0.5).astype(int)
        assert not v[steps, train.neurons].any()
    assert sum(len(train.times) for train in found.spikes["hidden"]) > 300


def test_a_recorder_of_some_neurons_leaves_out_the_others():
    model, (x, _) = make(), toy(20)
    whole = model.predict(x, [sl.SpikeRecorder(population="hidden")]).spikes["hidden"]
    some = model.predict(x, [sl.SpikeRecorder(population="hidden", neurons=[3, 7])]).spikes["hidden"]
    total = 0
    for all_of_them, chosen in zip(whole, some, strict=True):
        keep = np.isin(all_of_them.neurons, [3, 7])
        np.testing.assert_array_equal(chosen.times, all_of_them.times[keep])
        np.testing.assert_array_equal(chosen.neurons, all_of_them.neurons[keep])
        total += len(chosen.times)
    assert total > 10


def test_one_train_per_example_however_often_a_population_is_recorded():
    model, (x, _) = make(), toy(5)
    recorder = sl.SpikeRecorder(population="hidden")
    found = model.predict(x, [recorder, recorder]).spikes["hidden"]
    once = model.predict(x, recorder).spikes["hidden"]  # a list is not needed for one
    assert len(found) == len(once) == 5
    for first, second in zip(found, once, strict=True):
        np.testing.assert_array_equal(first.times, second.times)


@pytest.mark.parametrize(
    ("recorder", "message"),
    [
        (sl.SpikeRecorder(population="hiden"), "record: no population 'hiden'; did you mean 'hidden'?"),
        (sl.SpikeRecorder(population="hidden", neurons=[HIDDEN]), "record: 12 found, 'hidden' has neurons 0 to 11"),
        (sl.VariableRecorder("hidden", "v"), "record: no variable 'v' in 'hidden' (known: V"),
        (sl.VariableRecorder("output", "V", [-1]), "record: -1 found, 'output' has neurons 0 to 2"),
        ("hidden", "record: str found, expected a recorder"),
    ],
)
def test_recorders_that_do_not_fit_are_refused(recorder, message):
    with pytest.raises(UserError) as caught:
        make().predict(X, [recorder])
    assert str(caught.value).startswith(message)


# -- stopping ---------------------------------------------------------------------------------------------------------


def test_stop_from_another_thread_ends_training_and_the_model_lives_on():
    model, (x, labels) = make(), toy(200)
    control, events = Control(), []

    def listen(event: dict) -> None:
        events.append(event)
        if event["event"] == "epoch" and event["epoch"] == 3:
            thread = threading.Thread(target=control.stop)
            thread.start()
            thread.join()

    history = model.train(x, labels, epochs=10_000, control=control, listener=listen)
    assert history["epoch"].tolist() == [1, 2, 3]
    assert {event["event"] for event in events} == {"progress", "epoch", "evaluated"}
    reference = make()
    reference.train(x, labels, epochs=3)
    assert same(model.weights, reference.weights)
    # The stop was for that training: the next call has another control.
    assert len(model.train(x, labels, epochs=1)["epoch"]) == 1
    assert model.predict(x).y.shape == (200, CLASSES)


@pytest.mark.parametrize("epochs", [-1, 1.5, True, "3"])
def test_what_is_no_number_of_epochs_is_refused(epochs):
    model, (x, labels) = make(), toy()
    with pytest.raises(UserError, match="expected a whole number of at least 0") as caught:
        model.train(x, labels, epochs=epochs)
    assert caught.value.place == "epochs" and model.session.step == 0


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.001, "of 60 examples that is none"),
        (-0.5, "expected a share between 0 and 1"),
        ("0.2", "expected a share"),
        (float("nan"), "expected a share"),
    ],
)
def test_a_share_that_holds_nothing_out_is_refused(share, words):
    model, (x, labels) = make(), toy()
    with pytest.raises(UserError, match=words) as caught:
        model.train(x, labels, epochs=1, validation_split=share)
    assert caught.value.place == "validation_split" and model.session.step == 0

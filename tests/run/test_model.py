"""The Python interface as a library user sees it: numpy in, numpy out, and errors that say what to change."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import encode, from_dense, spike_data
from spikeloom.errors import UserError
from spikeloom.run import Control, Model, load

INPUTS, HIDDEN, CLASSES, TIME = 6, 12, 3, 20.0


def network() -> sl.Network:
    with sl.Network() as net:
        source = sl.Population("spike_input", INPUTS, name="source")
        hidden = sl.Population(sl.LIF(tau_mem=20.0), HIDDEN, name="hidden")
        output = sl.Population(sl.LI(tau_mem=20.0, readout="avg_var"), CLASSES, name="output")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(2.0, 1.5)), sl.Exponential(5.0))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.4)), sl.Exponential(5.0))
    return net


def make(
    learning: sl.Learning | None = None, encoder: object = "linear_latency", infer: bool = False, **settings: object
) -> Model:
    """A model of three classes; `infer`: one that does not learn."""
    rule = None if infer else learning or sl.EventProp(optimiser=sl.Adam(0.05))
    settings = {"example_time": TIME, "batch_size": 8, "seed": 1, "threads": 2} | settings
    return Model(network(), rule, encoder=encoder, **settings)


def toy(count: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Intensities with the two inputs of their class above the others."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(CLASSES, size=count)
    x = rng.uniform(0.0, 0.5, (count, INPUTS))
    for example, label in enumerate(labels):
        x[example, [2 * label, 2 * label + 1]] += 0.5
    return x, labels


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    assert first.keys() == second.keys()
    return all(first[name].tobytes() == second[name].tobytes() for name in first)


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


# -- the four forms of x ----------------------------------------------------------------------------------------------


def test_all_forms_of_the_input_are_the_same_spikes():
    x, labels = toy(20)
    spikes = encode(sl.LinearLatency(), x, 1.0, 20)
    dense = np.zeros((20, 20, INPUTS), bool)
    events = []
    for example in range(20):
        where = slice(spikes.offsets[example], spikes.offsets[example + 1])
        dense[example, spikes.steps[where], spikes.ids[where]] = True
        events.append((spikes.steps[where] + 0.5, spikes.ids[where]))
    encoded = make().predict(x).y
    assert np.ptp(encoded) > 0
    plain = make(encoder=None)
    for form in (dense, dense.astype(float) * 0.3, dense.astype(np.uint8), events, tuple(events), spikes):
        np.testing.assert_array_equal(plain.predict(form).y, encoded)
    # Spikes are taken for what they are by a model with an encoder, too.
    for form in (events, spikes):
        np.testing.assert_array_equal(make().predict(form).y, encoded)
    trained = [make(), make(encoder=None)]
    trained[0].train(x, labels, epochs=2)
    trained[1].train(events, labels, epochs=2)
    assert same(trained[0].weights, trained[1].weights)


def test_images_are_flattened_and_integers_are_intensities():
    x, _ = toy(4)
    model = make()
    y = model.predict(x).y
    np.testing.assert_array_equal(model.predict(x.reshape(4, 2, 3)).y, y)
    np.testing.assert_array_equal(model.predict(np.ones((4, 6), int)).y, model.predict(np.ones((4, 6))).y)


def test_an_example_may_be_shorter_than_the_time_and_silent():
    model = make(encoder=None)
    dense = np.random.default_rng(0).random((3, 11, INPUTS)) < 0.3
    padded = np.concatenate([dense, np.zeros((3, 9, INPUTS), bool)], axis=1)
    np.testing.assert_array_equal(model.predict(dense).y, model.predict(padded).y)
    assert not model.predict(np.zeros((2, 20, INPUTS))).y.any()
    assert not model.predict([([], []), ([], [])]).y.any()


def test_no_examples_give_no_results():
    model = make()
    found = model.predict(
        np.zeros((0, INPUTS)), [sl.VariableRecorder("hidden", "V"), sl.SpikeRecorder(population="hidden")]
    )
    assert found.y.shape == (0, CLASSES)
    assert found.labels.shape == (0,)
    assert found.spikes["hidden"] == []
    assert found.variables["hidden", "V"].shape == (0, 20, HIDDEN)


X, Y = toy(10)
EVENTS = [(np.array([1.0]), np.array([2]))] * 10


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((10, 5)), r"x: an array of shape \(10, 5\) was found, expected \(examples, 6\) values"),
        (np.zeros(6), r"x: an array of shape \(6,\) was found, expected \(examples, 6\) values"),
        (0.5, r"x: an array of shape \(\) was found"),
        (np.full((10, 6), "a"), "x: an array of <U1 was found, expected numbers"),
        ({"a": 1}, "x: no population 'a'"),
        (None, "x: an array of object was found, expected numbers"),
        (np.full((10, 6), np.nan), "x: the data hold NaN or infinity"),
        ([(np.array([1.0]), np.array([6]))], "x: a spike of neuron 6 was found, the input has 6"),
        ([(np.array([1.0]), np.array([-1]))], "x: a spike of neuron -1 was found, the input has 6"),
        ([(np.array([1.0, 2.0]), np.array([1]))], r"x\[0\]: times of shape \(2,\) and neurons of shape \(1,\)"),
        ([0.1, 0.2], r"x\[0\]: float found, expected a pair \(times, neurons\)"),
        (spike_data(1, np.array([0]), np.array([0]), np.array([9])), "x: a spike of neuron 9 was found"),
    ],
)
def test_input_that_does_not_fit_is_refused(x, message):
    with pytest.raises(UserError, match=f"^{message}") as caught:
        make().predict(x)
    assert type(caught.value) is UserError


@pytest.mark.parametrize("shape", [(10, 6), (10, 21, 6), (10, 20, 7), (10, 6, 20), (10, 20, 2, 3)])
def test_dense_spikes_that_do_not_fit_are_refused_with_the_way_out(shape):
    with pytest.raises(UserError) as caught:
        make(encoder=None).predict(np.zeros(shape))
    assert str(caught.value).startswith(f"x: an array of shape {shape} was found, expected (examples, 20, 6) of spikes")
    assert "encoder='linear_latency'" in caught.value.hint


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (Y[:9], "y: 9 labels were given for 10 examples"),
        (np.full(10, 3), "y: label 3 found, expected 0 to 2"),
        (np.full(10, -1), "y: label -1 found, expected 0 to 2"),
        (Y.astype(float), r"y: an array of float64 of shape \(10,\) was found, expected integer labels"),
        (
            Y[:, None],
            r"y: an array of int64 of shape \(10, 1\) was found, expected integer labels \(examples,\) or targets",
        ),
        (Y.astype(str), "y: labels or targets must be finite numbers"),
        (np.full((10, 3), np.nan), "y: labels or targets must be finite numbers"),
        ([None] * 10, "y: labels or targets must be finite numbers"),
        (1, "y: a single value was found, expected one label or target per example"),
        (np.eye(3)[Y], "y: targets were given, and the loss needs integer labels"),
        (None, "y: no labels were given, and the loss needs integer labels"),
    ],
)
def test_labels_that_do_not_fit_are_refused(y, message):
    model = make()
    before = model.weights
    for call in (model.train, model.evaluate):
        with pytest.raises(UserError, match=f"^{message}") as caught:
            call(X, y)
        assert type(caught.value) is UserError
    assert same(before, model.weights)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, np.uint64])
def test_labels_of_any_integer_type_are_taken(kind):
    assert make().evaluate(X, Y.astype(kind)) == make().evaluate(X, Y.tolist())


@pytest.mark.parametrize("validation", [X, (X,), 3, (X, Y, Y)])
def test_validation_data_are_a_pair(validation):
    with pytest.raises(UserError, match=r"validation_data: .*expected a pair \(x, y\)"):
        make().train(X, Y, validation_data=validation)


def test_a_network_that_cannot_learn_lists_its_problems():
    net = network()
    net.population("hidden").neuron.relative_reset = True
    net.connections[1].synapse = sl.Delta()
    with pytest.raises(UserError) as caught:
        Model(net, "eventprop", example_time=20.0)
    assert "EventProp needs an absolute reset" in str(caught.value)
    assert "EventProp needs exponential synapses" in str(caught.value)


@pytest.mark.parametrize(
    "settings", [{"learning": "event"}, {"encoder": "linear"}, {"example_time": -1.0}, {"batch_size": 0}, {"dt": 0}]
)
def test_settings_that_are_none_are_user_errors(settings):
    settings = {"learning": "eventprop", "example_time": 20.0} | settings
    with pytest.raises(UserError):
        Model(network(), **settings)


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
        (sl.SpikeRecorder(population="hidden", neurons=[HIDDEN]), "record: 'hidden' has neurons 0 to 11"),
        (sl.VariableRecorder("hidden", "v"), "record: no variable 'v' in 'hidden' (known: V"),
        (sl.VariableRecorder("output", "V", [-1]), "record: 'output' has neurons 0 to 2"),
        ("hidden", "record: str found, expected a recorder"),
    ],
)
def test_recorders_that_do_not_fit_are_refused(recorder, message):
    with pytest.raises(UserError) as caught:
        make().predict(X, [recorder])
    assert str(caught.value).startswith(message)


# -- weights and files ------------------------------------------------------------------------------------------------


def test_weights_are_copies_and_can_be_set():
    model = make()
    weights = model.weights
    assert {name: values.shape for name, values in weights.items()} == {
        "source_hidden": (INPUTS, HIDDEN),
        "hidden_output": (HIDDEN, CLASSES),
    }
    y = model.predict(X).y
    weights["hidden_output"][:] = 0
    np.testing.assert_array_equal(model.predict(X).y, y)
    model.set_weights(weights)
    assert not model.predict(X).y.any()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"hidden_outputs": np.zeros((12, 3))},
            "weights: no connection 'hidden_outputs'; did you mean 'hidden_output'?",
        ),
        (
            {"hidden_output": np.zeros((3, 12))},
            "hidden_output.g: an array of shape (3, 12) was given, expected (12, 3)",
        ),
        ({"hidden_output": 1.0}, "hidden_output.g: an array of shape () was given, expected (12, 3)"),
        ({"hidden_output": np.full((12, 3), "x")}, "hidden_output.g: an array of <U1 was given, expected numbers"),
    ],
)
def test_weights_that_do_not_fit_are_refused_and_none_is_set(wrong, message):
    model = make()
    before = model.weights
    with pytest.raises(UserError) as caught:
        model.set_weights({"source_hidden": np.zeros((INPUTS, HIDDEN))} | wrong)
    assert str(caught.value) == message
    assert same(before, model.weights)


def test_save_and_load_keep_predictions_and_training_goes_on(tmp_path):
    model, (x, labels) = make(), toy()
    model.train(x, labels, epochs=5)
    expected = model.predict(x).y
    path = tmp_path / "classes.snn"
    model.save(path)
    assert {file.name for file in tmp_path.iterdir()} == {"classes.snn", "classes.safetensors"}
    loaded = load(path, threads=1)
    assert same(model.weights, loaded.weights)
    np.testing.assert_array_equal(loaded.predict(x).y, expected)
    history = loaded.train(x, labels, epochs=5)
    assert history["epoch"][0] == 1
    assert history["loss"][-1] < model.evaluate(x, labels)["loss"]
    # Saving again over the same files keeps them whole, also from the model that was loaded from them.
    loaded.save(path)
    np.testing.assert_array_equal(load(path).predict(x).y, loaded.predict(x).y)
    assert not np.array_equal(loaded.predict(x).y, expected)
    # The model that was saved first still is what it was.
    np.testing.assert_array_equal(model.predict(x).y, expected)


def test_saving_does_not_change_the_first_weights_of_the_models_document(tmp_path):
    model = make()
    model.save(tmp_path / "a.snn")
    assert isinstance(model.document.network.connections[0].connectivity.weight, sl.Normal)


@pytest.mark.parametrize("split", [0.0, 0.25])
@pytest.mark.parametrize("optimiser", [sl.Adam(0.02), sl.SGD(0.5, momentum=0.9)])
def test_a_run_that_is_resumed_ends_in_the_same_bits(tmp_path, optimiser, split):
    x, labels = toy(50)
    rule = sl.EventProp(optimiser=optimiser)
    whole, first, second = (make(rule, threads=threads) for threads in (1, 2, 3))
    history = whole.train(x, labels, epochs=5, validation_split=split)
    first.train(x, labels, epochs=2, validation_split=split)
    path = tmp_path / "half.safetensors"
    first.save_checkpoint(path)
    second.load_checkpoint(path)
    assert same(first.session.state(), second.session.state())
    rest = second.train(x, labels, epochs=3, validation_split=split)
    assert same(whole.session.state(), second.session.state())
    assert rest["epoch"].tolist() == [3, 4, 5]
    for name in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
        np.testing.assert_array_equal(rest[name], history[name][2:])


def test_a_checkpoint_of_another_network_is_refused_and_changes_nothing(tmp_path):
    net = network()
    net.population("hidden").shape = (HIDDEN + 1,)
    other = Model(net, "eventprop", example_time=TIME)
    other.save_checkpoint(tmp_path / "other.safetensors")
    model = make()
    before = model.session.state()
    with pytest.raises(UserError) as caught:
        model.load_checkpoint(tmp_path / "other.safetensors")
    said = "an array of shape (6, 13) was given, expected (6, 12) for the weights of 'source_hidden'"
    assert said in str(caught.value)
    assert "other.safetensors" in caught.value.place
    with sl.Network() as renamed:
        sl.Population("spike_input", INPUTS, name="source")
        sl.Population(sl.LI(readout="avg_var"), CLASSES, name="output")
        sl.Connection("source", "output", sl.Dense(0.1), sl.Exponential(5.0))
    Model(renamed, "eventprop", example_time=TIME).save_checkpoint(tmp_path / "third.safetensors")
    said = r"holds nothing for the weights of 'source_hidden'\n  It belongs to another network"
    with pytest.raises(UserError, match=said):
        model.load_checkpoint(tmp_path / "third.safetensors")
    assert same(before, model.session.state())
    assert model.session.epoch == 0


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


def test_flat_spikes_need_not_be_copied():
    dense = np.random.default_rng(0).random((3, 20, INPUTS)) < 0.3
    flat = from_dense(dense)
    model = make(encoder=None)
    np.testing.assert_array_equal(model.predict(flat).y, model.predict(dense).y)

"""The weights of a model: set, saved, loaded, and resumed from a checkpoint."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.run import Model, load
from tests.run.toy_model import CLASSES, HIDDEN, INPUTS, TIME, make, network, same, toy

X, Y = toy(10)


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

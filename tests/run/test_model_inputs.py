"""What a model takes for spikes and labels, and what it refuses with errors that say what to change."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import encode, from_dense, spike_data
from spikeloom.errors import UserError
from spikeloom.run import Model
from tests.run.toy_model import CLASSES, HIDDEN, INPUTS, make, network, same, toy

X, Y = toy(10)


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


def test_flat_spikes_need_not_be_copied():
    dense = np.random.default_rng(0).random((3, 20, INPUTS)) < 0.3
    flat = from_dense(dense)
    model = make(encoder=None)
    np.testing.assert_array_equal(model.predict(flat).y, model.predict(dense).y)


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


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((10, 5)), r"x: an array of shape \(10, 5\) was found, expected \(examples, 6\) values"),
        (np.zeros(6), r"x: an array of shape \(6,\) was found, expected \(examples, 6\) values"),
        (0.5, r"x: an array of shape \(\) was found"),
        (np.full((10, 6), "a"), "x: an array of <U1 was found, expected numbers"),
        ({"a": 1}, "x: no population 'a'"),
        (None, "x: nothing found, expected arrays"),
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

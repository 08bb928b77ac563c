"""What goes wrong while running is said with its place."""

from __future__ import annotations

import re

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.errors import RunError
from spikeloom.genn.batch import BatchData
from spikeloom.run import Session
from tests.backends.digits_runs import EVENT_DATA, EVENTS, Built, digits, failing, same

# -- failures ---------------------------------------------------------------------------------------------------------


def failure(built: Built, schedule: str = "predict", **settings) -> RunError:
    """The error of a run over two batches of the six examples, example 5 first."""
    with pytest.raises(RunError) as caught:
        built.run(schedule, EVENT_DATA, [[5, 4], [3, 2, 1, 0]], **settings)
    return caught.value


def test_an_infinite_voltage_is_found_with_its_neuron_example_and_step():
    built = failing()
    weights = built.runtime.get("in", "g")
    weights[2, 3] = -3e38  # neuron 3 hears example 2: the second spike makes the current infinite
    built.runtime.set("in", "g", weights)
    error = failure(built)
    assert error.message == "neuron 3 became infinite or NaN in step 10 of example 2"
    assert error.place == "hidden.V"
    assert "scale of the first weights" in error.hint


def test_a_nan_voltage_is_found_with_its_neuron_example_and_step():
    built = failing()
    weights = built.runtime.get("out", "g")
    weights[1] = [0.0, np.nan]
    built.runtime.set("out", "g", weights)
    assert built.run("predict", EVENT_DATA, [[0, 2, 3]]).batches_done == 1  # hidden neuron 1 is silent there
    error = failure(built)
    # Input 1 spikes in step 3, hidden neuron 1 some steps later, the output hears of it in the next.
    recorder = RecordSpikes("hidden")
    steps, ids = built.run("predict", EVENT_DATA, [[0], [0]], record=[recorder]).recording.spikes["hidden"][0]
    expected = int(steps[ids == 0].min()) + 2 + 1  # example 1 is example 0, two steps later
    assert str(error).startswith(f"output.V: neuron 1 became infinite or NaN in step {expected} of example 1")


def test_a_current_that_only_makes_spikes_is_found_as_well():
    """It resets the voltage in every step, so that no voltage is ever seen to be infinite."""
    built = failing()
    weights = built.runtime.get("in", "g")
    weights[2, 3] = 3e38
    built.runtime.set("in", "g", weights)
    error = failure(built)
    assert str(error).startswith("hidden.Isyn: neuron 3 became infinite or NaN in step 10 of example 2")


def test_a_failure_while_training_leaves_the_weights_of_the_batch_before():
    built, healthy = failing(), failing()
    for each in (built, healthy):
        weights = each.runtime.get("in", "g")
        weights[0, 0] = 3e38
        each.runtime.set("in", "g", weights)
    # Example 0, alone in hearing it, is in the second batch.
    error = failure(built, "train", update=True)
    assert "of example 0" in error.message
    healthy.run("train", EVENT_DATA, [[5, 4]], update=True)
    assert same(built.weights(), healthy.weights())


def test_a_failed_runtime_can_be_used_again():
    built = failing()
    good = built.run("predict", EVENT_DATA, [np.arange(6)]).results["y"]
    weights = built.runtime.get("in", "g")
    built.runtime.set("in", "g", np.full_like(weights, np.nan))
    failure(built)
    built.runtime.set("in", "g", weights)
    np.testing.assert_array_equal(built.run("predict", EVENT_DATA, [np.arange(6)]).results["y"], good)


def test_a_nan_in_the_backward_phase_is_named_by_the_forward_step_that_it_undoes():
    built = failing(loss="mean_square_error")
    targets = np.zeros((6, 2))
    targets[4, 1] = np.nan
    with pytest.raises(RunError) as caught:
        built.run("train", BatchData({"input": EVENTS}, {"targets": targets}), [[5, 4], [3]])
    assert str(caught.value).startswith("output.LambdaV: neuron 1 became infinite or NaN in step 19 of example 4")


@pytest.mark.parametrize("connection", ["in", "recurrent", "out"])
def test_a_weight_that_becomes_infinite_is_found_when_it_is_updated(examples, connection):
    """Before it is used, and with the name of its connection."""
    learning = sp.EventProp(optimiser=sp.SGD(alpha=1e37, momentum=0.5))
    built = Built(digits(learning=learning, batch_size=8))
    velocity = np.zeros_like(built.runtime.get(f"{connection}.optimiser", "Velocity"))
    velocity[5, 3] = 1e3
    built.runtime.set(f"{connection}.optimiser", "Velocity", velocity)
    with pytest.raises(RunError) as caught:
        built.run("train", examples["train"], [np.arange(8)], update=True)
    assert caught.value.place == connection
    assert caught.value.message == "a weight became infinite or NaN when it was updated"
    assert "lower the learning rate" in caught.value.hint


def test_training_that_runs_away_ends_in_a_run_error(examples):
    session = Session(digits(learning=sp.EventProp(optimiser=sp.SGD(alpha=1e38))), threads=2)
    with pytest.raises(RunError, match="became infinite or NaN"):
        session.train(examples["train"])


def test_a_full_tape_stops_training_and_names_the_population(examples):
    """Spikes that were lost in silence would make wrong gradients."""
    document = digits(learning=sp.EventProp(max_spikes=1), weights=2.0)
    session = Session(document, threads=2)
    with pytest.raises(RunError) as caught:
        session.train(examples["train"])
    assert caught.value.place == "hidden"
    assert re.fullmatch(r"\d+ spikes did not fit on the tape", caught.value.message)
    assert "raise max_spikes" in caught.value.hint


def test_a_tape_that_is_just_large_enough_gives_the_gradient_of_a_larger_one(examples):
    data, gradients = examples["train"], []
    record = [RecordVar("hidden", "NumTaped")]
    built = Built(digits())
    most = int(built.run("evaluate", data, [np.arange(30)], record=record).recording.variables[record[0]].max())
    assert most > 2
    for room in (most, most + 5, None):
        built = Built(digits(learning=sp.EventProp(max_spikes=room)))
        result = built.run("train", data, [np.arange(30)])
        assert not any(values.any() for key, values in result.results.items() if key.startswith("lost"))
        gradients.append({name: built.runtime.gradient(name, "Gradient") for name in ("in", "recurrent", "out")})
    assert same(gradients[0], gradients[1])
    assert same(gradients[0], gradients[2])
    lost = Built(digits(learning=sp.EventProp(max_spikes=most - 1))).run("train", data, [np.arange(30)])
    assert sum(values.sum() for key, values in lost.results.items() if key.startswith("lost")) > 0

"""What is recorded is what happened, and recording changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from spikeloom.backends.interface import CountSpikes, RecordSpikes, RecordVar
from spikeloom.errors import UserError
from tests.backends.digits_runs import HIDDEN, Built, digits, same

# -- recordings -------------------------------------------------------------------------------------------------------

RECORDERS = [
    RecordSpikes("input"),
    RecordSpikes("hidden"),
    RecordVar("hidden", "V"),
    RecordVar("hidden", "V", neurons=(7, 2, 7)),
    RecordVar("hidden", "LambdaV", phase=1),
    RecordVar("hidden", "NumTaped", neurons=(0,)),
    RecordVar("output", "V"),
    RecordVar("output", "LambdaV", phase=1),
    RecordVar("output", "Drive", phase=1),
]


def test_recording_changes_no_weight_and_no_result(examples):
    data, batches = examples["train"], [np.arange(40), np.arange(40, 64)]
    plain, recorded = Built(digits()), Built(digits())
    first = plain.run("train", data, batches, update=True)
    second = recorded.run("train", data, batches, update=True, record=RECORDERS, recorded=np.array([3, 50]))
    assert same(plain.weights(), recorded.weights())
    assert same(first.results, second.results)


def test_chosen_examples_and_neurons_are_recorded(examples):
    data, batches = examples["train"], [[10, 11, 12, 13], [14, 10]]
    built = Built(digits(), threads=3)
    whole = built.run("train", data, batches, record=RECORDERS).recording
    chosen = np.array([5, 2])
    part = built.run("train", data, batches, record=RECORDERS, recorded=chosen).recording
    for recorder, values in whole.variables.items():
        neurons = {"hidden": HIDDEN, "output": 10}[recorder.population]
        wanted = len(recorder.neurons) if recorder.neurons else neurons
        assert values.shape == (6, 30, wanted)
        np.testing.assert_array_equal(part.variables[recorder], values[chosen])
        np.testing.assert_array_equal(values[0], values[5])  # example 10, twice
    v = whole.variables[RECORDERS[2]]
    np.testing.assert_array_equal(whole.variables[RECORDERS[3]], v[:, :, [7, 2, 7]])
    for name in ("input", "hidden"):
        assert [len(trains) for trains in (whole.spikes[name], part.spikes[name])] == [6, 2]
        for k, position in enumerate(chosen):
            np.testing.assert_array_equal(part.spikes[name][k], whole.spikes[name][position])


@pytest.mark.parametrize("schedule", ["predict", "train"])
def test_spikes_are_counted_neuron_by_neuron(examples, schedule):
    data, batches = examples["train"], [[10, 11, 12, 13], [14, 10]]
    counters = [CountSpikes("input"), CountSpikes("hidden")]
    built = Built(digits(), threads=3)
    found = built.run(schedule, data, batches, record=[*counters, RecordSpikes("hidden"), RecordSpikes("input")])
    alone = built.run(schedule, data, batches, record=counters, recorded=np.array([5, 2])).recording.counts
    for name, size in (("input", 64), ("hidden", HIDDEN)):
        trains = found.recording.spikes[name]
        expected = [np.bincount(ids, minlength=size) for _, ids in trains]
        np.testing.assert_array_equal(found.recording.counts[name], expected)
        np.testing.assert_array_equal(alone[name], np.array(expected)[[5, 2]])
        np.testing.assert_array_equal(found.recording.counts[name].sum(axis=1), found.spike_counts[name])


def test_the_forward_phase_is_recorded_alike_with_and_without_a_backward_phase(examples):
    built, record = Built(digits()), [recorder for recorder in RECORDERS if getattr(recorder, "phase", 0) == 0]
    forward = built.run("predict", examples["train"], [[3, 0]], record=record).recording
    both = built.run("train", examples["train"], [[3, 0]], record=record).recording
    for recorder, values in forward.variables.items():
        np.testing.assert_array_equal(both.variables[recorder], values)
    for name, trains in forward.spikes.items():
        for first, second in zip(trains, both.spikes[name], strict=True):
            np.testing.assert_array_equal(first, second)


def test_recorded_input_spikes_are_those_that_were_given(examples):
    data = examples["train"]
    recorded = Built(digits()).run("predict", data, [[3, 0]], record=[RecordSpikes("input")]).recording
    given = data.spikes["input"]
    for example, (steps, ids) in zip((3, 0), recorded.spikes["input"], strict=True):
        where = slice(given.offsets[example], given.offsets[example + 1])
        np.testing.assert_array_equal(steps, given.steps[where])
        np.testing.assert_array_equal(ids, given.ids[where])


def test_a_spike_and_the_voltage_after_it_are_filed_under_one_step(examples):
    record = [RecordSpikes("hidden"), RecordVar("hidden", "V")]
    recording = Built(digits()).run("predict", examples["train"], [np.arange(5)], record=record).recording
    count = 0
    for (steps, ids), v in zip(recording.spikes["hidden"], recording.variables[record[1]], strict=True):
        assert not v[steps, ids].any()  # reset to 0 in the step of the spike
        count += len(steps)
    assert count > 50


def test_backward_steps_are_filed_under_the_forward_steps_that_they_undo(examples):
    """The output's adjoint voltage follows its recursion from the last step to the first."""
    built = Built(digits(), precision="double")
    record = [RecordVar("output", name, phase=1) for name in ("LambdaV", "Drive")]
    recording = built.run("train", examples["train"], [[0, 1]], record=record).recording
    adjoint, drive = (recording.variables[recorder] for recorder in record)
    assert np.abs(drive).min() > 1e-6
    alpha, expected = np.exp(-1 / 20), np.zeros((2, 10))
    for step in reversed(range(30)):
        expected = alpha * (expected - drive[:, step] / 30 / 20)
        np.testing.assert_allclose(adjoint[:, step], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("recorder", "message"),
    [
        (RecordVar("hidden", "W"), "hidden: 'W' is not a variable that changes with time"),
        (RecordVar("hidden", "init:V"), "hidden: 'init:V' is not a variable"),
        (RecordVar("hidden", "V", neurons=(0, HIDDEN)), "hidden.V: neurons (0, 20) were asked for, it has 0 to 19"),
        (RecordVar("hidden", "V", neurons=(-1,)), "hidden.V: neurons (-1,) were asked for"),
        (RecordVar("output", "Label", neurons=(3,)), "output.Label: neurons (3,) were asked for, it has 0 to 0"),
    ],
)
def test_what_cannot_be_recorded_is_refused(examples, recorder, message):
    with pytest.raises(UserError) as caught:
        Built(digits()).run("predict", examples["train"], [[0]], record=[recorder])
    assert str(caught.value).startswith(message)

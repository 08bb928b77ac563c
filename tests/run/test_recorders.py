"""Recorders that choose: examples, neurons of shaped populations, synapses by their ends; in scripts and files."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.run import Control
from spikeloom.run.tasks import evaluate
from tests.run.toy_model import make, toy
from tests.run.worker import DIGITS


def spikes(trains):
    return [(train.times.tolist(), train.neurons.tolist()) for train in trains]


def test_chosen_examples_are_those_of_a_recording_of_all():
    model, (x, _) = make(), toy(count=300)  # more than run at a time
    every = model.predict(x, [sl.SpikeRecorder("hidden"), sl.VariableRecorder("output", "V")])
    record = [sl.SpikeRecorder("hidden", examples=[3, 299]), sl.VariableRecorder("output", "V", examples="::50")]
    found = model.predict(x, record)
    assert found.examples["hidden"].tolist() == [3, 299]
    assert spikes(found.spikes["hidden"]) == spikes([every.spikes["hidden"][k] for k in (3, 299)])
    assert found.examples["output", "V"].tolist() == list(range(0, 300, 50))
    np.testing.assert_array_equal(found.variables["output", "V"], every.variables["output", "V"][::50])
    np.testing.assert_array_equal(found.y, every.y)
    assert every.examples["hidden"].tolist() == list(range(300))


def test_neurons_of_a_shaped_population_are_chosen_by_axes_and_masks():
    with sl.Network() as net:
        source = sl.Population("spike_input", 6)
        grid = sl.Population(sl.LIF(), (4, 3), name="grid")
        sl.Connection(source, grid, sl.Dense(sl.Normal(2.0, 1.0)), sl.Exponential(5.0))
        output = sl.Population(sl.LI(readout="avg_var"), 3)
        sl.Connection(grid, output, sl.Dense(sl.Normal(0.0, 0.4)), sl.Exponential(5.0))
    model, (x, _) = sl.Model(net, example_time=20.0, encoder="linear_latency"), toy(count=5)
    every = model.predict(x, sl.VariableRecorder("grid", "V")).variables["grid", "V"].reshape(5, 20, 4, 3)
    mask = np.zeros((4, 3), bool)
    mask[1, 2] = mask[3, 0] = True
    for neurons, expected in (
        ((slice(1, 3), 2), every[:, :, 1:3, 2]),
        ("::2, :", every[:, :, ::2, :]),
        (mask, every[:, :, mask]),
        ([11, 0], every.reshape(5, 20, 12)[:, :, [11, 0]]),
    ):
        found = model.predict(x, sl.VariableRecorder("grid", "V", neurons)).variables["grid", "V"]
        np.testing.assert_array_equal(found, expected.reshape(5, 20, -1))
    trains = model.predict(x, sl.SpikeRecorder("grid", (1, slice(None)))).spikes["grid"]
    assert {int(n) for train in trains for n in train.neurons} <= {3, 4, 5}
    with pytest.raises(UserError, match="3 found, 'grid' has neurons 0 to 2 along axis 1"):
        model.predict(x, sl.SpikeRecorder("grid", (0, 3)))


def test_masks_of_another_length_are_refused():
    model, (x, _) = make(), toy(count=5)
    with pytest.raises(UserError, match="a mask of 5 truth values found, expected one for each of the 12 neurons"):
        model.predict(x, sl.SpikeRecorder("hidden", np.ones(5, bool)))
    with pytest.raises(UserError, match="a mask of 4 truth values found, expected one for each of the 5 examples"):
        model.predict(x, sl.SpikeRecorder("hidden", examples=np.ones(4, bool)))
    found = model.predict(x, sl.SpikeRecorder("hidden", examples=np.arange(5) > 2))
    assert found.examples["hidden"].tolist() == [3, 4]


def test_examples_that_there_are_not_are_said():
    model, (x, _) = make(), toy(count=5)
    with pytest.raises(UserError, match="5 found, there are examples 0 to 4") as caught:
        model.predict(x, sl.SpikeRecorder("hidden", examples=[0, 5]))
    assert caught.value.place == "the recorder of 'hidden'"
    with pytest.raises(UserError, match="recorded twice, each time other examples"):
        model.predict(x, [sl.SpikeRecorder("hidden"), sl.SpikeRecorder("hidden", examples=[1])])


def test_a_document_keeps_what_was_chosen_and_a_recording_follows_it(tmp_path):
    document = sl.Document.load(DIGITS)
    document.experiment.recording = [
        sl.SpikeRecorder("hidden", slice(0, 50), [2, 300]),
        sl.VariableRecorder("output", "V", (np.arange(10) % 2 == 0,), slice(None, None, 100)),
        sl.VariableRecorder("hidden", "V", "::50"),
    ]
    document.save(tmp_path / "d.snn")
    text = (tmp_path / "d.snn").read_text()
    assert '"neurons": "0:50"' in text and '"examples": "::100"' in text and "[2, 300]" in text
    assert sl.Document.load(tmp_path / "d.snn").experiment == document.experiment
    options = {"document": str(tmp_path / "d.snn"), "record": str(tmp_path / "out.npz")}
    evaluate(options, lambda event: None, Control())
    found = np.load(tmp_path / "out.npz")
    assert set(found["hidden.spike_examples"]) == {2, 300} and found["hidden.spike_ids"].max() < 50
    assert found["output.V"].shape == (4, 30, 5) and found["output.V.examples"].tolist() == [0, 100, 200, 300]
    assert found["hidden.V"].shape == (10, 30, 2) and "hidden.V.examples" not in found


def test_a_wrong_choice_in_a_document_is_a_problem_at_its_place():
    document = sl.Document.load(DIGITS)
    document.experiment.recording = [
        sl.SpikeRecorder("hidden", "0:3, 2"),
        sl.SynapseRecorder("input_hidden", sources=[64]),
    ]
    problems = {problem.place: problem for problem in sl.validate(document)}
    first = problems["experiment.recording[0].neurons"]
    assert "2 axes found, expected at most 1 (the shape is 100)" in first.message
    assert "64 found, 'input' has neurons 0 to 63" in problems["experiment.recording[1].sources"].message

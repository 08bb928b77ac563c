"""Images shown pixel by pixel: a document and a script that use the encoder train under EventProp."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.run import Session
from spikeloom.run.prepare import prepare
from spikeloom.spec import Document


def network(inputs: int | None) -> sl.Network:
    with sl.Network() as made:
        source = sl.Population("spike_input", inputs, "input")
        hidden = sl.Population(sl.LIF(), 50, "hidden")
        output = sl.Population(sl.LI(readout="avg_var"), 10, "output")
        sl.Connection(source, hidden, sl.Dense(sl.Normal(1.0, 1.0)), sl.Exponential(5))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5))
    return made


def test_eventprop_learns_something_of_digits_in_a_row():
    experiment = sl.Experiment(
        dataset=sl.Digits(encoder=sl.ThresholdCrossing(neurons=16)),
        simulation=sl.Simulation(dt=1.0, example_time=80.0),
        learning=sl.EventProp(optimiser=sl.Adam(0.01)),
        training=sl.Training(batch_size=32),
    )
    document = Document(network(None), experiment)
    assert sl.validate(document) == []
    data = prepare(document)
    spikes = data["train"].take(range(len(data["train"]))).spikes["input"]
    assert spikes.ids.max() == 16
    assert (np.bincount(spikes.ids)[16] / len(spikes)) == 80 - 64  # the cue
    history = Session(document, threads=1).train(data["train"], epochs=15)
    assert history[-1].loss < 0.92 * history[0].loss
    # Chance is 0.1; neurons that remember no position tell some digits apart by their strokes.
    assert history[-1].accuracy > 0.18


def test_a_script_gives_images_of_any_size():
    encoder, learning = sl.ThresholdCrossing(neurons=16), sl.EventProp()
    model = sl.Model(network(17), learning, example_time=80.0, encoder=encoder, threads=1)
    x = np.random.default_rng(0).random((4, 7, 7))
    assert model.predict(x).y.shape == (4, 10)
    other = sl.Model(network(49), learning, example_time=80.0, encoder=encoder, threads=1)
    with pytest.raises(UserError, match="'threshold_crossing' makes spikes of 17 neurons, and 'input' has 49"):
        other.predict(x)

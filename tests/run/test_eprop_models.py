"""Models under e-prop: what is kept of them, what can be read and set, and how much memory they need."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.run import tasks

TIMESTEPS, INPUTS, HIDDEN, OUTPUTS = 30, 20, 10, 3
BACK = "hidden_output.feedback"


def network(hidden: int = HIDDEN, output: sl.Neuron | None = None) -> sl.Network:
    with sl.Network() as net:
        source = sl.Population("spike_input", INPUTS, name="input")
        cells = sl.Population(sl.ALIF(v_thresh=0.6), hidden, name="hidden")
        read = sl.Population(output or sl.LI(tau_mem=15.0, readout="sum_var"), OUTPUTS, name="output")
        sl.Connection(source, cells, sl.Dense(sl.Normal(0.05, 0.35)), sl.Delta())
        sl.Connection(cells, read, sl.Dense(sl.Normal(0.0, 0.3)), sl.Delta())
    return net


def model(rule: sl.EProp | None, *, seed: int = 0, **options) -> sl.Model:
    return sl.Model(network(**options), rule, example_time=float(TIMESTEPS), seed=seed)


def examples() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((32, TIMESTEPS, INPUTS)) < 0.2, rng.integers(0, OUTPUTS, 32)


def test_it_learns_from_python():
    rng = np.random.default_rng(0)
    y = rng.integers(0, OUTPUTS, 120)
    rates = 0.1 + 0.2 * (np.arange(INPUTS) // 7 == y[:, None])  # each class has inputs of its own that spike more
    x = rng.random((120, TIMESTEPS, INPUTS)) < rates[:, None]
    learner = model(sl.EProp(optimiser=sl.Adam(0.01)))
    history = learner.train(x[:90], y[:90], epochs=30)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert learner.evaluate(x[90:], y[90:])["accuracy"] > 0.8


@pytest.mark.parametrize("feedback", ["symmetric", "random", "adaptive"])
def test_a_saved_document_predicts_and_goes_on_alike(feedback, tmp_path):
    x, y = examples()
    trained = model(sl.EProp(feedback=feedback))
    trained.train(x, y, epochs=3)
    trained.save(tmp_path / "d.snn")
    again = sl.load(tmp_path / "d.snn")
    assert np.array_equal(again.predict(x).y, trained.predict(x).y)
    assert np.abs(again.biases["output"]).max() > 0
    for name in {"symmetric": ["g"], "random": ["Random"], "adaptive": ["g", "Difference"]}[feedback]:
        ours, theirs = (held.session.runtime.get(BACK, name) for held in (trained, again))
        assert np.array_equal(ours, theirs)


def test_a_checkpoint_goes_on_bit_for_bit(tmp_path):
    x, y = examples()
    rule = sl.EProp(feedback="adaptive", c_reg=0.1)
    whole, first, second = model(rule), model(rule), model(rule)
    expected = whole.train(x, y, epochs=4)["loss"]
    first.train(x, y, epochs=2)
    first.save_checkpoint(tmp_path / "c.safetensors")
    second.load_checkpoint(tmp_path / "c.safetensors")
    assert np.array_equal(second.train(x, y, epochs=2)["loss"], expected[2:])
    for name, values in whole.weights.items():
        assert np.array_equal(values, second.weights[name])


def test_a_checkpoint_with_biases_wants_a_place_for_them(tmp_path):
    x, y = examples()
    trained = model(sl.EProp())
    trained.train(x, y, epochs=2)
    trained.save_checkpoint(tmp_path / "c.safetensors")
    with pytest.raises(UserError, match="holds biases of 'output', for which the document has no place"):
        model(None).load_checkpoint(tmp_path / "c.safetensors")
    placed = model(None, output=sl.LI(tau_mem=15.0, readout="sum_var", biases=0.0))
    placed.load_checkpoint(tmp_path / "c.safetensors")
    assert np.array_equal(placed.predict(x).y, trained.predict(x).y)


def test_weights_and_biases_are_read_and_set():
    x, y = examples()
    trained, other = model(sl.EProp()), model(sl.EProp(), seed=5)
    trained.train(x, y, epochs=2)
    other.set_weights(trained.weights)
    assert not np.array_equal(other.predict(x).y, trained.predict(x).y)
    other.set_biases(trained.biases)
    assert np.array_equal(other.predict(x).y, trained.predict(x).y)
    with pytest.raises(UserError, match="no output with biases 'ouput'; did you mean 'output'"):
        other.set_biases({"ouput": np.zeros(OUTPUTS)})
    with pytest.raises(UserError, match="expected finite"):
        other.set_biases({"output": np.array([0.0, np.nan, 0.0])})
    assert np.array_equal(other.biases["output"], trained.biases["output"])
    assert model(sl.EProp(train_biases=False)).biases == {}


def test_feedback_weights_are_given_as_the_connection_has_them():
    given = np.arange(HIDDEN * OUTPUTS, dtype=float).reshape(HIDDEN, OUTPUTS)
    back = model(sl.EProp(feedback="random", feedback_weight=given)).session.runtime.get(BACK, "Random")
    assert np.array_equal(back, given.T)
    with pytest.raises(UserError, match="an array of 4 x 3 found, expected 10 x 3"):
        model(sl.EProp(feedback="random", feedback_weight=np.zeros((4, OUTPUTS))))


def test_feedback_weights_are_drawn_as_the_connections_would_be():
    drawn = model(sl.EProp(feedback="random", feedback_weight="xavier"), hidden=400).session.runtime.get(BACK, "Random")
    assert drawn.std() == pytest.approx(np.sqrt(2 / (400 + OUTPUTS)), rel=0.1)
    with pytest.raises(UserError, match=r"experiment.learning.feedback_weight: it needs a target with .* a threshold"):
        model(sl.EProp(feedback="random", feedback_weight="fluctuation_driven"))


@pytest.mark.parametrize("online", [None, 10])
def test_info_says_what_the_engine_needs(online, tmp_path):
    """Examples that advance side by side have their traces each."""
    rule = sl.EProp(mode="forward", online=online)
    training = sl.Training(batch_size=50)
    simulation = sl.Simulation(example_time=float(TIMESTEPS))
    document = sl.Document(network(), sl.Experiment(simulation=simulation, learning=rule, training=training))
    document.save(tmp_path / "d.snn")
    said = tasks.describe({"document": str(tmp_path / "d.snn"), "threads": 2})["memory_bytes"]
    needed = sl.run.Session(document, threads=2).runtime.memory
    assert said == needed

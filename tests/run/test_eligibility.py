"""Eligibility traces of e-prop's forward mode: recorded from Python and from the command line."""

from __future__ import annotations

import json

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.cli.main import main
from spikeloom.errors import UserError
from spikeloom.run import Control, tasks
from spikeloom.spec import validate

TIMESTEPS, INPUTS, HIDDEN = 60, 6, 5
TAU_MEM, TAU_ADAPT, BETA, THRESHOLD = 20.0, 80.0, 0.2, 0.6


def network(hidden: sl.Neuron | None = None) -> sl.Network:
    neuron = hidden or sl.ALIF(tau_mem=TAU_MEM, tau_adapt=TAU_ADAPT, beta=BETA, v_thresh=THRESHOLD)
    with sl.Network() as net:
        source = sl.Population("spike_input", INPUTS, name="input")
        cells = sl.Population(neuron, HIDDEN, name="hidden")
        output = sl.Population(sl.LI(tau_mem=15.0, readout="sum_var"), 3, name="output")
        sl.Connection(source, cells, sl.Dense(sl.Normal(0.2, 0.3)), sl.Delta())
        sl.Connection(cells, cells, sl.Dense(sl.Normal(0.0, 0.2)), sl.Delta())
        sl.Connection(cells, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Delta())
    return net


def spikes(examples: int = 3) -> np.ndarray:
    return np.random.default_rng(0).random((examples, TIMESTEPS, INPUTS)) < 0.2


def expected(x: np.ndarray, v: np.ndarray, a: np.ndarray) -> np.ndarray:
    """The trace of each synapse from the input, (timesteps, inputs, hidden): from voltages at the end of each step."""
    alpha, rho = np.exp(-1 / TAU_MEM), np.exp(-1 / TAU_ADAPT)
    z, adaptation = np.zeros(INPUTS), np.zeros((INPUTS, HIDDEN))
    traces = np.zeros((TIMESTEPS, INPUTS, HIDDEN))
    for n in range(TIMESTEPS):
        z = alpha * z + (x[n - 1] if n else 0)
        over = v[n] - THRESHOLD - BETA * a[n]
        psi = 0.3 / THRESHOLD * np.maximum(0, 1 - np.abs(over / THRESHOLD))
        traces[n] = psi * (z[:, None] - BETA * adaptation)
        adaptation = rho * adaptation + traces[n]
    return traces


def voltages(model: sl.Model, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Voltages before the reset, which is what the pseudo-derivative is of, and adaptation."""
    seen = model.predict(x, [sl.VariableRecorder("hidden", "V"), sl.SpikeRecorder("hidden")])
    v = seen.variables["hidden", "V"].copy()
    for example, train in enumerate(seen.spikes["hidden"]):
        v[example, train.times.astype(int), train.neurons] += THRESHOLD
    return v, model.predict(x, sl.VariableRecorder("hidden", "A")).variables["hidden", "A"]


def test_traces_are_recorded_in_the_step_to_which_they_belong():
    model = sl.Model(network(), sl.EProp(mode="forward"), example_time=float(TIMESTEPS))
    x = spikes()
    v, a = voltages(model, x)
    seen = model.predict(x, sl.SynapseRecorder("input_hidden")).variables["input_hidden", "Eligibility"]
    assert seen.shape == (3, TIMESTEPS, INPUTS * HIDDEN)
    for example in range(3):
        traces = expected(x[example], v[example], a[example]).reshape(TIMESTEPS, -1)
        assert np.abs(traces).max() > 0.1
        assert np.allclose(seen[example], traces, atol=1e-5)


def test_what_eligibility_leaves_behind_is_recorded_as_the_rule_has_it():
    """``e[n] = psi (Z - beta a[n])`` and ``F[n] = kappa F[n-1] + e[n-1]``, from what is recorded."""
    model = sl.Model(network(), sl.EProp(mode="forward"), example_time=float(TIMESTEPS))
    x = spikes(1)
    names = ("Eligibility", "Adaptation", "Filtered0")
    seen = {
        name: model.predict(x, sl.SynapseRecorder("input_hidden", name)).variables["input_hidden", name][0]
        for name in names
    }
    e, a, f = (seen[name] for name in names)
    rho, kappa = np.exp(-1 / TAU_ADAPT), np.exp(-1 / 15.0)
    assert np.abs(a).max() > 0.1 and np.abs(f).max() > 0.1
    assert np.allclose(a[1:], rho * a[:-1] + e[:-1], atol=1e-5)
    assert np.allclose(f[1:], kappa * f[:-1] + e[:-1], atol=1e-5)
    assert not a[0].any() and not f[0].any()


def test_some_synapses_are_chosen_by_their_ends():
    model = sl.Model(network(), sl.EProp(mode="forward"), example_time=float(TIMESTEPS))
    x = spikes()
    whole = model.predict(x, sl.SynapseRecorder("input_hidden")).variables["input_hidden", "Eligibility"]
    some = sl.SynapseRecorder("input_hidden", "Eligibility", sources=[1, 4], targets=[2])
    chosen = model.predict(x, some).variables["input_hidden", "Eligibility"]
    assert np.array_equal(chosen, whole[:, :, [1 * HIDDEN + 2, 4 * HIDDEN + 2]])
    filtered = model.predict(x, sl.SynapseRecorder("hidden_hidden", "Filtered0", [0]))
    assert filtered.variables["hidden_hidden", "Filtered0"].shape == (3, TIMESTEPS, HIDDEN)


def test_recording_them_changes_nothing():
    x, y = spikes(8), np.arange(8) % 3
    models = [sl.Model(network(), sl.EProp(mode="forward"), example_time=float(TIMESTEPS)) for _ in range(2)]
    models[0].predict(x, sl.SynapseRecorder("input_hidden"))
    trained = [model.train(x, y, epochs=2)["loss"] for model in models]
    assert np.array_equal(trained[0], trained[1])
    assert np.array_equal(models[0].predict(x, sl.SynapseRecorder("input_hidden")).y, models[1].predict(x).y)


@pytest.mark.parametrize(
    ("recorder", "message"),
    [
        (sl.SynapseRecorder("input_hiden"), "no connection 'input_hiden'; did you mean 'input_hidden'"),
        (sl.SynapseRecorder("input_hidden", "Elegibility"), "did you mean 'Eligibility'"),
        (sl.SynapseRecorder("hidden_output"), "no variable 'Eligibility' of the synapses of 'hidden_output'"),
        (sl.SynapseRecorder("input_hidden", sources=[6]), "'input' has neurons 0 to 5"),
    ],
)
def test_what_cannot_be_recorded_is_said(recorder, message):
    model = sl.Model(network(), sl.EProp(mode="forward"), example_time=float(TIMESTEPS))
    with pytest.raises(UserError, match=message):
        model.predict(spikes(), recorder)


def test_the_adjoint_has_no_traces():
    model = sl.Model(network(), sl.EProp(), example_time=float(TIMESTEPS))
    with pytest.raises(UserError, match="forward mode"):
        model.predict(spikes(), sl.SynapseRecorder("input_hidden"))


def test_a_document_records_them_from_the_command_line(tmp_path, capsys):
    with sl.Network() as net:
        source = sl.Population("spike_input", name="input")
        cells = sl.Population(sl.ALIF(), 10, name="hidden")
        output = sl.Population(sl.LI(readout="sum_var"), name="output")
        sl.Connection(source, cells, sl.Dense(sl.Normal(0.1, 0.1)), sl.Delta())
        sl.Connection(cells, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Delta())
    recorders = [sl.SynapseRecorder("input_hidden", targets=[3]), sl.SpikeRecorder("hidden")]
    learning = sl.EProp(mode="forward")
    document = sl.Document(net, sl.Experiment(dataset="digits", learning=learning, recording=recorders))
    assert not validate(document)
    document.save(tmp_path / "d.snn")
    assert sl.Document.load(tmp_path / "d.snn") == document
    path = tmp_path / "r.npz"
    assert main(["evaluate", str(tmp_path / "d.snn"), "--record", str(path), "--json"]) == 0
    json.loads(capsys.readouterr().out.splitlines()[-1])
    recorded = np.load(path)
    assert recorded["input_hidden.Eligibility"].shape == (10, 40, 64)
    assert np.array_equal(recorded["input_hidden.sources"], np.arange(64))
    assert (recorded["input_hidden.targets"] == 3).all()
    assert np.abs(recorded["input_hidden.Eligibility"]).max() > 0


def test_a_probe_sees_them_while_the_network_learns(tmp_path):
    with sl.Network() as net:
        source = sl.Population("spike_input", name="input")
        cells = sl.Population(sl.ALIF(), 10, name="hidden")
        output = sl.Population(sl.LI(readout="sum_var"), name="output")
        sl.Connection(source, cells, sl.Dense(sl.Normal(0.1, 0.1)), sl.Delta())
        sl.Connection(cells, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Delta())
    training = sl.Training(epochs=1)
    experiment = sl.Experiment(dataset="digits", learning=sl.EProp(mode="forward"), training=training)
    document = sl.Document(net, experiment)
    document.save(tmp_path / "d.snn")
    wanted = [["hidden", "V", [0, 1]], ["input_hidden", "Filtered0", []]]
    events = []
    options = {"document": str(tmp_path / "d.snn"), "run_dir": str(tmp_path / "run"), "probe": {"variables": wanted}}
    tasks.train(options, events.append, Control())
    seen = [event for event in events if event["event"] == "example"][-1]
    chosen = [label.split(" → ") for label in seen["labels"][-1]]
    assert len({source for source, _ in chosen}) == len({target for _, target in chosen}) == 4
    assert {int(source) for source, _ in chosen} <= set(seen["input.ids"].tolist())
    assert seen["input_hidden.Filtered0"].shape == (40, 4)
    assert np.abs(seen["input_hidden.Filtered0"]).max() > 0
    options["probe"] = {"variables": [["input_hidden", "Eligibility", [0]]]}
    tasks.train(options | {"run_dir": str(tmp_path / "other")}, events.append, Control())
    assert any("no variable 'Eligibility'" in event["text"] for event in events if event["event"] == "message")

"""Exported PyGeNN scripts run: with the same first weights they learn what our backend for PyGeNN learns."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import spikeloom as sl
import spikeloom.spec as sp
from spikeloom.exporters import export
from spikeloom.genn.batch import BatchData
from spikeloom.run.checkpoints import load_checkpoint
from spikeloom.run.session import Session
from tests.backends.installed import needs_pygenn
from tests.exporters.pygenn_nets import IN, LIF, LOOP, OUT, Case, dense, run_script, save_examples, sparse

ADAM = {"optimiser": sp.Adam(0.01)}
SQUARE = {"loss": sp.MeanSquareError(target_per_timestep=True)}
EPROP_LIF = {"tau_mem": 14.0, "v_thresh": 0.7, "relative_reset": True, "integrate_during_refrac": True}
EPROP_NET = {IN: dense(0.1, 0.4), LOOP: dense(0.0, 0.2), OUT: dense(0.0, 0.4)}
ALIF = {"tau_mem": 20.0, "tau_adapt": 60.0, "beta": 0.1, "v_thresh": 0.5}
COSINE = sp.CosineDecay(0.1, warm_up=0.5, every="batch")


def eprop(**options):
    rule = {"c_reg": 1.0, "f_target": 40.0, "tau_reg": 30.0, **ADAM}
    given = {"hidden": sp.LIF(**EPROP_LIF), "connections": EPROP_NET, "synapse": sp.Delta}
    return Case(sp.EProp(**(rule | options.pop("rule", {}))), **(given | options))


CASES = {
    "EventProp": Case(sp.EventProp(**ADAM)),
    "EventProp, recurrent, adaptive, regularised": Case(
        sp.EventProp(**ADAM, reg_lambda_upper=1e-3, reg_lambda_lower=1e-3, reg_nu_upper=2.0),
        hidden=sp.ALIF(**ALIF, relative_reset=False, integrate_during_refrac=False),
        connections={IN: dense(0.8, 0.5), LOOP: dense(0.0, 0.3), OUT: dense(0.1, 0.4)},
    ),
    "EventProp, delays that learn, silent neurons": Case(
        sp.EventProp(**ADAM, delay_optimiser=sp.Adam(0.1)),
        connections={
            IN: lambda: sp.Dense(sp.Normal(0.1, 0.1), delay=sp.Uniform(0, 6), max_delay=6.0),
            OUT: dense(0.1, 0.4),
        },
        training={"revive_silent": 0.2},
        of_connections={IN: {"train_delays": True}},
    ),
    "EventProp, sparse": Case(
        sp.EventProp(**ADAM), connections={IN: sparse(16, 8, 1.2, 0.5), OUT: sparse(8, 3, 0.1, 0.4)}
    ),
    "EventProp, convolution": Case(
        sp.EventProp(**ADAM),
        shape=(2, 2, 4),
        source_shape=(4, 4, 1),
        connections={IN: lambda: sp.Conv2D(sp.Normal(1.0, 0.5), 4, 3), OUT: dense(0.1, 0.4)},
    ),
    "EventProp, clipped, a schedule": Case(
        sp.EventProp(optimiser=sp.Adam(0.01, schedule=COSINE, clip_norm=0.01)),
    ),
    "EventProp, SGD with momentum": Case(sp.EventProp(optimiser=sp.SGD(0.1, momentum=0.5))),
    "EventProp, curves": Case(sp.EventProp(**ADAM, **SQUARE), targets=True),
    "EventProp, spike times": Case(
        sp.EventProp(optimiser=sp.AdamW(0.01)), output=sp.LIF(**LIF, readout="first_spike_time")
    ),
    "e-prop": eprop(),
    "e-prop, adaptive, sparse": eprop(
        hidden=sp.ALIF(**ALIF, relative_reset=True, integrate_during_refrac=True),
        connections={IN: sparse(16, 8, 0.2, 0.4), LOOP: sparse(8, 8, 0.0, 0.2), OUT: sparse(8, 3, 0.0, 0.4)},
    ),
    "e-prop, curves, random feedback": eprop(rule={"feedback": "random", **SQUARE}, targets=True),
    "e-prop, a trace at each synapse": eprop(rule={"mode": "forward"}),
    "e-prop, within an example": eprop(
        rule={"mode": "forward", "online": 10, "rate_start": "target"}, training={"batch_size": 1}
    ),
}


@needs_pygenn
@pytest.mark.parametrize("name", CASES)
def test_a_script_learns_what_the_backend_learns(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    document, train, test = case.document(), case.examples(1), case.examples(2)
    session = Session(document, backend="pygenn")
    np.savez(tmp_path / "first.npz", **session.state())
    history = session.train(train, epochs=2)
    tally = session.tally(test, told=False)
    data = save_examples(tmp_path / "examples.npz", train=train, test=test)
    options = ("--data", str(data), "--weights", "first.npz", "--save", "after.npz", "--seed", "5")
    printed = run_script(document, tmp_path, *options)
    arrays, state = load_checkpoint(tmp_path / "after.npz")
    assert (state["epoch"], state["step"]) == (2, session.step)
    moved = 0.0
    with np.load(tmp_path / "first.npz") as first:
        for key, values in session.state().items():
            np.testing.assert_allclose(arrays[key], values, rtol=1e-5, atol=1e-7, err_msg=key)
            moved = max(moved, float(np.abs(values - first[key]).max()))
    assert moved > 1e-4
    losses = [float(found) for found in re.findall(r"^epoch \d+: loss ([\d.]+)", printed, re.MULTILINE)]
    np.testing.assert_allclose(losses, [metrics.loss for metrics in history], atol=1e-4)
    words = f"test: loss {tally.loss:.4f}" + (f", accuracy {tally.accuracy:.4f}" if not case.targets else "")
    assert words in printed


@needs_pygenn
def test_several_inputs_and_outputs(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    with sl.Network() as network:
        values = sl.Population(sp.IFInput(), 5, name="values")
        spikes = sl.Population(sp.SpikeInput(), 16, name="input")
        hidden = sl.Population(sp.LIF(**LIF), 8, name="hidden")
        sl.Connection(values, hidden, sl.Dense(sp.Normal(0.5, 0.5)), sp.Exponential(5.0))
        sl.Connection(spikes, hidden, sl.Dense(sp.Normal(0.8, 0.5)), sp.Exponential(5.0))
        for name in ("first one", "second-one"):
            output = sl.Population(sp.LI(readout="avg_var"), 3, name=name)
            sl.Connection(hidden, output, sl.Dense(sp.Normal(0.1, 0.4)), sp.Exponential(5.0))
    case = Case(sp.EventProp(**ADAM))
    document = case.document()
    document.network = network
    splits = {}
    for name, seed in (("train", 1), ("test", 2)):
        data = case.examples(seed)
        more = {"input:values": rng.random((7, 5)).astype(np.float32), "labels:second-one": rng.integers(0, 3, 7)}
        splits[name] = BatchData(data.spikes, {**data.values, **more})
    session = Session(document, backend="pygenn")
    np.savez(tmp_path / "first.npz", **session.state())
    session.train(splits["train"], epochs=2)
    tally = session.tally(splits["test"], told=False)
    for data in splits.values():
        data.values = {key.replace("input:values", "values.values"): found for key, found in data.values.items()}
    data = str(save_examples(tmp_path / "examples.npz", **splits))
    printed = run_script(document, tmp_path, "--data", data, "--weights", "first.npz", "--save", "after.npz")
    arrays, _ = load_checkpoint(tmp_path / "after.npz")
    for key, found in session.state().items():
        np.testing.assert_allclose(arrays[key], found, rtol=1e-5, atol=1e-7, err_msg=key)
    assert f"test: loss {tally.loss:.4f}, accuracy {tally.accuracy:.4f}" in printed


@needs_pygenn
def test_training_goes_on_where_it_was(tmp_path: Path) -> None:
    case = CASES["EventProp"]
    document = case.document()
    data = str(save_examples(tmp_path / "examples.npz", train=case.examples(1), test=case.examples(2)))
    run_script(document, tmp_path, "--data", data, "--epochs", "4", "--save", "four.npz")
    run_script(document, tmp_path, "--data", data, "--epochs", "3", "--save", "three.npz")
    run_script(document, tmp_path, "--data", data, "--epochs", "1", "--weights", "three.npz", "--save", "again.npz")
    with np.load(tmp_path / "four.npz") as straight, np.load(tmp_path / "again.npz") as resumed:
        for name in straight.files:
            np.testing.assert_array_equal(straight[name], resumed[name])
    model = sl.Model.from_document(document)
    model.load_checkpoint(tmp_path / "four.npz")
    assert (model.session.epoch, model.session.step) == (4, 12)
    with np.load(tmp_path / "four.npz") as straight:
        np.testing.assert_array_equal(model.weights["input_hidden"], straight["input_hidden.g"])


@needs_pygenn
def test_weights_of_a_network_that_only_infers_are_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    with sl.Network() as network:
        image = sl.Population(sp.IFInput(), 12, name="image")
        hidden = sl.Population(sp.IF(v_thresh=1.0), 9, name="hidden")
        output = sl.Population(sp.IF(readout="spike_count"), 4, name="output")
        sl.Connection(image, hidden, sl.Dense(rng.normal(0.1, 0.3, (12, 9)).astype(np.float32)))
        sl.Connection(hidden, output, sl.Dense(rng.normal(0.1, 0.4, (9, 4)).astype(np.float32)))
    document = sl.Document(network, sp.Experiment(simulation=sp.Simulation(dt=1.0, example_time=40.0)))
    x, labels = rng.random((20, 12)).astype(np.float32), rng.integers(0, 4, 20)
    model = sl.Model.from_document(document)
    expected = model.evaluate(x, labels)["accuracy"]
    np.savez(tmp_path / "examples.npz", **{"test.image.values": x, "test.labels": labels})
    printed = run_script(document, tmp_path, "--data", "examples.npz", "--batch-size", "7")
    assert f"test: accuracy {expected:.4f}" in printed


@needs_pygenn
def test_mistakes_of_a_users_files_are_words(tmp_path: Path) -> None:
    case = CASES["EventProp"]
    document, held = case.document(), case.examples(2)
    data = str(save_examples(tmp_path / "examples.npz", train=held, test=held))
    np.savez(tmp_path / "other.npz", **{"input_hidden.g": np.zeros((2, 2), np.float32)})
    with pytest.raises(AssertionError, match=r"input_hidden\.g: \(2, 2\) found, expected \(16, 8\)"):
        run_script(document, tmp_path, "--data", data, "--evaluate", "--weights", "other.npz")
    held.spikes["input"].steps[:2], held.spikes["input"].ids[:2] = 3, 5
    twice = str(save_examples(tmp_path / "twice.npz", test=held))
    with pytest.raises(AssertionError, match="two spikes of a neuron in one step"):
        run_script(document, tmp_path, "--data", twice, "--evaluate")


@needs_pygenn
def test_ctrl_c_saves_whole_batches(tmp_path: Path) -> None:
    case = CASES["EventProp"]
    document = case.document()
    data = str(save_examples(tmp_path / "examples.npz", train=case.examples(1), test=case.examples(2)))
    export(document, "pygenn", "net").save(tmp_path / "net.py")
    command = [sys.executable, "net.py", "--data", data, "--epochs", "1000000", "--save", "stopped"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        while not running.stdout.readline().startswith("epoch 2:"):
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        printed, errors = running.communicate(timeout=60)
    assert "stopped" in errors and "Traceback" not in errors
    assert "weights: stopped.npz" in printed
    _, state = load_checkpoint(tmp_path / "stopped.npz")
    assert state["epoch"] >= 2 and state["step"] in range(3 * state["epoch"], 3 * state["epoch"] + 4)

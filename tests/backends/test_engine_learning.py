"""Steps of the optimisers, gradients of a batch, neurons of the user's own."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends import build_runtime
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.backends.interface import RecordVar
from spikeloom.compilers import compile_document
from spikeloom.data import spike_data
from spikeloom.errors import RunError, UserError
from spikeloom.genn import Init, NeuronModel, Var
from spikeloom.genn.batch import BatchData
from spikeloom.run import Model, Session
from tests.backends.digits_runs import EVENTS, Built, digits, failing

# -- floating point ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("precision", "tiny"), [("float", 1e-37), ("double", 1e-307)])
def test_a_trace_decays_to_zero_and_not_to_a_crawl(precision, tiny):
    """Denormal numbers cost a hundred times as much; the thread that called keeps its own mode."""
    with sp.Network() as net:
        sp.Population("spike_input", 1, name="input")
        sp.Population(sp.LI(tau_mem=1 / np.log(2), v=1.0, readout="var"), 4, name="output")
        sp.Connection("input", "output", sp.Dense(0.0))
    document = sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=1.0, example_time=12.0)))
    built = Built(document, precision=precision, threads=3)
    place = built.runtime.layout.params["output", "init:V"]
    built.runtime._params[place] = tiny
    data = BatchData({"input": spike_data(3, np.zeros(0, int), np.zeros(0, int), np.zeros(0, int))})
    recorder = RecordVar("output", "V")
    v = built.run("predict", data, [np.arange(3)], record=[recorder]).recording.variables[recorder]
    smallest = np.finfo(np.float64 if precision == "double" else np.float32).tiny
    expected = tiny * 0.5 ** np.arange(1, 13)
    expected[expected < smallest] = 0
    assert (expected > 0).sum() >= 2
    np.testing.assert_allclose(v, np.broadcast_to(expected[:, None], v.shape), rtol=1e-5)
    half = np.float64(1e-308) * np.array([0.5])
    assert 0 < half[0] < np.finfo(np.float64).tiny


# -- learning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "optimiser",
    [sp.SGD(0.3), sp.SGD(0.1, momentum=0.8), sp.Adam(0.02, beta1=0.7, beta2=0.95, epsilon=1e-6)],
    ids=["sgd", "momentum", "adam"],
)
def test_an_optimiser_steps_along_the_mean_gradient(examples, optimiser):
    """Against the textbook formulas in numpy on the engine's own gradients; batches differ in size."""
    data, built = examples["train"], Built(digits(learning=sp.EventProp(optimiser=optimiser)), precision="double")
    names = ("in", "recurrent", "out")
    moments = {name: [0.0, 0.0] for name in names}
    for step, batch in enumerate((np.arange(12), np.arange(12, 17), np.array([40]), np.arange(60, 90)), start=1):
        before = {name: built.runtime.get(name, "g") for name in names}
        built.run("train", data, [batch], step=step, update=True)
        for name in names:
            gradient = built.runtime.gradient(name, "Gradient") / len(batch)
            assert np.abs(gradient).max() > 0
            if isinstance(optimiser, sp.SGD):
                moments[name][0] = optimiser.momentum * moments[name][0] + gradient
                expected = before[name] - optimiser.alpha * moments[name][0]
            else:
                b1, b2 = optimiser.beta1, optimiser.beta2
                moments[name][0] = b1 * moments[name][0] + (1 - b1) * gradient
                moments[name][1] = b2 * moments[name][1] + (1 - b2) * gradient**2
                first, second = moments[name][0] / (1 - b1**step), moments[name][1] / (1 - b2**step)
                expected = before[name] - optimiser.alpha * first / (np.sqrt(second) + optimiser.epsilon)
            np.testing.assert_allclose(built.runtime.get(name, "g"), expected, rtol=1e-9, atol=1e-12)


def test_the_gradient_of_a_batch_is_the_sum_over_its_examples(examples):
    data = examples["train"]
    built = Built(digits(), precision="double")
    names = ("in", "recurrent", "out")
    single = []
    for example in range(8):
        built.run("train", data, [[example]])
        single.append([built.runtime.gradient(name, "Gradient") for name in names])
    built.run("train", data, [np.arange(8)])
    for name, parts in zip(names, zip(*single, strict=True), strict=True):
        gradient, expected = built.runtime.gradient(name, "Gradient"), np.sum(parts, axis=0)
        np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-15 + 1e-12 * np.abs(expected).max())


def test_the_gradient_does_not_depend_on_the_shards(examples):
    found = []
    for shards in (1, 2, 7, 16):
        built = Built(digits(shards=shards), threads=3)
        built.run("train", examples["train"], [np.arange(32)])
        found.append({name: built.runtime.gradient(name, "Gradient") for name in ("in", "recurrent", "out")})
    for name, first in found[0].items():
        size = np.linalg.norm(first)
        assert size > 0
        for other in found[1:]:
            assert np.linalg.norm(other[name] - first) <= 1e-6 * size


def test_a_silent_batch_moves_no_weight():
    """No gradient of the batch before is left in rows that no spike touched."""
    built = failing()
    built.runtime.set("out", "g", np.full((6, 2), 0.5) * [[1, -1]])
    silent = spike_data(7, np.repeat(np.arange(6), 2), EVENTS.steps, EVENTS.ids)
    data = BatchData({"input": silent}, {"labels": np.zeros(7, np.int32)})
    built.run("train", data, [np.arange(6)], update=True)
    before = built.weights()
    built.run("train", data, [[6]], update=True, step=2)
    after = built.weights()
    np.testing.assert_array_equal(after["in.g"], before["in.g"])
    built.run("train", data, [[0]], update=True, step=3)
    moved = (built.weights()["in.g"] != after["in.g"]).any(axis=1)
    assert moved.tolist() == [True] + [False] * 5


def test_predicting_needs_no_labels(examples):
    session = Session(digits(), threads=2)
    unlabelled = BatchData(examples["train"].spikes)
    y, _ = session.predict(unlabelled)
    assert y.shape == (500, 10)
    np.testing.assert_array_equal(y, session.predict(examples["train"])[0])
    with pytest.raises(UserError, match="no labels were given, and the loss needs integer labels"):
        session.evaluate(unlabelled)
    with pytest.raises(UserError, match="no labels were given, and the loss needs integer labels"):
        session.train(unlabelled)


# -- neurons of the user's own ----------------------------------------------------------------------------------------


class QuadraticIF(sp.Neuron):
    """``tau V' = V (V - critical) + I``, with a noise that a test can switch on."""

    type: ClassVar[str] = "test_quadratic_if"

    tau: float = sp.quantity(10.0, gt=0, unit="ms", help="Time constant.")
    critical: float = sp.quantity(0.5, help="Voltage from which it runs away by itself.")
    noise: float = sp.quantity(0.0, ge=0, help="Standard deviation of the noise in a step.")
    readout: sp.Readout | None = sp.setting(None, help="What is read.")

    def dynamics(self, dt: float) -> sp.NeuronDynamics:
        """Euler's method."""
        noise = "+ Noise * gennrand_normal()" if self.noise else ""
        model = NeuronModel(
            "QuadraticIF",
            params=("Tau", "Critical", "Noise"),
            vars=(Var("V"),),
            sim_code=f"V += (dt / Tau) * V * (V - Critical) + Isyn {noise};",
            threshold_condition_code="V >= 1.0",
            reset_code="V = 0.1;",
        )
        params = {"Tau": self.tau, "Critical": self.critical, "Noise": self.noise}
        return sp.NeuronDynamics(model, params, {"V": 0.2})


def quadratic(noise: float, seed: int = 0) -> Model:
    with sp.Network() as net:
        sp.Population("spike_input", 3, name="input")
        sp.Population(QuadraticIF(noise=noise), 8, name="hidden")
        sp.Population(QuadraticIF(tau=5.0, readout="spike_count"), 4, name="output")
        sp.Connection("input", "hidden", sp.Dense(sp.Normal(0.3, 0.1)))
        sp.Connection("hidden", "output", sp.Dense(sp.Normal(0.1, 0.1)))
    return Model(net, example_time=25.0, dt=0.5, seed=seed, threads=2)


QUADRATIC_SPIKES = (np.random.default_rng(5).random((6, 50, 3)) < 0.2).astype(int)


def test_a_neuron_of_the_users_own_does_what_its_code_says():
    model = quadratic(noise=0.0)
    recorders = [sp.VariableRecorder("hidden", "V"), sp.SpikeRecorder(population="hidden")]
    found = model.predict(QUADRATIC_SPIKES, recorders)
    weights = model.weights["input_hidden"].astype(float)
    total = 0
    for example, counts in enumerate(QUADRATIC_SPIKES):
        v, current, trains = np.full(8, 0.2), np.zeros(8), []
        for step in range(50):
            v = v + 0.05 * v * (v - 0.5) + current
            spiked = v >= 1
            v = np.where(spiked, 0.1, v)
            trains += [(step * 0.5, n) for n in np.flatnonzero(spiked)]
            current = counts[step] @ weights
            np.testing.assert_allclose(found.variables["hidden", "V"][example, step], v, rtol=1e-4, atol=1e-5)
        train = found.spikes["hidden"][example]
        assert list(zip(train.times.tolist(), train.neurons.tolist(), strict=True)) == trains
        total += len(trains)
    assert total > 50
    assert found.y.shape == (6, 4)
    assert found.y.sum() > 0


def test_noise_in_a_neuron_comes_from_the_seed():
    recorder = [sp.VariableRecorder("hidden", "V")]
    silent = np.zeros((3, 50, 3), int)

    def voltages(seed: int, weights: bool = False) -> np.ndarray:
        return quadratic(0.05, seed).predict(silent, recorder).variables["hidden", "V"]

    first = voltages(1)
    np.testing.assert_array_equal(first, voltages(1))
    assert (first != voltages(2)).mean() > 0.99
    assert len(np.unique(first[:, 0])) == 3 * 8  # neurons and examples differ
    model = quadratic(0.05, 1)
    model.session.epoch = 1
    assert (model.predict(silent, recorder).variables["hidden", "V"] != first).mean() > 0.99


# -- the rest of the interface ----------------------------------------------------------------------------------------


def test_an_unknown_backend_is_named():
    compiled = compile_document(digits())
    with pytest.raises(UserError, match="no backend 'embeded'; did you mean 'embedded'"):
        build_runtime("embeded", compiled.model, compiled.schedules, timesteps=30)


def test_too_much_memory_is_a_message_and_not_a_crash():
    document = digits()
    document.network.population("hidden").shape = (2_000_000_000,)
    with pytest.raises((RunError, UserError)) as caught:
        Built(document)
    assert "GB of memory are needed" in str(caught.value)


def test_first_values_of_the_wrong_shape_are_refused():
    compiled = compile_document(digits())
    compiled.model.synapses["out"].var_init = {"g": Init(values=np.zeros((3, 3)))}
    with pytest.raises(UserError, match=r"out\.g: an array of shape \(3, 3\) was given, expected \(20, 10\)"):
        EmbeddedRuntime(compiled.model, compiled.schedules, threads=1)

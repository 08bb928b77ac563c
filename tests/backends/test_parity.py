"""Every backend that is installed runs the same models: against numpy, and PyGeNN against the embedded engine."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.interface import RecordSpikes, RecordVar, Runtime
from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.data import spike_data
from spikeloom.errors import RunError, UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run import Session
from spikeloom.run.prepare import prepare
from tests.backends.digits_runs import digits
from tests.backends.installed import built, each_backend, needs_pygenn
from tests.backends.step_by_step import counts_of, simulate
from tests.backends.test_engine_dynamics import EXAMPLES, NETWORKS
from tests.compilers.connected import CONNECTED
from tests.compilers.nets import Case, data, document, draw

CROSS_ENTROPY, RELATIVE = "sparse_categorical_crossentropy", "relative_mean_square_error"


def one_spike_a_step(timesteps: int, neurons: int) -> BatchData:
    """Input spikes of several examples, one of them silent; no neuron has two in a step, which GeNN does not know."""
    spikes = np.random.default_rng(3).random((EXAMPLES, timesteps, neurons)) < 0.15
    spikes[1] = False
    return BatchData({"input": spike_data(EXAMPLES, *np.nonzero(spikes))})


# -- forward ----------------------------------------------------------------------------------------------------------


@each_backend
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_does_what_the_equations_say(name, backend):
    doc = NETWORKS[name]()
    compiled = compile_document(doc)
    steps = compiled.timesteps
    batch = one_spike_a_step(steps, 7)
    spiking = [p.name for p in doc.network.populations if p.neuron.spiking and not p.neuron.is_input]
    voltages = [p.name for p in doc.network.populations if not p.neuron.is_input]
    record = [*map(RecordSpikes, spiking), *(RecordVar(population, "V") for population in voltages)]
    runtime = built(backend, compiled.model, compiled.schedules, steps)
    result = runtime.run("predict", batch, [np.arange(EXAMPLES)], timesteps=steps, record=record)
    for example in range(EXAMPLES):
        expected = simulate(doc, counts_of(batch, "input", example, steps, 7))
        for population in spiking:
            found = np.zeros_like(expected.spikes[population])
            np.add.at(found, result.recording.spikes[population][example], 1)
            np.testing.assert_array_equal(found, expected.spikes[population])
        for population in voltages:
            ours = result.recording.variables[RecordVar(population, "V")][example]
            np.testing.assert_allclose(ours, expected.voltages[population], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(result.results["y"][example], expected.y, rtol=1e-9, atol=1e-12)


@each_backend
def test_a_custom_neuron_does_what_a_built_in_one_does(backend):
    """The same equation by its own code: bit for bit the same spikes and voltages."""
    tau, weights = 12.0, np.random.default_rng(2).normal(0.4, 0.2, (7, 9))
    alpha = float(np.exp(-1 / tau))
    codes = {"sim_code": "V = (alpha * V) + Isyn;", "threshold": "V >= theta", "reset": "V -= theta;\ncount += 1.0;"}
    custom = sp.CustomNeuron(
        params={"alpha": alpha, "theta": 0.8}, variables={"V": 0.1, "count": 0.0}, variable="count", **codes
    )
    found = {}
    for name, neuron in (
        ("custom", custom.model_copy(update={"readout": sp.VarReadout()})),
        ("lif", sp.LIF(tau_mem=tau, v_thresh=0.8, v=0.1, relative_reset=True, readout="spike_count")),
    ):
        with sp.Network() as net:
            sp.Population("spike_input", 7, name="input")
            sp.Population(neuron, 9, name="cells")
            sp.Connection("input", "cells", sp.Dense(sp.Array(weights)), sp.Delta())
        doc = sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=1.0, example_time=40.0)))
        compiled = compile_document(doc)
        runtime = built(backend, compiled.model, compiled.schedules, 40)
        record = [RecordSpikes("cells"), RecordVar("cells", "V")]
        found[name] = runtime.run(
            "predict", one_spike_a_step(40, 7), [np.arange(EXAMPLES)], timesteps=40, record=record
        )
    np.testing.assert_array_equal(found["custom"].results["y"], found["lif"].results["y"])
    for ours, theirs in zip(*(f.recording.spikes["cells"] for f in found.values()), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(*(f.recording.variables[RecordVar("cells", "V")] for f in found.values()))
    assert found["lif"].results["y"].sum() > 50


@each_backend
def test_a_custom_synapse_does_what_a_built_in_one_does(backend):
    tau_mem, tau = 15.0, 4.0
    weights = np.random.default_rng(2).normal(0.8, 0.5, (7, 9))
    gain = sp.LIF(tau_mem=tau_mem).current_gain(tau, 1.0)
    custom = sp.CustomSynapse(
        params={"gain": gain, "tau": tau}, sim_code="injectCurrent(gain * inSyn);\ninSyn *= exp(-dt / tau);"
    )
    found = []
    for synapse in (custom, sp.Exponential(tau)):
        with sp.Network() as net:
            sp.Population("spike_input", 7, name="input")
            sp.Population(sp.LIF(tau_mem=tau_mem, readout="spike_count"), 9, name="cells")
            sp.Connection("input", "cells", sp.Dense(sp.Array(weights)), synapse)
        doc = sp.Document(net, sp.Experiment(simulation=sp.Simulation(dt=1.0, example_time=40.0)))
        compiled = compile_document(doc)
        runtime = built(backend, compiled.model, compiled.schedules, 40)
        record = [RecordVar("cells", "V")]
        found.append(
            runtime.run("predict", one_spike_a_step(40, 7), [np.arange(EXAMPLES)], timesteps=40, record=record)
        )
    np.testing.assert_array_equal(found[0].results["y"], found[1].results["y"])
    voltages = [result.recording.variables[RecordVar("cells", "V")] for result in found]
    np.testing.assert_allclose(voltages[0], voltages[1], rtol=1e-12, atol=1e-14)
    assert found[0].results["y"].sum() > 20


# -- gradients --------------------------------------------------------------------------------------------------------

RULES: dict[str, tuple[Case, str, Any, dict[str, Any]]] = {
    "feed-forward": (Case(), "avg_var", CROSS_ENTROPY, {}),
    "recurrent": (Case(recurrent=(0,)), "sum_var", CROSS_ENTROPY, {}),
    "two layers, the second recurrent": (Case(hidden=(8, 7), recurrent=(1,)), "avg_var_exp_weight", CROSS_ENTROPY, {}),
    "maximum": (Case(), "max_var", CROSS_ENTROPY, {}),
    "mean square": (Case(recurrent=(0,)), "var", "mean_square_error", {}),
    "relative": (Case(), "var", {"type": RELATIVE, "delta": 0.5}, {}),
    "first spikes": (
        Case(recurrent=(0,), spiking_output=True),
        "first_spike_time",
        {"type": CROSS_ENTROPY, "temperature": 2.0},
        {},
    ),
    "first spikes, relative": (Case(spiking_output=True), "first_spike_time", {"type": RELATIVE, "delta": 3.0}, {}),
    "regularised": (
        Case(hidden=(8, 7)),
        "avg_var",
        CROSS_ENTROPY,
        {"reg_lambda_upper": 0.02, "reg_lambda_lower": 0.03, "reg_nu_upper": 2.0},
    ),
}
RULES |= {name: (case, "avg_var", CROSS_ENTROPY, {}) for name, case in CONNECTED.items()}
DT = 0.5
DRAWS = (3, 4, 5)


class Trained:
    """A net of `RULES` on a backend, with the weights of one draw and the examples of several."""

    def __init__(self, backend: str, name: str, **settings: Any) -> None:
        case, readout, loss, options = RULES[name]
        draws = [draw(case, seed) for seed in DRAWS]
        doc = document(case, draws[0], DT, readout, loss, optimiser=sp.SGD(0.01), **options)
        self.compiled: CompiledNetwork = compile_document(doc)
        self.steps = self.compiled.timesteps
        self.runtime = built(backend, self.compiled.model, self.compiled.schedules, self.steps, **settings)
        for (source, target), weights in draws[0].weights.items():
            if f"{source}_{target}" in self.compiled.weights:
                self.runtime.set(f"{source}_{target}", "g", weights)
        for population in self.compiled.model.populations.values():
            if any(var.name == "MeanSpikes" for var in population.model.vars):
                self.runtime.set(population.name, "MeanSpikes", np.linspace(0, 4, population.size))
        batches = [data(drawn, DT) for drawn in draws]
        spikes = [batch.spikes["input"] for batch in batches]
        examples = np.repeat(np.arange(len(draws)), [len(s.ids) for s in spikes])
        joined = spike_data(
            len(draws), examples, np.concatenate([s.steps for s in spikes]), np.concatenate([s.ids for s in spikes])
        )
        values = {key: np.concatenate([batch.values[key] for batch in batches]) for key in batches[0].values}
        self.data = BatchData({"input": joined}, values)
        self.hidden = [layer for layer in case.layers if layer.startswith("hidden")]

    def train(self, batches: list[np.ndarray], *, update: bool = False) -> Any:
        dynamic = self.compiled.dynamic(1, [len(batch) for batch in batches])
        record = [RecordSpikes(layer) for layer in self.hidden]
        return self.runtime.run(
            "train", self.data, batches, timesteps=self.steps, update=update, dynamic=dynamic, record=record
        )

    def gradients(self) -> np.ndarray:
        runtime: Any = self.runtime
        return np.concatenate([runtime.gradient(name, "Gradient").ravel() for name in self.compiled.gradients])

    def weights(self) -> np.ndarray:
        return np.concatenate([self.runtime.get(r.group, r.var).ravel() for r in self.compiled.weights.values()])


def distance(first: np.ndarray, second: np.ndarray) -> float:
    """Normwise relative difference."""
    return float(np.linalg.norm(first - second) / np.linalg.norm(first))


@needs_pygenn
@pytest.mark.parametrize("name", RULES)
def test_gradients_of_a_batch_agree_in_double(name):
    nets = [Trained(backend, name) for backend in ("embedded", "pygenn")]
    results = [net.train([np.arange(3)]) for net in nets]
    for key, values in results[0].results.items():
        np.testing.assert_allclose(values, results[1].results[key], rtol=1e-9, atol=1e-12, err_msg=key)
    for layer in nets[0].hidden:
        for (steps, ids), (their_steps, their_ids) in zip(
            *(result.recording.spikes[layer] for result in results), strict=True
        ):
            order = np.lexsort((ids, steps))
            np.testing.assert_array_equal(steps[order], their_steps)
            np.testing.assert_array_equal(ids[order], their_ids)
    error = distance(nets[0].gradients(), nets[1].gradients())
    print(f"\n{name}: gradients differ by {error:.1e}")
    assert np.linalg.norm(nets[0].gradients()) > 0
    assert error <= 1e-9


@needs_pygenn
@pytest.mark.parametrize("name", ["recurrent", "first spikes", "regularised"])
def test_ten_steps_in_float_stay_together(name):
    nets = [Trained(backend, name, precision="float") for backend in ("embedded", "pygenn")]
    batches = [np.arange(3)] * 10
    results = [net.train(batches, update=True) for net in nets]
    counts = [
        np.array([len(ids) for layer in nets[0].hidden for _, ids in result.recording.spikes[layer]])
        for result in results
    ]
    moved = distance(Trained("embedded", name).weights(), nets[0].weights())
    error = distance(nets[0].weights(), nets[1].weights())
    print(f"\n{name}: weights moved by {moved:.1e}, differ by {error:.1e}; spikes {counts[0].sum()}, {counts[1].sum()}")
    assert abs(counts[0] - counts[1]).sum() <= 0.001 * counts[0].sum()
    assert moved > 1e-3
    assert error <= 1e-3
    assert error <= 0.05 * moved


# -- training ---------------------------------------------------------------------------------------------------------


@needs_pygenn
def test_training_the_digits_gives_the_same_curve():
    """In float, from the same weights: the loss of each epoch, and what is predicted afterwards."""
    document = digits(batch_size=16, learning=sp.EventProp(optimiser=sp.SGD(0.05)))
    splits = {name: part.take(range(200)) for name, part in prepare(document).items() if len(part)}
    embedded, pygenn = Session(document), Session(document, backend="pygenn")
    for ref in embedded.compiled.weights.values():
        pygenn.runtime.set(ref.group, ref.var, embedded.runtime.get(ref.group, ref.var))
    curves = [session.train(splits["train"], epochs=2) for session in (embedded, pygenn)]
    np.testing.assert_allclose([m.loss for m in curves[0]], [m.loss for m in curves[1]], rtol=1e-3)
    readouts = [session.predict(splits["test"])[0] for session in (embedded, pygenn)]
    assert (readouts[0].argmax(axis=1) == readouts[1].argmax(axis=1)).mean() >= 0.99
    metrics = [session.evaluate(splits["test"]) for session in (embedded, pygenn)]
    assert metrics[0]["loss"] == pytest.approx(metrics[1]["loss"], rel=1e-2)


@needs_pygenn
def test_a_checkpoint_of_one_backend_is_read_by_the_other():
    document = digits(learning=sp.EventProp(reg_lambda_upper=1e-3, reg_nu_upper=2.0))
    train = prepare(document)["train"].take(range(60))
    sessions = [Session(document), Session(document, backend="pygenn")]
    sessions[0].train(train, epochs=1)
    sessions[1].restore(sessions[0].state(), {"epoch": 1, "step": sessions[0].step})
    for name, values in sessions[0].state().items():
        np.testing.assert_array_equal(values, sessions[1].state()[name], err_msg=name)
    assert sessions[1].evaluate(train)["loss"] == pytest.approx(sessions[0].evaluate(train)["loss"], rel=1e-3)


# -- recordings -------------------------------------------------------------------------------------------------------


@each_backend
def test_chosen_examples_are_recorded_inputs_too(backend):
    net = Trained(backend, "feed-forward")
    record = [
        RecordSpikes("input"),
        RecordSpikes("hidden0"),
        RecordVar("output", "V", (1,)),
        RecordVar("output", "V", None, 1),
    ]
    everything, some = (
        net.runtime.run(
            "predict", net.data, [np.array([2, 0]), np.array([1])], timesteps=net.steps, record=record, recorded=places
        ).recording
        for places in (None, np.array([1, 2]))
    )
    given = net.data.spikes["input"]
    for recording, examples in ((everything, (2, 0, 1)), (some, (0, 1))):
        for example, (steps, ids) in zip(examples, recording.spikes["input"], strict=True):
            where = slice(given.offsets[example], given.offsets[example + 1])
            np.testing.assert_array_equal(steps, given.steps[where])
            np.testing.assert_array_equal(ids, given.ids[where])
    for population in ("input", "hidden0"):
        for (steps, ids), (same_steps, same_ids) in zip(
            everything.spikes[population][1:], some.spikes[population], strict=True
        ):
            np.testing.assert_array_equal(steps, same_steps)
            np.testing.assert_array_equal(ids, same_ids)
    np.testing.assert_array_equal(everything.variables[record[2]][1:], some.variables[record[2]])
    assert some.variables[record[2]].shape == (2, net.steps, 1)


# -- what goes wrong --------------------------------------------------------------------------------------------------


def small(backend: str, **settings: Any) -> tuple[Runtime, CompiledNetwork, BatchData]:
    net = Trained(backend, "feed-forward", **settings)
    return net.runtime, net.compiled, net.data


@each_backend
def test_shapes_and_names_that_do_not_fit_are_refused(backend):
    runtime, _, _ = small(backend)
    with pytest.raises(UserError, match=r"shape \(3, 3\) was given, expected \(6, 8\)"):
        runtime.set("input_hidden0", "g", np.zeros((3, 3)))
    with pytest.raises(UserError):
        runtime.get("input_hidden0", "nothing")


@needs_pygenn
def test_what_pygenn_cannot_do_is_said():
    runtime, compiled, batch = small("pygenn")
    with pytest.raises(UserError, match=f"7 timesteps asked for, built for {compiled.timesteps}"):
        runtime.run("predict", batch, [np.array([0])], timesteps=7)
    twice = BatchData({"input": spike_data(1, np.zeros(2, int), np.array([4, 4]), np.array([2, 2]))})
    with pytest.raises(UserError, match="neuron 2 has two spikes in step 4"):
        runtime.run("predict", twice, [np.array([0])], timesteps=compiled.timesteps)


@each_backend
def test_numbers_that_are_none_stop_a_run(backend):
    runtime, compiled, batch = small(backend)
    runtime.set("hidden0_output", "g", np.full((8, 3), 1e308))
    with pytest.raises(RunError, match="infinite or NaN"):
        runtime.run("evaluate", batch, [np.arange(3)], timesteps=compiled.timesteps)


@each_backend
def test_stop_ends_a_run_after_a_batch(backend):
    runtime, compiled, batch = small(backend)
    batches = [np.array([k % 3]) for k in range(200_000)]
    over = threading.Event()

    def insist() -> None:  # a stop that comes before the run has begun is none
        while not over.wait(0.005):
            runtime.stop()

    thread = threading.Thread(target=insist)
    thread.start()
    result = runtime.run("predict", batch, batches, timesteps=compiled.timesteps)
    over.set()
    thread.join()
    assert 0 < result.batches_done < len(batches)
    assert len(result.results["y"]) == result.examples_done == result.batches_done


@needs_pygenn
def test_more_spikes_than_before_keep_the_weights():
    """GeNN's arrays have a fixed size; making room for more spikes must lose nothing."""
    runtime, compiled, batch = small("pygenn")
    before = runtime.get("input_hidden0", "g")
    dense = np.ones((1, compiled.timesteps, 6), bool)
    many = BatchData({"input": spike_data(1, *np.nonzero(dense))})
    first = runtime.run("predict", batch, [np.arange(3)], timesteps=compiled.timesteps).results["y"]
    runtime.run("predict", many, [np.array([0])], timesteps=compiled.timesteps)
    np.testing.assert_array_equal(runtime.get("input_hidden0", "g"), before)
    again = runtime.run("predict", batch, [np.arange(3)], timesteps=compiled.timesteps).results["y"]
    np.testing.assert_array_equal(first, again)


def test_without_pygenn_the_message_says_what_to_do(monkeypatch):
    import importlib

    def missing(name: str) -> Any:
        raise ImportError(f"No module named '{name}'")

    monkeypatch.setattr(importlib, "import_module", missing)
    from spikeloom.backends.pygenn.library import load

    with pytest.raises(UserError, match="PyGeNN cannot be imported") as caught:
        load()
    assert "installation page" in caught.value.hint

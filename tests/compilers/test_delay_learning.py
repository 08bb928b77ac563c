"""Gradients of delays under both learning rules, and delays that learn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import spikeloom as sl
import spikeloom.spec as sp
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.compilers import compile_document
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from tests.compilers.nets import GRID, Case, Draw, data, document, draw, reference_net
from tests.compilers.test_eventprop import LOSSES, well_conditioned
from tests.reference.adjoint import gradients
from tests.reference.event_driven import INPUT, Net, simulate
from tests.reference.readouts import loss as reference_loss

CROSS_ENTROPY = "sparse_categorical_crossentropy"
LONGEST = 5.0  # ms
TIMESTEPS = [1 / 16, 1 / 64, 1 / 256]  # ms
DRAWS = 6
CASES = {
    "feed-forward": Case(),
    "recurrent": Case(recurrent=(0,)),
    "two layers": Case(hidden=(8, 7)),
    "spiking output": Case(spiking_output=True),
}


def delayed(case: Case) -> Case:
    return replace(case, drawn_delays=dict.fromkeys(case.pairs, LONGEST))


class Delays:
    """A case whose delays learn, on the engine in double precision."""

    def __init__(self, case: Case, drawn: Draw, dt: float, readout: str) -> None:
        net = document(case, drawn, dt, readout, CROSS_ENTROPY)
        for connection in net.network.connections:
            connection.train_delays, connection.connectivity.max_delay = True, LONGEST + 1
        self.compiled = compile_document(net)
        self.runtime = EmbeddedRuntime(self.compiled.model, self.compiled.schedules, threads=1, precision="double")
        for (source, target), weights in drawn.weights.items():
            self.runtime.set(f"{source}_{target}", "g", weights)

    def gradients(self, batch: BatchData, what: str = "DelayGradient") -> dict[tuple[str, str], np.ndarray]:
        self.runtime.run("train", batch, [np.array([0])], timesteps=self.compiled.timesteps)
        synapses = self.compiled.model.synapses.values()
        return {(s.source, s.target): self.runtime.gradient(s.name, what) for s in synapses}

    def counts(self, case: Case, batch: BatchData) -> list[int]:
        hidden = case.layers[1:-1]
        run = self.runtime.run("predict", batch, [np.array([0])], timesteps=self.compiled.timesteps)
        return [int(run.spike_counts[layer].sum()) for layer in hidden]


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_of_delays_approaches_the_exact_one(name: str) -> None:
    case, errors, seed = delayed(CASES[name]), [], 0
    readout = "first_spike_time" if case.spiking_output else "avg_var"
    while len(errors) < DRAWS:
        drawn = draw(case, seed)
        seed += 1
        assert seed < 150
        counts = well_conditioned(case, drawn, readout)
        if counts is None:
            continue
        exact = gradients(
            reference_net(case, drawn), drawn.times, case.t_end, readout, LOSSES[CROSS_ENTROPY], drawn.label
        )[3]
        found = []
        for dt in TIMESTEPS:
            engine, batch = Delays(case, drawn, dt, readout), data(drawn, dt)
            if engine.counts(case, batch) != counts[: len(case.layers) - 2]:
                break
            ours = engine.gradients(batch)
            size = np.linalg.norm(np.concatenate([exact[pair].ravel() for pair in exact]))
            found.append(np.linalg.norm(np.concatenate([(ours[p] - exact[p]).ravel() for p in exact])) / size)
        else:
            errors.append(found)
    mean = np.exp(np.log(errors).mean(axis=0))
    print(f"\n{name}: error {mean.round(5)}, falls {(mean[0] / mean[-1]) ** 0.25:.2f}x per halving")
    assert (mean[0] / mean[-1]) ** 0.25 >= 1.8
    assert mean[-1] <= 0.01


@pytest.mark.parametrize("name", ["recurrent", "two layers"])
def test_the_reference_s_gradient_of_delays_is_that_of_central_differences(name: str) -> None:
    case = delayed(CASES[name])
    seed = next(seed for seed in range(100) if well_conditioned(case, draw(case, seed), "avg_var"))
    drawn, rng, step = draw(case, seed), np.random.default_rng(1), 1e-5
    net = reference_net(case, drawn)
    # Delays that are no multiples of anything: else events coincide, and the loss has kinks.
    delays = {pair: d + rng.uniform(0.05, 0.45, d.shape) * GRID for pair, d in net.delays.items()}
    net = Net(net.layers, net.n_inputs, net.weights, net.output, delays)
    exact = gradients(net, drawn.times, case.t_end, "avg_var", "cross_entropy", drawn.label)[3]
    for pair, values in delays.items():
        differences = np.zeros_like(values)
        for place in np.ndindex(values.shape):
            ends = []
            for sign in (1, -1):
                before = values[place]
                values[place] = before + sign * step
                trace = simulate(net, drawn.times, case.t_end)
                ends.append(reference_loss(net, trace, "avg_var", "cross_entropy", drawn.label)[0])
                values[place] = before
            differences[place] = (ends[0] - ends[1]) / (2 * step)
        assert np.linalg.norm(exact[pair]) > 1e-4
        assert np.linalg.norm(exact[pair] - differences) <= 1e-6 * np.linalg.norm(exact[pair]), pair
    assert INPUT in {pair[0] for pair in delays}


# -- e-prop --------------------------------------------------------------------------------------------------------
def eprop_net(steps: int, weight: float = 1e-9) -> tuple[Any, EmbeddedRuntime, BatchData]:
    """Recurrent LIF and ALIF neurons; the delays of what leads from `extra` learn, whose weights do next to nothing."""
    rng = np.random.default_rng(3)
    with sp.Network() as net:
        sp.Population("spike_input", 5, "input")
        sp.Population("spike_input", 4, "extra")
        for name, neuron in (("lif", sp.LIF(relative_reset=True, integrate_during_refrac=True)), ("alif", sp.ALIF())):
            sp.Population(neuron, 6, name)
            sp.Connection("input", name, sp.Dense(sp.Array(rng.normal(1.0, 0.4, (5, 6)))), sp.Exponential(5))
        sp.Population(sp.LI(readout="avg_var"), 3, "output")
        for name in ("lif", "alif"):
            sp.Connection(name, "output", sp.Dense(sp.Array(rng.normal(0.0, 0.5, (6, 3)))), sp.Delta())
            learned = sp.Dense(sp.Constant(weight), delay=sp.Constant(float(steps)), max_delay=8.0)
            kind = sp.Exponential(5) if name == "lif" else sp.Delta()
            sp.Connection("extra", name, learned, kind, f"extra_{name}").train_delays = True
    rule = sp.EProp(optimiser=sp.SGD(0.1))
    experiment = sp.Experiment(simulation=sp.Simulation(dt=1.0, example_time=60.0), learning=rule)
    compiled = compile_document(sp.Document(net, experiment))
    runtime = EmbeddedRuntime(compiled.model, compiled.schedules, threads=1, precision="double")
    spikes = {}
    for name, size in (("input", 5), ("extra", 4)):
        steps_, ids = np.nonzero(rng.random((60, size)) < 0.12)
        spikes[name] = spike_data(1, np.zeros(len(ids), int), steps_, ids)
    return compiled, runtime, BatchData(spikes, {"labels": np.array([1], np.int32)})


def eprop_gradients(steps: int, weight: float = 1e-9) -> dict[str, np.ndarray]:
    compiled, runtime, batch = eprop_net(steps, weight)
    runtime.run("train", batch, [np.array([0])], timesteps=compiled.timesteps)
    names = [f"extra_{kind}" for kind in ("lif", "alif")]
    return {f"{name}.{what}": runtime.gradient(name, what) for name in names for what in ("Gradient", "DelayGradient")}


@pytest.mark.parametrize("steps", [0, 1, 4, 8])
def test_eprop_s_gradient_of_delays_is_the_slope_of_what_an_arrival_does(steps: int) -> None:
    """With weights of next to nothing no spike moves with a delay, and e-prop's loss is linear in the weights.

    So a delay's gradient is the weight times the difference of the weight's gradients at the delays beside it.
    """
    weight, found = 1e-9, eprop_gradients(steps)
    before, after = eprop_gradients(max(steps - 1, 0)), None if steps == 8 else eprop_gradients(steps + 1)
    for kind in ("lif", "alif"):
        slope = found[f"extra_{kind}.DelayGradient"]
        assert np.linalg.norm(slope) > 0
        if after is None:  # beyond the longest delay there is no network to compare with
            continue
        key = f"extra_{kind}.Gradient"
        expected = weight * (after[key] - before[key]) / (steps + 1 - max(steps - 1, 0))
        assert np.linalg.norm(slope - expected) <= 1e-6 * np.linalg.norm(expected)


# -- learning ------------------------------------------------------------------------------------------------------
def coincidence(rule: Any, dt: float = 1.0) -> tuple[sl.Document, list[Any], np.ndarray]:
    """Two classes that differ in the order of two spikes; all weights are frozen, so that delays alone can tell."""
    with sl.Network() as net:
        source = sl.Population("spike_input", 2, "input")
        hidden = sl.Population(sl.LIF(tau_mem=5, relative_reset=isinstance(rule, sl.EProp)), 8, "hidden")
        output = sl.Population(sl.LI(tau_mem=20, readout="avg_var"), 2, "output")
        first = sl.Dense(sl.Constant(2.4), delay=sl.Uniform(0.0, 12.0), max_delay=15.0)
        sl.Connection(source, hidden, first, sl.Exponential(3), "in", train_delays=True, frozen=True)
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 1.0)), sl.Exponential(3), "out", frozen=True)
    experiment = sl.Experiment(simulation=sl.Simulation(dt=dt, example_time=40.0), learning=rule)
    experiment.training = sl.Training(epochs=60, batch_size=16, seed=3)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 64)
    starts = rng.uniform(1, 4, 64)
    examples = [([t, t + 8.0], [0, 1] if label else [1, 0]) for t, label in zip(starts, labels, strict=True)]
    return sl.Document(net, experiment), examples, labels


@pytest.mark.parametrize(("kind", "dt"), [(sl.EventProp, 1.0), (sl.EventProp, 0.5), (sl.EProp, 1.0)])
def test_delays_alone_learn_the_order_of_two_spikes(kind: Any, dt: float) -> None:
    document, examples, labels = coincidence(kind(delay_optimiser=sl.Adam(0.1)), dt)
    if kind is sl.EProp:
        document.experiment.learning.train_biases = False
    model = sl.Model.from_document(document)
    before = model.session.runtime.get("in", "Delay") * dt
    weights = model.weights
    first = model.evaluate(examples, labels)
    history = model.train(examples, labels)
    after = model.session.runtime.get("in", "Delay") * dt
    assert np.abs(after - before).max() > 1  # ms
    assert after.min() >= 0 and after.max() <= 15
    assert all(np.array_equal(values, weights[name]) for name, values in model.weights.items())
    assert first["accuracy"] < 0.7
    assert history["accuracy"][-1] == 1.0 and history["loss"][-1] < first["loss"] - 0.1


def test_delays_that_were_learned_are_in_checkpoints_and_documents(tmp_path: Any) -> None:
    document, examples, labels = coincidence(sl.EventProp(delay_optimiser=sl.SGD(10.0, momentum=0.5)))
    document.experiment.training.epochs = 3
    model = sl.Model.from_document(document)
    model.train(examples, labels)
    learned = model.session.runtime.get("in", "Delay")
    assert (learned != np.rint(learned)).any()
    assert {"in.Delay", "in.Delay.Velocity"} <= set(model.session.state())
    model.save(tmp_path / "learned.snn")
    again = sl.Model.from_document(sl.Document.load(tmp_path / "learned.snn"))
    np.testing.assert_allclose(again.session.runtime.get("in", "Delay"), learned, atol=1e-5)
    np.testing.assert_array_equal(again.predict(examples).y, model.predict(examples).y)


def test_delays_are_the_same_for_any_number_of_threads() -> None:
    found = []
    for threads in (1, 3):
        document, examples, labels = coincidence(sl.EventProp(delay_optimiser=sl.Adam(0.2)))
        document.experiment.training.epochs = 3
        model = sl.Model.from_document(document, threads=threads)
        model.train(examples, labels)
        found.append(model.session.runtime.get("in", "Delay"))
    np.testing.assert_array_equal(*found)


def test_delays_that_learn_need_room_and_a_rule() -> None:
    document, _, _ = coincidence(sl.EventProp())
    document.network.connection("in").connectivity.max_delay = None
    (problem,) = sl.validate(document)
    assert problem.place.endswith("max_delay") and problem.fix is not None
    document, _, _ = coincidence(sl.EProp(mode="forward"))
    assert any(p.place.endswith("train_delays") for p in sl.validate(document))

"""Inputs that make spikes of numbers, on every backend: against loops in numpy, and what Poisson promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.compilers import compile_document
from spikeloom.data import spike_data
from spikeloom.genn.batch import BatchData
from tests.backends.installed import built, each_backend

STEPS = 24
NEURONS = 9
EXAMPLES = 3
VALUES = np.random.default_rng(1).uniform(-0.6, 1.0, (EXAMPLES, 4, NEURONS)).astype(np.float32)

INPUTS: dict[str, sp.ArrayInput] = {
    "binary": sp.BinaryInput(threshold=0.3),
    "binary, frames": sp.BinaryInput(input_frames=4, input_frame_timesteps=3),
    "IF": sp.IFInput(gain=0.4, v=0.2),
    "IF, relative reset": sp.IFInput(gain=0.7, relative_reset=True),
    "IF, frames": sp.IFInput(gain=0.9, relative_reset=True, input_frames=4, input_frame_timesteps=5),
    "LIF": sp.LIFInput(tau_mem=8.0, gain=3.0, v_reset=-0.2),
    "LIF, refractory": sp.LIFInput(tau_mem=8.0, gain=4.0, tau_refrac=2.0),
    "LIF, frames": sp.LIFInput(tau_mem=6.0, gain=4.0, input_frames=4, input_frame_timesteps=7),
}


def document(neuron: sp.ArrayInput, weight: Any = 1.0, **simulation: float) -> sp.Document:
    """An input and a leaky output that adds up what comes."""
    with sp.Network() as net:
        sp.Population(neuron, NEURONS, "input")
        sp.Population(sp.LI(tau_mem=1e9, readout="var"), NEURONS, "output")
        sp.Connection("input", "output", sp.OneToOne(weight), sp.Delta())
    settings = {"example_time": float(STEPS)} | simulation
    return sp.Document(net, sp.Experiment(simulation=sp.Simulation(**settings)))


def given(neuron: sp.ArrayInput) -> np.ndarray:
    """The values of the examples, flattened; of one frame those of the first."""
    frames = VALUES if neuron.input_frames > 1 else VALUES[:, 0]
    return frames.reshape(EXAMPLES, -1)


def expected_spikes(neuron: sp.ArrayInput, example: int) -> np.ndarray:
    """Spikes (steps, neurons) by the equations."""
    found = np.zeros((STEPS, NEURONS), int)
    v, held = np.full(NEURONS, getattr(neuron, "v", 0.0)), np.zeros(NEURONS, int)
    for step in range(STEPS):
        frame = min(step // neuron.input_frame_timesteps, neuron.input_frames - 1)
        x = VALUES[example, frame].astype(float)
        if isinstance(neuron, sp.BinaryInput):
            found[step] = x > neuron.threshold
            continue
        if isinstance(neuron, sp.IFInput):
            moved = v + neuron.gain * x
        else:
            alpha = np.exp(-1 / neuron.tau_mem)
            moved = alpha * v + (1 - alpha) * neuron.gain * x
        v = np.where(held > 0, v, moved)
        fires = (v >= neuron.v_thresh) & (held == 0)
        held = np.maximum(held - 1, 0)
        lowered = v - (neuron.v_thresh - neuron.v_reset)
        v = np.where(fires, lowered if neuron.relative_reset else neuron.v_reset, v)
        held[fires] = round(neuron.tau_refrac)
        found[step] = fires
    return found


def recorded(runtime: Any, neuron: sp.ArrayInput, compiled: Any, **options: Any) -> list[np.ndarray]:
    data = BatchData({}, {compiled.inputs[0].key: given(neuron)})
    record = [RecordSpikes("input"), RecordVar("output", "V")]
    result = runtime.run("predict", data, [np.arange(EXAMPLES)], timesteps=STEPS, record=record, **options)
    spikes = []
    for steps, ids in result.recording.spikes["input"]:
        counts = np.zeros((STEPS, NEURONS), int)
        np.add.at(counts, (steps, ids), 1)
        spikes.append(counts)
    # A spike reaches its target in the step after it, whatever the input is.
    arrived = result.recording.variables[RecordVar("output", "V")][:, -1]
    np.testing.assert_allclose(arrived, [c[:-1].sum(axis=0) for c in spikes], rtol=1e-3)
    return spikes


@each_backend
@pytest.mark.parametrize("name", INPUTS)
def test_it_spikes_as_its_equations_say(name: str, backend: str) -> None:
    neuron = INPUTS[name]
    doc = document(neuron)
    assert sp.validate(doc) == []
    compiled = compile_document(doc)
    runtime = built(backend, compiled.model, compiled.schedules, STEPS)
    spikes = recorded(runtime, neuron, compiled)
    for example in range(EXAMPLES):
        np.testing.assert_array_equal(spikes[example], expected_spikes(neuron, example))
    assert 10 < np.sum(spikes) < 0.9 * STEPS * NEURONS * EXAMPLES


@each_backend
@pytest.mark.parametrize("frames", [1, 4])
def test_negative_spikes_count_with_minus(backend: str, frames: int) -> None:
    neuron = sp.BinaryInput(threshold=0.2, signed_spikes=True, input_frames=frames, input_frame_timesteps=6)
    doc = document(neuron, 0.5)
    compiled = compile_document(doc)
    runtime = built(backend, compiled.model, compiled.schedules, STEPS)
    data = BatchData({}, {compiled.inputs[0].key: given(neuron)})
    y = runtime.run("predict", data, [np.arange(EXAMPLES)], timesteps=STEPS).results["y"]
    x = VALUES[:, [min(step // 6, frames - 1) for step in range(STEPS - 1)]]
    signs = np.where(np.abs(x) > 0.2, np.sign(x), 0)
    np.testing.assert_allclose(y, 0.5 * signs.sum(axis=1), rtol=1e-3, atol=1e-6)
    assert (signs < 0).any()


def poisson(steps: int, neurons: int, examples: int, x: float, seed: int = 0, epoch: int = 0, **settings: Any) -> Any:
    """Spike counts (examples, steps, neurons) of a constant value."""
    with sp.Network() as net:
        sp.Population(sp.PoissonInput(**settings), neurons, "input")
        sp.Population(sp.LI(tau_mem=1e9, readout="var"), neurons, "output")
        sp.Connection("input", "output", sp.OneToOne(1.0), sp.Delta())
    doc = sp.Document(net, sp.Experiment(simulation=sp.Simulation(example_time=float(steps))))
    compiled = compile_document(doc)
    runtime = EmbeddedRuntime(compiled.model, compiled.schedules, seed=seed)
    data = BatchData({}, {"input:input": np.full((examples, neurons), x, np.float32)})
    record = [RecordSpikes("input")]
    result = runtime.run("predict", data, [np.arange(examples)], timesteps=steps, record=record, epoch=epoch)
    counts = np.zeros((examples, steps, neurons))
    for example, (when, ids) in enumerate(result.recording.spikes["input"]):
        np.add.at(counts, (example, when, ids), 1)
    return counts, result.results["y"]


def test_poisson_spikes_have_the_rate_of_the_value_and_no_memory() -> None:
    counts, _ = poisson(400, 50, 20, 0.6, rate=250.0)
    p = 1 - np.exp(-0.6 * 0.25)
    n = counts.size
    assert abs(counts.mean() - p) < 5 * np.sqrt(p * (1 - p) / n)
    for axis in range(3):  # neighbours in time, neurons and examples know nothing of each other
        one, other = (np.take(counts, range(k, counts.shape[axis] - 1 + k), axis) for k in (0, 1))
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 5 / np.sqrt(one.size)
    intervals = np.diff(np.flatnonzero(counts.transpose(0, 2, 1).ravel()))
    assert abs(intervals.var() / ((1 - p) / p**2) - 1) < 0.05  # geometric: variance (1 - p) / p^2


def test_poisson_spikes_come_from_the_seed_and_the_epoch_alone() -> None:
    first, _ = poisson(50, 20, 4, 0.8, seed=3)
    np.testing.assert_array_equal(first, poisson(50, 20, 4, 0.8, seed=3)[0])
    assert (first != poisson(50, 20, 4, 0.8, seed=4)[0]).any()
    assert (first != poisson(50, 20, 4, 0.8, seed=3, epoch=1)[0]).any()
    # An example has its spikes whatever stands beside it in the batch.
    np.testing.assert_array_equal(first[:2], poisson(50, 20, 2, 0.8, seed=3)[0])


def test_negative_values_give_negative_poisson_spikes_or_none() -> None:
    spikes, y = poisson(200, 30, 5, -0.7, rate=300.0)
    assert spikes.sum() == 0
    assert not y.any()
    spikes, y = poisson(200, 30, 5, -0.7, rate=300.0, signed_spikes=True)
    p = 1 - np.exp(-0.7 * 0.3)
    assert spikes.sum() == 0
    assert abs(-y.mean() / 199 - p) < 5 * np.sqrt(p * (1 - p) / (y.size * 199))


@pytest.mark.parametrize("name", [*INPUTS, "Poisson"])
def test_gradients_are_those_of_the_same_spikes_given(name: str) -> None:
    """EventProp replays what the input emitted from its tape: nothing may differ from spikes of a data set."""
    neuron = INPUTS.get(name, sp.PoissonInput(rate=150.0))

    def network(source: sp.Neuron) -> sp.Document:
        rng = np.random.default_rng(2)
        with sp.Network() as net:
            sp.Population(source, NEURONS, "input")
            sp.Population(sp.LIF(tau_mem=15.0), 7, "hidden")
            sp.Population(sp.LI(readout="avg_var"), 3, "output")
            delay = sp.Array(rng.integers(0, 4, (NEURONS, 7)).astype(float))
            sp.Connection(
                "input", "hidden", sp.Dense(sp.Array(rng.normal(1.0, 0.6, (NEURONS, 7))), delay), sp.Exponential(4)
            )
            sp.Connection("hidden", "output", sp.Dense(sp.Array(rng.normal(0, 1.0, (7, 3)))), sp.Exponential(4))
        rule = sp.EventProp(max_spikes=STEPS)
        return sp.Document(net, sp.Experiment(simulation=sp.Simulation(example_time=float(STEPS)), learning=rule))

    found = []
    labels = {"labels": np.array([0, 1, 2], np.int32)}
    made, replayed = compile_document(network(neuron)), compile_document(network(sp.SpikeInput()))
    assert sp.validate(network(neuron)) == []
    runtime = EmbeddedRuntime(made.model, made.schedules, threads=1, precision="double")
    data = BatchData({}, labels | {made.inputs[0].key: given(neuron)})
    result = runtime.run("train", data, [np.arange(EXAMPLES)], timesteps=STEPS, record=[RecordSpikes("input")])
    found.append([runtime.gradient(name, "Gradient") for name in made.gradients])
    trains = result.recording.spikes["input"]
    examples = np.repeat(np.arange(EXAMPLES), [len(steps) for steps, _ in trains])
    spikes = spike_data(EXAMPLES, examples, *(np.concatenate(parts) for parts in zip(*trains, strict=True)))
    runtime = EmbeddedRuntime(replayed.model, replayed.schedules, threads=1, precision="double")
    runtime.run("train", BatchData({"input": spikes}, labels), [np.arange(EXAMPLES)], timesteps=STEPS)
    found.append([runtime.gradient(name, "Gradient") for name in replayed.gradients])
    for ours, theirs in zip(*found, strict=True):
        assert np.linalg.norm(theirs) > 1e-3
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


@each_backend
def test_an_example_with_many_spikes_leaves_what_other_inputs_were_given(backend: str) -> None:
    """Room for spikes grows with the examples; each of them reads the same whatever came before it."""
    rng = np.random.default_rng(5)
    values = rng.uniform(0.2, 1.0, (2, 4 * NEURONS)).astype(np.float32)
    spikes = rng.random((2, STEPS, NEURONS)) < np.array([0.1, 0.6])[:, None, None]
    few = rng.random((2, STEPS, NEURONS)) < 0.3
    frames = sp.IFInput(gain=0.9, input_frames=4, input_frame_timesteps=5)
    with sp.Network() as net:
        output = sp.Population(sp.LI(tau_mem=1e9, readout="var"), NEURONS, "output")
        for name, neuron in (("values", frames), ("few", sp.SpikeInput()), ("many", sp.SpikeInput())):
            source = sp.Population(neuron, NEURONS, name)
            sp.Connection(source, output, sp.OneToOne(1.0), sp.Delta())
    compiled = compile_document(sp.Document(net, sp.Experiment(simulation=sp.Simulation(example_time=float(STEPS)))))
    given_values = {taken.key: values for taken in compiled.inputs if taken.key}
    data = BatchData(
        {name: spike_data(2, *np.nonzero(s)) for name, s in (("few", few), ("many", spikes))}, given_values
    )
    found = []
    for order in ([0, 1], [1, 0]):
        runtime = built(backend, compiled.model, compiled.schedules, STEPS)
        y = runtime.run("predict", data, [np.array(order)], timesteps=STEPS).results["y"]
        found.append(y[np.argsort(order)])
    np.testing.assert_array_equal(*found)
    assert (found[0][1] > found[0][0]).all()

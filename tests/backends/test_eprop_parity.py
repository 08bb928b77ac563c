"""E-prop on PyGeNN against the embedded engine: same first values, same examples; gradients, losses, what is learnt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.interface import RecordSpikes, RecordVar
from spikeloom.compilers.eprop.feedback import feedback_name
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData
from tests.backends.installed import built, each_backend, needs_pygenn
from tests.compilers.eprop_cases import CASES
from tests.compilers.eprop_nets import EXAMPLES, INPUTS, Case, Engine, error

ADJOINT = (
    "adaptive, recurrent",
    "LIF, feed-forward",
    "LIF, refractory, a reset of its own",
    "layers that feed each other",
    "exponential synapses",
    "a scaled input",
    "sparse",
    "drawn delays",
    "drawn delays to the output",
    "a finer step",
    "regularised",
    "weighted average",
    "mean square of curves",
    "random feedback, sparse, delayed to the output",
    "adaptive feedback",
    "two outputs",
)
FORWARD = ("LIF, recurrent", "exponential synapses", "sparse", "regularised", "two outputs")
ARRAY_INPUTS = {
    "IF": sp.IFInput(gain=0.4, v=0.2),
    "LIF, frames": sp.LIFInput(tau_mem=6.0, gain=4.0, input_frames=4, input_frame_timesteps=7),
}


def engines(case: Case, **options: Any) -> tuple[Engine, Engine]:
    """The case on both backends, with the first values of the embedded engine on both."""
    embedded, pygenn = (Engine(case, 1, backend=backend, **options) for backend in ("embedded", "pygenn"))
    embedded.draw(0)
    for ref in embedded.compiled.checkpointed.values():
        pygenn.runtime.set(ref.group, ref.var, embedded.runtime.get(ref.group, ref.var))
    return embedded, pygenn


def agree(embedded: Engine, pygenn: Engine) -> None:
    """Gradients and losses, in double; also after an evaluation, of which nothing may be left."""
    pygenn.runtime.run("evaluate", pygenn.data, [np.array([1])], timesteps=pygenn.case.timesteps)
    expected, found = embedded.run(), pygenn.run()
    difference = error(found, expected)
    print(f"\ngradients differ by {difference:.1e}")
    assert all(np.linalg.norm(gradient) > 0 for gradient in expected.values())
    assert difference <= 1e-12
    for population, losses in embedded.losses.items():
        np.testing.assert_allclose(pygenn.losses[population], losses, rtol=1e-12)


@needs_pygenn
@pytest.mark.parametrize("name", ADJOINT)
def test_gradients_by_the_sweep_agree_in_double(name):
    agree(*engines(CASES[name], precision="double"))


@needs_pygenn
@pytest.mark.parametrize("name", FORWARD)
def test_gradients_by_traces_agree_in_double(name):
    agree(*engines(CASES[name], precision="double", mode="forward"))


@needs_pygenn
@pytest.mark.parametrize("name", ARRAY_INPUTS)
def test_inputs_that_make_spikes_of_values_replay_them(name):
    neuron = ARRAY_INPUTS[name]
    both = engines(replace(CASES["adaptive, recurrent"], source=lambda: neuron), precision="double")
    values = np.random.default_rng(4).uniform(-0.2, 1.0, (EXAMPLES, INPUTS * neuron.input_frames))
    for engine in both:
        (taken,) = engine.compiled.inputs
        engine.data = BatchData({}, {**engine.data.values, taken.key: values.astype(np.float32)})
    agree(*both)


@needs_pygenn
@pytest.mark.parametrize(
    ("name", "precision", "closest"),
    [
        ("adaptive feedback", "double", 1e-10),
        ("sparse", "double", 1e-10),
        ("drawn delays to the output", "double", 1e-10),
        ("regularised", "float", 1e-3),
    ],
)
def test_what_is_learnt_in_some_batches_agrees(name, precision, closest):
    """Weights, biases and feedback move alike, and feedback that is symmetric follows the weights."""
    both = engines(CASES[name], precision=precision, optimiser=sp.SGD(0.002))
    before = {key: both[0].runtime.get(ref.group, ref.var) for key, ref in both[0].compiled.checkpointed.items()}
    batches = [np.array([0, 1]), np.array([2]), np.array([1, 2])] * 2
    for engine in both:
        dynamic = engine.compiled.dynamic(1, [len(batch) for batch in batches])
        engine.runtime.run("train", engine.data, batches, timesteps=engine.case.timesteps, update=True, dynamic=dynamic)
    learnt, theirs = (
        {key: engine.runtime.get(ref.group, ref.var) for key, ref in engine.compiled.checkpointed.items()}
        for engine in both
    )
    moved = {key for key in before if np.linalg.norm(learnt[key] - before[key]) > 1e-4 * np.linalg.norm(before[key])}
    assert {key for key in before if key.endswith((".g", ".Biases", ".Difference"))} <= moved
    difference = error(theirs, learnt)
    print(f"\n{name}: what is learnt differs by {difference:.1e}")
    assert difference <= closest
    for engine in both:
        back = feedback_name("hidden_output")
        if "g" in engine.compiled.model.synapses[back].transposes:
            _, places = engine.compiled.model.transposed_places(back, "g")
            forth = engine.runtime.get("hidden_output", "g").ravel()
            np.testing.assert_array_equal(engine.runtime.get(back, "g").ravel(), forth[places])


@needs_pygenn
@pytest.mark.parametrize("steps", [10, 26])
def test_online_updates_agree(steps):
    """Of one example after the other: GeNN's CPU has no room for two side by side. The last stretch may be shorter."""
    options = {"precision": "double", "optimiser": sp.Adam(0.01), "mode": "forward", "online": steps}
    both = engines(CASES["adaptive, recurrent"], **options)
    before = both[0].runtime.get("hidden_output", "g")
    batches = [np.array([0]), np.array([2]), np.array([1])]
    for engine in both:
        dynamic = engine.compiled.dynamic(1, [1, 1, 1])
        engine.runtime.run("train", engine.data, batches, timesteps=engine.case.timesteps, update=True, dynamic=dynamic)
    learnt, theirs = (
        {key: engine.runtime.get(ref.group, ref.var) for key, ref in engine.compiled.checkpointed.items()}
        for engine in both
    )
    assert np.abs(both[0].runtime.get("hidden_output", "g") - before).max() > 0.02
    assert error(theirs, learnt) <= 1e-10


@each_backend
def test_symmetric_feedback_is_there_from_the_start_and_when_weights_are_written(backend):
    engine = Engine(CASES["LIF, feed-forward"], 1, backend=backend, precision="double")
    back = feedback_name("hidden_output")
    first = engine.runtime.get(back, "g")
    assert np.abs(first).min() > 0
    np.testing.assert_array_equal(first, engine.runtime.get("hidden_output", "g").T)
    weights = np.arange(32.0).reshape(8, 4)
    engine.runtime.set("hidden_output", "g", weights)
    np.testing.assert_array_equal(engine.runtime.get(back, "g"), weights.T)


@needs_pygenn
@pytest.mark.parametrize("mode", ["adjoint", "forward"])
def test_recordings_agree(mode):
    """Of the steps of the example alone: the forward mode runs for two more, which may overwrite nothing."""
    record = [RecordSpikes("hidden"), RecordVar("output", "V"), RecordVar("hidden", "V", (2, 5), late=1)]
    found = []
    for engine in engines(CASES["adaptive, recurrent"], precision="double", mode=mode):
        steps = engine.case.timesteps
        found.append(engine.runtime.run("train", engine.data, [np.arange(EXAMPLES)], timesteps=steps, record=record))
    ours, theirs = (result.recording for result in found)
    assert sum(len(ids) for _, ids in ours.spikes["hidden"]) > 60
    for (steps, ids), (their_steps, their_ids) in zip(ours.spikes["hidden"], theirs.spikes["hidden"], strict=True):
        order = np.lexsort((ids, steps))
        np.testing.assert_array_equal(steps[order], their_steps)
        np.testing.assert_array_equal(ids[order], their_ids)
    for recorder in record[1:]:
        assert np.abs(ours.variables[recorder]).max() > 0.1
        np.testing.assert_allclose(theirs.variables[recorder], ours.variables[recorder], rtol=1e-10, atol=1e-13)


# -- what PyGeNN cannot do --------------------------------------------------------------------------------------------


def test_an_example_in_segments_is_refused_with_a_way_out():
    """Before anything is built: PyGeNN need not be there."""
    with pytest.raises(UserError, match="cannot run an example in segments") as caught:
        Engine(replace(CASES["adaptive, recurrent"], timesteps=2000), 1, backend="pygenn", tape_memory=0.05)
    assert "tape_memory" in caught.value.hint


@needs_pygenn
def test_online_updates_of_several_examples_are_refused_on_the_cpu():
    engine = Engine(CASES["LIF, recurrent"], 1, backend="pygenn", mode="forward", online=10)
    message, compiled = "need all 3 of a batch side by side, and there is room for 1", engine.compiled
    with pytest.raises(UserError, match=message) as caught:
        built("pygenn", compiled.model, compiled.schedules, engine.case.timesteps, batch_size=3)
    assert "batch_size of 1" in caught.value.hint
    with pytest.raises(UserError, match=message):
        engine.runtime.run("train", engine.data, [np.arange(3)], timesteps=engine.case.timesteps)


def test_spikes_that_would_not_fit_the_tape_are_refused():
    compiled = Engine(CASES["LIF, feed-forward"], 1).compiled
    with pytest.raises(UserError, match="spikes of 50 steps are kept to be replayed, and an example has 51"):
        built("pygenn", compiled.model, compiled.schedules, 51)


def test_traces_of_earlier_steps_are_refused_with_a_way_out():
    with pytest.raises(UserError, match="delays ask for a trace of spikes") as caught:
        Engine(CASES["a constant delay"], 1, backend="pygenn", mode="forward")
    assert caught.value.place == "hidden_hidden"
    assert "adjoint" in caught.value.hint

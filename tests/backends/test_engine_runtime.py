"""Running and training on the engine: determinism, recordings, stopping, failures, first values, optimisers."""

from __future__ import annotations

import re
import threading
import time
from typing import ClassVar

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends import build_runtime
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.backends.interface import JobResult, RecordSpikes, RecordVar
from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.data import spike_data
from spikeloom.errors import RunError, UserError
from spikeloom.genn import Init, NeuronModel, Var
from spikeloom.genn.batch import BatchData
from spikeloom.run import Model, Session
from spikeloom.run.prepare import prepare

HIDDEN = 20


def digits(
    *,
    learning: sp.Learning | None = None,
    hidden: sp.Neuron | None = None,
    names: tuple[str, str, str] = ("input", "hidden", "output"),
    connections: tuple[str, str, str] = ("in", "recurrent", "out"),
    weights: float = 1.0,
    **training: object,
) -> sp.Document:
    """A small recurrent network on the digits."""
    first, middle, last = names
    with sp.Network() as net:
        sp.Population("spike_input", name=first)
        sp.Population(hidden or sp.LIF(tau_mem=20.0), HIDDEN, name=middle)
        sp.Population(sp.LI(tau_mem=20.0, readout="avg_var"), name=last)
        normal = sp.Normal(0.5 * weights, 0.4 * weights)
        sp.Connection(first, middle, sp.Dense(normal), sp.Exponential(5.0), connections[0])
        sp.Connection(middle, middle, sp.Dense(sp.Normal(-0.05, 0.1)), sp.Exponential(5.0), connections[1])
        sp.Connection(middle, last, sp.Dense(sp.Uniform(-0.4, 0.4)), sp.Exponential(5.0), connections[2])
    settings = {"epochs": 2, "batch_size": 32, "seed": 3} | training
    return sp.Document(
        net,
        sp.Experiment(
            dataset="digits",
            simulation=sp.Simulation(dt=1.0, example_time=30.0),
            learning=learning or sp.EventProp(optimiser=sp.Adam(0.005)),
            training=sp.Training(**settings),
        ),
    )


@pytest.fixture(scope="module")
def examples() -> dict[str, BatchData]:
    """The digits as spikes: 500 to train on and 100 to watch."""
    splits = prepare(digits(validation_fraction=0.1), "input")
    return {"train": splits["train"].take(range(500)), "validation": splits["validation"].take(range(100))}


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    """Whether two sets of arrays agree to the last bit."""
    assert first.keys() == second.keys()
    return all(first[name].tobytes() == second[name].tobytes() for name in first)


class Built:
    """A document on the engine, one level below `Session`."""

    def __init__(self, document: sp.Document, *, threads: int = 2, precision: str = "float", seed: int = 3) -> None:
        self.compiled: CompiledNetwork = compile_document(document)
        self.runtime = EmbeddedRuntime(
            self.compiled.model,
            self.compiled.schedules,
            seed=seed,
            shards=document.experiment.training.num_shards,
            threads=threads,
            precision=precision,
        )

    def run(self, schedule: str, data: BatchData, batches: list, *, step: int = 1, **settings) -> JobResult:
        """Run batches of example numbers; with ``update`` they are batches `step` and on of the training."""
        batches = [np.asarray(batch, dtype=np.int64) for batch in batches]
        dynamic = self.compiled.dynamic(step, [max(1, len(batch)) for batch in batches])
        steps = self.compiled.timesteps
        return self.runtime.run(schedule, data, batches, dynamic=dynamic, timesteps=steps, **settings)

    def weights(self) -> dict[str, np.ndarray]:
        """All that a checkpoint holds."""
        return {name: self.runtime.get(ref.group, ref.var) for name, ref in self.compiled.checkpointed.items()}


# -- determinism ------------------------------------------------------------------------------------------------------


def trained(examples: dict[str, BatchData], threads: int = 2, *, validate: bool = False, **training) -> dict:
    """Weights and the optimiser's state after two epochs, with the history under ``history``."""
    session = Session(digits(**training), threads=threads)
    history = session.train(examples["train"], examples["validation"] if validate else None)
    figures = [[m.loss, m.accuracy, m.validation_loss, m.validation_accuracy] for m in history]
    return session.state() | {"history": np.array(figures)}


def test_training_gives_the_same_bits_for_any_number_of_threads(examples):
    first = trained(examples, 1, validate=True)
    assert np.isfinite(first["history"]).all()
    for threads in (1, 2, 3):
        assert same(first, trained(examples, threads, validate=True)), f"{threads} threads"


def test_watching_a_validation_set_changes_no_weight(examples):
    with_validation, without = trained(examples, validate=True), trained(examples)
    del with_validation["history"], without["history"]
    assert same(with_validation, without)


def test_another_seed_gives_other_weights(examples):
    first, other = trained(examples), trained(examples, seed=4)
    for name in ("in.g", "recurrent.g", "out.g"):
        assert (first[name] != other[name]).mean() > 0.99


def test_the_seed_gives_the_order_of_the_examples_too(examples):
    first, states = Session(digits()).state(), {}
    for shuffle in (True, False):
        for seed in (3, 4):
            session = Session(digits(seed=seed, shuffle=shuffle), threads=2)
            session.restore(first, {})
            session.train(examples["train"])
            states[shuffle, seed] = session.state()
    assert not same(states[True, 3], states[True, 4])
    assert same(states[False, 3], states[False, 4])


def test_the_document_fixes_the_shards_and_the_machine_does_not(examples):
    """Other shards add in another order: the last bits differ, and nothing more."""
    assert digits(batch_size=8).experiment.training.num_shards == 8
    assert digits(batch_size=100).experiment.training.num_shards == 16
    assert Session(digits(shards=3), threads=2).runtime.shards == 3
    three, sixteen = trained(examples, 1, shards=3, epochs=1), trained(examples, 3, epochs=1)
    assert not same(three, sixteen)
    np.testing.assert_allclose(three["history"][0, 0], sixteen["history"][0, 0], rtol=1e-3)
    assert same(three, trained(examples, 3, shards=3, epochs=1))


def test_how_a_training_is_cut_into_jobs_changes_nothing(examples):
    """The run loop cuts by the clock."""
    data, batches = examples["train"], np.split(np.arange(500), range(30, 500, 30))
    at_once, one_by_one = Built(digits()), Built(digits())
    at_once.run("train", data, batches, update=True)
    for step, batch in enumerate(batches, start=1):
        one_by_one.run("train", data, [batch], step=step, update=True)
    assert same(at_once.weights(), one_by_one.weights())


# -- recordings -------------------------------------------------------------------------------------------------------

RECORDERS = [
    RecordSpikes("input"),
    RecordSpikes("hidden"),
    RecordVar("hidden", "V"),
    RecordVar("hidden", "V", neurons=(7, 2, 7)),
    RecordVar("hidden", "LambdaV", phase=1),
    RecordVar("hidden", "NumTaped", neurons=(0,)),
    RecordVar("output", "V"),
    RecordVar("output", "LambdaV", phase=1),
    RecordVar("output", "Drive", phase=1),
]


def test_recording_changes_no_weight_and_no_result(examples):
    data, batches = examples["train"], [np.arange(40), np.arange(40, 64)]
    plain, recorded = Built(digits()), Built(digits())
    first = plain.run("train", data, batches, update=True)
    second = recorded.run("train", data, batches, update=True, record=RECORDERS, recorded=np.array([3, 50]))
    assert same(plain.weights(), recorded.weights())
    assert same(first.results, second.results)


def test_chosen_examples_and_neurons_are_recorded(examples):
    data, batches = examples["train"], [[10, 11, 12, 13], [14, 10]]
    built = Built(digits(), threads=3)
    whole = built.run("train", data, batches, record=RECORDERS).recording
    chosen = np.array([5, 2])
    part = built.run("train", data, batches, record=RECORDERS, recorded=chosen).recording
    for recorder, values in whole.variables.items():
        neurons = {"hidden": HIDDEN, "output": 10}[recorder.population]
        wanted = len(recorder.neurons) if recorder.neurons else neurons
        assert values.shape == (6, 30, wanted)
        np.testing.assert_array_equal(part.variables[recorder], values[chosen])
        np.testing.assert_array_equal(values[0], values[5])  # example 10, twice
    v = whole.variables[RECORDERS[2]]
    np.testing.assert_array_equal(whole.variables[RECORDERS[3]], v[:, :, [7, 2, 7]])
    for name in ("input", "hidden"):
        assert [len(trains) for trains in (whole.spikes[name], part.spikes[name])] == [6, 2]
        for k, position in enumerate(chosen):
            np.testing.assert_array_equal(part.spikes[name][k], whole.spikes[name][position])


def test_the_forward_phase_is_recorded_alike_with_and_without_a_backward_phase(examples):
    built, record = Built(digits()), [recorder for recorder in RECORDERS if getattr(recorder, "phase", 0) == 0]
    forward = built.run("predict", examples["train"], [[3, 0]], record=record).recording
    both = built.run("train", examples["train"], [[3, 0]], record=record).recording
    for recorder, values in forward.variables.items():
        np.testing.assert_array_equal(both.variables[recorder], values)
    for name, trains in forward.spikes.items():
        for first, second in zip(trains, both.spikes[name], strict=True):
            np.testing.assert_array_equal(first, second)


def test_recorded_input_spikes_are_those_that_were_given(examples):
    data = examples["train"]
    recorded = Built(digits()).run("predict", data, [[3, 0]], record=[RecordSpikes("input")]).recording
    given = data.spikes["input"]
    for example, (steps, ids) in zip((3, 0), recorded.spikes["input"], strict=True):
        where = slice(given.offsets[example], given.offsets[example + 1])
        np.testing.assert_array_equal(steps, given.steps[where])
        np.testing.assert_array_equal(ids, given.ids[where])


def test_a_spike_and_the_voltage_after_it_are_filed_under_one_step(examples):
    record = [RecordSpikes("hidden"), RecordVar("hidden", "V")]
    recording = Built(digits()).run("predict", examples["train"], [np.arange(5)], record=record).recording
    count = 0
    for (steps, ids), v in zip(recording.spikes["hidden"], recording.variables[record[1]], strict=True):
        assert not v[steps, ids].any()  # reset to 0 in the step of the spike
        count += len(steps)
    assert count > 50


def test_backward_steps_are_filed_under_the_forward_steps_that_they_undo(examples):
    """The output's adjoint voltage follows its recursion from the last step to the first."""
    built = Built(digits(), precision="double")
    record = [RecordVar("output", name, phase=1) for name in ("LambdaV", "Drive")]
    recording = built.run("train", examples["train"], [[0, 1]], record=record).recording
    adjoint, drive = (recording.variables[recorder] for recorder in record)
    assert np.abs(drive).min() > 1e-6
    alpha, expected = np.exp(-1 / 20), np.zeros((2, 10))
    for step in reversed(range(30)):
        expected = alpha * (expected - drive[:, step] / 30 / 20)
        np.testing.assert_allclose(adjoint[:, step], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("recorder", "message"),
    [
        (RecordVar("hidden", "W"), "hidden: 'W' is not a variable that changes with time"),
        (RecordVar("hidden", "init:V"), "hidden: 'init:V' is not a variable"),
        (RecordVar("hidden", "V", neurons=(0, HIDDEN)), "hidden.V: neurons (0, 20) were asked for, it has 0 to 19"),
        (RecordVar("hidden", "V", neurons=(-1,)), "hidden.V: neurons (-1,) were asked for"),
        (RecordVar("output", "Label", neurons=(3,)), "output.Label: neurons (3,) were asked for, it has 0 to 0"),
    ],
)
def test_what_cannot_be_recorded_is_refused(examples, recorder, message):
    with pytest.raises(UserError) as caught:
        Built(digits()).run("predict", examples["train"], [[0]], record=[recorder])
    assert str(caught.value).startswith(message)


# -- batches ----------------------------------------------------------------------------------------------------------


def test_results_do_not_depend_on_the_batches(examples):
    data, built = examples["train"], Built(digits(), threads=3)
    order = np.random.default_rng(0).permutation(90)
    whole = built.run("evaluate", data, [np.arange(90)]).results
    assert whole["y"].shape == (90, 10)
    cuts = {"unequal": [1, 40, 41, 73], "of one": list(range(1, 90)), "one": []}
    for name, cut in cuts.items():
        found = built.run("evaluate", data, np.split(order, cut))
        assert found.batches_done == len(cut) + 1
        assert found.examples_done == 90
        for key in ("y", "loss"):
            np.testing.assert_array_equal(found.results[key], whole[key][order], err_msg=name)


def test_an_example_may_come_more_than_once_and_a_batch_may_be_empty(examples):
    built = Built(digits())
    found = built.run("evaluate", examples["train"], [[4, 4], [], [4]])
    assert found.batches_done == 3
    assert np.ptp(found.results["y"], axis=0).max() == 0
    nothing = built.run("evaluate", examples["train"], [])
    assert nothing.results["y"].shape == (0, 10)


@pytest.mark.parametrize("batch_size", [1, 7, 60, 1000])
def test_any_batch_size_trains(examples, batch_size):
    data = examples["train"].take(range(60))
    session = Session(digits(batch_size=batch_size, epochs=3), threads=2)
    history = session.train(data)
    assert session.step == 3 * -(-60 // batch_size)
    assert history[-1].loss < history[0].loss


@pytest.mark.parametrize("number", [500, -1])
def test_examples_that_are_not_there_are_refused(examples, number):
    with pytest.raises(UserError, match=r"an example number is outside 0\.\.499"):
        Built(digits()).run("predict", examples["train"], [[0, number]])


def test_spikes_of_neurons_that_are_not_there_are_refused():
    data = BatchData({"input": spike_data(1, np.array([0]), np.array([0]), np.array([64]))})
    with pytest.raises(UserError, match="input: a spike of neuron 64 was given to 64 neurons"):
        Built(digits()).run("predict", data, [[0]])


# -- stopping ---------------------------------------------------------------------------------------------------------


def test_stop_from_another_thread_ends_after_a_whole_batch(examples):
    data = examples["train"]
    batches = [np.arange(k % 480, k % 480 + 20) for k in range(0, 20 * 20_000, 20)]
    built = Built(digits(), threads=2)
    ended = threading.Event()

    def stop() -> None:
        time.sleep(0.02)
        while not ended.wait(0.001):  # a job that has not begun cannot be stopped
            built.runtime.stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    result = built.run("train", data, batches, update=True)
    ended.set()
    stopper.join()
    done = result.batches_done
    assert 0 < done < len(batches)
    assert result.examples_done == 20 * done
    assert {len(values) for values in result.results.values()} == {20 * done}
    # The same batches in a run that nobody stopped end in the same weights.
    again = Built(digits(), threads=1)
    repeated = again.run("train", data, batches[:done], update=True)
    assert same(built.weights(), again.weights())
    assert same(result.results, repeated.results)
    # And the stopped one goes on as if nothing had happened.
    for each in (built, again):
        assert each.run("train", data, batches[:3], step=done + 1, update=True).batches_done == 3
    assert same(built.weights(), again.weights())


def test_stop_without_a_job_does_nothing(examples):
    built = Built(digits())
    built.runtime.stop()
    assert built.run("predict", examples["train"], [[0], [1]]).batches_done == 2


# -- failures ---------------------------------------------------------------------------------------------------------


def failing(loss: str = "sparse_categorical_crossentropy") -> Built:
    """Six inputs, each with one hidden neuron of its own; the output reads them all."""
    with sp.Network() as net:
        sp.Population("spike_input", 6, name="input")
        sp.Population(sp.LIF(tau_mem=20.0), 6, name="hidden")
        sp.Population(sp.LI(tau_mem=20.0, readout="avg_var"), 2, name="output")
        sp.Connection("input", "hidden", sp.Dense(sp.Array(np.eye(6) * 4)), sp.Exponential(5.0), "in")
        sp.Connection("hidden", "output", sp.Dense(sp.Array(np.zeros((6, 2)))), sp.Exponential(5.0), "out")
    learning = sp.EventProp(loss=loss, optimiser=sp.SGD(0.1))
    simulation = sp.Simulation(dt=1.0, example_time=20.0)
    return Built(sp.Document(net, sp.Experiment(simulation=simulation, learning=learning)))


# In example e, input e spikes in step 2 e + 1 and again four steps later.
EVENTS = spike_data(
    6, np.repeat(np.arange(6), 2), (2 * np.arange(6)[:, None] + [1, 5]).ravel(), np.repeat(np.arange(6), 2)
)
EVENT_DATA = BatchData({"input": EVENTS}, {"labels": np.zeros(6, np.int32)})


def failure(built: Built, schedule: str = "predict", **settings) -> RunError:
    """The error of a run over two batches of the six examples, example 5 first."""
    with pytest.raises(RunError) as caught:
        built.run(schedule, EVENT_DATA, [[5, 4], [3, 2, 1, 0]], **settings)
    return caught.value


def test_an_infinite_voltage_is_found_with_its_neuron_example_and_step():
    built = failing()
    weights = built.runtime.get("in", "g")
    weights[2, 3] = -3e38  # neuron 3 hears example 2: the second spike makes the current infinite
    built.runtime.set("in", "g", weights)
    error = failure(built)
    assert error.message == "neuron 3 became infinite or NaN in step 10 of example 2"
    assert error.place == "hidden.V"
    assert "scale of the first weights" in error.hint


def test_a_nan_voltage_is_found_with_its_neuron_example_and_step():
    built = failing()
    weights = built.runtime.get("out", "g")
    weights[1] = [0.0, np.nan]
    built.runtime.set("out", "g", weights)
    assert built.run("predict", EVENT_DATA, [[0, 2, 3]]).batches_done == 1  # hidden neuron 1 is silent there
    error = failure(built)
    # Input 1 spikes in step 3, hidden neuron 1 some steps later, the output hears of it in the next.
    recorder = RecordSpikes("hidden")
    steps, ids = built.run("predict", EVENT_DATA, [[0], [0]], record=[recorder]).recording.spikes["hidden"][0]
    expected = int(steps[ids == 0].min()) + 2 + 1  # example 1 is example 0, two steps later
    assert str(error).startswith(f"output.V: neuron 1 became infinite or NaN in step {expected} of example 1")


def test_a_current_that_only_makes_spikes_is_found_as_well():
    """It resets the voltage in every step, so that no voltage is ever seen to be infinite."""
    built = failing()
    weights = built.runtime.get("in", "g")
    weights[2, 3] = 3e38
    built.runtime.set("in", "g", weights)
    error = failure(built)
    assert str(error).startswith("hidden.Isyn: neuron 3 became infinite or NaN in step 10 of example 2")


def test_a_failure_while_training_leaves_the_weights_of_the_batch_before():
    built, healthy = failing(), failing()
    for each in (built, healthy):
        weights = each.runtime.get("in", "g")
        weights[0, 0] = 3e38
        each.runtime.set("in", "g", weights)
    # Example 0, alone in hearing it, is in the second batch.
    error = failure(built, "train", update=True)
    assert "of example 0" in error.message
    healthy.run("train", EVENT_DATA, [[5, 4]], update=True)
    assert same(built.weights(), healthy.weights())


def test_a_failed_runtime_can_be_used_again():
    built = failing()
    good = built.run("predict", EVENT_DATA, [np.arange(6)]).results["y"]
    weights = built.runtime.get("in", "g")
    built.runtime.set("in", "g", np.full_like(weights, np.nan))
    failure(built)
    built.runtime.set("in", "g", weights)
    np.testing.assert_array_equal(built.run("predict", EVENT_DATA, [np.arange(6)]).results["y"], good)


def test_a_nan_in_the_backward_phase_is_named_by_the_forward_step_that_it_undoes():
    built = failing(loss="mean_square_error")
    targets = np.zeros((6, 2))
    targets[4, 1] = np.nan
    with pytest.raises(RunError) as caught:
        built.run("train", BatchData({"input": EVENTS}, {"targets": targets}), [[5, 4], [3]])
    assert str(caught.value).startswith("output.LambdaV: neuron 1 became infinite or NaN in step 19 of example 4")


@pytest.mark.parametrize("connection", ["in", "recurrent", "out"])
def test_a_weight_that_becomes_infinite_is_found_when_it_is_updated(examples, connection):
    """Before it is used, and with the name of its connection."""
    learning = sp.EventProp(optimiser=sp.SGD(alpha=1e37, momentum=0.5))
    built = Built(digits(learning=learning, batch_size=8))
    velocity = np.zeros_like(built.runtime.get(f"{connection}.optimiser", "Velocity"))
    velocity[5, 3] = 1e3
    built.runtime.set(f"{connection}.optimiser", "Velocity", velocity)
    with pytest.raises(RunError) as caught:
        built.run("train", examples["train"], [np.arange(8)], update=True)
    assert caught.value.place == connection
    assert caught.value.message == "a weight became infinite or NaN when it was updated"
    assert "lower the learning rate" in caught.value.hint


def test_training_that_runs_away_ends_in_a_run_error(examples):
    session = Session(digits(learning=sp.EventProp(optimiser=sp.SGD(alpha=1e38))), threads=2)
    with pytest.raises(RunError, match="became infinite or NaN"):
        session.train(examples["train"])


def test_a_full_tape_stops_training_and_names_the_population(examples):
    """Spikes that were lost in silence would make wrong gradients."""
    document = digits(learning=sp.EventProp(max_spikes=1), weights=2.0)
    session = Session(document, threads=2)
    with pytest.raises(RunError) as caught:
        session.train(examples["train"])
    assert caught.value.place == "hidden"
    assert re.fullmatch(r"\d+ spikes did not fit on the tape", caught.value.message)
    assert "raise max_spikes" in caught.value.hint


def test_a_tape_that_is_just_large_enough_gives_the_gradient_of_a_larger_one(examples):
    data, gradients = examples["train"], []
    record = [RecordVar("hidden", "NumTaped")]
    built = Built(digits())
    most = int(built.run("evaluate", data, [np.arange(30)], record=record).recording.variables[record[0]].max())
    assert most > 2
    for room in (most, most + 5, None):
        built = Built(digits(learning=sp.EventProp(max_spikes=room)))
        result = built.run("train", data, [np.arange(30)])
        assert not any(values.any() for key, values in result.results.items() if key.startswith("lost"))
        gradients.append({name: built.runtime.gradient(name, "Gradient") for name in ("in", "recurrent", "out")})
    assert same(gradients[0], gradients[1])
    assert same(gradients[0], gradients[2])
    lost = Built(digits(learning=sp.EventProp(max_spikes=most - 1))).run("train", data, [np.arange(30)])
    assert sum(values.sum() for key, values in lost.results.items() if key.startswith("lost")) > 0


# -- variables --------------------------------------------------------------------------------------------------------


def test_get_gives_a_copy_and_set_takes_any_number_type():
    runtime = Built(digits()).runtime
    weights = runtime.get("out", "g")
    assert weights.shape == (HIDDEN, 10)
    weights[:] = 0
    assert runtime.get("out", "g").all()
    for values in (np.ones((HIDDEN, 10), int), np.ones((HIDDEN, 10)).tolist(), np.ones((10, HIDDEN)).T):
        runtime.set("out", "g", values)
        assert (runtime.get("out", "g") == 1).all()


@pytest.mark.parametrize(
    ("group", "variable", "shape", "message"),
    [
        ("out", "g", (10, HIDDEN), "out.g: an array of shape (10, 20) was given, expected (20, 10)"),
        ("out", "g", (HIDDEN * 10,), "out.g: an array of shape (200,) was given, expected (20, 10)"),
        ("out", "g", (), "out.g: an array of shape () was given, expected (20, 10)"),
        ("out", "G", (HIDDEN, 10), "out: 'G' is not a variable that outlives a batch"),
        ("hidden", "V", (HIDDEN,), "hidden: 'V' is not a variable that outlives a batch"),
        ("nowhere", "g", (HIDDEN, 10), "nowhere: 'g' is not a variable that outlives a batch"),
    ],
)
def test_set_and_get_say_what_is_wrong(group, variable, shape, message):
    runtime = Built(digits()).runtime
    before = runtime.get("out", "g")
    with pytest.raises(UserError) as caught:
        runtime.set(group, variable, np.zeros(shape))
    assert str(caught.value) == message
    np.testing.assert_array_equal(runtime.get("out", "g"), before)
    if "outlives" in message:
        with pytest.raises(UserError):
            runtime.get(group, variable)


def test_text_is_no_weight():
    with pytest.raises(UserError, match=r"out\.g: an array of <U5 was given, expected numbers"):
        Built(digits()).runtime.set("out", "g", np.full((HIDDEN, 10), "heavy"))


# -- first values -----------------------------------------------------------------------------------------------------


def first_weights(document: sp.Document, seed: int = 3) -> dict[str, np.ndarray]:
    return Session(document, threads=1).weights() if seed == 3 else Built(document, seed=seed).weights()


def test_a_new_population_or_connection_changes_no_other_first_weight():
    plain = first_weights(digits())
    grown = digits()
    with grown.network:
        extra = sp.Population(sp.LIF(), 5, name="extra")
        sp.Connection("input", extra, sp.Dense(sp.Normal(0.5, 0.4)), sp.Exponential(5.0), "also_in")
        sp.Connection(extra, "output", sp.Dense(sp.Normal(0.5, 0.4)), sp.Exponential(5.0), "also_out")
    grown.network.populations.reverse()
    grown.network.connections.reverse()
    found = first_weights(grown)
    assert len(found) == 5
    assert same({name: found[name] for name in plain}, plain)
    # Connections with one initialiser draw different numbers.
    assert not np.intersect1d(found["in"], found["also_in"]).size > 20


def test_a_larger_population_keeps_the_weights_of_the_smaller():
    """Weight i, j is drawn for i and j: neighbours do not shift it."""
    wide = digits()
    wide.network.population("hidden").shape = (HIDDEN + 9,)
    small, large = first_weights(digits()), first_weights(wide)
    np.testing.assert_array_equal(large["in"][:, :HIDDEN], small["in"])
    np.testing.assert_array_equal(large["out"][:HIDDEN], small["out"])


def drawn(weight: sp.Initialiser, seed: int = 0, shape: tuple[int, int] = (400, 500), precision: str = "float"):
    """First weights of one large connection."""
    with sp.Network() as net:
        sp.Population("spike_input", shape[0], name="input")
        sp.Population(sp.LI(readout="var"), shape[1], name="output")
        sp.Connection("input", "output", sp.Dense(weight), name="only")
    built = Built(sp.Document(net), seed=seed, precision=precision)
    return built.runtime.get("only", "g")


def independent(values: np.ndarray) -> None:
    """Assert that neighbouring rows and columns are uncorrelated, to 5 standard errors."""
    for a, b in ((values[1:], values[:-1]), (values[:, 1:], values[:, :-1]), (values[1:, 1:], values[:-1, :-1])):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 5 / a.size**0.5


@pytest.mark.parametrize("precision", ["float", "double"])
def test_normal_weights_have_their_mean_and_deviation(precision):
    values = drawn(sp.Normal(mean=-0.3, sd=0.05), precision=precision).astype(float)
    z = (values - -0.3) / 0.05
    count = z.size
    assert abs(z.mean()) < 5 / count**0.5
    assert abs((z**2).mean() - 1) < 5 * (2 / count) ** 0.5
    assert abs((z**3).mean()) < 5 * (15 / count) ** 0.5
    assert abs((z**4).mean() - 3) < 5 * (96 / count) ** 0.5
    assert 4 < np.abs(z).max() < 6.5
    independent(z)


@pytest.mark.parametrize("precision", ["float", "double"])
def test_uniform_weights_fill_their_range_evenly(precision):
    values = drawn(sp.Uniform(min=-0.25, max=0.75), precision=precision).astype(float)
    count = values.size
    assert -0.25 <= values.min() < -0.2499
    assert 0.7499 < values.max() <= 0.75
    assert abs(values.mean() - 0.25) < 5 / (12 * count) ** 0.5
    shares = np.histogram(values, bins=20, range=(-0.25, 0.75))[0] / count
    assert np.abs(shares - 0.05).max() < 5 * (0.05 * 0.95 / count) ** 0.5
    independent(values)


def test_seeds_draw_different_weights():
    first, other = drawn(sp.Normal(0, 1), seed=0), drawn(sp.Normal(0, 1), seed=1)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 5 / first.size**0.5
    np.testing.assert_array_equal(first, drawn(sp.Normal(0, 1), seed=0))


def test_constant_weights_and_weights_of_an_array():
    assert (drawn(sp.Constant(-1.5), shape=(3, 4)) == -1.5).all()
    assert (drawn(sp.Normal(0.5, 0.0), shape=(3, 4)) == 0.5).all()
    values = np.random.default_rng(0).normal(size=(13, 21)).astype(np.float32)
    np.testing.assert_array_equal(drawn(sp.Array(values), shape=(13, 21)), values)
    # C order: row i holds the weights of the synapses from neuron i.
    np.testing.assert_array_equal(drawn(sp.Array(np.asfortranarray(values)), shape=(13, 21)), values)


# -- names ------------------------------------------------------------------------------------------------------------


def test_the_generated_code_holds_no_text_of_the_document():
    """Names and comments of the user reach the compiler as identifiers or not at all."""
    secret = "QQzz"
    document = digits(
        names=(f"{secret} in", f"{secret}-hidden", f"{secret} out"), connections=(secret, f"{secret}b", f"{secret} c")
    )
    document.title = document.description = f"{secret} title */"
    model = compile_document(document).model
    neuron = model.populations[f"{secret}-hidden"].model
    commented = f'/* {secret} comment " */ // {secret} \\\n{neuron.sim_code}'
    model.populations[f"{secret}-hidden"].model = NeuronModel(
        **{**vars(neuron), "name": f"{secret} \n#error", "sim_code": commented}
    )
    model.name = f"{secret}\n#error"
    compiled = compile_document(document)
    built = EmbeddedRuntime(model, compiled.schedules, threads=1)
    code = re.sub(r"//[^\n]*", "", built.source)
    assert secret not in re.sub(r"\b\w*_QQzz\w*\b", "", code)
    assert "comment" not in code.split("---- the model ----")[-1]
    assert "#error" not in re.sub(r"//.*", "", built.source)
    lines = [line for line in built.source.split("\n") if line.lstrip().startswith("#error")]
    assert lines == []


CLASHING = [
    ("a b", "a_b", "a-b"),
    ("a_20_b", "a b", "a_b"),
    ("input", "Input", "INPUT"),
    ("job", "slot", "class"),
    ("a", "a_", "_a"),
    ("loss", "step", "ex"),
    ("x_gradient", "x_optimiser", "x"),
    ("hidden_lost", "hidden", "hidden_clipped"),
    ("softmax_sum", "softmax_maximum", "g"),
]


@pytest.mark.parametrize("names", CLASHING, ids="/".join)
def test_any_names_give_the_same_network(examples, names):
    """Two names never become one, and none is a word of the generated code; the numbers do not depend on them."""
    connections = ("loss of x", "in_gradient", "train")
    if names[0] == "x_gradient":
        connections = ("x-gradient", "y", "y_gradient")
    if names[0] == "loss":
        connections = ("in", "softmax_sum", "loss_gradient")
    plain, renamed = Built(digits()), Built(digits(names=names, connections=connections))
    for old, new in zip(("in", "recurrent", "out"), connections, strict=True):
        renamed.runtime.set(new, "g", plain.runtime.get(old, "g"))
    data = examples["train"]
    moved = BatchData({names[0]: data.spikes["input"]}, data.values)
    batches = [np.arange(20), np.arange(20, 40)]
    first, second = plain.run("train", data, batches, update=True), renamed.run("train", moved, batches, update=True)
    np.testing.assert_array_equal(first.results["y"], second.results["y"])
    np.testing.assert_array_equal(first.results["loss"], second.results["loss"])
    for old, new in zip(("in", "recurrent", "out"), connections, strict=True):
        np.testing.assert_array_equal(renamed.runtime.get(new, "g"), plain.runtime.get(old, "g"))


def test_letters_that_look_alike_are_no_names():
    with pytest.raises(UserError, match="expected a name"):
        sp.Population(sp.LIF(), 3, name="hidd\u0435n")


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
    with pytest.raises(UserError, match="no labels were given, and the loss needs them"):
        session.evaluate(unlabelled)
    with pytest.raises(UserError, match="no labels were given, and the loss needs them"):
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
        build_runtime("embeded", compiled.model, compiled.schedules)
    with pytest.raises(UserError, match="cannot run models on PyGeNN yet"):
        build_runtime("pygenn", compiled.model, compiled.schedules)


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

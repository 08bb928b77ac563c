"""The same bits for any number of threads, any batches, and a stop in the middle."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from spikeloom.data import spike_data
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData
from spikeloom.run import Session
from tests.backends.digits_runs import Built, digits, same, trained

# -- determinism ------------------------------------------------------------------------------------------------------


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

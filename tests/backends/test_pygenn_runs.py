"""Whole runs on PyGeNN: what is counted, watched and kept, how a run stops and goes on, and what is compiled once."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.backends.interface import CountSpikes, RecordSpikes, RecordVar
from spikeloom.backends.pygenn import build_folder
from spikeloom.backends.pygenn import runtime as pygenn_runtime
from spikeloom.errors import RunError
from spikeloom.genn import Init
from spikeloom.run import Control, Session
from spikeloom.run.prepare import prepare
from spikeloom.run.tasks import train
from tests.backends.digits_runs import digits
from tests.backends.installed import built, needs_pygenn
from tests.backends.test_eprop_parity import engines
from tests.backends.test_parity import DRAWS, Trained, distance
from tests.compilers.eprop_cases import CASES
from tests.compilers.eprop_nets import error

pytestmark = needs_pygenn


# -- counts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["recurrent", "regularised"])
def test_spikes_are_counted_as_on_the_embedded_engine(name):
    """Of each population in each example, and of each neuron where that is asked for; in turns, too."""
    nets = [Trained(backend, name) for backend in ("embedded", "pygenn")]
    record = [CountSpikes("input"), CountSpikes("hidden0")]
    batches = [np.array([2, 0]), np.array([1])]
    ours, theirs = (
        net.runtime.run("predict", net.data, batches, timesteps=net.steps, record=record, recorded=np.array([0, 2]))
        for net in nets
    )
    assert ours.spike_counts["hidden0"].sum() > 10
    assert ours.spike_counts.keys() == theirs.spike_counts.keys()
    for population, counts in ours.spike_counts.items():
        np.testing.assert_array_equal(theirs.spike_counts[population], counts, err_msg=population)
    for population, counts in ours.recording.counts.items():
        np.testing.assert_array_equal(theirs.recording.counts[population], counts, err_msg=population)


def test_steps_beyond_the_example_count_no_spikes():
    """The forward mode of e-prop runs for some steps more."""
    found = []
    for engine in engines(CASES["adaptive, recurrent"], precision="double", mode="forward"):
        steps = engine.case.timesteps
        found.append(engine.runtime.run("train", engine.data, [np.arange(3)], timesteps=steps).spike_counts)
    np.testing.assert_array_equal(found[1]["hidden"], found[0]["hidden"])


def test_an_epoch_has_firing_rates():
    document = digits(batch_size=16, epochs=1)
    data = prepare(document)["train"].take(range(48))
    session = Session(document, backend="pygenn")
    (epoch,) = session.train(data)
    assert epoch.rates.keys() == {"input", "hidden"}
    spikes = session.predict(data.take(range(48)), [RecordSpikes("input")])[1][0].recording.spikes["input"]
    given = sum(len(ids) for _, ids in spikes)
    assert epoch.rates["input"] == pytest.approx(given / (64 * 48 * 0.03))


# -- what is looked at ------------------------------------------------------------------------------------------------


def test_the_gradient_of_the_last_batch_can_be_looked_at_after_its_update():
    nets = [Trained(backend, "recurrent") for backend in ("embedded", "pygenn")]
    for net in nets:
        net.train([np.array([0]), np.array([1, 2])], update=True)
    assert np.linalg.norm(nets[0].gradients()) > 0
    assert distance(nets[0].gradients(), nets[1].gradients()) <= 1e-9


def test_without_an_update_each_batch_has_a_gradient_of_its_own():
    nets = [Trained(backend, "recurrent") for backend in ("embedded", "pygenn")]
    for net in nets:
        net.train([np.array([0]), np.array([1, 2])])
    assert distance(nets[0].gradients(), nets[1].gradients()) <= 1e-9


@pytest.mark.parametrize("name", ["feed-forward", "two layers, the second recurrent"])
def test_synaptic_input_is_recorded_as_on_the_embedded_engine(name):
    nets = [Trained(backend, name) for backend in ("embedded", "pygenn")]
    record = [RecordVar("input_hidden0", "inSyn", (0, 3)), RecordVar("input_hidden0", "inSyn")]
    for recorder in record[: 1 if name == "feed-forward" else 2]:
        ours, theirs = (
            net.runtime.run("predict", net.data, [np.arange(3)], timesteps=net.steps, record=[recorder]) for net in nets
        )
        expected = ours.recording.variables[recorder]
        assert np.abs(expected).max() > 0.1
        np.testing.assert_allclose(theirs.recording.variables[recorder], expected, rtol=1e-9, atol=1e-12)


# -- clipping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["adaptive, recurrent", "sparse"])
def test_gradients_are_clipped_as_on_the_embedded_engine(name, monkeypatch):
    """Their norm is that of the device: of dense matrices and of biases the host reads one number each."""
    both = engines(CASES[name], precision="double", optimiser=sp.SGD(0.002, clip_norm=1.0))
    before, batches = both[0].runtime.get("hidden_output", "g"), [np.array([0, 1]), np.array([2])] * 2
    both[1].runtime.run("predict", both[1].data, [np.arange(3)], timesteps=both[1].case.timesteps)  # makes room
    sizes: list[int] = []

    def pulled(array: Any, real: Any = pygenn_runtime.pulled) -> np.ndarray:
        found = real(array)
        sizes.append(found.size)
        return found

    monkeypatch.setattr(pygenn_runtime, "pulled", pulled)
    for engine in both:
        dynamic = engine.compiled.dynamic(1, [len(batch) for batch in batches])
        engine.runtime.run("train", engine.data, batches, timesteps=engine.case.timesteps, update=True, dynamic=dynamic)
    assert max(sizes) == 1 or name == "sparse"  # whose gradients the host reads
    learnt, theirs = (
        {key: engine.runtime.get(ref.group, ref.var) for key, ref in engine.compiled.checkpointed.items()}
        for engine in both
    )
    moved = np.linalg.norm(learnt["hidden_output.g"] - before)
    assert 0 < moved <= 4 * 0.002 * 1.001  # four steps, none longer than the norm
    assert error(theirs, learnt) <= 1e-10


# -- stopping ---------------------------------------------------------------------------------------------------------


def test_a_batch_that_takes_long_is_left_when_somebody_asks_to_stop():
    """What it had done by then counts for nothing: results are those of whole batches, weights too."""
    net = Trained("pygenn", "recurrent")
    slow = np.arange(3).repeat(100_000)
    batches, before = [np.array([1, 2]), slow], net.weights()
    threading.Timer(0.4, net.runtime.stop).start()
    started = time.monotonic()
    result = net.train(batches, update=True)
    assert time.monotonic() - started < 2.0
    assert result.batches_done == 1
    assert {key: len(values) for key, values in result.results.items()} == dict.fromkeys(result.results, 2)
    assert len(result.recording.spikes["hidden0"]) == len(result.spike_counts["hidden0"]) == 2
    other = Trained("pygenn", "recurrent")
    other.train(batches[:1], update=True)
    assert distance(before, net.weights()) > 0
    np.testing.assert_array_equal(net.weights(), other.weights())
    for trained in (net, other):  # nothing of the batch that was left comes into the next one
        trained.train([np.array([0])], update=True)
    np.testing.assert_array_equal(net.weights(), other.weights())


# -- training ---------------------------------------------------------------------------------------------------------


def task(folder: Path, epochs: int, **options: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Train the digits as the command line does; the result, and all events."""
    document = digits(epochs=epochs, batch_size=32, validation_fraction=0.7)
    folder.mkdir()
    document.save(folder / "digits.snn")
    events: list[dict[str, Any]] = []
    settings = {"document": str(folder / "digits.snn"), "backend": "pygenn", "run_dir": str(folder / "run")}
    return train(settings | options, events.append, Control()), events


def test_a_run_that_is_resumed_ends_where_one_without_a_break_does(tmp_path):
    task(tmp_path / "first", 1)
    resumed, _ = task(tmp_path / "second", 1, resume=str(tmp_path / "first" / "run"))
    whole, _ = task(tmp_path / "whole", 2)
    assert resumed["epochs"] == whole["epochs"] == 2
    assert resumed["test"] == whole["test"]
    ends = [(tmp_path / name / "run" / "checkpoints" / "last.safetensors").read_bytes() for name in ("second", "whole")]
    assert len(ends[0]) == len(ends[1]) > 1000
    rows = [(tmp_path / name / "run" / "metrics.csv").read_text().splitlines() for name in ("second", "whole")]
    assert rows[0][0] == rows[1][0]
    assert "rate:hidden" in rows[0][0]
    assert rows[0][-1].split(",")[:5] == rows[1][-1].split(",")[:5]


def test_a_run_tells_what_a_window_shows(tmp_path):
    probe = {"example": 3, "split": "train"}
    variables = [["hidden", "V", [0, 1]], ["hidden", "Isyn", [0, 1]]]
    watch = {"variables": variables, "weights": [["out", "weights"], ["out", "gradient"]]}
    result, events = task(tmp_path / "watched", 1, probe=probe, watch=watch)
    kinds = {event["event"] for event in events}
    assert {"build", "started", "progress", "epoch", "example", "weights", "result"} <= kinds
    said = [event["text"] for event in events if event["event"] == "message"]
    assert any("PyGeNN on" in text and "side by side" in text for text in said)
    assert not any("cannot" in text or "no " in text for text in said), said
    example = [event for event in events if event["event"] == "example"][-1]
    assert example["hidden.V"].shape == example["hidden.Isyn"].shape == (30, 2)
    assert example["hidden.ids"].max() < 20
    assert {event["values"] for event in events if event["event"] == "weights"} == {"weights", "gradient"}
    gradient = [event for event in events if event["event"] == "weights" and event["values"] == "gradient"][-1]
    assert np.abs(gradient["matrix"]).max() > 0
    assert all("batch_loss" in event for event in events if event["event"] == "progress")
    assert result["backend"] == "pygenn"


# -- compiled once ----------------------------------------------------------------------------------------------------


def runtime_of(weights: float, **settings: Any) -> Any:
    """A runtime of a small network."""
    net = Trained("embedded", "feed-forward")
    net.compiled.model.populations["hidden0"].params |= {"Vthresh": weights}
    return built("pygenn", net.compiled.model, net.compiled.schedules, net.steps, **settings)


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SPIKELOOM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "pygenn"


def test_a_model_is_compiled_once_and_another_one_anew(cache):
    assert [runtime_of(0.9).reused, runtime_of(0.9).reused] == [False, True]
    assert not runtime_of(0.8).reused
    assert not runtime_of(0.9, precision="float").reused
    assert len(list(cache.iterdir())) == 3


def test_what_was_compiled_before_computes_the_same(cache):
    first, again = (Trained("pygenn", "recurrent") for _ in range(2))
    assert not first.runtime.reused
    assert again.runtime.reused
    losses = [net.train([np.arange(3)] * 3, update=True).results for net in (first, again)]
    for key, values in losses[0].items():
        np.testing.assert_array_equal(losses[1][key], values)
    np.testing.assert_array_equal(first.weights(), again.weights())


def test_two_models_of_one_process_have_nothing_in_common(cache):
    """They are the same library, which has variables of its own."""
    nets = [Trained("pygenn", "recurrent") for _ in range(2)]
    alone = nets[0].train([np.arange(3)], update=True).results["loss"]
    nets[1].runtime.set("input_hidden0", "g", np.zeros((6, 8)))
    silent = nets[1].train([np.arange(3)], update=True)
    assert silent.spike_counts["hidden0"].sum() == 0
    other = Trained("embedded", "recurrent")
    for losses in (alone, nets[0].train([np.arange(3)], update=True).results["loss"]):
        np.testing.assert_allclose(other.train([np.arange(3)], update=True).results["loss"], losses, rtol=1e-9)


def test_first_values_that_are_arrays_need_no_other_program(cache):
    """Weights of another draw are loaded, not compiled."""
    reused = []
    for seed in DRAWS[:2]:
        net = Trained("embedded", "feed-forward")
        group = net.compiled.model.synapses["input_hidden0"]
        values = np.random.default_rng(seed).normal(size=(6, 8))
        group.var_init = {**group.var_init, "g": Init(values=values)}
        runtime: Any = built("pygenn", net.compiled.model, net.compiled.schedules, net.steps)
        reused.append(runtime.reused)
        np.testing.assert_array_equal(runtime.get("input_hidden0", "g"), values)
    assert reused == [False, True]


def test_a_library_that_was_cut_short_is_built_again(cache):
    runtime_of(0.9)
    (library,) = cache.rglob("*.so")
    library.write_bytes(library.read_bytes()[:1000])
    assert not runtime_of(0.9).reused
    assert runtime_of(0.9).reused
    assert not list(cache.glob(f"{build_folder.BUILD_PREFIX}*"))


def test_a_missing_compiler_is_no_fault_of_the_cache(cache, monkeypatch):
    net = Trained("embedded", "feed-forward")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RunError, match="PyGeNN could not build the model") as caught:
        built("pygenn", net.compiled.model, net.compiled.schedules, net.steps)
    assert "doctor" in caught.value.hint
    assert not list(cache.iterdir())


def _build(threshold: float) -> None:
    runtime_of(threshold)


def test_two_processes_at_once_do_not_spoil_each_others_folder(cache):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_build, args=(0.7,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(list(cache.iterdir())) == 1
    assert runtime_of(0.7).reused


def test_entries_that_nobody_used_for_long_go_first(cache, monkeypatch):
    for threshold in (0.7, 0.8):
        runtime_of(threshold)
    old = max(cache.iterdir(), key=lambda entry: (entry / build_folder.CHECKSUMS).stat().st_mtime)
    os.utime(old / build_folder.CHECKSUMS, (1, 1))
    size = max(sum(path.stat().st_size for path in entry.rglob("*")) for entry in cache.iterdir())
    monkeypatch.setattr(build_folder, "CACHE_LIMIT", 2.5 * size)
    runtime_of(0.9)
    assert len(list(cache.iterdir())) == 2
    assert not old.exists()

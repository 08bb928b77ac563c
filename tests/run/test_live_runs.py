"""What is asked of a run while it goes on: steps, live parameters, what to look at, evaluations, and to stay."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikeloom.backends.interface import RecordSpikes
from spikeloom.examples import examples
from spikeloom.run.checkpoints import load_checkpoint
from spikeloom.run.control import Control
from spikeloom.run.events import silent
from spikeloom.run.prepare import prepare
from spikeloom.run.session import Session
from spikeloom.run.tasks import evaluate, train
from spikeloom.run.weight_watch import MOST_ELEMENTS, WeightWatch, thinned
from spikeloom.spec import Document, Uniform
from tests.run.worker import Worker

DIGITS = examples()["digits"]
PATIENCE = 30.0


class Run:
    """A task in a thread, with its events, its control, and its result once it has one."""

    def __init__(self, folder: Path, task: Any = train, **options: Any) -> None:
        self.events: list[dict[str, Any]] = []
        self.control = Control()
        self.folder = folder / "run"
        chosen = {"document": str(DIGITS), "threads": 1, **options}
        if task is train:
            chosen |= {"run_dir": str(self.folder)}
        self._news = threading.Condition()
        self.result: dict[str, Any] = {}
        self._thread = threading.Thread(target=self._go, args=(task, chosen), daemon=True)
        self._thread.start()

    def _go(self, task: Any, options: dict[str, Any]) -> None:
        self.result = task(options, self._hear, self.control)

    def _hear(self, event: dict[str, Any]) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def of(self, kind: str, **values: Any) -> list[dict[str, Any]]:
        """The events of a kind that have these values."""
        found = [event for event in self.events if event["event"] == kind]
        return [event for event in found if all(event.get(key) == value for key, value in values.items())]

    def until(self, kind: str, count: int = 1, **values: Any) -> dict[str, Any]:
        """Wait for the n-th event of a kind."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.of(kind, **values)) >= count, PATIENCE), self.events[-3:]
        return self.of(kind, **values)[count - 1]

    def end(self) -> dict[str, Any]:
        """Wait until the task has returned."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.result


@pytest.fixture
def begin(tmp_path):
    """Begin runs; they are stopped at the end."""
    begun: list[Run] = []

    def start(*arguments: Any, **options: Any) -> Run:
        begun.append(Run(tmp_path, *arguments, **options))
        return begun[-1]

    yield start
    for run in begun:
        while run._thread.is_alive():  # a stop that comes before it lingers does not end that
            run.control.stop()
            run._thread.join(0.05)


# -- steps -----------------------------------------------------------------------------------------------------------
def test_a_step_is_one_batch_and_another_one_epoch(begin):
    run = begin(epochs=5)
    run.control.step("batch")
    run.until("paused")
    assert run.of("progress")[-1]["step"] == 1
    run.control.step("batch")
    run.until("paused", 2)
    run.control.step("epoch")
    run.until("paused", 3)
    assert len(run.of("epoch")) == 1
    run.control.step("epoch")
    run.until("paused", 4)
    assert len(run.of("epoch")) == 2
    run.control.resume()
    assert run.end()["epochs"] == 5


def test_steps_change_no_number(begin, tmp_path):
    plain = train({"document": str(DIGITS), "epochs": 2, "run_dir": str(tmp_path / "plain")}, silent, Control())
    run = begin(epochs=2, linger=False)
    run.control.step("batch")
    for count in range(1, 4):
        run.until("paused", count)
        run.control.step("batch")
    run.until("paused", 4)
    run.control.resume()
    run.end()
    first, second = (load_checkpoint(Path(folder))[0] for folder in (plain["run"], run.folder))
    assert all(np.array_equal(first[name], second[name]) for name in first)


# -- live parameters -------------------------------------------------------------------------------------------------
RATE = "experiment.learning.optimiser.alpha"


def test_a_learning_rate_of_nearly_nothing_stops_the_learning_there_and_then(begin):
    run = begin(epochs=4)
    run.control.step("epoch")
    run.until("paused")
    run.control.set(RATE, 1e-12)
    said = run.until("live")
    assert said["path"] == RATE and said["value"] == 1e-12 and said["old"] == 0.005 and said["epoch"] == 1
    before = load_checkpoint(run.folder)[0]
    run.control.resume()
    run.end()
    after = load_checkpoint(run.folder)[0]
    for name in ("input_hidden.g", "hidden_output.g"):
        np.testing.assert_allclose(after[name], before[name], atol=1e-7)
    assert run.of("epoch")[-1]["learning_rate"] == 1e-12 != run.of("epoch")[0]["learning_rate"]


def test_a_change_is_written_into_the_run(begin):
    run = begin(epochs=2)
    run.control.step("epoch")
    run.until("paused")
    run.control.set(RATE, 0.001)
    run.until("live")
    run.control.resume()
    run.end()
    facts = json.loads((run.folder / "run.json").read_text())
    assert facts["live"] == [{"path": RATE, "old": 0.005, "value": 0.001, "epoch": 1, "step": facts["live"][0]["step"]}]
    assert f"{RATE}: 0.005 -> 0.001 in epoch 2" in (run.folder / "log.txt").read_text()


def test_regularisation_that_is_on_can_be_moved_and_moves_the_rates(begin, tmp_path):
    document = Document.load(DIGITS)
    learning = document.experiment.learning
    learning.reg_lambda_upper, learning.reg_lambda_lower, learning.reg_nu_upper = 1e-9, 1e-9, 0.1
    document.save(tmp_path / "d.snn")
    run = begin(document=str(tmp_path / "d.snn"), epochs=14)
    run.control.step("epoch")
    run.until("paused")
    run.control.set("experiment.learning.reg_lambda_upper", 1e-1)
    run.until("live")
    run.control.resume()
    run.end()
    rates = [event["rates"]["hidden"] for event in run.of("epoch")]
    assert rates[-1] < 0.6 * rates[0]


def test_the_gain_of_the_input_makes_its_examples_anew(begin):
    run = begin(epochs=3)
    run.control.step("epoch")
    run.until("paused")
    run.control.set("experiment.dataset.encoder.gain", 0.5)
    run.until("live")
    run.control.resume()
    run.end()
    first, *rest = (event["rates"]["input"] for event in run.of("epoch"))
    assert all(0 < rate < 0.9 * first for rate in rest)  # what was dark is below the threshold now


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("experiment.training.batch_size", 5, "cannot be changed while the network runs"),
        ("experiment.learning.optimiser.alhpa", 5, "there is no field 'alhpa'"),
        ("experiment.lerning.optimiser", 5, "there is no 'lerning'"),
        (RATE, -1.0, "greater than 0"),
        ("experiment.learning.reg_lambda_upper", 0.1, "counts from the next run"),  # it was off: other code
    ],
)
def test_what_cannot_change_is_said_and_the_run_goes_on(begin, path, value, words):
    run = begin(epochs=1)
    run.control.step("batch")
    run.until("paused")
    run.control.set(path, value)
    said = run.until("message", path=path)
    assert words in said["text"] and said["level"] == "warning"
    run.control.resume()
    assert run.end()["epochs"] == 1


# -- looking ---------------------------------------------------------------------------------------------------------
def test_what_is_watched_can_be_chosen_anew(begin):
    run = begin(epochs=50, probe={"variables": [["hidden", "V", [0]]]})
    assert run.until("example")["variables"] == [["hidden", "V", [0]]]
    run.control.pause()
    run.until("paused")
    run.control.watch({"variables": [["output", "V", [3, 1]], ["hidden", "W", [0]]], "weights": []})
    assert "no variable 'W'" in run.until("message")["text"]
    seen = run.until("example", variables=[["output", "V", [3, 1]]])
    assert seen["output.V"].shape == (seen["timesteps"], 2)


def test_another_split_and_its_input_as_people_know_it(begin):
    run = begin(epochs=50, probe={})
    run.until("example")
    run.control.pause()
    run.until("paused")
    run.control.probe(7, "train")
    seen = run.until("example", split="train", example=7)
    splits = prepare(Document.load(DIGITS))
    assert seen["input"].shape == (8, 8) and seen["source"] == "input" and seen["label"] is not None
    arrays = splits.arrays(Document.load(DIGITS))["train"]
    np.testing.assert_allclose(seen["input"], arrays.x[7] / arrays.largest)
    run.control.probe(10**6, "train")
    assert "there is no example 1000000: the train split has 0 to" in run.until("message")["text"]


def test_the_backward_pass_is_seen_in_forward_time(begin):
    """Going back in time, nothing reaches a hidden neuron before (so: after) its last spike; an output is driven."""
    every = list(range(100))
    run = begin(epochs=2, probe={"variables": [["output", "LambdaV", [0, 1]], ["hidden", "LambdaV", every]]})
    seen = run.until("example")
    assert seen["backward"] == ["output.LambdaV", "hidden.LambdaV"]
    driven, hidden = seen["output.LambdaV"], seen["hidden.LambdaV"]
    assert driven.shape == (seen["timesteps"], 2) and driven.all()
    assert hidden.any()
    for neuron in every:
        last = seen["hidden.steps"][seen["hidden.ids"] == neuron].max(initial=-1)
        assert not hidden[last + 1 :, neuron].any()


def test_the_current_of_a_population_sums_what_arrives(begin):
    run = begin(epochs=2, probe={"variables": [["hidden", "Isyn", [0, 1]], ["hidden", "V", [0, 1]]]})
    seen = run.until("example")
    current = seen["hidden.Isyn"]
    assert current.shape == (seen["timesteps"], 2) and current.any()
    assert np.abs(current[0]).max() == 0  # a spike of the first step arrives in the second


def test_a_probe_that_sweeps_changes_no_weight(begin, tmp_path):
    plain = train({"document": str(DIGITS), "epochs": 3, "run_dir": str(tmp_path / "plain")}, silent, Control())
    watched = [["hidden", "LambdaV", [0]], ["hidden", "Isyn", [0]]]
    weights = [["input_hidden", "weights"], ["input_hidden", "gradient"]]
    run = begin(epochs=3, probe={"interval": 0.0}, watch={"variables": watched, "weights": weights})
    run.end()
    first, second = (load_checkpoint(Path(folder))[0] for folder in (plain["run"], run.folder))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_weights_and_gradients_come_as_they_are(begin):
    run = begin(epochs=50, watch={"weights": [["input_hidden", "weights"], ["input_hidden", "gradient"]]})
    assert run.until("weights", values="weights")["matrix"].shape == (64, 100)
    run.until("progress")
    run.control.pause()
    run.until("paused")
    run.until("weights", values="gradient")
    weights, gradient = run.of("weights", values="weights")[-1], run.of("weights", values="gradient")[-1]
    np.testing.assert_array_equal(weights["matrix"].size, weights["counts"].sum())
    assert weights["minimum"] == pytest.approx(weights["edges"][0]) and weights["source_shape"] == [8, 8]
    assert gradient["matrix"].any() and gradient["step"] == weights["step"] > 0
    run.control.stop()
    run.end()
    assert load_checkpoint(run.folder)[0]["input_hidden.g"].shape == weights["matrix"].shape


def test_delays_come_in_milliseconds(tmp_path):
    document = Document.load(DIGITS)
    document.experiment.simulation.dt = 0.5
    first, second = document.network.connections
    first.train_delays, first.connectivity.max_delay, first.connectivity.delay = True, 9.0, Uniform(2.0, 6.0)
    prepare(document)
    told = []
    looking = WeightWatch(Session(document, threads=1), told.append)
    looking.watch([(first.name, "delays"), (second.name, "delays")])
    looking.look(force=True)
    refused, event = told
    assert "one delay" in refused["text"] and second.name in refused["text"]
    assert event["values"] == "delays" and event["matrix"].shape == (64, 100)
    assert 2 <= event["minimum"] < 2.5 and 5.5 < event["maximum"] <= 6


@pytest.mark.parametrize(
    ("shape", "strides"),
    [
        ((784, 128), [1, 1]),
        ((784, 1000), [1, 4]),  # sources are kept, so that receptive fields can be shown
        ((6000, 50), [2, 1]),  # not even these fit
        ((3000, 5000), [1, 61]),
        ((4000, 4000), [8, 8]),  # nobody would know the matrix by so few targets
    ],
)
def test_of_large_matrices_targets_are_left_out_before_sources(shape, strides):
    matrix = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)
    shown, found = thinned(matrix)
    assert shown.size <= MOST_ELEMENTS and found == strides
    np.testing.assert_array_equal(shown, matrix[:: strides[0], :: strides[1]])


def test_rates_are_those_of_the_spikes():
    document = Document.load(DIGITS)
    session, splits = Session(document), prepare(document)
    data = splits["test"].take(range(40))
    tally = session.tally(data)
    _, parts = session.predict(data, [RecordSpikes("hidden"), RecordSpikes("input")])
    seconds = document.experiment.simulation.example_time / 1000
    for name, size in (("hidden", 100), ("input", 64)):
        spikes = sum(len(steps) for part in parts for steps, _ in part.recording.spikes[name])
        assert session._rates(tally)[name] == pytest.approx(spikes / (40 * size * seconds))


# -- judging ---------------------------------------------------------------------------------------------------------
def test_each_epoch_says_what_each_example_was_taken_for(begin):
    run = begin(epochs=2)
    run.end()
    for split in ("train", "validation", "test"):
        said = run.of("evaluated", split=split)[-1]
        labels, predictions = said["labels"], said["predictions"]
        assert len(labels) == len(predictions) == said["examples"] == run.of("started")[0]["splits"][split]
        assert said["accuracy"] == pytest.approx((labels == predictions).mean())
        counted = said["confusion"]
        assert counted.shape == (10, 10) and counted.sum() == (predictions >= 0).sum()
        assert counted[3, 3] == ((labels == 3) & (predictions == 3)).sum()
    assert run.result["test"]["accuracy"] == run.of("evaluated", split="test")[-1]["accuracy"]


def test_a_split_can_be_evaluated_at_any_time(begin):
    run = begin(epochs=3)
    run.control.step("epoch")
    run.until("paused")
    run.control.evaluate("test")
    said = run.until("evaluated", split="test")
    assert said["epoch"] == 1 and 0.3 < said["accuracy"] <= 1.0
    run.control.evaluate("tset")
    assert "no split 'tset'" in run.until("message")["text"]


# -- staying ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("task", [train, evaluate])
def test_a_task_that_lingers_goes_on_answering(begin, task):
    run = begin(task, epochs=1, linger=True, probe={})
    run.until("lingering")
    assert run.of("result")
    run.control.probe(5, "test")
    run.until("example", example=5, split="test")
    run.control.evaluate("train")
    run.until("evaluated", split="train", epoch=1 if task is train else 0)
    run.control.stop()
    run.end()


def test_a_worker_that_was_stopped_stays_where_it_was_asked_to(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "run", epochs=10**6, linger=True, probe={})
        worker.until("epoch")
        worker.command("stop")
        worker.until("lingering")
        time.sleep(2.5)  # longer than a worker has that was told to stop
        worker.send({"command": "probe", "example": 3})
        while worker.until("example")["example"] != 3:
            pass
        worker.command("stop")
        worker.rest()
        assert worker.process.wait(PATIENCE) == 0


def test_a_worker_that_lingers_ends_with_its_parent(tmp_path):
    with Worker() as worker:
        worker.train(tmp_path / "run", epochs=1, linger=True)
        worker.until("lingering")
        worker.process.stdin.close()
        assert worker.process.wait(5) in (0, 1)


def test_kernels_come_whole_and_say_so(tmp_path):
    data = json.loads(DIGITS.read_text(encoding="utf-8"))
    hidden = next(p for p in data["network"]["populations"] if p["name"] == "hidden")
    hidden.pop("shape", None)
    first = next(c for c in data["network"]["connections"] if c["name"] == "input_hidden")
    first["connectivity"] = {"type": "conv2d", "filters": 4, "conv_size": 3}
    first["connectivity"]["weight"] = {"type": "normal", "mean": 0.3, "sd": 0.2}
    next(p for p in data["network"]["populations"] if p["name"] == "input")["shape"] = [8, 8, 1]
    path = tmp_path / "conv.snn"
    path.write_text(json.dumps(data))
    events: list[dict[str, Any]] = []
    task = {"document": str(path), "epochs": 1, "run_dir": str(tmp_path / "run")}
    train(task | {"watch": {"weights": [["input_hidden", "weights"]]}}, events.append, Control())
    seen = [event for event in events if event["event"] == "weights"][-1]
    assert seen["matrix"].shape == (3, 3, 1, 4) and seen["strides"] == [1, 1] and seen["source_shape"] == [8, 8, 1]


def test_targets_that_change_with_time_come_with_what_the_outputs_do(tmp_path):
    events: list[dict[str, Any]] = []
    task = {"document": str(examples()["eprop_pattern"]), "epochs": 60, "run_dir": str(tmp_path / "run"), "probe": {}}
    train(task, events.append, Control())
    first, *_, last = [event for event in events if event["event"] == "example"]
    assert first["response"].shape == first["targets"].shape == (1000, 3)
    errors = [np.mean((event["response"] - event["targets"]) ** 2) for event in (first, last)]
    assert errors[1] < 0.1 * errors[0]

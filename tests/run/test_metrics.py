"""Metrics: what they count, in training, validation, evaluation and the files of a run; a class of the user's own."""

from __future__ import annotations

import csv
import json
from typing import ClassVar

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import RunError, UserError
from spikeloom.run import Control
from spikeloom.run.tasks import evaluate, train
from tests.run.test_event_files import written
from tests.run.toy_model import CLASSES, HIDDEN, TIME, make, network, toy
from tests.run.worker import DIGITS


def results(metric, y, truth, spikes=None):
    """What a metric gives for examples that come in two parts."""
    metric.reset()
    for part in (slice(0, 3), slice(3, None)):
        metric.update(y[part], truth[part], {name: counts[part] for name, counts in (spikes or {}).items()})
    return metric.result()


Y = np.array([[3.0, 2, 1], [3, 2, 1], [3, 2, 1], [0, 0, 0], [1, 1, 0]])
LABELS = np.array([0, 1, 2, 0, 1])


@pytest.mark.parametrize(
    ("metric", "truth", "expected"),
    [
        (sl.Accuracy(), LABELS, 1 / 5),  # nothing is right where all readouts are equal, or another one comes first
        (sl.TopKAccuracy(1), LABELS, 1 / 5),
        (sl.TopKAccuracy(2), LABELS, 3 / 5),
        (sl.TopKAccuracy(3), LABELS, 4 / 5),
        (sl.MeanSquareErrorMetric(), LABELS, np.mean((Y - np.eye(3)[LABELS]) ** 2)),
        (sl.MeanSquareErrorMetric(), np.ones((5, 3)), np.mean((Y - 1) ** 2)),
    ],
)
def test_figures_of_outputs(metric, truth, expected):
    assert results(metric, Y, truth) == pytest.approx(expected)


def test_who_was_taken_for_whom():
    assert results(sl.ConfusionMatrix(), Y, LABELS).tolist() == [[1, 0, 0], [2, 0, 0], [1, 0, 0]]


def test_of_targets_there_are_no_classes():
    assert np.isnan(results(sl.Accuracy(), Y, np.ones((5, 3)))) and np.isnan(results(sl.TopKAccuracy(), Y, Y))


def test_names_say_what_is_measured():
    names = [metric.name for metric in (sl.TopKAccuracy(), sl.TopKAccuracy(5, "out"), sl.SilentNeurons("hidden"))]
    assert names == ["top_3_accuracy", "top_5_accuracy:out", "silent_neurons"]
    assert sl.MeanSquareErrorMetric().type == "mean_square_error" and sl.Metric.make("firing_rate") == sl.FiringRate()


# -- in a model of arrays ----------------------------------------------------------------------------------------------
def counts_of(model, x, population):
    """Spikes of each neuron in each example, recorded."""
    trains = model.predict(x, sl.SpikeRecorder(population)).spikes[population]
    return np.array([np.bincount(train.neurons, minlength=HIDDEN) for train in trains])


def test_neurons_that_never_spike_are_those_of_a_recording():
    model, (x, labels) = make(metrics=["silent_neurons", sl.FiringRate("hidden")]), toy()
    weights = {name: array.copy() for name, array in model.weights.items()}
    first = next(name for name, array in weights.items() if array.shape[1] == HIDDEN)
    weights[first][:, :5] = -1.0  # these cannot spike
    model.set_weights(weights)
    found, counts = model.evaluate(x, labels), counts_of(model, x, "hidden")
    assert found["silent_neurons:hidden"] == (counts.sum(axis=0) == 0).sum() >= 5
    assert found["firing_rate:hidden"] == pytest.approx(counts.sum() / (60 * HIDDEN * TIME / 1000.0))
    share = model.evaluate(x, labels, metrics=[sl.SilentNeurons("hidden", share=True)])
    assert share["silent_neurons:hidden"] == found["silent_neurons:hidden"] / HIDDEN
    assert "firing_rate:hidden" not in share


def test_the_history_has_them_for_training_and_validation():
    model, (x, labels) = make(metrics=["top_k_accuracy", "accuracy", "confusion_matrix", "silent_neurons"]), toy()
    history = model.train(x, labels, epochs=3, validation_split=0.25)
    for name in ("silent_neurons:hidden", "accuracy"):
        assert len(history[name]) == len(history[f"validation_{name}"]) == 3
    assert history["top_3_accuracy"].max() <= 1.0
    assert history["confusion_matrix"].shape == (3, CLASSES, CLASSES)
    assert 40 <= history["confusion_matrix"].sum(axis=(1, 2)).max() <= 45  # a silent output takes it for nothing
    assert 13 <= history["validation_confusion_matrix"].sum(axis=(1, 2)).max() <= 15
    right = np.trace(history["confusion_matrix"], axis1=1, axis2=2)
    assert history["accuracy"] == pytest.approx(right / 45)


def test_counting_changes_nothing_of_what_is_learned():
    (x, labels), states = toy(), []
    for metrics in ([], ["silent_neurons", "top_k_accuracy"]):
        model = make(metrics=metrics)
        model.train(x, labels, epochs=2)
        states.append(model.session.state())
    assert all(np.array_equal(states[0][name], states[1][name]) for name in states[0])


def test_few_examples_at_a_time_give_the_same(monkeypatch):
    model, (x, labels) = make(metrics=["silent_neurons", "confusion_matrix"]), toy()
    whole = model.evaluate(x, labels)
    monkeypatch.setattr("spikeloom.run.counting.MOST_COUNTED", 1)
    parts = model.evaluate(x, labels)
    assert parts["silent_neurons:hidden"] == whole["silent_neurons:hidden"]
    assert np.array_equal(parts["confusion_matrix"], whole["confusion_matrix"])
    assert parts["loss"] == pytest.approx(whole["loss"])


def confidence():
    """A metric as a script would have it."""

    class Confidence(sl.Metric):
        """How far the largest readout is above the mean."""

        type: ClassVar[str] = "confidence"
        larger_is_better: ClassVar[bool] = True

        def reset(self):
            self._total, self._count = 0.0, 0

        def update(self, y, truth, spikes):
            assert len(truth) == len(y) == len(spikes["hidden"])
            self._total += float((y.max(axis=1) - y.mean(axis=1)).sum())
            self._count += len(y)

        def result(self):
            return self._total / self._count

    return Confidence


def test_a_class_of_the_users_own_is_counted_as_any_other():
    metric, (x, labels) = confidence()(), toy()
    model = make(metrics=[metric])
    y = model.predict(x).y
    assert model.evaluate(x, labels)["confidence"] == pytest.approx(np.mean(y.max(axis=1) - y.mean(axis=1)), rel=1e-5)
    history = model.train(x, labels, epochs=2, validation_split=0.25)
    assert len(history["confidence"]) == len(history["validation_confidence"]) == 2
    assert not hasattr(metric, "_total")  # the object of the script is left alone
    stopping = sl.EarlyStopping("validation_confidence", patience=1, min_delta=100.0)
    more = model.train(x, labels, epochs=9, validation_split=0.25, callbacks=[stopping])
    assert len(more["epoch"]) == 2


def test_what_such_a_class_raises_says_which_it_was():
    class Broken(confidence()):
        """Divides by nothing."""

        type: ClassVar[str] = "broken"

        def result(self):
            return 1 / 0

    (x, labels), model = toy(), make()
    with pytest.raises(RunError, match="ZeroDivisionError") as caught:
        model.evaluate(x, labels, metrics=[Broken()])
    assert caught.value.place == "the metric Broken"
    with pytest.raises(UserError, match="did you mean 'accuracy'"):
        model.evaluate(x, labels, metrics=["acuracy"])
    with pytest.raises(UserError, match="expected a list"):
        model.train(x, labels, metrics="accuracy")


@pytest.mark.parametrize("given", [None, "much", [1.0, 2.0], {"much": None}, {"loss": 1.0}])
def test_what_is_no_result_of_a_metric_is_said(given):
    class Odd(confidence()):
        """Gives something else."""

        type: ClassVar[str] = "odd"

        def result(self):
            return given

    (x, labels), model = toy(), make()
    for call in (model.evaluate, model.train):
        with pytest.raises(RunError, match=r"its result (is|has a figure)") as caught:
            call(x, labels, metrics=[Odd()])
        assert caught.value.place == "the metric Odd"


def test_a_metric_that_cannot_begin_or_has_the_name_of_the_loss_is_said():
    class Late(confidence()):
        """Cannot begin."""

        type: ClassVar[str] = "late"

        def reset(self):
            raise KeyError("nothing")

    class Loss(confidence()):
        """Is called as another figure is."""

        type: ClassVar[str] = "loss"

    (x, labels), model = toy(), make()
    with pytest.raises(RunError, match="KeyError: 'nothing'") as caught:
        model.train(x, labels, metrics=[Late()])
    assert caught.value.place == "the metric Late"
    with pytest.raises(UserError, match="the name of a figure that every run has"):
        model.train(x, labels, metrics=[Loss()])
    assert model.session.step == 0


@pytest.mark.parametrize(
    ("metrics", "place", "words"),
    [
        ([sl.SilentNeurons("hiden")], "metrics[0].population", "no population 'hiden'; did you mean 'hidden'?"),
        (["accuracy", sl.TopKAccuracy(2, "exit")], "metrics[1].output", "no output 'exit'"),
        ([sl.TopKAccuracy(2), sl.TopKAccuracy(2)], "metrics[1]", "is counted by metrics[0] already"),
    ],
)
def test_metrics_of_one_call_are_checked_as_those_of_a_document(metrics, place, words):
    (x, labels), model = toy(), make()
    for call in (model.evaluate, model.train):
        with pytest.raises(UserError) as caught:
            call(x, labels, metrics=metrics)
        assert [problem.place for problem in caught.value.problems] == [place]
        assert words in str(caught.value)
    assert model.session.step == 0


def test_training_watches_a_metric_of_one_call():
    metric, (x, labels), model = confidence()(), toy(), make()
    stopping = sl.EarlyStopping("confidence", patience=1, min_delta=100.0)
    history = model.train(x, labels, epochs=9, metrics=[metric], callbacks=[stopping])
    assert len(history["epoch"]) == 2
    # The larger one is better, as its class says: training ends where it falls.
    falls = make().train(x, labels, epochs=9, metrics=[metric], callbacks=[sl.EarlyStopping("confidence", patience=1)])
    assert len(falls["epoch"]) == 2 and falls["confidence"][1] < falls["confidence"][0]
    with pytest.raises(UserError, match="no figure 'confidence'"):
        make(metrics=[metric]).train(x, labels, metrics=[], callbacks=[stopping])


# -- in a document -----------------------------------------------------------------------------------------------------
def digits(folder, metrics):
    found = sl.Document.load(DIGITS)
    found.experiment.metrics = metrics
    found.save(folder / "digits.snn")
    return str(folder / "digits.snn")


def test_a_run_keeps_them_in_its_files(tmp_path):
    metrics = [sl.TopKAccuracy(2), "silent_neurons", "firing_rate", "confusion_matrix"]
    path, events = digits(tmp_path, metrics), []
    options = {"document": path, "run_dir": str(tmp_path / "run"), "epochs": 2}
    result = train(options, events.append, Control())
    rows = list(csv.DictReader((tmp_path / "run" / "metrics.csv").open()))
    told = [event for event in events if event["event"] == "epoch"]
    for row, event in zip(rows, told, strict=True):
        assert float(row["top_2_accuracy"]) >= float(row["accuracy"])
        assert float(row["validation_top_2_accuracy"]) == event["validation_metrics"]["top_2_accuracy"]
        assert float(row["firing_rate:hidden"]) == pytest.approx(float(row["rate:hidden"]))
        assert float(row["silent_neurons:hidden"]) == event["metrics"]["silent_neurons:hidden"] >= 0
        json.dumps(event)
    facts = json.loads((tmp_path / "run" / "run.json").read_text())["result"]
    assert facts["metrics"].keys() == {"train", "validation", "test"}
    matrix = np.array(facts["metrics"]["test"]["confusion_matrix"])
    assert matrix.shape == (10, 10) and np.trace(matrix) / 360 == pytest.approx(result["test"]["accuracy"], abs=0.01)
    tags = written(tmp_path / "run")
    assert [value for _, value in tags["top_2_accuracy/validation"]] == pytest.approx(
        [float(row["validation_top_2_accuracy"]) for row in rows]
    )
    assert "silent_neurons/hidden/training" in tags
    again = evaluate({"document": path, "checkpoint": str(tmp_path / "run")}, events.append, Control())
    assert again["metrics"] == facts["metrics"]["test"]


def test_a_metric_can_be_what_training_watches(tmp_path):
    path = digits(tmp_path, [sl.TopKAccuracy(2)])
    document = sl.Document.load(path)
    document.experiment.training.keep_best = "validation_top_2_accuracy"
    document.save(path)
    result = train({"document": path, "run_dir": str(tmp_path / "run"), "epochs": 2}, lambda event: None, Control())
    assert result["best"] == max(result["best"], result["metrics"]["validation"]["top_2_accuracy"])


def test_documents_without_metrics_do_not_name_them(tmp_path):
    digits(tmp_path, [])
    assert "metrics" not in (tmp_path / "digits.snn").read_text()
    digits(tmp_path, ["accuracy"])
    found = sl.Document.load(tmp_path / "digits.snn")
    assert found.experiment.metrics == [sl.Accuracy()]


@pytest.mark.parametrize(
    ("metrics", "place", "words"),
    [
        (["accuracy", "accuracy"], "[1]", "counted by experiment.metrics[0] already"),
        ([sl.SilentNeurons("hiden")], "[0].population", "did you mean 'hidden'"),
        ([sl.FiringRate("output")], "[0].population", "never spikes"),
        ([sl.Accuracy("hidden")], "[0].output", "no output 'hidden'"),
        ([sl.TopKAccuracy(10)], "[0].k", "all examples count as right"),
    ],
)
def test_what_cannot_be_counted_is_said(metrics, place, words):
    found = sl.Document.load(DIGITS)
    found.experiment.metrics = metrics
    (problem,) = sl.validate(found)
    assert problem.place == f"experiment.metrics{place}" and words in problem.message


def test_of_several_outputs_one_is_named():
    from tests.run.test_several_ends import document

    found = document("digit", "parity")
    found.experiment.metrics = ["accuracy"]
    (problem,) = sl.validate(found)
    assert problem.place == "experiment.metrics[0].output" and problem.fix.value == "digit"
    found.experiment.metrics = [sl.Accuracy("parity")]
    assert sl.validate(found) == [] and "validation_accuracy:parity" not in sl.figures_of(found)


def test_networks_of_a_script_take_metrics_by_name_and_by_object():
    model = sl.Model(network(), "eventprop", example_time=TIME, encoder="linear_latency", metrics=["accuracy"])
    assert model.document.experiment.metrics == [sl.Accuracy()]

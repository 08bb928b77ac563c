"""Networks with several inputs and outputs, in scripts and from documents."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.backends.embedded.runtime import EmbeddedRuntime
from spikeloom.compilers import compile_document
from spikeloom.examples import examples
from spikeloom.run.control import Control
from spikeloom.run.prepare import prepare
from spikeloom.run.probe import Probe, ProbeOptions
from spikeloom.run.session import Session
from spikeloom.run.tasks import evaluate, train


def network(*outputs: str) -> sl.Network:
    """Two halves of an image into one hidden population, and an output for each of `outputs`."""
    rng = np.random.default_rng(4)
    with sl.Network() as net:
        left = sl.Population("spike_input", 32, "left", field="left half")
        right = sl.Population(sl.LIFInput(gain=4.0), 32, "right", field="right half")
        hidden = sl.Population(sl.LIF(tau_mem=20.0), 80, "hidden")
        for source in (left, right):
            weights = sl.Array(rng.normal(0.3, 0.4, (32, 80)))
            sl.Connection(source, hidden, sl.Dense(weights), sl.Exponential(5.0))
        for name, size, loss in (("digit", 10, None), ("parity", 2, "mean_square_error")):
            weights = sl.Array(rng.normal(0.0, 0.3, (80, size)))
            if name in outputs:
                out = sl.Population(sl.LI(tau_mem=20.0, readout="avg_var"), size, name, field=name, loss=loss)
                sl.Connection(hidden, out, sl.Dense(weights), sl.Exponential(5.0))
    return net


def document(*outputs: str, **training: object) -> sl.Document:
    settings = {"epochs": 6, "batch_size": 32, "validation_fraction": 0.1} | training
    experiment = sl.Experiment(
        dataset=sl.Digits(),
        simulation=sl.Simulation(1.0, 30.0),
        learning=sl.EventProp(optimiser=sl.Adam(0.005)),
        training=sl.Training(**settings),
    )
    return sl.Document(network(*outputs), experiment)


def test_each_output_learns_its_own_field_by_its_own_loss(tmp_path: Path) -> None:
    doc = document("digit", "parity")
    assert sl.validate(doc) == []
    path = tmp_path / "two.snn"
    doc.save(path)
    assert sl.Document.load(path) == doc or sl.Document.load(path).dumps() == doc.dumps()
    options = {"document": str(path), "run_dir": str(tmp_path / "run"), "threads": 2}
    events: list[dict] = []
    result = train(options, events.append, Control())
    assert result["outputs"]["digit"]["accuracy"] > 0.7
    assert result["outputs"]["parity"]["accuracy"] > 0.8
    both = [result["outputs"][name]["accuracy"] for name in ("digit", "parity")]
    assert result["test"]["accuracy"] == pytest.approx(np.mean(both))
    rows = list(csv.DictReader((tmp_path / "run" / "metrics.csv").open()))
    assert len(rows) == 6
    for row in rows:
        losses = [float(row[f"loss:{name}"]) for name in ("digit", "parity")]
        assert float(row["loss"]) == pytest.approx(sum(losses))
        assert 0 <= float(row["validation_accuracy:parity"]) <= 1
    assert float(rows[-1]["loss:parity"]) < 0.8 * float(rows[0]["loss:parity"])
    checkpoint = {"document": str(path), "checkpoint": str(tmp_path / "run")}
    again = evaluate(checkpoint, events.append, Control())
    assert again["outputs"] == result["outputs"]


def test_the_gradient_is_the_sum_of_those_of_the_outputs() -> None:
    found = []
    for outputs in (("digit", "parity"), ("digit",), ("parity",)):
        doc = document(*outputs)
        compiled = compile_document(doc)
        data = prepare(doc)["train"].take(range(8))
        runtime = EmbeddedRuntime(compiled.model, compiled.schedules, threads=1, precision="double")
        runtime.run("train", data, [np.arange(8)], timesteps=compiled.timesteps)
        found.append({name: runtime.gradient(name, "Gradient") for name in compiled.gradients})
    both, digit, parity = found
    for name in ("left_hidden", "right_hidden"):
        assert np.linalg.norm(parity[name]) > 0
        np.testing.assert_allclose(both[name], digit[name] + parity[name], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(both["hidden_digit"], digit["hidden_digit"], rtol=1e-12)


def test_a_script_gives_arrays_by_name() -> None:
    rng = np.random.default_rng(0)
    x = {"left": rng.random((40, 32)), "right": rng.random((40, 32))}
    y = {"digit": rng.integers(0, 10, 40), "parity": rng.integers(0, 2, 40)}
    model = sl.Model(network("digit", "parity"), "eventprop", example_time=30.0, encoder="linear_latency", threads=1)
    history = model.train(x, y, epochs=3)
    assert history["loss"][-1] < history["loss"][0]
    np.testing.assert_allclose(history["loss"], history["loss:digit"] + history["loss:parity"])
    prediction = model.predict(x, sl.SpikeRecorder("right"))
    assert {name: values.shape for name, values in prediction.outputs.items()} == {"digit": (40, 10), "parity": (40, 2)}
    np.testing.assert_array_equal(prediction.y, prediction.outputs["digit"])
    assert sum(len(train.times) for train in prediction.spikes["right"]) > 100
    metrics = model.evaluate(x, y)
    assert metrics["outputs"].keys() == {"digit", "parity"}


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((4, 32)), None, "x: one array found for 2 inputs"),
        ({"left": np.zeros((4, 32))}, None, "x: 'right' is missing"),
        ({"left": np.zeros((4, 32)), "rigth": np.zeros((4, 32))}, None, "no population 'rigth'; did you mean 'right'?"),
        ({"left": np.zeros((4, 32)), "right": np.zeros((4, 31))}, None, r"x\['right'\]: an array of shape \(4, 31\)"),
        ({"left": np.zeros((4, 31)), "right": np.zeros((4, 32))}, None, r"x\['left'\]: an array of shape \(4, 31\)"),
        ({"left": np.zeros((4, 32)), "right": np.zeros((5, 32))}, None, "x: 4 and 5 examples found"),
        ({"left": np.zeros((4, 32)), "right": np.full((4, 32), np.nan)}, None, r"x\['right'\]: the values hold NaN"),
        ({"left": [[1], [2, 3]], "right": np.zeros((4, 32))}, None, r"x\['left'\]"),
        ({"left": np.zeros((4, 32)), "right": [[1], [2, 3]]}, None, r"x\['right'\]: rows of different lengths"),
        ({"left": np.zeros((4, 32)), "right": np.full((4, 32), 1e300)}, None, "too large for single precision"),
        (None, {"digit": np.zeros(4, int), "parity": [[1], [2, 3]]}, r"y\['parity'\]: rows of different lengths"),
        (None, np.zeros(4, int), "y: one array found for 2 outputs"),
        (None, {"digit": np.zeros(4, int)}, "y: 'parity' is missing"),
        (None, {"digit": np.zeros(4, int), "parity": np.full(4, 2)}, r"y\['parity'\]: label 2 found, expected 0 to 1"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_where_they_stand(x: object, y: object, message: str) -> None:
    model = sl.Model(network("digit", "parity"), "eventprop", example_time=30.0, encoder="linear_latency", threads=1)
    good = {"left": np.zeros((4, 32)), "right": np.zeros((4, 32))}
    with pytest.raises(sl.UserError, match=message):
        model.train(good if x is None else x, {"digit": [0] * 4, "parity": [0] * 4} if y is None else y, epochs=1)


def test_two_recorders_of_other_neurons_are_refused_and_the_same_one_twice_is_not() -> None:
    model = sl.Model(network("digit"), example_time=30.0, encoder="linear_latency", threads=1)
    x = {"left": np.ones((2, 32)), "right": np.ones((2, 32))}
    one, two = sl.VariableRecorder("hidden", "V", [0]), sl.VariableRecorder("hidden", "V", [1])
    assert model.predict(x, [one, one]).variables["hidden", "V"].shape == (2, 30, 1)
    with pytest.raises(sl.UserError, match="recorded twice, each time other neurons"):
        model.predict(x, [one, two])


def test_each_output_is_judged_and_told_by_its_name(tmp_path: Path) -> None:
    doc = document("digit", "parity", epochs=1)
    path = tmp_path / "two.snn"
    doc.save(path)
    events: list[dict] = []
    options = {"document": str(path), "run_dir": str(tmp_path / "run"), "threads": 2, "probe": {"example": 3}}
    result = train(options, events.append, Control())
    judged = {(e["split"], e["output"]): e for e in events if e["event"] == "evaluated"}
    assert judged.keys() == {(split, name) for split in ("train", "validation", "test") for name in ("digit", "parity")}
    labels = prepare(doc)["test"].values
    for name, key, classes in (("digit", "labels", 10), ("parity", "labels:parity", 2)):
        event = judged["test", name]
        np.testing.assert_array_equal(event["labels"], labels[key])
        assert event["classes"] == classes and event["confusion"].shape == (classes, classes)
        accuracy = np.mean(event["labels"] == event["predictions"])
        assert event["outputs"][name]["accuracy"] == pytest.approx(accuracy) == result["outputs"][name]["accuracy"]
        assert event["accuracy"] == pytest.approx(result["test"]["accuracy"])
    seen = [event for event in events if event["event"] == "example"][-1]
    assert list(seen["outputs"]) == ["digit", "parity"]
    for name, size in (("digit", 10), ("parity", 2)):
        told = seen["outputs"][name]
        assert told["label"] == judged["test", name]["labels"][3]
        assert told["prediction"] == judged["test", name]["predictions"][3] == np.argmax(told["readout"])
        assert len(told["readout"]) == size
    assert {key: seen[key] for key in ("label", "prediction", "readout")} == seen["outputs"]["digit"]


def test_each_output_is_seen_beside_the_targets_that_it_follows() -> None:
    doc = sl.Document.load(examples()["eprop_pattern"])
    (first,) = doc.network.outputs
    other = first.model_copy(deep=True, update={"name": "other"})
    wire = next(c for c in doc.network.connections if c.target == first.name)
    doc.network.populations.append(other)
    doc.network.connections.append(wire.model_copy(deep=True, update={"name": "to_other", "target": "other"}))
    session = Session(doc, threads=2)
    event = Probe(ProbeOptions(split="train"), session, prepare(doc), lambda event: None, Control()).event()
    assert event is not None and event["prediction"] is None
    shape = event["response"].shape
    assert shape == event["targets"].shape == event["other.response"].shape == (1000, 3)
    np.testing.assert_array_equal(event["other.targets"], event["targets"])
    assert not np.array_equal(event["other.response"], event["response"]), "first weights of its own"

"""A corpus of broken documents: each gives one clear error, word for word."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import spikeloom.spec as sl
from spikeloom.errors import UserError
from spikeloom.spec import text

GOOD: dict[str, Any] = {
    "format": "spikeloom/1",
    "network": {
        "populations": [
            {"name": "input", "shape": [4], "neuron": {"type": "spike_input"}},
            {"name": "hidden", "shape": [3], "neuron": {"type": "lif"}},
            {"name": "output", "shape": [2], "neuron": {"type": "li", "readout": "avg_var"}},
        ],
        "connections": [
            {
                "name": "one",
                "source": "input",
                "target": "hidden",
                "connectivity": {"type": "dense", "weight": {"type": "normal", "mean": 0.1, "sd": 0.1}},
                "synapse": {"type": "exponential", "tau": 5},
            },
            {
                "name": "two",
                "source": "hidden",
                "target": "output",
                "connectivity": {"type": "dense", "weight": 0.5},
                "synapse": {"type": "exponential"},
            },
        ],
    },
    "experiment": {"simulation": {"dt": 1}, "learning": "eventprop"},
}
POPULATION = "network.populations[1]"
CONNECTION = "network.connections[1]"


def broken(path: str, value: Any) -> dict[str, Any]:
    """The good document with `value` at `path`."""
    document = copy.deepcopy(GOOD)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    node: Any = document
    for part in parents:
        node = node[part]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return document


CORPUS: list[tuple[str, Any, str]] = [
    (
        "network.connections.1.target",
        "hiden",
        "network.connections[1].target: no population 'hiden'; did you mean 'hidden'?",
    ),
    ("network.connections.0.source", "nobody", "network.connections[0].source: no population 'nobody'"),
    ("network.populations.1.neuron.tau_men", 1, f"{POPULATION}.neuron: unknown key 'tau_men'; did you mean 'tau_mem'?"),
    ("netwrok", {}, "unknown key 'netwrok'; did you mean 'network'?"),
    (
        "network.populations.1.colour",
        "red",
        f"{POPULATION}: unknown key 'colour'\n  Known here: name, shape, neuron, field, loss, "
        "reg_lambda_upper, reg_lambda_lower, reg_nu_upper.",
    ),
    (
        "network.populations.1.neuron.tau_mem",
        -5,
        f"{POPULATION}.neuron.tau_mem: -5 found, expected a number greater than 0 (ms)",
    ),
    (
        "network.populations.1.neuron.tau_mem",
        0,
        f"{POPULATION}.neuron.tau_mem: 0 found, expected a number greater than 0 (ms)",
    ),
    (
        "network.populations.1.neuron.tau_mem",
        "fast",
        f"{POPULATION}.neuron.tau_mem: 'fast' (text) found, expected a number (ms)",
    ),
    (
        "network.populations.1.neuron.tau_mem",
        "20 ms",
        f"{POPULATION}.neuron.tau_mem: '20 ms' (text) found, expected a number (ms)",
    ),
    (
        "network.populations.1.neuron.tau_mem",
        "20",
        f"{POPULATION}.neuron.tau_mem: '20' (text) found, expected a number (ms)\n  Write the number without quotes.",
    ),
    ("network.populations.1.neuron.tau_mem", True, f"{POPULATION}.neuron.tau_mem: true found, expected a number (ms)"),
    ("network.populations.1.neuron.tau_mem", None, f"{POPULATION}.neuron.tau_mem: null found, expected a number (ms)"),
    ("network.populations.1.neuron.tau_mem", [1], f"{POPULATION}.neuron.tau_mem: a list found, expected a number (ms)"),
    (
        "network.populations.1.neuron.relative_reset",
        1,
        f"{POPULATION}.neuron.relative_reset: 1 found, expected true or false",
    ),
    (
        "network.populations.1.neuron.v_thresh",
        0,
        f"{POPULATION}.neuron.v_thresh: 0 found, expected more than v_reset (0)",
    ),
    ("network.populations.1.neuron.type", "liff", f"{POPULATION}.neuron.type: no neuron 'liff'; did you mean 'lif'?"),
    (
        "network.populations.1.neuron.type",
        "izhikevich",
        f"{POPULATION}.neuron.type: no neuron 'izhikevich'\n  Known here: alif, binary_input, "
        "custom, if, if_input, li, lif, lif_input, poisson_input, spike_input.",
    ),
    (
        "network.populations.1.neuron.type",
        "adam",
        f"{POPULATION}.neuron.type: 'adam' is an optimiser, expected a neuron",
    ),
    ("network.populations.1.neuron.type", 3, f"{POPULATION}.neuron.type: 3 found, expected the name of a neuron"),
    (
        "network.populations.1.neuron.type",
        ...,
        f"{POPULATION}.neuron: 'type' is missing, expected one of 'alif', 'binary_input', 'custom', 'if', "
        "'if_input', 'li', 'lif', 'lif_input', 'poisson_input', 'spike_input'",
    ),
    ("network.populations.1.neuron", ..., f"{POPULATION}: 'neuron' is missing, expected a neuron"),
    ("network.populations.1.name", ..., f"{POPULATION}: 'name' is missing, expected text"),
    (
        "network.populations.1.name",
        "",
        "3 problems\n"
        "- network.populations[1].name: an empty name found, expected a name\n"
        "- network.connections[0].target: no population 'hidden'\n"
        "- network.connections[1].source: no population 'hidden'",
    ),
    (
        "network.populations.1.name",
        "1st",
        f"{POPULATION}.name: '1st' (text) found, expected a name\n"
        "  A letter or _ first, then letters, digits, spaces, _ and -; at most 64 in all.",
    ),
    (
        "network.populations.2.name",
        "hidden",
        "2 problems\n"
        "- network.populations[2].name: the name 'hidden' is taken by network.populations[1]\n"
        "- network.connections[1].target: no population 'output'",
    ),
    ("network.connections.1.name", "input", f"{CONNECTION}.name: the name 'input' is taken by network.populations[0]"),
    (
        "network.populations.1.shape",
        [3, 0],
        f"{POPULATION}.shape: 0 found in it, expected whole numbers of at least 1, such as [8, 8]",
    ),
    ("network.populations.1.shape", "3", f"{POPULATION}.shape: '3' (text) found, expected a list of whole numbers"),
    (
        "network.populations.1.shape",
        [2**20, 2**20],
        f"{POPULATION}.shape: more than 2147483647 neurons found, expected fewer",
    ),
    ("network.populations", {}, "network.populations: an object found, expected a list"),
    ("network", [], "network: an empty list found, expected an object"),
    (
        "network.populations.2.neuron.readout",
        "avg_vra",
        "network.populations[2].neuron.readout: no readout 'avg_vra'; did you mean 'avg_var'?",
    ),
    (
        "network.connections.0.connectivity.weight.sd",
        -1,
        "network.connections[0].connectivity.weight.sd: -1 found, expected a number of at least 0",
    ),
    (
        "network.connections.0.connectivity.weight",
        "normla",
        "network.connections[0].connectivity.weight: no initialiser 'normla'; did you mean 'normal'?",
    ),
    (
        "network.connections.0.connectivity.weight",
        [1, 2],
        "network.connections[0].connectivity.weight: a list found, expected an initialiser",
    ),
    ("experiment.simulation.dt", 0, "experiment.simulation.dt: 0 found, expected a number greater than 0 (ms)"),
    ("experiment.simulation.dt", 10**399, "experiment.simulation.dt: a huge number found, expected a number (ms)"),
    (
        "experiment.training",
        {"epochs": 0},
        "experiment.training.epochs: 0 found, expected a whole number of at least 1",
    ),
    ("experiment.training", {"batch_size": 2.5}, "experiment.training.batch_size: 2.5 found, expected a whole number"),
    (
        "experiment.training",
        {"validation_fraction": 1},
        "experiment.training.validation_fraction: 1 found, expected a number from 0 to below 1",
    ),
    (
        "experiment.learning",
        "eventporp",
        "experiment.learning: no learning rule 'eventporp'; did you mean 'eventprop'?",
    ),
    (
        "experiment.dataset",
        {"type": "spike_hdf5", "encoder": "linear_latency"},
        "experiment.dataset.encoder: an encoder found, but the examples are spikes already\n  Leave it out.",
    ),
    (
        "experiment.dataset",
        {"type": "spike_hdf5", "channels": 0},
        "experiment.dataset.channels: 0 found, expected a whole number from 1 to 1e+06",
    ),
    (
        "experiment.dataset",
        {"type": "spike_hdf5", "train_file": "../train.h5"},
        "experiment.dataset.train_file: '../train.h5' found, expected the name of a file in the folder, "
        "such as 'shd_train.h5'",
    ),
    (
        "experiment.dataset",
        {"type": "spike_hdf5", "classes": 3, "label_names": ["one", "two"]},
        "experiment.dataset.label_names: 2 names found, expected one for each of 3 classes",
    ),
    (
        "experiment.dataset",
        {"type": "spike_hdf5", "folder": " "},
        "experiment.dataset.folder: no folder found, expected one such as 'shd'",
    ),
    (
        "experiment.dataset",
        {"type": "pattern", "rate": -1},
        "experiment.dataset.rate: -1 found, expected a number greater than 0 and at most 1000 (Hz)",
    ),
    (
        "experiment.dataset",
        {"type": "pattern", "repeats": 10**6},
        "experiment.dataset.repeats: 1e+09 input spikes in an epoch found, expected at most 1e+08",
    ),
    (
        "experiment.dataset",
        {"type": "pattern", "encoder": "linear_latency"},
        "experiment.dataset.encoder: an encoder found, but the examples are spikes already\n  Leave it out.",
    ),
    (
        "experiment.dataset",
        {"type": "mnist", "encoder": {"type": "threshold_crossing", "neurons": 81}},
        "experiment.dataset.encoder.neurons: 81 found, expected an even number: two for each threshold",
    ),
    (
        "experiment.dataset",
        {"type": "mnist", "encoder": {"type": "threshold_crossing", "pixel_time": 0}},
        "experiment.dataset.encoder.pixel_time: 0 found, expected a number greater than 0 (ms)",
    ),
    (
        "experiment.dataset",
        {"type": "mnist", "train_limit": 0},
        "experiment.dataset.train_limit: 0 found, expected a whole number of at least 1",
    ),
    ("format", ..., "'format' is missing, expected 'spikeloom/1'"),
    (
        "format",
        "spikeloom/2",
        "format: 'spikeloom/2' is newer than this version of Spikeloom, which reads 'spikeloom/1'\n"
        "  Update it: pip install --upgrade spikeloom",
    ),
    ("format", "keras/1", "format: 'keras/1' (text) found, expected 'spikeloom/1'"),
    ("format", 1, "format: 1 found, expected 'spikeloom/1'"),
]


def error_of(content: str | bytes, **options: Any) -> UserError:
    with pytest.raises(UserError) as raised:
        sl.Document.loads(content, **options)
    assert raised.value.exit_code == 2
    return raised.value


def test_the_good_one_is_good() -> None:
    assert sl.validate(sl.Document.loads(json.dumps(GOOD))) == []


@pytest.mark.parametrize(("path", "value", "message"), CORPUS)
def test_a_mistake_is_said_word_for_word(path: str, value: Any, message: str) -> None:
    error = error_of(json.dumps(broken(path, value)))
    assert str(error) == message
    assert isinstance(error, sl.InvalidDocument)
    assert len(error.problems) == max(1, message.count("\n- "))


def test_every_problem_is_listed_and_at_most_ten_are_shown() -> None:
    document = broken("network.populations.1.neuron", {"type": "lif", "tau_mem": -1, "v": "x", "tau_men": 2})
    document["network"]["connections"][0]["synapse"] = {"type": "exponential", "tau": None}
    error = error_of(json.dumps(document), source="a.snn")
    assert str(error) == (
        "a.snn: 4 problems\n"
        "- network.populations[1].neuron.tau_mem: -1 found, expected a number greater than 0 (ms)\n"
        "- network.populations[1].neuron.v: 'x' (text) found, expected a number\n"
        "- network.populations[1].neuron: unknown key 'tau_men'; did you mean 'tau_mem'?\n"
        "- network.connections[0].synapse.tau: null found, expected a number (ms)"
    )
    document["network"]["populations"] = [{"name": "a", "neuron": "lif", f"x{i}": 1} for i in range(14)]
    many = error_of(json.dumps(document))
    assert len(many.problems) == 15  # type: ignore[attr-defined]
    assert str(many).endswith("\n... and 5 more")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.snn:1:1: not valid JSON: expecting value\n  The text ends too early."),
        (b'{\n  "format": "spikeloom/1",\n  "network": {,}\n}', "a.snn:3:15: not valid JSON: expecting property name"),
        (b'{\n  "format": "spikeloom/1"\n  "network": {}\n}', "a.snn:3:3: not valid JSON: expecting ',' delimiter"),
        (
            b'{"format": "spikeloom/1"',
            "a.snn:1:25: not valid JSON: expecting ',' delimiter\n  The text ends too early.",
        ),
        (b'{"format": "spikeloom/1"} x', "a.snn:1:27: not valid JSON: extra data"),
        (b'{\n"format": "\xff"}', "a.snn:2:12: byte 0xff found, expected UTF-8 text"),
        (
            b'{"format": "spikeloom/1", "view": {"zoom": NaN}}',
            "a.snn: not valid JSON: NaN found, expected a finite number",
        ),
        (
            b'{"format": "spikeloom/1", "x": 1' + b"0" * 5000 + b"}",
            "a.snn: not valid JSON: a number of 5001 digits found",
        ),
        (b'{"format": 1, "format": 2}', "a.snn: key 'format' occurs more than once"),
        (b'{"view": {"a": [{"b": 1, "b": 2}]}}', "a.snn: view.a[0]: key 'b' occurs more than once"),
        (b"[" * 100_000, "a.snn: nested too deeply, expected at most 64 levels"),
        (b'{"view": ' + b"[" * 70 + b"]" * 70 + b"}", "a.snn: nested too deeply, expected at most 64 levels"),
        (b"[]", "a.snn: an empty list found, expected a document: an object"),
        (b"null", "a.snn: null found, expected a document: an object"),
        (b'{"format": "spikeloom/1", "title": "\x01"}', "a.snn:1:37: not valid JSON: invalid control character at"),
    ],
)
def test_text_that_is_no_document(content: bytes, message: str) -> None:
    assert str(error_of(content, source="a.snn")).startswith(message)


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.snn"
    with path.open("wb") as file:
        file.truncate(text.LARGEST + 10)
    with pytest.raises(UserError, match="64 MB found, expected a document of at most 64 MB"):
        sl.Document.load(path)


def test_files_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "no.snn", "cannot be read: No such file"), (tmp_path, "is a folder")):
        with pytest.raises(UserError) as raised:
            sl.Document.load(path)
        assert message in str(raised.value)
        assert str(path) in str(raised.value)


def test_hostile_names_cannot_write_to_the_terminal() -> None:
    for value in ("\x1b[2Jevil", "a" * 10**6, "\ud800"):
        for document in (broken("network.connections.1.target", value), broken(f"experiment.{value}", 1)):
            shown = str(error_of(json.dumps(document)))
            assert shown.replace("\n", "").isprintable()
            assert len(shown) < 400


def test_many_problems_are_found_in_reasonable_time() -> None:
    document = copy.deepcopy(GOOD)
    connection = {"source": "nowhere", "target": "hidden", "connectivity": {"type": "dense", "weight": 1}}
    document["network"]["connections"] += [connection] * 3000
    error = error_of(json.dumps(document))
    assert len(error.problems) == 3000  # type: ignore[attr-defined]


def test_a_half_drawn_network_opens() -> None:
    document = sl.Document.loads(json.dumps(broken("network.connections", [])))
    assert any(problem.severity == "warning" for problem in sl.validate(document))

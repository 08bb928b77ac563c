"""``spikeloom export``."""

from __future__ import annotations

import json

import numpy as np
import pytest

import spikeloom as sl
from tests.cli.command import DIGITS, document, last_json, spikeloom


@pytest.mark.parametrize(("kind", "suffix"), [("python", ".py"), ("notebook", ".ipynb")])
def test_a_script_is_written_where_it_was_asked_for(tmp_path, kind, suffix):
    path = tmp_path / f"out{suffix}"
    done = spikeloom("export", DIGITS, "--to", kind, "-o", path, "--json")
    assert done.returncode == 0, done.stderr
    assert last_json(done) == {"files": [str(path)], "to": kind, "notes": []}
    assert "Handwritten digits" in path.read_text()


def test_a_pygenn_script_says_what_lies_beside_it(tmp_path):
    path = tmp_path / "out.py"
    done = spikeloom("export", DIGITS, "--to", "pygenn", "-o", path, "--json")
    assert done.returncode == 0, done.stderr
    told = last_json(done)
    assert told["files"] == [str(path), str(tmp_path / "out_arrays.npz")]
    assert any("out_arrays.npz" in note for note in told["notes"])
    assert "from pygenn import" in path.read_text()


def test_without_a_file_it_goes_to_standard_output(tmp_path):
    done = spikeloom("export", DIGITS)
    compile(done.stdout, "script", "exec")
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_there_stay(tmp_path):
    path = tmp_path / "out.py"
    path.write_text("mine")
    done = spikeloom("export", DIGITS, "-o", path)
    assert (done.returncode, path.read_text()) == (2, "mine")
    assert "--force" in done.stderr
    assert spikeloom("export", DIGITS, "-o", path, "--force").returncode == 0
    assert path.read_text() != "mine"


def test_a_document_is_never_written_over(tmp_path):
    path = document(tmp_path / "net.snn")
    before = path.read_text()
    done = spikeloom("export", path, "-o", path, "--force")
    assert (done.returncode, path.read_text()) == (2, before)


def test_arrays_are_written_beside_it_and_a_trained_document_beside_itself(tmp_path):
    with sl.Network() as net:
        source, output = sl.Population("spike_input", 3), sl.Population(sl.LI(readout="avg_var"), 2)
        sl.Connection(source, output, sl.Dense(np.ones((3, 2), np.float32)))
    sl.Document(net, sl.Experiment(dataset="digits")).save(tmp_path / "net.snn")
    done = spikeloom("export", tmp_path / "net.snn", "-o", tmp_path / "net.py")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net.py",
        "net.safetensors",
        "net.snn",
        "net_arrays.safetensors",
    ]
    assert "net_arrays.safetensors" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.snn"], "cannot be read"),
        ([DIGITS, "--to", "pyton"], "did you mean 'python'"),
        ([DIGITS, "-o", "no/such/folder/x.py"], "no such folder"),
        ([DIGITS, "-o", "x.npz"], "is the ending of arrays"),
    ],
)
def test_mistakes_are_words(tmp_path, arguments, words):
    done = spikeloom("export", *arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_weights_of_numpy_are_evaluated(tmp_path):
    model = sl.load(DIGITS)
    model.train(epochs=2)
    np.savez(tmp_path / "weights.npz", **{f"{name}.g": weights for name, weights in model.weights.items()})
    done = spikeloom("evaluate", DIGITS, "--checkpoint", tmp_path / "weights.npz", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["accuracy"] == model.evaluate()["accuracy"]

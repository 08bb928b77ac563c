"""Exported PyGeNN scripts say in words what is wrong with their files and options, before anything is built."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import spikeloom as sl
import spikeloom.spec as sp
from spikeloom.exporters import export
from tests.exporters.pygenn_nets import Case, save_examples

STAND_IN = '''\
"""Takes the place of PyGeNN: whatever is asked of it is done, but for the network, which is never built."""
class Anything:
    def __getattr__(self, name):
        return self
    def __call__(self, *args, **named):
        return self
def GeNNModel(*args, **named):
    raise SystemExit("it is built")
def __getattr__(name):
    return Anything()
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A script with good files, and a module in the place of PyGeNN."""
    path = tmp_path_factory.mktemp("script")
    (path / "pygenn").mkdir()
    (path / "pygenn" / "__init__.py").write_text(STAND_IN)
    (path / "pygenn" / "genn_model.py").write_text('backend_modules = {"single_threaded_cpu": None}\n')
    case = Case(sp.EventProp())
    export(case.document(), "pygenn", "net").save(path / "net.py")
    save_examples(path / "good.npz", train=case.examples(1), test=case.examples(2))
    np.savez(path / "weights.npz", **{"input_hidden.g": np.zeros((16, 8), np.float32)})
    (path / "text.npz").write_text("no file of numpy's")
    yield path


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "net.py", *options]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def words_of(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "it is built" not in done.stderr
    assert "error: " in done.stderr
    return done.stderr


def test_with_good_files_it_is_built(folder: Path) -> None:
    done = run(folder, "--data", "good.npz", "--weights", "weights.npz", "--save", "new")
    assert done.stderr.strip() == "it is built"
    assert not (folder / "new.npz").exists()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--seed", "-5"), "-5 found, expected a whole number from 0"),
        (("--batch-size", "0"), "0 found, expected a whole number from 1"),
        (("--batch-size", "-3"), "-3 found"),
        (("--epochs", "-1"), "--epochs: -1 found"),
        (("--epochs", "two"), "--epochs"),
        (("--backend", "cuda"), "cuda found, expected one that PyGeNN has here: single_threaded_cpu"),
        (("--weights", "none.npz"), "--weights: no file none.npz found"),
        (("--weights", "text.npz"), "--weights: text.npz found"),
        (("--weights", "good.npz"), "expected one of input_hidden.g"),
        (("--data", "none.npz"), "--data: no file none.npz found"),
        (("--data", "text.npz"), "--data: text.npz found"),
        (("--data", "weights.npz"), "weights.npz holds weights (for --weights), expected examples"),
        (("--save", "nowhere/a.npz"), "No such file or directory"),
        (("--save", "pygenn/missing/"), "--save"),
        (("--save", "good.npz"), "good.npz holds the examples"),
    ],
)
def test_wrong_options_are_words(folder: Path, options: tuple[str, ...], expected: str) -> None:
    assert expected in words_of(run(folder, "--data", "good.npz", *options))


def test_the_file_beside_the_script_may_be_missing(folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    with sl.Network() as network:
        image = sl.Population(sp.IFInput(), 12, name="image")
        output = sl.Population(sp.IF(readout="spike_count"), 4, name="output")
        sl.Connection(image, output, sl.Dense(rng.normal(0.1, 0.3, (12, 4)).astype(np.float32)))
    document = sl.Document(network, sp.Experiment(simulation=sp.Simulation(dt=1.0, example_time=40.0)))
    made = export(document, "pygenn", "net")
    assert made.arrays
    (tmp_path / "net.py").write_text(made.text)
    (tmp_path / "pygenn").symlink_to(folder / "pygenn")
    np.savez(tmp_path / "a.npz", **{"test.image.values": rng.random((5, 12)), "test.labels": np.arange(5) % 4})
    words = words_of(run(tmp_path, "--data", "a.npz"))
    assert "net_arrays.npz found" in words and "network: no file" in words
    np.savez(tmp_path / "a.npz", **{"test.image.values": rng.random((5, 11)), "test.labels": np.arange(5) % 4})
    assert "test.image.values: (5, 11) found, expected (examples, 12)" in words_of(run(tmp_path, "--data", "a.npz"))


WRONG = {
    "missing": ("test.input.ids", None, "test.input.ids: no such array found"),
    "id": ("test.input.ids", lambda a: a + 16, "expected neurons from 0 to 15"),
    "step": ("train.input.steps", lambda a: a + 25, "expected timesteps from 0 to 24"),
    "short": ("train.input.steps", lambda a: a[:-1], "as in offsets"),
    "offsets": ("test.input.offsets", lambda a: a[::-1], "test.input.offsets"),
    "label": ("train.labels", lambda a: a + 3, "expected classes from 0 to 2"),
    "negative": ("test.labels", lambda a: a - 3, "test.labels: "),
    "kind": ("test.labels", lambda a: a.astype(float), "float64 found, expected whole numbers"),
    "count": ("test.labels", lambda a: a[:-1], "test.labels: 6 examples found, expected 7"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_examples_are_words(folder: Path, tmp_path: Path, name: str) -> None:
    key, change, expected = WRONG[name]
    with np.load(folder / "good.npz") as file:
        arrays = dict(file)
    values = arrays.pop(key)
    if change is not None:
        arrays[key] = change(values)
    np.savez(tmp_path / "wrong.npz", **arrays)
    words = words_of(run(folder, "--data", str(tmp_path / "wrong.npz")))
    assert expected in words and key in words


def test_targets_have_their_shape(folder: Path, tmp_path: Path) -> None:
    loss = sp.MeanSquareError(target_per_timestep=True)
    case = Case(sp.EventProp(loss=loss), targets=True)
    export(case.document(), "pygenn", "net").save(tmp_path / "net.py")
    (tmp_path / "pygenn").symlink_to(folder / "pygenn")
    held = case.examples(2)
    save_examples(tmp_path / "a.npz", train=held, test=held)
    with np.load(tmp_path / "a.npz") as file:
        arrays = dict(file)
    arrays["test.targets"] = arrays["test.targets"].transpose(0, 2, 1)
    np.savez(tmp_path / "a.npz", **arrays)
    words = words_of(run(tmp_path, "--data", "a.npz"))
    assert "test.targets: (7, 3, 25) found, expected examples x 25 x 3" in words


@pytest.mark.parametrize("name", ["create_var_ref", "init_var", "np", "build", "train", "VarAccess", "GeNNModel"])
def test_populations_may_be_called_as_what_the_script_uses(name: str) -> None:
    document = Case(sp.EventProp()).document()
    plain = imports(export(document, "pygenn", "net").text)
    for connection in document.network.connections:
        connection.target = name if connection.target == "output" else connection.target
    document.network.populations[-1].name = name
    text = export(document, "pygenn", "net").text
    assert imports(text) == plain
    assert f'{name}_ = model.add_neuron_population(\n        "{name}",' in text


def test_no_variable_of_a_network_is_a_name_of_the_script() -> None:
    from spikeloom.exporters.pygenn.network_section import _LIKE_OURS, _TAKEN

    flags = {"relative_reset": True, "integrate_during_refrac": True}
    for case in (Case(sp.EventProp()), Case(sp.EProp(), hidden=sp.LIF(**flags), synapse=sp.Delta)):
        text = export(case.document(), "pygenn")
        tree = ast.parse(text.text)
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        defined |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        defined -= {"numpy"}
        assert {name for name in defined if not _LIKE_OURS.match(name)} <= set(_TAKEN)


def imports(text: str) -> list[str]:
    return [ast.dump(node) for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]


def test_a_title_may_say_anything() -> None:
    document = Case(sp.EventProp()).document()
    document.title = "@IMPORTS@ and @MORE@"
    text = export(document, "pygenn", "net").text
    assert ast.get_docstring(ast.parse(text)).startswith("@IMPORTS@ and @MORE@.")
    assert "import argparse" in text


def test_comments_say_what_is_whose() -> None:
    text = export(Case(sp.EventProp()).document(), "pygenn", "net").text
    words = " ".join(line.removeprefix("# ") for line in text.splitlines() if line.startswith("# "))
    assert "Gives the variables of 'hidden' the values" in words
    assert "PerIMinusV: 1 / slope" in words and "NumLost: spikes" in words and "NumClipped: spikes" in words


def test_notes_begin_with_a_capital_and_recommend_what_can_be_done() -> None:
    notes = export(Case(sp.EventProp()).document(), "pygenn", "net").notes
    first = next(note for note in notes if note.startswith("The script has no examples. "))
    assert first[len("The script has no examples. ")].isupper()
    assert not any("save_examples" in note for note in notes)

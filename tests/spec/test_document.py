"""Documents on disk: text, arrays beside it, saving that never loses what was there."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import spikeloom.spec as sl
from spikeloom.errors import RunError, UserError

EXAMPLES = sorted((Path(__file__).parents[2] / "resources" / "examples").glob("*.snn"))
WEIGHTS = np.arange(6, dtype=np.float32).reshape(2, 3)


def with_array(values: np.ndarray = WEIGHTS) -> sl.Document:
    with sl.Network() as network:
        sl.Population("spike_input", 2)
        sl.Population(sl.LI(readout="var"), 3)
        sl.Connection("input", "output", sl.Dense(values))
    return sl.Document(network)


def weight(document: sl.Document) -> sl.Array:
    found = document.network.connections[0].connectivity.weight
    assert isinstance(found, sl.Array)
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_sound_and_written_as_save_writes_them(path: Path) -> None:
    document = sl.Document.load(path)
    assert sl.validate(document) == []
    assert sl.Document.loads(document.dumps()) == document
    assert path.read_text(encoding="utf-8") == document.dumps()


def test_a_document_round_trips_through_a_file(tmp_path: Path) -> None:
    document = sl.Document.load(EXAMPLES[0])
    document.view.positions["hidden"] = (1.5, 2.0)
    document.view.notes.append(sl.Note("note:1", (1.0, 2.0), text="größer"))
    document.view.colour = {"hidden": "#fff"}  # type: ignore[attr-defined]
    document.save(tmp_path / "a.snn")
    read = sl.Document.load(tmp_path / "a.snn")
    assert read == document
    assert read.base == tmp_path
    assert read.view.colour == {"hidden": "#fff"}  # type: ignore[attr-defined]


def test_the_text_is_made_for_people_and_diffs() -> None:
    document = sl.Document(
        sl.Network(populations=[sl.Population("spike_input", (8, 8), "eye")]), view=sl.View(positions={"eye": [1, 2.5]})
    )
    text = document.dumps()
    assert text.startswith('{\n  "format": "spikeloom/1",\n  "network": {')
    assert text.endswith("}\n")
    assert '"shape": [8, 8],' in text
    assert '"neuron": {"type": "spike_input"}' in text
    assert '"eye": [1.0, 2.5]' in text
    changed = sl.Document.loads(text)
    changed.experiment.training.epochs = 3
    lines = zip(text.splitlines(), changed.dumps().splitlines(), strict=True)
    assert sum(before != after for before, after in lines) == 1


def test_what_is_left_out_has_its_default() -> None:
    document = sl.Document.loads('{"format": "spikeloom/1"}')
    assert document == sl.Document()
    assert document.network.populations == []


def test_connections_without_a_name_are_named() -> None:
    connection = {"source": "a", "target": "a", "connectivity": {"type": "dense", "weight": 1}}
    network = {"populations": [{"name": "a", "neuron": "lif"}], "connections": [connection, connection]}
    document = sl.Document.loads(json.dumps({"format": "spikeloom/1", "network": network}))
    assert [connection.name for connection in document.network.connections] == ["a_a", "a_a2"]


def test_arrays_lie_in_a_safetensors_file_beside_the_document(tmp_path: Path) -> None:
    document = with_array()
    document.save(tmp_path / "net.snn")
    assert list(load_file(tmp_path / "net.safetensors")) == ["input_output.connectivity.weight"]
    read = sl.Document.load(tmp_path / "net.snn")
    assert not weight(read).in_memory, "opening reads no arrays"
    assert weight(read).shape() == (2, 3)
    assert not weight(read).in_memory
    assert np.array_equal(weight(read).values(), WEIGHTS)
    init = weight(read).genn_init(sl.Around())
    assert init.values is not None
    assert init.values.dtype == np.float32
    assert read == document


def test_saving_elsewhere_takes_the_arrays_along(tmp_path: Path) -> None:
    with_array().save(tmp_path / "net.snn")
    (tmp_path / "other").mkdir()
    read = sl.Document.load(tmp_path / "net.snn")
    read.save(tmp_path / "other" / "copy.snn")
    assert np.array_equal(weight(sl.Document.load(tmp_path / "other" / "copy.snn")).values(), WEIGHTS)
    assert weight(sl.Document.load(tmp_path / "net.snn")).file == "net.safetensors"


def test_saving_again_keeps_arrays_that_were_never_read(tmp_path: Path) -> None:
    document = with_array()
    document.network.connections.append(
        sl.Connection(source="input", target="output", connectivity=sl.Dense(WEIGHTS + 1), name="second")
    )
    document.save(tmp_path / "net.snn")
    read = sl.Document.load(tmp_path / "net.snn")
    read.network.connections[1].connectivity = sl.Dense(WEIGHTS + 2)
    read.save(tmp_path / "net.snn")
    again = sl.Document.load(tmp_path / "net.snn")
    assert np.array_equal(weight(again).values(), WEIGHTS)
    assert np.array_equal(again.network.connections[1].connectivity.weight.values(), WEIGHTS + 2)  # type: ignore[attr-defined]


def test_a_document_whose_array_is_gone_can_still_be_saved(tmp_path: Path) -> None:
    with_array().save(tmp_path / "net.snn")
    (tmp_path / "net.safetensors").unlink()
    read = sl.Document.load(tmp_path / "net.snn")
    read.title = "still here"
    read.save(tmp_path / "net.snn")
    assert sl.Document.load(tmp_path / "net.snn") == read
    with pytest.raises(UserError, match="is not beside the document"):
        weight(read).values()


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("../secret.safetensors", "is outside the document's folder"),
        ("/etc/passwd.safetensors", "is outside the document's folder"),
        ("C:\\secret.safetensors", "is outside the document's folder"),
        ("\\\\host\\share\\x.safetensors", "is outside the document's folder"),
        ("a/..\\..\\x.safetensors", "is outside the document's folder"),
        ("link.safetensors", "is outside the document's folder"),
        ("nul\0.safetensors", "is outside the document's folder"),
        ("weights.npy", "expected the name of a .safetensors file"),
        ("missing.safetensors", "file 'missing.safetensors' is not beside the document"),
        ("damaged.safetensors", "is damaged or no safetensors file"),
        ("folder.safetensors", "is not beside the document"),
        ("", "is outside the document's folder"),
    ],
)
def test_a_hostile_array_path_is_refused(tmp_path: Path, file: str, message: str) -> None:
    base = tmp_path / "base"
    (base / "folder.safetensors").mkdir(parents=True)
    save_file({"w": WEIGHTS}, tmp_path / "secret.safetensors")
    (base / "link.safetensors").symlink_to(tmp_path / "secret.safetensors")
    (base / "damaged.safetensors").write_bytes(b"\xff" * 100)
    array = sl.Array(file=file, tensor="w")
    for read in (array.values, array.shape):
        with pytest.raises(UserError) as raised:
            read(base)
        assert message in str(raised.value)


def test_a_tensor_must_be_there_and_hold_finite_floats(tmp_path: Path) -> None:
    tensors = {"w": WEIGHTS.astype(np.float64), "i": np.ones(3, np.int32), "n": np.array([np.nan], np.float32)}
    save_file(tensors, tmp_path / "a.safetensors")
    values = sl.Array(file="a.safetensors", tensor="w").values(tmp_path)
    assert values.dtype == np.float32
    for name, message in (
        ("i", "of type I32, expected F32"),
        ("n", "not finite"),
        ("ww", "no tensor 'ww' in 'a.safetensors'; did you mean 'w'?"),
    ):
        with pytest.raises(UserError, match=message.replace("?", r"\?")):
            sl.Array(file="a.safetensors", tensor=name).values(tmp_path)


@pytest.mark.parametrize("values", [3.0, [[1, 2], [3]], ["a"], [np.nan]])
def test_an_array_of_a_script_holds_finite_numbers(values: object) -> None:
    with pytest.raises(UserError, match=r"Array\.values"):
        sl.Array(values)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("limit", [10, 500], ids=["arrays fail", "document fails"])
def test_a_write_that_fails_half_way_leaves_both_files(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "net.snn"
    document = with_array()
    document.save(path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    changed = with_array(WEIGHTS + 1)
    changed.title = "x" * 2000
    with file_size_limit(limit), pytest.raises(RunError) as raised:
        changed.save(path)
    assert "cannot be written: File too large" in str(raised.value)
    assert raised.value.exit_code == 1
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert weight(changed).file is None, "the document does not claim to be saved"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="its folder does not exist"):
        sl.Document().save(tmp_path / "no" / "net.snn")
    (tmp_path / "folder.snn").mkdir()
    with pytest.raises(RunError, match="cannot be written: Is a directory"):
        sl.Document().save(tmp_path / "folder.snn")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.snn"]


def test_saving_keeps_links_and_modes(tmp_path: Path) -> None:
    real = tmp_path / "real.snn"
    sl.Document().save(real)
    real.chmod(0o640)
    link = tmp_path / "link.snn"
    link.symlink_to(real)
    sl.Document(title="new").save(link)
    assert link.is_symlink()
    assert sl.Document.load(real).title == "new"
    assert os.stat(real).st_mode & 0o777 == 0o640


@pytest.mark.parametrize("value", [float("nan"), object(), {"deep": object()}])
def test_what_is_no_json_is_refused_before_anything_is_written(tmp_path: Path, value: object) -> None:
    document = sl.Document()
    document.save(tmp_path / "a.snn")
    document.view.scribble = value  # type: ignore[attr-defined]
    with pytest.raises(UserError, match="cannot be written as JSON"):
        document.save(tmp_path / "a.snn")
    assert sl.Document.load(tmp_path / "a.snn") == sl.Document()


def test_half_a_surrogate_pair_survives(tmp_path: Path) -> None:
    text = '{"format": "spikeloom/1", "view": {"scribble": ["\\ud800 x"]}}'
    document = sl.Document.loads(text)
    document.save(tmp_path / "a.snn")
    assert sl.Document.load(tmp_path / "a.snn") == document


def test_importing_the_specification_is_light() -> None:
    code = """
        import sys
        import spikeloom.spec
        heavy = {"sklearn", "scipy", "matplotlib", "safetensors", "pycparser", "PySide6"} & set(sys.modules)
        assert not heavy, heavy
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)

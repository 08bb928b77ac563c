"""The worker exports: the text comes back, files are written where asked for, and a stop ends it at once."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from spikeloom.spec import Document
from tests.run.worker import DIGITS, PATIENCE, Worker

# A module that stands for an exporter, as the worker will find it.
PRELUDE = """
import sys, time, types, numpy as np
from spikeloom.exporters import EXPORTERS, Export, Exporter
fake = types.ModuleType("fake_exporter")
def write(document, name):
    if document.title == "take your time":
        (document.base / "begun").touch()
        time.sleep(60)
    if document.title == "refuse me":
        from spikeloom.errors import UserError
        raise UserError("cannot be written", place="network.populations[1].neuron", hint="Choose another.")
    text = f"# {name} of {document.title}, data in {document.base}"
    return Export(text, {"w": np.arange(3.0)}, notes=("no plots",), lines={"hidden": (1, 1)})
fake.write = write
sys.modules["fake_exporter"] = fake
EXPORTERS["fake"] = Exporter("fake", "Fake", "", ".py", "python", "fake_exporter")
"""


def worker() -> Worker:
    return Worker(PRELUDE)


def copy_of_digits(folder: Path, title: str = "mine") -> str:
    document = Document.load(DIGITS)
    document.title = title
    document.save(folder / "digits.snn")
    return str(folder / "digits.snn")


def test_the_text_comes_back_and_nothing_is_written(tmp_path: Path) -> None:
    task = {"task": "export", "to": "fake", "document": copy_of_digits(tmp_path), "name": "mine", "base": "/data"}
    before = sorted(tmp_path.iterdir())
    with worker() as started:
        started.send(task)
        result = started.until("result")["result"]
        started.ends_within(PATIENCE)
        assert started.process.returncode == 0
    assert result["text"] == "# mine of mine, data in /data"
    assert (result["notes"], result["lines"], result["files"]) == (["no plots"], {"hidden": [1, 1]}, [])
    assert sorted(tmp_path.iterdir()) == before


def test_text_and_arrays_are_written_where_asked_for(tmp_path: Path) -> None:
    output = tmp_path / "out.py"
    task = {"task": "export", "to": "fake", "document": copy_of_digits(tmp_path), "output": str(output)}
    with worker() as started:
        started.send(task)
        result = started.until("result")["result"]
    assert result["files"] == [str(output), str(tmp_path / "out_arrays.safetensors")]
    assert output.read_text().startswith("# out of mine")
    from safetensors.numpy import load_file

    np.testing.assert_array_equal(load_file(tmp_path / "out_arrays.safetensors")["w"], np.arange(3.0))


def test_a_refusal_has_its_place_and_hint(tmp_path: Path) -> None:
    with worker() as started:
        started.send({"task": "export", "to": "fake", "document": copy_of_digits(tmp_path, "refuse me")})
        error = started.until("error")
        started.ends_within(PATIENCE)
        assert started.process.returncode == 2
    assert (error["place"], error["hint"]) == ("network.populations[1].neuron", "Choose another.")


def test_a_stop_ends_it_at_once(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    with worker() as started:
        started.send({"task": "export", "to": "fake", "document": copy_of_digits(tmp_path, "take your time")})
        deadline = time.monotonic() + PATIENCE
        while not begun.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert begun.exists()
        started.command("stop")
        assert started.ends_within(PATIENCE) < 1.5  # and not the two seconds that a run has

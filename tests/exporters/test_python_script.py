"""Documents as Python scripts: what they make when they run is what they were made of."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import spikeloom as sl
from spikeloom import examples
from spikeloom.exporters import export

ALL = examples.examples() | examples.templates()


def run(script: Path, *options: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script as a user does."""
    command = [sys.executable, str(script), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=cwd, check=False)


def exported(document: sl.Document, folder: Path, name: str = "net") -> Path:
    """The script of a document, saved."""
    export(document, "python", name).save(folder / f"{name}.py")
    return folder / f"{name}.py"


def executed(document: sl.Document, folder: Path, name: str = "net") -> sl.Document:
    """The document that the script makes, made in this process: it does no more than make it."""
    script = exported(document, folder, name)
    space = {"__name__": "exported", "__file__": str(script)}
    exec(compile(script.read_text(), str(script), "exec"), space)
    return space["document"]


def bare(document: sl.Document) -> sl.Document:
    """A document but for its view, with its arrays in memory."""
    found = document.model_copy(deep=True)
    found.view = sl.View()
    for _, array in found.arrays():
        array.values()
    return found


def text_of(document: sl.Document) -> str:
    """Its text, without where arrays lie and what they are called there."""
    return re.sub(r'"(file|tensor)": "[^"]*"', r'"\1": ...', bare(document).dumps())


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_script_makes_the_document_again(name: str, tmp_path: Path) -> None:
    document = sl.Document.load(ALL[name])
    back = executed(document, tmp_path, name)
    assert bare(back) == bare(document)
    back.save(tmp_path / "back.snn")
    document.save(tmp_path / "original.snn")
    again, original = (sl.Document.load(tmp_path / f"{stem}.snn") for stem in ("back", "original"))
    assert bare(again) == bare(original)
    assert text_of(again) == text_of(original)


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_script_is_laid_out_as_people_do(name: str, tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if ruff is None:
        pytest.skip("ruff is not installed")
    script = exported(sl.Document.load(ALL[name]), tmp_path)
    for how in (("format", "--diff"), ("check", "--select", "E,F,I,UP,B")):
        found = subprocess.run(
            [ruff, *how, "--isolated", "--no-cache", script.name],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert found.returncode == 0, found.stdout + found.stderr


def test_the_command_writes_a_script_that_trains_to_the_same_figures(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "spikeloom.cli.main"]

    def call(*arguments: str) -> str:
        found = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, env=environment, timeout=300, check=False
        )
        assert found.returncode == 0, found.stderr
        return found.stdout

    source, script = str(ALL["digits"]), tmp_path / "digits.py"
    assert str(script) in call("export", source, "--to", "python", "-o", str(script))
    ran = run(script, "--epochs", "3", "--save", str(tmp_path / "trained.snn"))
    assert ran.returncode == 0, ran.stderr
    figures = dict(re.findall(r"^test (loss|accuracy): (\S+)$", ran.stdout, re.MULTILINE))
    trained = call("train", source, "--epochs", "3", "--json", "--run-dir", str(tmp_path / "run"))
    expected = json.loads(trained.strip().split("\n")[-1])["test"]
    assert {name: float(value) for name, value in figures.items()} == expected
    # The weights as well, to the last bit.
    kept = sl.load(tmp_path / "trained.snn").weights
    model = sl.load(source)
    model.load_checkpoint(tmp_path / "run")
    for name, weights in model.weights.items():
        np.testing.assert_array_equal(kept[name], weights)
    written = run(script, "--to-document", str(tmp_path / "back.snn"))
    assert written.returncode == 0, written.stderr
    assert bare(sl.Document.load(tmp_path / "back.snn")) == bare(sl.Document.load(source))

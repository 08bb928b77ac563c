"""``spikeloom evaluate``, ``validate``, ``info``, ``new`` and what all commands have in common."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from spikeloom.cli.main import main
from spikeloom.spec import Document
from tests.cli.command import COMMAND, DIGITS, document, last_json, spikeloom


# -- evaluate --------------------------------------------------------------------------------------------------
def test_evaluate_a_run(tmp_path):
    run = tmp_path / "run"
    trained = last_json(spikeloom("train", DIGITS, "--epochs", 4, "--run-dir", run, "--json"))
    done = spikeloom("evaluate", DIGITS, "--checkpoint", run, "--json", "--threads", 2)
    assert done.returncode == 0 and done.stderr == "" and len(done.stdout.splitlines()) == 1
    result = last_json(done)
    assert result.keys() == {"split", "accuracy", "loss", "examples", "seconds"}
    assert result["split"] == "test" and result["accuracy"] == trained["test"]["accuracy"]
    last = run / "checkpoints" / "last.safetensors"
    people = spikeloom("evaluate", DIGITS, "--checkpoint", last, "--split", "train")
    assert people.stdout.startswith("train accuracy 0.") and ", loss " in people.stdout


def test_evaluate_records(tmp_path):
    done = spikeloom("evaluate", DIGITS, "--record", tmp_path / "seen.npz")
    assert done.returncode == 0 and f"recording: {tmp_path / 'seen.npz'}" in done.stdout
    assert "warning: the weights are drawn at random" in done.stderr
    with np.load(tmp_path / "seen.npz") as seen:
        assert "hidden.spike_times" in seen


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--checkpoint", "none.safetensors"], "error: none.safetensors: no such checkpoint", 2),
        (["--checkpoint", DIGITS], "is not a readable checkpoint", 2),
        (["--split", "tset"], "did you mean 'test'?", 2),
        (["--record", "nowhere/x.npz"], "there is no such folder", 2),
        (["--threads", "-3"], "--threads", 2),
    ],
)
def test_evaluate_with_wrong_options(tmp_path, arguments, said, code):
    done = spikeloom("evaluate", DIGITS, *arguments, cwd=tmp_path)
    assert done.returncode == code and said in done.stderr and done.stdout == ""


# -- validate --------------------------------------------------------------------------------------------------
def test_a_sound_document():
    done = spikeloom("validate", DIGITS)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{DIGITS}: no problems\n", "")
    assert last_json(spikeloom("validate", DIGITS, "--json")) == {"valid": True, "problems": []}


def break_it(data):
    data["network"]["connections"][0]["target"] = "hiden"
    data["experiment"]["recording"].append({"type": "variable", "population": "otput", "variable": "V"})


def test_all_problems_are_listed(tmp_path):
    path = document(tmp_path / "d.snn", break_it)
    done = spikeloom("validate", path)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert f"{path}: network.connections[0].target: no population 'hiden'; did you mean 'hidden'?" in lines
    assert lines[-1].startswith(f"{path}: ") and "error" in lines[-1]
    found = last_json(spikeloom("validate", path, "--json"))
    assert found["valid"] is False
    (problem,) = [each for each in found["problems"] if each["place"] == "network.connections[0].target"]
    assert problem["severity"] == "error"


def test_a_warning_is_no_error(tmp_path):
    def too_long(data):
        data["experiment"]["dataset"]["encoder"]["max_time"] = 10_000.0

    done = spikeloom("validate", document(tmp_path / "d.snn", too_long))
    assert done.returncode == 0 and ": warning: " in done.stdout
    assert done.stdout.splitlines()[-1].endswith("0 errors, 1 warning")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "d.snn: cannot be read: No such file or directory"),
        (b'{"format":\n  x}', "d.snn:2:3: not valid JSON: expecting value"),
        (b"3", "d.snn: 3 found, expected a document: an object"),
    ],
)
def test_files_that_are_no_documents(tmp_path, content, line):
    if content is not None:
        (tmp_path / "d.snn").write_bytes(content)
    done = spikeloom("validate", "d.snn", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout.splitlines()[0] == line
    found = last_json(spikeloom("validate", "d.snn", "--json", cwd=tmp_path))
    assert found["valid"] is False and len(found["problems"]) == 1


# -- info ------------------------------------------------------------------------------------------------------
def test_info():
    done = spikeloom("info", DIGITS)
    assert done.returncode == 0 and done.stderr == ""
    for word in ("Handwritten digits", "hidden", "lif", "6,400", "parameters", "eventprop", "memory"):
        assert word in done.stdout
    facts = last_json(spikeloom("info", DIGITS, "--json", "--threads", 3))
    assert facts["parameters"] == 7400 and facts["threads"] == 3 and facts["memory_bytes"] > 0


def test_info_of_a_network_that_fits_no_machine(tmp_path):
    """Its memory is computed, not had."""

    def enlarge(data):
        data["network"]["populations"][1]["shape"] = [20_000_000]
        data["experiment"]["recording"] = []

    done = spikeloom("info", document(tmp_path / "d.snn", enlarge))
    assert done.returncode == 0, done.stderr
    assert "GB" in done.stdout or "TB" in done.stdout


def test_info_of_nothing(tmp_path):
    done = spikeloom("info", "nothing.snn", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.startswith("error: nothing.snn: cannot be read")


# -- new -------------------------------------------------------------------------------------------------------
def test_every_template_makes_a_document_that_validates(tmp_path):
    listed = last_json(spikeloom("new", "--list", "--json"))["templates"]
    names = [each["name"] for each in listed]
    assert "digits" in names and all(each["title"] for each in listed)
    assert names == [line.split()[0] for line in spikeloom("new", "--list").stdout.splitlines()]
    for name in names:  # not in processes of their own, which would spend their time on starting
        path = tmp_path / f"my {name}.snn"
        assert main(["new", "--template", name, "-o", str(path)]) == 0
        assert main(["validate", str(path)]) == 0


def test_a_file_is_not_overwritten_unless_by_force(tmp_path):
    path = tmp_path / "mine.snn"
    path.write_text("mine")
    done = spikeloom("new", "--template", "digits", "-o", path)
    assert done.returncode == 2 and f"error: {path}: the file is there already" in done.stderr
    assert path.read_text() == "mine"
    assert spikeloom("new", "--template", "digits", "-o", path, "--force").returncode == 0
    assert Document.load(path).title == "Handwritten digits"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.snn"]


def test_two_at_once_make_one(tmp_path):
    command = [COMMAND, "new", "--template", "digits", "-o", tmp_path / "mine.snn"]
    both = [subprocess.Popen(command, stdout=-3, stderr=-3) for _ in range(2)]
    assert sorted(process.wait() for process in both) == [0, 2]
    assert Document.load(tmp_path / "mine.snn")


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--template", "digitz", "-o", "a.snn"], "no template 'digitz'; did you mean 'digits'?", 2),
        (["--template", "../digits", "-o", "a.snn"], "no template", 2),
        (["--template", "digits"], "--output", 2),
        (["--template", "digits", "-o", "."], "is a folder", 2),
        (["--template", "digits", "-o", "nowhere/a.snn"], "there is no such folder", 2),
        (["--template", "digits", "-o", "/proc/a.snn"], "cannot be written", 1),
    ],
)
def test_new_with_wrong_options(tmp_path, arguments, said, code):
    done = spikeloom("new", *arguments, cwd=tmp_path)
    assert done.returncode == code and said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_half_of_a_document_stays(tmp_path):
    pytest.importorskip("resource")

    def limit():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = spikeloom("new", "--template", "digits", "-o", tmp_path / "a.snn", preexec_fn=limit)
    assert done.returncode == 1 and "cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


# -- all of them -----------------------------------------------------------------------------------------------
def test_version():
    from importlib.metadata import version

    done = spikeloom("--version")
    assert (done.returncode, done.stdout) == (0, f"spikeloom {version('spikeloom')}\n")


@pytest.mark.parametrize("arguments", [[], ["trian"], ["train", "a", "b"], ["--nonsense"], ["validate"]])
def test_wrong_commands(arguments):
    done = spikeloom(*arguments)
    assert done.returncode == 2 and done.stderr.startswith("error: ") and done.stdout == ""
    assert "--help" in done.stderr


def test_help():
    overview = spikeloom("--help").stdout
    for command in ("train", "evaluate", "validate", "info", "new", "doctor"):
        done = spikeloom(command, "--help")
        assert done.returncode == 0 and f"spikeloom {command}" in done.stdout
        assert f"    {command} " in overview


def test_a_reader_that_leaves_early():
    reader, writer = os.pipe()
    os.close(reader)
    done = spikeloom("info", DIGITS, stdout=writer, stderr=-1, capture_output=False)
    os.close(writer)
    assert done.returncode == 1 and done.stderr == ""


def test_a_defect_of_ours_is_one_line(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import spikeloom.cli.info as i\ndef run(o): raise KeyError('k')\ni.run = run"
    )
    done = spikeloom("info", DIGITS, env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1 and done.stderr.startswith("error: an unexpected error: KeyError: 'k'\n")
    assert "SPIKELOOM_TRACEBACK=1" in done.stderr


def test_importing_costs_nothing_and_gives_every_name():
    code = """
import sys
import spikeloom as sl
assert not {"numpy", "pydantic", "importlib.metadata"} & set(sys.modules), "import spikeloom loads too much"
import spikeloom.cli.parser, spikeloom.cli.follow, spikeloom.cli.display, spikeloom.worker
assert not {"numpy", "pydantic", "rich", "matplotlib"} & set(sys.modules), "the command's parent loads too much"
import spikeloom.spec
assert set(spikeloom.spec.__all__) <= set(sl.__all__), set(spikeloom.spec.__all__) - set(sl.__all__)
assert set(sl.__all__) <= set(dir(sl))
for name in sl.__all__:
    assert getattr(sl, name) is not None, name
assert sl.LIF is spikeloom.spec.LIF and sl.load is spikeloom.run.load
for name in ("LIFF", "__wrapped__"):
    assert not hasattr(sl, name)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_examples_are_those_of_the_repository():
    from spikeloom.examples import examples

    assert examples().keys() == {path.stem for path in Path(DIGITS).parent.glob("*.snn")}


def test_info_survives_a_document_that_is_json_but_odd(tmp_path):
    (tmp_path / "d.snn").write_text(json.dumps({"format": "spikeloom/1"}))
    done = spikeloom("info", tmp_path / "d.snn")
    assert done.returncode == 2 and done.stderr.startswith("error: ")

"""``spikeloom doctor``: what it finds on this machine, and on machines that lack something."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from spikeloom.backends.embedded.toolchain import cache_folder
from spikeloom.cli import checks
from tests.cli.command import last_json, spikeloom

# What PyGeNN looks like from outside; `three` is what its numeric values make of 3.
PYGENN = """
__version__ = "5.4.0"
class Value:
    value = {three}
class genn:
    NumericValue = lambda number: Value()
import sys
sys.modules["pygenn.genn"] = genn
class genn_model:
    backend_modules = {backends}
sys.modules["pygenn.genn_model"] = genn_model
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of packages that the doctor and its probes find first."""
    (tmp_path / "site").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path / "site"


def pretend_pygenn(site: Path, text: str) -> None:
    (site / "pygenn").mkdir()
    (site / "pygenn" / "__init__.py").write_text(text)


def whats(finding: checks.Finding) -> str:
    """What is wrong, in one text."""
    assert all(fix for _, fix in finding.problems), "a problem without a way out"
    return " | ".join(what for what, _ in finding.problems)


def test_json():
    done = spikeloom("doctor", "--json")
    assert done.returncode == 0, done.stdout
    report = last_json(done)
    assert {"compiler", "threads", "pygenn", "qt", "problems"} <= report.keys()
    assert report["compiler"]["works"] and report["compiler"]["seconds"] < 60
    assert {"kind", "version", "path"} <= report["compiler"].keys()
    assert report["threads"] == (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
    assert report["cache"] == {"path": str(cache_folder()), "writable": True} | {
        "free_bytes": report["cache"]["free_bytes"]
    }
    for problem in report["problems"]:
        assert problem.keys() == {"what", "fix"} and problem["fix"]


def test_for_people(tmp_path):
    done = spikeloom("doctor", cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == ""
    for word in ("compiler", "threads", "PyGeNN", "Qt", "cache", "runs"):
        assert word in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_nothing_behind(tmp_path):
    environ = os.environ | {"SPIKELOOM_CACHE": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path / "data")}
    assert spikeloom("doctor", env=environ).returncode == 0
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} <= {"compilers.json"}
    assert not (tmp_path / "data").exists()


def test_no_compiler(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['ziglang'] = None")
    environ = {key: value for key, value in os.environ.items() if key != "CXX"}
    environ |= {"PATH": str(tmp_path), "SPIKELOOM_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path)}
    done = spikeloom("doctor", "--json", env=environ)
    assert done.returncode == 1
    report = last_json(done)
    assert report["compiler"] == {"found": False, "works": False}
    (problem,) = [each for each in report["problems"] if "compiler" in each["what"]]
    assert "spikeloom[compiler]" in problem["fix"]
    people = spikeloom("doctor", env=environ)
    assert people.returncode == 1 and "NO  compiler" in people.stdout and "problem: no C++ compiler" in people.stdout


def test_folders_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("mine")
    environ = os.environ | {"SPIKELOOM_CACHE": str(tmp_path / "file"), "XDG_DATA_HOME": "/proc/nothing"}
    done = spikeloom("doctor", "--json", env=environ)
    report = last_json(done)
    assert done.returncode == 1  # without a cache nothing can be built
    assert report["cache"]["writable"] is False and report["runs"]["writable"] is False
    text = " ".join(each["what"] + each["fix"] for each in report["problems"])
    assert "SPIKELOOM_CACHE" in text and "--run-dir" in text


def test_pygenn_is_optional(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygenn", None)
    found = checks.check_pygenn()
    assert found.facts["found"] is False and found.problems == []
    assert "GeNN's installation page" in found.facts["note"]


def test_a_sound_pygenn(site):
    pretend_pygenn(site, PYGENN.format(three="3", backends='{"cuda": 1, "single_threaded_cpu": 2}'))
    found = checks.check_pygenn()
    assert found.problems == []
    assert found.facts["sound"] and found.facts["version"] == "5.4.0"
    assert found.facts["backends"] == ["cuda", "single_threaded_cpu"]


def test_a_pygenn_of_the_wrong_pybind11(site):
    pretend_pygenn(site, PYGENN.format(three="3.0", backends='{"single_threaded_cpu": 2}'))
    found = checks.check_pygenn()
    assert found.facts["found"] and not found.facts["sound"]
    assert "pybind11 3" in whats(found) and "2.13" in found.problems[0][1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os; os.abort()", "crashed"),
        ("raise ImportError('libgenn.so: undefined symbol')", "undefined symbol"),
        ("__version__ = '4.9'", "Spikeloom is made for PyGeNN 5"),
        (PYGENN.format(three="3", backends="{}"), "without any backend"),
    ],
)
def test_a_broken_pygenn_is_told_and_does_not_take_the_doctor_with_it(site, text, said):
    pretend_pygenn(site, text)
    found = checks.check_pygenn()
    assert said in whats(found) + found.problems[0][1]


def test_a_pygenn_that_hangs(site, monkeypatch):
    monkeypatch.setattr(checks, "PROBE_SECONDS", 0.5)
    pretend_pygenn(site, "import time; time.sleep(100)")
    assert "longer than" in whats(checks.check_pygenn())


def test_genns_source_folder(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygenn", None)
    (tmp_path / "pygenn").mkdir()
    (tmp_path / "pygenn" / "__init__.py").write_text("raise SystemExit")
    (tmp_path / "setup.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert "source folder" in whats(checks.check_pygenn())


def pretend_qt(site: Path, version: str, text: str = "") -> None:
    (site / "PySide6").mkdir()
    (site / "PySide6" / "__init__.py").write_text("")
    (site / "PySide6" / "QtWidgets.py").write_text(text)
    info = site / f"PySide6_Essentials-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: PySide6-Essentials\nVersion: {version}\n")


def test_qt(site):
    pretend_qt(site, "6.8.3")
    found = checks.check_qt()
    assert found.problems == [] and found.facts == {"found": True, "version": "6.8.3", "sound": True}


def test_a_qt_that_crashes(site, monkeypatch):
    pretend_qt(site, "6.12.0")
    monkeypatch.setattr(sys, "version_info", (3, 11, 9, "final", 0))
    found = checks.check_qt()
    assert not found.facts["sound"] and "crashes" in whats(found)
    assert checks.crashes("6.12.0", (3, 11)) and not checks.crashes("6.12.0", (3, 12))
    assert not checks.crashes("6.11.3", (3, 11))


def test_a_qt_that_lacks_a_library(site):
    pretend_qt(site, "6.8.3", "raise ImportError('libGL.so.1: cannot open shared object file')")
    assert "libGL.so.1" in whats(checks.check_qt())


def test_no_qt_is_no_failure(monkeypatch):
    from importlib import metadata

    def none(package):
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", none)
    found = checks.check_qt()
    assert found.problems == [] and "pip install 'spikeloom[app]'" in found.facts["note"]


def test_a_compiler_that_computes_wrongly(monkeypatch):
    monkeypatch.setattr(checks, "_SOURCE", checks._SOURCE.replace("x + {number}", "x + {number} + 1"))
    found = checks.check_compiler()
    assert found.facts["works"] is False and "computes wrongly" in whats(found)

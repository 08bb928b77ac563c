"""What the doctor looks at: each check gives facts, and the problems it found with what to do about them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spikeloom.errors import SpikeloomError

PROBE_SECONDS = 60
"""How long a package may take to be imported; the first import reads a cold disk."""


@dataclass
class Finding:
    """What a check found.

    Parameters
    ----------
    facts
        As the command prints them with ``--json``.
    problems
        Pairs: what is wrong, and what to do.
    """

    facts: dict[str, Any]
    problems: list[tuple[str, str]] = field(default_factory=list)


# A function that needs an instruction or two; the number makes each build a new one.
_SOURCE = """\
#ifdef _WIN32
#define EXPORT extern "C" __declspec(dllexport)
#else
#define EXPORT extern "C" __attribute__((visibility("default")))
#endif
EXPORT double spikeloom_probe(double x) {{ return x + {number}; }}
"""


def check_compiler() -> Finding:
    """Find the C++ compiler, and build and load a function with it."""
    import ctypes

    from spikeloom.backends.embedded import build_cache
    from spikeloom.backends.embedded.toolchain import find_compiler

    facts: dict[str, Any] = {"found": False, "works": False}
    try:
        compiler = find_compiler()
        facts |= {"found": True, "kind": compiler.kind, "version": compiler.version, "path": compiler.path}
        facts["command"] = list(compiler.command)
        number = time.time_ns() % 10**6
        source = _SOURCE.format(number=number)
        started = time.perf_counter()
        library = build_cache.load(source)
        facts["seconds"] = round(time.perf_counter() - started, 3)
        library.spikeloom_probe.restype = ctypes.c_double
        library.spikeloom_probe.argtypes = [ctypes.c_double]
        facts["works"] = library.spikeloom_probe(1.0) == number + 1.0
        _remove_build(build_cache.cache_folder(), build_cache.entry_key(source, compiler))
    except SpikeloomError as error:
        place = f"{error.place}: " if error.place else ""
        return Finding(facts, [(f"{place}{error.message}", error.hint)])
    if not facts["works"]:
        what = f"what {compiler.path} builds computes wrongly"
        return Finding(facts, [(what, "Set CXX to another C++ compiler.")])
    return Finding(facts)


def _remove_build(cache: Path, key: str) -> None:
    for path in cache.glob(f"{key}.*"):
        with suppress(OSError):  # Windows keeps a library that is loaded; it will be pruned some day
            path.unlink()


def check_threads() -> int:
    """The number of cores that a run uses."""
    from spikeloom.backends.embedded.runtime import default_threads

    return default_threads()


# Runs in a process of its own, which it may crash.
_PYGENN_PROBE = """
import importlib, importlib.metadata, json
import pygenn
facts = {"version": getattr(pygenn, "__version__", ""), "backends": [], "three": None, "path": pygenn.__file__}
try:
    facts["version"] = facts["version"] or importlib.metadata.version("pygenn")
except importlib.metadata.PackageNotFoundError:
    pass
try:
    facts["backends"] = list(importlib.import_module("pygenn.genn_model").backend_modules)
except (ImportError, AttributeError):
    pass
for place in ("pygenn.genn", "pygenn._genn", "pygenn"):
    try:
        facts["three"] = repr(importlib.import_module(place).NumericValue(3).value)
        break
    except (ImportError, AttributeError):
        pass
print(json.dumps(facts))
"""


def check_pygenn() -> Finding:
    """Whether PyGeNN is there, which backends it was built with, and whether it is sound."""
    problems = _genn_source_here()
    found, said = _probe("pygenn", _PYGENN_PROBE)
    if not found:
        where = "PyGeNN is optional; GeNN's installation page says how to build it."
        return Finding({"found": False, "version": None, "backends": [], "sound": False, "note": where}, problems)
    try:
        facts = json.loads(said)
    except ValueError:
        broken: dict[str, Any] = {"found": True, "version": None, "backends": [], "sound": False}
        what = f"PyGeNN is installed and cannot be imported ({said})"
        return Finding(broken, [*problems, (what, "Build it anew as GeNN's installation page says.")])
    three = facts.pop("three")
    facts = {"found": True, **facts, "sound": three == "3"}
    if three == "3.0":
        what = "PyGeNN was built against pybind11 3: it takes whole numbers for floating-point ones"
        problems.append(
            (what, "Rebuild it with pybind11 2.13: kernel sizes and row lengths from Python fail otherwise.")
        )
    elif three != "3":
        what = f"PyGeNN {facts['version']} is not as expected: NumericValue(3) gives {three}"
        problems.append((what, "Spikeloom is made for PyGeNN 5."))
    if not facts["backends"]:
        problems.append(("PyGeNN was built without any backend", "Rebuild it as GeNN's installation page says."))
    return Finding(facts, problems)


def _genn_source_here() -> list[tuple[str, str]]:
    """A script that is started in GeNN's source folder imports the source, which is not built."""
    try:
        here = Path.cwd()
    except OSError:  # the folder was removed
        return []
    if (here / "pygenn" / "__init__.py").is_file() and (here / "setup.py").is_file():
        what = (
            f"{here} is GeNN's source folder: a script started here imports the source instead of the installed PyGeNN"
        )
        return [(what, "Start scripts in another folder.")]
    return []


def check_qt() -> Finding:
    """Whether the window's toolkit is there, and whether it is a version that crashes."""
    from importlib import metadata

    version = None
    for package in ("PySide6-Essentials", "PySide6"):
        with suppress(metadata.PackageNotFoundError):
            version = metadata.version(package)
            break
    if version is None:
        note = "the window needs it: pip install 'spikeloom[app]'"
        return Finding({"found": False, "version": None, "sound": False, "note": note})
    facts = {"found": True, "version": version, "sound": True}
    if crashes(version, sys.version_info[:2]):
        facts["sound"] = False
        what = f"PySide6 {version} crashes on Python {sys.version_info[0]}.{sys.version_info[1]}"
        return Finding(facts, [(what, "pip install 'PySide6-Essentials<6.12', or use Python 3.12 or later.")])
    _, said = _probe("PySide6", "from PySide6 import QtWidgets\nprint('loaded')")
    if said != "loaded":
        facts["sound"] = False
        what = f"PySide6 {version} cannot be loaded ({said})"
        return Finding(
            facts, [(what, "Install the system library that it names, or pip install 'spikeloom[app]' anew.")]
        )
    return Finding(facts)


def crashes(version: str, python: tuple[int, int]) -> bool:
    """Whether this PySide6 loses references to None, and aborts after a few thousand calls."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return numbers >= (6, 12) and python < (3, 12)


def _probe(package: str, code: str) -> tuple[bool, str]:
    """Whether a package is there, and what `code` prints last in a process of its own (or why it did not)."""
    import importlib.util

    try:
        if importlib.util.find_spec(package) is None:
            return False, ""
        answer = subprocess.run(
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return True, f"it took longer than {PROBE_SECONDS} s"
    except (OSError, ValueError) as error:
        return True, str(error)
    if answer.returncode < 0:
        return True, f"it crashed with signal {-answer.returncode}"
    said = (answer.stderr if answer.returncode else answer.stdout).strip().splitlines()
    return True, said[-1] if said else f"exit code {answer.returncode}"


def check_folder(path: Path, what: str, fix: str) -> Finding:
    """Whether files can be made in a folder; what had to be made for that is removed again."""
    made: list[Path] = []
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir()
            made.append(folder)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"x")
    except OSError as error:
        reason = error.strerror or str(error)
        problem = (f"{what} cannot be written: {path} ({reason})", fix)
        return Finding({"path": str(path), "writable": False}, [problem])
    finally:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
    return Finding({"path": str(path), "writable": True, "free_bytes": _free(path)})


def _free(path: Path) -> int:
    import shutil

    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    return shutil.disk_usage(existing).free


def runs_folder() -> Path:
    """Where runs go that were given no folder."""
    from spikeloom.history import default_runs_folder

    return default_runs_folder()


def python_facts() -> dict[str, str]:
    """Which Python this is."""
    return {"version": ".".join(map(str, sys.version_info[:3])), "path": sys.executable, "platform": os.name}


def data_facts() -> dict[str, Any]:
    """The user's folder of data sets, where one was chosen."""
    from spikeloom.data.folders import data_folders

    folder = next(iter(data_folders()), None)
    exists = folder is not None and os.path.isdir(folder)
    return {"path": str(folder) if folder is not None else None, "exists": exists}

"""Models that GeNN compiled, each once: a content-addressed cache on disk, beside that of the embedded engine.

An entry is a folder, named by a key, with what GeNN generated and compiled, and `CHECKSUMS` of its libraries: one cut
short would not fail to load, it would kill the process. The key covers all that the machine code depends on: the model
without the values of its arrays, PyGeNN, the compiler, the device, and our own translation. Any number of processes
may build at once and be killed at any moment: each builds in a folder of its own and renames it when it is whole. What
is loaded is a copy: a library has variables of its own, which two models of one process would share.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.backends.embedded.build_cache import BUILD_PREFIX, CACHE_LIMIT, STALE_SECONDS, host_cpu
from spikeloom.cache import cache_folder
from spikeloom.errors import RunError
from spikeloom.genn.network import Init

CHECKSUMS = "libraries.sha256"
LIBRARIES = (".so", ".dylib", ".dll")
NOT_LOADED = shutil.ignore_patterns("*.o", "*.d", "*.obj")


def folder() -> Path:
    """Where the entries lie."""
    return cache_folder() / "pygenn"


def entry_key(pygenn: Any, device: str, *parts: Any) -> str:
    """The name of the entry of a model: 32 hexadecimal digits.

    Parameters
    ----------
    parts
        The model and all that it is built with, as plain data.
    """
    digest = hashlib.sha256()
    for part in (_installation(pygenn, device), *parts):
        for text in texts(part):
            digest.update(text + b"\0")
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _installation(pygenn: Any, device: str) -> list[str]:
    """What builds: PyGeNN, the compilers that it calls, and for which machine."""
    found = [str(getattr(pygenn, "__version__", "")), device, host_cpu(), _stamp(getattr(pygenn, "__file__", ""))]
    compiler = os.environ.get("CXX", "").strip() or "g++"
    found += [compiler, _stamp(shutil.which(compiler.split()[0]) or "")]
    names = ("CXXFLAGS", "CPPFLAGS", "LDFLAGS", "CUDA_PATH", "CUDA_VISIBLE_DEVICES", "HIP_PATH", "HIP_PLATFORM")
    return found + [os.environ.get(name, "") for name in names]


def _stamp(path: str) -> str:
    """A file, as far as one sees without reading it that it is another one."""
    with suppress(OSError):
        status = os.stat(path)
        return f"{path} {status.st_size} {status.st_mtime_ns}"
    return path


def texts(part: Any) -> Iterator[bytes]:
    """All that plain data say; of an array of first values its shape alone, since GeNN loads it."""
    if isinstance(part, Init) and part.values is not None:
        yield f"Init{np.shape(part.values)}".encode()
    elif isinstance(part, np.ndarray):
        yield f"{part.dtype}{part.shape}".encode()
        yield np.ascontiguousarray(part).tobytes()
    elif is_dataclass(part):
        yield type(part).__name__.encode()
        for field in fields(part):
            yield from texts(getattr(part, field.name))
    elif isinstance(part, Mapping):
        yield b"{"
        for key in sorted(part, key=repr):  # GeNN sorts what it builds by name
            yield from texts(key)
            yield from texts(part[key])
        yield b"}"
    elif isinstance(part, list | tuple):
        yield b"["
        for value in part:
            yield from texts(value)
        yield b"]"
    else:
        yield (part.name if isinstance(part, Enum) else repr(part)).encode()


def fetch(key: str, into: Path) -> bool:
    """Copy the entry of that name, if there is a whole one; whether there was."""
    entry = folder() / key
    if not entry.is_dir():
        return False
    with suppress(OSError, shutil.Error):  # another process may remove it meanwhile
        shutil.copytree(entry, into, ignore=NOT_LOADED, dirs_exist_ok=True)
        if _is_whole(into):
            with suppress(OSError):  # a cache that is read-only is still a cache
                os.utime(entry / CHECKSUMS)
            return True
    return False


def make(key: str, build: Callable[[Path], None], into: Path) -> None:
    """Make the entry of that name, with `build` in a folder of its own, and copy it.

    Raises
    ------
    RunError
        If the cache cannot be written; what `build` raises.
    """
    cache = folder()
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_stale(cache)
        with tempfile.TemporaryDirectory(prefix=BUILD_PREFIX, dir=cache, ignore_cleanup_errors=True) as name:
            made = Path(name, key)
            made.mkdir()
            _run(build, made)
            (made / CHECKSUMS).write_text(_checksums(made), encoding="ascii", newline="\n")
            shutil.copytree(made, into, ignore=NOT_LOADED, dirs_exist_ok=True)
            _publish(made, cache / key)
        _prune(cache, keep=key)
    except OSError as error:
        hint = "Make room there, or set the environment variable SPIKELOOM_CACHE to another folder."
        message = f"the build cache cannot be written: {error.strerror or error}"
        raise RunError(message, place=str(cache), hint=hint) from error


def _run(build: Callable[[Path], None], made: Path) -> None:
    """Build; that a compiler is missing is no error of this folder."""
    try:
        build(made)
    except OSError as error:
        raise RuntimeError(str(error)) from error


def _publish(made: Path, entry: Path) -> None:
    """Give a whole folder its name, unless another process was faster."""
    if _is_whole(entry):
        return
    if entry.exists():  # cut short: out of the way, to be removed with this build
        os.replace(entry, made.parent / "broken")
    try:
        os.rename(made, entry)
    except OSError:
        if not _is_whole(entry):  # else another process came first, just now
            raise


def _checksums(entry: Path) -> str:
    found = sorted(path for path in entry.rglob("*") if path.suffix in LIBRARIES)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(entry).as_posix()}" for path in found]
    return "\n".join(lines) + "\n"


def _is_whole(entry: Path) -> bool:
    try:
        expected = (entry / CHECKSUMS).read_text(encoding="ascii", errors="replace")
        return expected == _checksums(entry)
    except OSError:
        return False


def _remove_stale(cache: Path) -> None:
    for left in cache.glob(f"{BUILD_PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _prune(cache: Path, keep: str) -> None:
    """Remove the entries used longest ago while all of them exceed the limit; never the entry `keep`."""
    entries = []
    for marker in cache.glob(f"*/{CHECKSUMS}"):
        with suppress(OSError):  # another process prunes too
            size = sum(path.stat().st_size for path in marker.parent.rglob("*") if path.is_file())
            entries.append((marker.stat().st_mtime, size, marker.parent))
    total = sum(size for _, size, _ in entries)
    for _, size, entry in sorted(entries):
        if total <= CACHE_LIMIT:
            return
        if entry.name != keep:
            shutil.rmtree(entry, ignore_errors=True)
            total -= size

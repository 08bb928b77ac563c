"""Shared libraries from source texts, each built once: a content-addressed cache on disk.

An entry is three files in `cache_folder()`, named by a key:

- ``<key>.cc``: the generated code, to be read;
- ``<key>.so`` (``.dylib``, ``.dll``): the library;
- ``<key>.sha256``: its checksum. A library cut short would not fail to load, it would kill the process with
  SIGBUS at the first page that is missing, so it is compared before every load (0.1 ms).

The key covers all that the machine code depends on: the source, the compiler, the flags and the processor.
Any number of processes may build at once and be killed at any moment: each builds in a folder of its own
within the cache and renames the finished files into place, the library last.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from spikeloom.backends.embedded.toolchain import (
    Compiler,
    cache_folder,
    compile_command,
    compiler_identity,
    find_compiler,
)
from spikeloom.errors import RunError

if TYPE_CHECKING:
    import ctypes
    import subprocess

__all__ = ["BuildCancelled", "build", "cache_folder", "entry_key", "host_cpu", "load"]

CACHE_LIMIT = 500_000_000
"""Bytes; beyond it the entries that were used longest ago are removed."""

STALE_SECONDS = 24 * 60 * 60
"""The age at which a build folder can only be that of a process that was killed."""

ROOM_NEEDED = 1_000_000
"""Bytes; with less than this on the disk, a compiler that failed is taken to have run out of room."""

POLL_SECONDS = 0.05
ERROR_LINES = 15

LIBRARY_SUFFIX = {"darwin": ".dylib", "win32": ".dll"}.get(sys.platform, ".so")
BUILD_PREFIX = "building-"
ENTRY_FILE = re.compile(r"([0-9a-f]{32})\.(?:cc|so|dylib|dll|sha256)")

# As compilers (gcc, clang, ld, zig) say that it is the disk that refused, not they.
NO_ROOM = re.compile(
    r"No space left on device|Disk quota exceeded|File size limit exceeded|File too large"
    r"|\b(?:NoSpaceLeft|DiskQuota|FileTooBig)\b"
)

# The lines of /proc/cpuinfo that say what a processor can execute. The others (clock rate, microcode,
# BogoMIPS) change from one start of the machine to the next.
CPU_LINES = re.compile(
    rb"^(?:vendor_id|cpu family|model|model name|flags|Features|CPU \w+|cpu|isa|uarch)\s*:.*$", re.MULTILINE
)


class BuildCancelled(RunError):
    """The build was stopped because its caller asked for it."""


def build(source: str, *, cancelled: Callable[[], bool] | None = None) -> Path:
    """The shared library of a source text, compiled unless the cache has it.

    Parameters
    ----------
    source
        Freestanding C++, as `compile_command` expects it.
    cancelled
        Asked every 50 ms while the compiler works; True stops it.

    Returns
    -------
    Path
        The library, whole when this returns. Another process may prune it later, so load it at once.

    Raises
    ------
    RunError
        If there is no compiler, if it refuses the source, or if the cache cannot be written.
    BuildCancelled
        If `cancelled` said so.
    """
    compiler = find_compiler()
    library = cache_folder() / f"{entry_key(source, compiler)}{LIBRARY_SUFFIX}"
    if _is_whole(library):
        with suppress(OSError):  # a cache that is read-only is still a cache
            os.utime(library)
        return library
    try:
        _build(source, compiler, library, cancelled)
    except OSError as error:
        raise RunError(
            f"the build cache cannot be written: {error.strerror or error}",
            place=str(library.parent),
            hint="Make room there, or set the environment variable SPIKELOOM_CACHE to another folder.",
        ) from error
    return library


def load(source: str, *, cancelled: Callable[[], bool] | None = None) -> ctypes.CDLL:
    """Build a source text and load the library; see `build`.

    A library from the cache that does not load (its system has changed under it) is built once more.
    """
    import ctypes

    library = build(source, cancelled=cancelled)
    try:
        return ctypes.CDLL(str(library))
    except OSError:
        _remove(library)
    library = build(source, cancelled=cancelled)
    try:
        return ctypes.CDLL(str(library))
    except OSError as error:
        _remove(library)
        raise RunError(
            f"the library was built but cannot be loaded: {error}",
            place=str(library),
            hint="If programs may not run from this folder, set SPIKELOOM_CACHE to another one.",
        ) from error


def entry_key(source: str, compiler: Compiler) -> str:
    """The name of a source's entry: 32 hexadecimal digits."""
    command = compile_command(compiler, Path("source"), Path("library"))
    parts = (source, compiler_identity(compiler), *command, host_cpu())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def host_cpu() -> str:
    """What identifies this machine's processor.

    Machines may share a home folder, and what ``-march=native`` made for one is an illegal instruction on another.
    """
    with suppress(OSError), open("/proc/cpuinfo", "rb", buffering=0) as file:
        # One read gives the first few. There can be 100, and for each the kernel measures the clock rate.
        first = file.read(8192).partition(b"\n\n")[0]
        lines = CPU_LINES.findall(first)
        if lines:
            return b"\n".join(lines).decode(errors="replace")
    import platform

    # Without that file, no two machines share: a library built once too often is the smaller evil.
    return "|".join((platform.node(), platform.machine(), os.environ.get("PROCESSOR_IDENTIFIER", "")))


def _is_whole(library: Path) -> bool:
    try:
        expected = library.with_suffix(".sha256").read_text(encoding="ascii", errors="replace")
        return expected == _checksum(library)
    except OSError:
        return False


def _checksum(library: Path) -> str:
    """The contents of the .sha256 file; ``sha256sum -c`` reads it too."""
    return f"{hashlib.sha256(library.read_bytes()).hexdigest()}  {library.name}\n"


def _remove(library: Path) -> None:
    for path in (library, library.with_suffix(".sha256")):
        with suppress(OSError):
            path.unlink()


def _build(source: str, compiler: Compiler, library: Path, cancelled: Callable[[], bool] | None) -> None:
    import tempfile

    cache = library.parent
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_stale(cache)
    with tempfile.TemporaryDirectory(prefix=BUILD_PREFIX, dir=cache, ignore_cleanup_errors=True) as name:
        built = Path(name, library.name)
        code = built.with_suffix(".cc")
        code.write_text(source, encoding="utf-8", newline="\n")
        # Names without folders: the library is the same, byte for byte, whichever process builds it.
        command = compile_command(compiler, Path(code.name), Path(built.name))
        status, output = _run(command, built.parent, cancelled)
        if status != 0 or not built.is_file():
            _refuse(status, output, code, cache)
        _publish(built, library)
    _prune(cache, keep=library.stem)


def _publish(built: Path, library: Path) -> None:
    if _is_whole(library):  # another process was faster, and may have loaded it already
        return
    built.with_suffix(".sha256").write_text(_checksum(built), encoding="ascii", newline="\n")
    for suffix in (".cc", ".sha256", library.suffix):
        os.replace(built.with_suffix(suffix), library.with_suffix(suffix))


def _refuse(status: int, output: str, code: Path, cache: Path) -> NoReturn:
    """Say why there is no library; the source stays in the cache, to be looked at."""
    no_room = _no_room(status, output, cache)
    if no_room:
        raise OSError(errno.ENOSPC, no_room)
    kept = cache / code.name
    os.replace(code, kept)
    complaint = _first_errors(output) or f"it stopped with exit status {status} and said nothing"
    raise RunError(
        f"the C++ compiler refused the generated code:\n{complaint}",
        place=str(kept),
        hint="The generated code is kept in that file.",
    )


def _no_room(status: int, output: str, cache: Path) -> str:
    """In a few words, that a full disk stopped the compiler; empty if it was something else."""
    said = NO_ROOM.search(output)
    if said:
        return said.group()
    if -status == getattr(signal, "SIGXFSZ", None):
        return "File size limit exceeded"
    # zig aborts without a word.
    return "No space left on device" if shutil.disk_usage(cache).free < ROOM_NEEDED else ""


def _first_errors(output: str) -> str:
    lines = output.strip().splitlines()
    first = next((number for number, line in enumerate(lines) if "error" in line.lower()), 0)
    return "\n".join(lines[first : first + ERROR_LINES])


def _run(command: Sequence[str], folder: Path, cancelled: Callable[[], bool] | None) -> tuple[int, str]:
    """Run the compiler in a folder; its exit status and all that it said."""
    import subprocess

    # With its temporary files in that folder too, nothing of it is left anywhere when it is killed.
    temporary = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(folder))
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | temporary | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise RunError(f"the C++ compiler does not start: {error.strerror}", place=command[0]) from error
    with process:
        try:
            output = _wait(process, cancelled)
        except BaseException:  # Ctrl+C as well: a session of its own does not receive it
            _kill(process)
            raise
    return process.returncode, output


def _wait(process: subprocess.Popen[str], cancelled: Callable[[], bool] | None) -> str:
    import subprocess

    while True:
        if cancelled is not None and cancelled():
            raise BuildCancelled("the build was cancelled")
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=None if cancelled is None else POLL_SECONDS)[0]


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill the compiler and what it started: a driver such as g++ leaves the work to its children."""
    if os.name == "posix":
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _remove_stale(cache: Path) -> None:
    for folder in cache.glob(f"{BUILD_PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _prune(cache: Path, keep: str) -> None:
    """Remove the entries used longest ago while all of them exceed `CACHE_LIMIT`; never the entry `keep`."""
    entries: dict[str, list[tuple[float, int, Path]]] = {}
    for path in cache.iterdir():
        match = ENTRY_FILE.fullmatch(path.name)
        with suppress(OSError):  # another process prunes too
            if match:
                status = path.stat()
                entries.setdefault(match[1], []).append((status.st_mtime, status.st_size, path))
    total = sum(size for files in entries.values() for _, size, _ in files)
    for key in sorted(entries, key=lambda key: max(used for used, _, _ in entries[key])):
        if total <= CACHE_LIMIT or key == keep:
            return
        for _, size, path in entries[key]:
            with suppress(OSError):
                path.unlink()
            total -= size

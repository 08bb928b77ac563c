"""The machine's C++ compiler: which one it has, and the command that makes generated code a shared library.

Generated code is freestanding: C-like C++ with no header of the standard library, no exceptions and no
run-time type information. That makes every compiler quick, and libstdc++ or libc++ is never linked.

Asking a compiler for its version costs a process (5 ms for g++, 40 ms for zig). The answer is kept in the
cache folder under the compiler's path, modification time and size, so that a second start of the program asks
nobody.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from spikeloom.cache import cache_folder
from spikeloom.errors import RunError

Kind = Literal["gcc", "clang", "msvc", "zig"]

CANDIDATES = ("c++", "clang++", "g++", "cl")
"""The names looked up on PATH, in this order, before the `ziglang` package."""

ANSWER_SECONDS = 30
"""How long a compiler may take to say its version; the first start of a wheel's zig reads a cold disk."""

# What is relaxed lets a reduction and a clipped update become vector code. What is not: -ffinite-math-only
# (and so -ffast-math, which contains it) would let the compiler delete the checks for NaN and infinity.
# Reassociation has one consequence to know: (x + y) - x may become y, so an infinity that cancels within one
# expression can go unseen.
FLAGS = (
    "-std=c++17",
    "-O2",
    "-ftree-vectorize",
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fassociative-math",
    "-fno-signed-zeros",
    "-ffp-contract=fast",
    "-fvisibility=hidden",
)

# gcc's -O2 vectorises only where it costs no code. With the model of -O3 generated code builds in 60 % of the time
# that -O3 takes and runs as fast.
GCC_FLAGS = ("-fvect-cost-model=dynamic",)

# Untested: nobody has run this on Windows yet. There is no counterpart of -march=native, nor of the single
# relaxed rules; /fp:fast is no way out, because it gives up NaN.
MSVC_FLAGS = ("/nologo", "/TP", "/std:c++17", "/O2", "/LD", "/EHs-c-", "/GR-", "/fp:precise")

REPORT_FLAGS: dict[Kind, str] = {
    "gcc": "-fopt-info-vec-optimized",
    "clang": "-Rpass=loop-vectorize",
    "zig": "-Rpass=loop-vectorize",
    "msvc": "/Qvec-report:1",
}


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler of this machine.

    Parameters
    ----------
    command
        The words that start it: ``("/usr/bin/c++",)``, ``("/usr/bin/ccache", "g++")``.
    kind
        Whose command line it speaks.
    version
        The first line of what it says about itself.
    path
        The compiler's own file, links resolved: what changes when the compiler is upgraded.
    """

    command: tuple[str, ...]
    kind: Kind
    version: str
    path: str


def find_compiler(environ: Mapping[str, str] = os.environ) -> Compiler:
    """The compiler to use: ``$CXX``, else c++, clang++, g++ or cl on ``PATH``, else the `ziglang` package.

    Parameters
    ----------
    environ
        Where ``CXX`` and ``PATH`` are read.

    Raises
    ------
    RunError
        If ``$CXX`` is set but is no compiler, or if there is none at all.
    """
    return _find(environ.get("CXX", "").strip(), environ.get("PATH", os.defpath))


@lru_cache(maxsize=8)
def _find(cxx: str, search: str) -> Compiler:
    if cxx:
        return _from_cxx(cxx, search)
    for name in CANDIDATES:
        compiler = _from_words([name], search)
        if compiler is not None:
            return compiler
    compiler = _from_ziglang()
    if compiler is not None:
        return compiler
    raise RunError(
        f"no C++ compiler was found (looked for {', '.join(CANDIDATES)} and the ziglang package)",
        hint=_install_hint(),
    )


def _install_hint() -> str:
    systems = {
        "darwin": "`xcode-select --install`",
        "win32": "the Build Tools for Visual Studio, and start from their developer prompt",
    }
    system = systems.get(sys.platform, "`apt install g++` (Debian, Ubuntu) or your system's like")
    return f"Install one: {system}; or, without administrator rights, `pip install 'spikeloom[compiler]'`."


def _from_cxx(cxx: str, search: str) -> Compiler:
    try:
        # Outside POSIX a backslash separates folders and must not vanish as an escape.
        words = [word.strip('"') for word in shlex.split(cxx, posix=os.name == "posix")]
    except ValueError as error:
        raise _unusable(cxx, f"cannot be split into words ({error})") from error
    if shutil.which(words[0], path=search) is None:
        raise _unusable(cxx, f"names a program that is not here: {words[0]!r}")
    compiler = _from_words(words, search)
    if compiler is None:
        raise _unusable(cxx, "does not introduce itself as gcc, clang, MSVC or zig")
    return compiler


def _unusable(cxx: str, why: str) -> RunError:
    return RunError(
        f"the environment variable $CXX is {cxx!r}, which {why}",
        place="$CXX",
        hint="Set CXX to a C++ compiler, or unset it and Spikeloom looks for one itself.",
    )


def _from_words(words: Sequence[str], search: str) -> Compiler | None:
    program = shutil.which(words[0], path=search)
    if program is None:
        return None
    # The build runs in another folder, so a relative name would no longer be found.
    command = (os.path.abspath(program), *words[1:])
    # The upgrade to notice is that of g++ in `ccache g++`, but that of zig in `zig c++`.
    launched = len(words) > 1 and Path(program).stem != "zig" and shutil.which(words[1], path=search)
    return _describe(command, launched or program)


def _from_ziglang() -> Compiler | None:
    import importlib.util

    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        return None
    binary = Path(spec.origin).parent / ("zig.exe" if os.name == "nt" else "zig")
    return _describe((sys.executable, "-m", "ziglang", "c++"), str(binary))


def _describe(command: tuple[str, ...], program: str) -> Compiler | None:
    """The compiler behind a command, or None if it does not answer as one that we know."""
    path = os.path.realpath(program)
    key = f"{shlex.join(command)}|{_file_identity(path)}"
    known = _known()
    described = _valid(known.get(key))
    if described is None:
        described = _ask(command)
        if described is None:
            return None
        _remember(known | {key: {"kind": described[0], "version": described[1]}})
    kind, version = described
    return Compiler(command, kind, version, path)


def _ask(command: Sequence[str]) -> tuple[Kind, str] | None:
    """Kind and version in the compiler's own words."""
    import subprocess

    # cl knows no --version; without arguments it prints its banner.
    question = command if Path(command[0]).stem == "cl" else (*command, "--version")
    try:
        answer = subprocess.run(
            question,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"LC_ALL": "C"},
            encoding="utf-8",
            errors="replace",
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    kind = _kind(command, answer.stdout)
    if answer.returncode != 0 or kind is None:
        return None
    return kind, answer.stdout.strip().splitlines()[0].strip()


def _kind(command: Sequence[str], answer: str) -> Kind | None:
    if "clang version" in answer:
        # zig introduces itself as the clang inside it.
        is_zig = {"zig", "ziglang"} & {Path(word).stem for word in command} or re.search(r"InstalledDir: .*zig", answer)
        return "zig" if is_zig else "clang"
    if "Microsoft" in answer and "Compiler Version" in answer:
        return "msvc"
    # The first line has the name it was called by (Debian's c++ is g++); `true --version` names the FSF as well.
    first_line = answer.partition("\n")[0]
    if "Free Software Foundation" in answer and re.search(r"gcc|g\+\+|c\+\+", first_line, re.IGNORECASE):
        return "gcc"
    return None


def _file_identity(path: str) -> str:
    try:
        status = os.stat(path)
    except OSError:
        return f"{path}|gone"
    return f"{path}|{status.st_mtime_ns}|{status.st_size}"


def compiler_identity(compiler: Compiler) -> str:
    """What tells this compiler from any other, and from itself after an upgrade."""
    return f"{_file_identity(compiler.path)}|{compiler.version}"


def _answers() -> Path:
    return cache_folder() / "compilers.json"


def _known() -> dict[str, object]:
    """The compilers that have been asked before; empty if the file is missing or damaged."""
    try:
        known = json.loads(_answers().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _valid(entry: object) -> tuple[Kind, str] | None:
    """An entry of the file of answers, if it is one: the file may be of another version, or edited."""
    if not isinstance(entry, dict) or not isinstance(entry.get("version"), str):
        return None
    for kind in get_args(Kind):
        if entry.get("kind") == kind:
            return kind, entry["version"]
    return None


def _remember(known: Mapping[str, object]) -> None:
    # Two processes may do this at once, and the loser's answer is asked for again. A folder that cannot be
    # written is no reason to fail here: the build says it better.
    path = _answers()
    private = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            private.write_text(json.dumps(known, indent=1), encoding="utf-8")
            os.replace(private, path)
        finally:
            private.unlink(missing_ok=True)


def compile_command(compiler: Compiler, source: Path, library: Path, *, report: bool = False) -> list[str]:
    """The command line that compiles one source file to a shared library.

    Parameters
    ----------
    compiler
        From `find_compiler`.
    source, library
        Input and output.
    report
        Whether the compiler says which loops it vectorised.
    """
    reporting = [REPORT_FLAGS[compiler.kind]] if report else []
    if compiler.kind == "msvc":
        return [*compiler.command, *MSVC_FLAGS, *reporting, str(source), f"/Fe:{library}"]
    shared = ["-shared", "-fPIC"] if os.name == "posix" else ["-shared"]
    own = GCC_FLAGS if compiler.kind == "gcc" else ()
    flags = [*FLAGS, *own, _native_flag(), *shared, *reporting]
    return [
        *compiler.command,
        "-x",
        "c++",
        *flags,
        str(source),
        "-o",
        str(library),
        *_libraries(compiler.kind),
    ]


def _native_flag() -> str:
    """Code for this processor: on ARM -march=native sets no tuning, and older Apple compilers refuse it."""
    return "-mcpu=native" if platform.machine().lower() in ("arm64", "aarch64") else "-march=native"


def _libraries(kind: Kind) -> list[str]:
    """What is linked: libm, and no C++ library."""
    posix = os.name == "posix"
    if kind == "gcc":
        # -nostdlib++ came with gcc 13. This says the same to every gcc; libgcc is its own arithmetic (128
        # bits, atomics on ARM). On Windows nothing is linked of a library that is not used.
        return ["-nodefaultlibs", "-lm", "-lc", "-lgcc"] if posix else []
    return ["-nostdlib++", "-lm"] if posix else ["-nostdlib++"]

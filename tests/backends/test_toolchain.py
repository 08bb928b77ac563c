"""Which compiler is found, what is remembered about it, and what the command line promises."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spikeloom.backends.embedded import toolchain
from spikeloom.backends.embedded.toolchain import Compiler, compile_command, find_compiler
from spikeloom.errors import RunError

GCC = "c++ (Debian 12.2.0-14) 12.2.0\nCopyright (C) 2022 Free Software Foundation, Inc."
CONDA_GCC = "x86_64-conda-linux-gnu-c++ (conda-forge gcc 13.2.0-5) 13.2.0\nFree Software Foundation, Inc."
CLANG = "Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu\nInstalledDir: /usr/bin"
APPLE_CLANG = "Apple clang version 15.0.0 (clang-1500.3.9.4)\nTarget: arm64-apple-darwin23.5.0"
ZIG = "clang version 21.1.0\nTarget: x86_64-unknown-linux-gnu\nInstalledDir: /usr/local/zig-0.16"
TRUE = "true (GNU coreutils) 9.1\nCopyright (C) 2022 Free Software Foundation, Inc."

posix_only = pytest.mark.skipif(os.name != "posix", reason="the stand-in compilers are shell scripts")

# What a fresh interpreter prints: the version found, how many processes it started to find it, and whether it
# imported these two.
FRESH_START = """
import sys
started = []
events = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec", "os.system"}
sys.addaudithook(lambda event, args: started.append(event) if event in events else None)
from spikeloom.backends.embedded.toolchain import find_compiler
print(find_compiler().version, len(started), "subprocess" in sys.modules, "numpy" in sys.modules)
"""


@pytest.fixture(autouse=True)
def private_cache(tmp_path, monkeypatch):
    """Each test has its own cache folder and forgets what the process knew."""
    monkeypatch.setenv("SPIKELOOM_CACHE", str(tmp_path / "cache"))
    toolchain._find.cache_clear()
    yield tmp_path / "cache"
    toolchain._find.cache_clear()


@pytest.fixture
def no_ziglang(monkeypatch):
    """As if the `ziglang` package were not installed."""
    monkeypatch.setitem(sys.modules, "ziglang", None)


@pytest.fixture
def bin_folder(tmp_path):
    """A folder for stand-in compilers, to be used as PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def stand_in(path: Path, answer: str, status: int = 0) -> Path:
    """A program that answers any question with `answer`."""
    path.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{answer}\nEND\nexit {status}\n")
    path.chmod(0o755)
    return path


def clang(number: int) -> str:
    return f"clang version {number}.0.0"


def fresh_start() -> list[str]:
    run = subprocess.run([sys.executable, "-c", FRESH_START], capture_output=True, text=True, check=True)
    return run.stdout.split()[-4:]


@posix_only
@pytest.mark.parametrize(
    ("answer", "kind"),
    [(GCC, "gcc"), (CONDA_GCC, "gcc"), (CLANG, "clang"), (APPLE_CLANG, "clang"), (ZIG, "zig")],
)
def test_kind_comes_from_what_the_compiler_says(bin_folder, answer, kind):
    program = stand_in(bin_folder / "c++", answer)
    compiler = find_compiler({"PATH": str(bin_folder)})
    assert compiler == Compiler((str(program),), kind, answer.splitlines()[0], str(program))


@posix_only
def test_path_is_searched_in_order_and_cxx_comes_first(bin_folder, no_ziglang):
    for number, name in enumerate(("c++", "clang++", "g++", "mine"), start=1):
        stand_in(bin_folder / name, clang(number))
    for number, name in enumerate(("c++", "clang++", "g++"), start=1):
        toolchain._find.cache_clear()
        assert find_compiler({"PATH": str(bin_folder)}).version == clang(number)
        assert find_compiler({"PATH": str(bin_folder), "CXX": "mine"}).version == clang(4)
        (bin_folder / name).unlink()


@posix_only
def test_a_program_on_path_that_does_not_work_is_passed_over(bin_folder):
    stand_in(bin_folder / "c++", "xcode-select: error: no developer tools were found", status=1)
    (bin_folder / "clang++").write_text("not a program")
    (bin_folder / "clang++").chmod(0o755)
    stand_in(bin_folder / "g++", GCC)
    assert find_compiler({"PATH": str(bin_folder)}).command == (str(bin_folder / "g++"),)


@posix_only
def test_cxx_may_have_several_words_and_a_launcher(bin_folder):
    stand_in(bin_folder / "launcher", GCC)
    stand_in(bin_folder / "g++", GCC)
    compiler = find_compiler({"PATH": str(bin_folder), "CXX": "launcher g++ '-DNAME=a b'"})
    assert compiler.command == (str(bin_folder / "launcher"), "g++", "-DNAME=a b")
    assert compiler.path == str(bin_folder / "g++")  # its upgrade is the one to notice


@posix_only
def test_a_relative_cxx_is_found_from_any_folder(bin_folder, monkeypatch):
    stand_in(bin_folder / "mine", CLANG)
    monkeypatch.chdir(bin_folder)
    assert find_compiler({"PATH": "", "CXX": "./mine"}).command == (str(bin_folder / "mine"),)


@posix_only
@pytest.mark.parametrize(
    ("cxx", "complaint"),
    [
        ("no-such-compiler -O1", "a program that is not here: 'no-such-compiler'"),
        ("true", "does not introduce itself as gcc, clang, MSVC or zig"),
        ("broken", "does not introduce itself"),
        ("g++ 'unclosed", "cannot be split into words"),
    ],
)
def test_a_cxx_that_is_no_compiler_is_named_and_not_replaced(bin_folder, cxx, complaint):
    stand_in(bin_folder / "c++", GCC)
    stand_in(bin_folder / "true", TRUE)
    stand_in(bin_folder / "broken", GCC, status=3)
    with pytest.raises(RunError) as caught:
        find_compiler({"PATH": str(bin_folder), "CXX": cxx})
    assert caught.value.place == "$CXX"
    assert repr(cxx) in caught.value.message
    assert complaint in caught.value.message


@posix_only
def test_a_blank_cxx_counts_as_unset(bin_folder):
    stand_in(bin_folder / "c++", GCC)
    assert find_compiler({"PATH": str(bin_folder), "CXX": "  "}).kind == "gcc"


@pytest.mark.parametrize(
    ("platform", "hint"),
    [("linux", "apt install g++"), ("darwin", "xcode-select --install"), ("win32", "Build Tools")],
)
def test_without_a_compiler_the_error_says_how_to_get_one(monkeypatch, no_ziglang, platform, hint):
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(RunError, match=r"no C\+\+ compiler was found") as caught:
        find_compiler({"PATH": ""})
    assert hint in caught.value.hint
    assert "pip install 'spikeloom[compiler]'" in caught.value.hint


@posix_only
def test_a_compiler_installed_meanwhile_is_found(bin_folder, no_ziglang):
    with pytest.raises(RunError):
        find_compiler({"PATH": str(bin_folder)})
    stand_in(bin_folder / "c++", GCC)
    assert find_compiler({"PATH": str(bin_folder)}).kind == "gcc"


@posix_only
def test_a_second_start_asks_no_compiler_until_it_is_upgraded(bin_folder, monkeypatch):
    program = stand_in(bin_folder / "mine", clang(1))
    monkeypatch.setenv("CXX", str(program))
    assert fresh_start() == ["1.0.0", "1", "True", "False"]
    assert fresh_start() == ["1.0.0", "0", "False", "False"]
    stand_in(program, clang(22))
    assert fresh_start() == ["22.0.0", "1", "True", "False"]


@posix_only
@pytest.mark.parametrize("damage", ["", "{", "[]", "\0\xff", '{"KEY": {"kind": "fortran", "version": 3}}'])
def test_damaged_answers_are_asked_for_again(bin_folder, private_cache, damage):
    stand_in(bin_folder / "c++", GCC)
    find_compiler({"PATH": str(bin_folder)})
    answers = private_cache / "compilers.json"
    key = answers.read_text().split('"')[1]
    answers.write_text(damage.replace("KEY", key), encoding="latin-1")
    toolchain._find.cache_clear()
    assert find_compiler({"PATH": str(bin_folder)}).kind == "gcc"
    assert key in answers.read_text()


@posix_only
def test_a_cache_that_cannot_be_written_does_not_hide_the_compiler(bin_folder, private_cache):
    private_cache.write_text("a file where the folder should be")
    stand_in(bin_folder / "c++", GCC)
    assert find_compiler({"PATH": str(bin_folder)}).kind == "gcc"


@pytest.mark.parametrize("kind", ["gcc", "clang", "zig", "msvc"])
def test_no_flag_gives_up_nan(kind):
    command = compile_command(Compiler(("cxx",), kind, "1", "/cxx"), Path("a.cc"), Path("a.so"))
    assert not {"-ffast-math", "-Ofast", "-ffinite-math-only", "-funsafe-math-optimizations"} & set(command)
    assert "/fp:fast" not in command
    assert command[0] == "cxx"
    assert "a.cc" in command


@posix_only
@pytest.mark.parametrize(("machine", "flag"), [("x86_64", "-march=native"), ("arm64", "-mcpu=native")])
def test_code_is_for_this_processor(monkeypatch, machine, flag):
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert flag in compile_command(Compiler(("cxx",), "clang", "1", "/cxx"), Path("a.cc"), Path("a.so"))


SUM = """
extern "C" __attribute__((visibility("default"))) float sum(const float *x, int n)
{ float s = 0; for (int k = 0; k < n; k++) s += x[k]; return s; }
"""


def compiled(compiler: Compiler, folder: Path, *, report: bool = False) -> tuple[Path, str]:
    """Compile `SUM`; the library and what the compiler said."""
    source, library = folder / "sum.cc", folder / "sum.so"
    source.write_text(SUM)
    command = compile_command(compiler, source, library, report=report)
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return library, run.stdout + run.stderr


def test_the_report_names_the_vectorised_loop(tmp_path):
    _, silence = compiled(find_compiler(), tmp_path)
    _, report = compiled(find_compiler(), tmp_path, report=True)
    assert "vectorized" not in silence
    assert "vectorized" in report


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/maps")
def test_no_cxx_library_is_linked(tmp_path):
    library, _ = compiled(find_compiler(), tmp_path)
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1]); print(open('/proc/self/maps').read())"
    maps = subprocess.run([sys.executable, "-c", code, library], capture_output=True, text=True, check=True).stdout
    assert str(library) in maps
    assert "libstdc++" not in maps
    assert "libc++" not in maps


@pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="the ziglang package is not installed")
def test_ziglang_stands_in_for_a_missing_compiler(tmp_path):
    compiler = find_compiler({"PATH": ""})
    assert compiler.kind == "zig"
    assert compiler.command == (sys.executable, "-m", "ziglang", "c++")
    library, _ = compiled(compiler, tmp_path)
    total = ctypes.CDLL(str(library)).sum
    total.restype = ctypes.c_float
    assert total((ctypes.c_float * 3)(1, 2, 3), 3) == 6

"""The cache of compiled libraries: built once, by anyone, whatever happens to the builder."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spikeloom.backends.embedded import build_cache, toolchain
from spikeloom.backends.embedded.build_cache import BuildCancelled, build, entry_key, load
from spikeloom.errors import RunError

EXPORT = 'extern "C" __attribute__((visibility("default"))) '
ANSWER = EXPORT + "int answer() { return 42; }\n"
REAL_COMPILER = next((path for name in ("c++", "clang++", "g++") if (path := shutil.which(name))), "")

posix_only = pytest.mark.skipif(os.name != "posix", reason="the stand-in compilers are shell scripts")

# A compiler that says when it starts, takes its time, and then is the real one. A fifo held open shows whether it or
# any child of it still lives.
SLOW_COMPILER = """#!/bin/sh
if [ "$1" != --version ]; then
    [ -n "$FAKE_ALIVE" ] && exec 9> "$FAKE_ALIVE"
    echo $$ >> "$FAKE_STARTED"
    sleep ${FAKE_SECONDS:-0}
fi
exec REAL "$@"
"""

BUILD = """
import sys
from spikeloom.backends.embedded.build_cache import load
print(load(sys.argv[1]).answer())
"""

# What a fresh interpreter prints: the answer, how many processes it started, and whether it imported these two.
WARM_HIT = """
import sys, time
started = []
events = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec", "os.system"}
sys.addaudithook(lambda event, args: started.append(event) if event in events else None)
from spikeloom.backends.embedded.build_cache import load
print(load(sys.argv[1]).answer(), len(started), "subprocess" in sys.modules, "numpy" in sys.modules)
"""

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
from spikeloom.backends.embedded.build_cache import build
from spikeloom.errors import RunError
try:
    build(sys.argv[1])
except RunError as error:
    print(error.place, error, sep="\\n")
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Each test has its own cache folder."""
    monkeypatch.setenv("SPIKELOOM_CACHE", str(tmp_path / "cache"))
    toolchain._find.cache_clear()
    yield tmp_path / "cache"
    toolchain._find.cache_clear()


@pytest.fixture
def slow_compiler(tmp_path, monkeypatch):
    """`$CXX` is `SLOW_COMPILER`; gives the file to which each run of it adds a line."""
    started = tmp_path / "started"
    monkeypatch.setenv("CXX", str(script(tmp_path / "slow", SLOW_COMPILER.replace("REAL", REAL_COMPILER))))
    monkeypatch.setenv("FAKE_STARTED", str(started))
    return started


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)


def output_of(process: subprocess.Popen[str]) -> str:
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    return output


def wait_until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def names(cache: Path) -> set[str]:
    """What is in the cache, without the answers of compilers."""
    return {path.name for path in cache.iterdir()} - {"compilers.json"}


def entry_files(library: Path) -> set[str]:
    return {library.name, f"{library.stem}.cc", f"{library.stem}.sha256"}


def test_a_function_is_built_kept_and_called(cache):
    library = build(ANSWER)
    assert library.parent == cache
    assert names(cache) == entry_files(library)
    assert library.with_suffix(".cc").read_text() == ANSWER
    assert ctypes.CDLL(str(library)).answer() == 42
    assert load(ANSWER).answer() == 42


def test_a_warm_hit_starts_no_process():
    assert output_of(python(WARM_HIT, ANSWER)).split()[0] == "42"
    assert output_of(python(WARM_HIT, ANSWER)).split() == ["42", "0", "False", "False"]


def test_a_cache_folder_may_be_relative_and_have_any_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPIKELOOM_CACHE", "with space/ünïcode")
    assert load(ANSWER).answer() == 42


def test_the_default_folder_is_the_users_cache(monkeypatch):
    monkeypatch.delenv("SPIKELOOM_CACHE")
    assert build_cache.cache_folder().parts[-2:] == ("spikeloom", "builds")


def test_the_same_source_gives_the_same_bytes(cache):
    library = build(ANSWER)
    first = library.read_bytes()
    library.unlink()
    assert build(ANSWER).read_bytes() == first


@posix_only
def test_two_processes_build_the_same_at_once(cache, slow_compiler, monkeypatch):
    monkeypatch.setenv("FAKE_SECONDS", "0.7")
    processes = [python(BUILD, ANSWER) for _ in range(2)]
    assert [output_of(process) for process in processes] == ["42\n", "42\n"]
    assert len(slow_compiler.read_text().splitlines()) == 2  # neither waited for the other
    assert names(cache) == entry_files(build(ANSWER))


@posix_only
def test_a_builder_killed_in_the_middle_leaves_a_cache_that_works(cache, slow_compiler, monkeypatch):
    monkeypatch.setenv("FAKE_SECONDS", "60")
    process = python(BUILD, ANSWER)
    wait_until(lambda: slow_compiler.exists() and slow_compiler.read_text().endswith("\n"))
    process.kill()
    process.communicate()
    os.killpg(int(slow_compiler.read_text()), signal.SIGKILL)  # our compiler, which it left behind
    (debris,) = names(cache)

    monkeypatch.setenv("FAKE_SECONDS", "0")
    library = build(ANSWER)
    assert ctypes.CDLL(str(library)).answer() == 42
    assert names(cache) == {debris} | entry_files(library)  # it may be of a builder at work

    yesterday = time.time() - build_cache.STALE_SECONDS - 60
    os.utime(cache / debris, (yesterday, yesterday))
    other = build(ANSWER.replace("42", "43"))
    assert names(cache) == entry_files(library) | entry_files(other)


@posix_only
def test_cancelling_kills_the_compiler_and_its_children(cache, slow_compiler, tmp_path, monkeypatch):
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    alive = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    monkeypatch.setenv("FAKE_ALIVE", str(fifo))
    monkeypatch.setenv("FAKE_SECONDS", "60")
    begin = time.monotonic()
    with pytest.raises(BuildCancelled):
        build(ANSWER, cancelled=slow_compiler.exists)
    assert time.monotonic() - begin < 30
    wait_until(lambda: closed(alive))
    os.close(alive)
    assert names(cache) == set()


def closed(reader: int) -> bool:
    """Whether nobody holds the other end of a fifo."""
    try:
        return os.read(reader, 1) == b""
    except BlockingIOError:
        return False


def test_a_build_that_is_not_cancelled_goes_on():
    asked = []
    library = build(ANSWER, cancelled=lambda: bool(asked.append(1)))
    assert library.exists()
    assert asked


@posix_only
def test_a_build_interrupted_by_the_keyboard_stops_the_compiler(cache, slow_compiler, monkeypatch):
    monkeypatch.setenv("FAKE_SECONDS", "60")

    def interrupt() -> bool:
        if slow_compiler.exists():
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        build(ANSWER, cancelled=interrupt)
    assert names(cache) == set()


def test_what_the_compiler_says_is_in_the_error_and_the_source_is_kept(cache):
    source = ANSWER + "".join(f"int f{n}() {{ return missing_{n}; }}\n" for n in range(40))
    with pytest.raises(RunError, match="refused the generated code") as caught:
        build(source)
    lines = caught.value.message.splitlines()
    assert "missing_0" in caught.value.message
    assert "error" in lines[1]
    assert len(lines) <= 16
    assert Path(caught.value.place).read_text() == source
    assert names(cache) == {Path(caught.value.place).name}


@posix_only
@pytest.mark.parametrize("status", [0, 5])
def test_a_compiler_that_makes_nothing_and_says_nothing(tmp_path, monkeypatch, status):
    fake = f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'clang version 1' && exit 0\nexit {status}\n"
    monkeypatch.setenv("CXX", str(script(tmp_path / "fake", fake)))
    with pytest.raises(RunError, match=f"exit status {status} and said nothing"):
        build(ANSWER)


@posix_only
def test_a_compiler_that_is_gone(slow_compiler):
    build(ANSWER)
    Path(os.environ["CXX"]).unlink()
    with pytest.raises(RunError, match="does not start"):
        build(ANSWER.replace("42", "43"))


@posix_only
def test_a_library_that_never_loads_is_not_left_behind(cache, tmp_path, monkeypatch):
    fake = (
        "#!/bin/sh\n[ \"$1\" = --version ] && echo 'clang version 1' && exit 0\n"
        'while [ "$1" != -o ]; do shift; done\necho nonsense > "$2"\n'
    )
    monkeypatch.setenv("CXX", str(script(tmp_path / "fake", fake)))
    with pytest.raises(RunError, match="cannot be loaded") as caught:
        load(ANSWER)
    assert not Path(caught.value.place).exists()
    assert "SPIKELOOM_CACHE" in caught.value.hint


def truncate(library: Path) -> None:
    os.truncate(library, library.stat().st_size // 2)


def flip(library: Path) -> None:
    damaged = bytearray(library.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    library.write_bytes(damaged)


def nonsense_with_a_good_checksum(library: Path) -> None:
    library.write_bytes(b"nonsense")
    library.with_suffix(".sha256").write_text(build_cache._checksum(library))


@pytest.mark.parametrize(
    "damage",
    [
        truncate,
        flip,
        nonsense_with_a_good_checksum,
        lambda library: library.write_bytes(b""),
        lambda library: library.with_suffix(".sha256").unlink(),
        lambda library: library.with_suffix(".sha256").write_bytes(b"\xff"),
    ],
    ids=["truncated", "flipped", "nonsense", "empty", "no checksum", "broken checksum"],
)
def test_a_damaged_library_is_built_again(damage):
    library = build(ANSWER)
    intact = library.read_bytes()
    damage(library)
    assert load(ANSWER).answer() == 42
    assert library.read_bytes() == intact


@pytest.mark.parametrize("inside", ["", "folder"])
def test_a_cache_that_cannot_be_written_is_named(cache, monkeypatch, inside):
    cache.write_text("a file where the folder should be")
    monkeypatch.setenv("SPIKELOOM_CACHE", str(cache / inside))
    with pytest.raises(RunError, match="build cache cannot be written") as caught:
        build(ANSWER)
    assert caught.value.place == str(cache / inside)
    assert "SPIKELOOM_CACHE" in caught.value.hint


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_without_permission_is_named_but_serves_what_it_has(cache):
    library = build(ANSWER)
    cache.chmod(0o500)
    try:
        assert build(ANSWER) == library
        with pytest.raises(RunError, match="build cache cannot be written"):
            build(ANSWER.replace("42", "43"))
    finally:
        cache.chmod(0o700)


@posix_only
@pytest.mark.parametrize("limit", [16, 1024], ids=["writing the source", "compiling"])
def test_a_full_disk_is_said_and_poisons_nothing(cache, limit):
    said = output_of(python(LIMITED, ANSWER, str(limit)))
    assert said.splitlines()[0] == str(cache)
    assert "build cache cannot be written" in said
    assert "SPIKELOOM_CACHE" in said
    assert names(cache) == set()
    assert load(ANSWER).answer() == 42


def test_the_key_covers_all_that_the_code_depends_on(monkeypatch, tmp_path):
    path = tmp_path / "compiler"
    path.write_text("1")
    compiler = toolchain.Compiler(("cxx",), "gcc", "version 1", str(path))
    keys = [entry_key(ANSWER, compiler), entry_key(ANSWER + " ", compiler)]
    keys.append(entry_key(ANSWER, toolchain.Compiler(("cxx", "-m32"), "gcc", "version 1", str(path))))
    keys.append(entry_key(ANSWER, toolchain.Compiler(("cxx",), "gcc", "version 2", str(path))))
    with monkeypatch.context() as changed:
        changed.setattr(build_cache, "host_cpu", lambda: "another processor")
        keys.append(entry_key(ANSWER, compiler))
    with monkeypatch.context() as changed:
        changed.setattr(toolchain, "FLAGS", (*toolchain.FLAGS, "-funroll-loops"))
        keys.append(entry_key(ANSWER, compiler))
    assert entry_key(ANSWER, compiler) == keys[0]
    path.write_text("upgraded")
    keys.append(entry_key(ANSWER, compiler))
    assert len(set(keys)) == len(keys) == 7


def test_the_processor_does_not_change_between_two_looks():
    assert build_cache.host_cpu()
    assert build_cache.host_cpu() == build_cache.host_cpu()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/cpuinfo")
def test_the_processor_says_what_it_can_execute_and_nothing_that_varies():
    cpu = build_cache.host_cpu()
    assert "flags" in cpu or "Features" in cpu or "isa" in cpu
    assert "MHz" not in cpu
    assert "bogomips" not in cpu.lower()


def test_the_entries_used_longest_ago_make_room(cache, monkeypatch):
    sources = [ANSWER.replace("42", str(number)) for number in range(3)]
    libraries = [build(source) for source in sources]
    for age, library in enumerate(libraries):
        for name in entry_files(library):
            os.utime(cache / name, (1000 + age, 1000 + age))
    (cache / "notes.txt").write_text("not ours")
    size = sum(path.stat().st_size for path in cache.glob(f"{libraries[0].stem}.*"))
    build(sources[0])  # used now
    monkeypatch.setattr(build_cache, "CACHE_LIMIT", int(3.5 * size))
    newest = build(ANSWER)
    kept = entry_files(libraries[0]) | entry_files(libraries[2]) | entry_files(newest)
    assert names(cache) == kept | {"notes.txt"}

    monkeypatch.setattr(build_cache, "CACHE_LIMIT", 1)
    alone = build(ANSWER.replace("42", "44"))
    assert names(cache) == entry_files(alone) | {"notes.txt"}


CHECKS = (
    EXPORT
    + """int by_bits(float x)
{ union { float f; unsigned u; } b; b.f = x; return (b.u & 0x7fffffffu) > 0x7f800000u; }
"""
    + EXPORT
    + "int by_comparison(float x) { return x != x; }\n"
    + EXPORT
    + "int by_sum(const float *x, int n) { float s = 0; for (int k = 0; k < n; k++) s += x[k]; return s != s; }\n"
    + EXPORT
    + "int infinite(float x) { return __builtin_isinf(x) != 0; }\n"
)


@pytest.mark.parametrize(
    ("value", "is_nan", "is_infinite"),
    [(1.0, 0, 0), (float("nan"), 1, 0), (float("inf"), 0, 1), (-float("inf"), 0, 1)],
)
def test_nan_and_infinity_survive_the_flags(value, is_nan, is_infinite):
    library = load(CHECKS)
    assert library.by_bits(ctypes.c_float(value)) == is_nan
    assert library.by_comparison(ctypes.c_float(value)) == is_nan
    assert library.infinite(ctypes.c_float(value)) == is_infinite
    array = (ctypes.c_float * 100)(*[0.5] * 99, value)
    assert library.by_sum(array, 100) == is_nan


def test_a_vector_of_infinities_that_cancel_is_seen():
    array = (ctypes.c_float * 100)(*[0.5] * 98, float("inf"), -float("inf"))
    assert load(CHECKS).by_sum(array, 100) == 1

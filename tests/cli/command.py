"""The `spikeloom` command as a shell starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("spikeloom.exe" if os.name == "nt" else "spikeloom")
DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
PATIENCE = 60.0  # seconds; a machine may be busy


def spikeloom(*arguments: Any, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run it to its end.

    Whatever it says must be for people: a stack trace fails the test here.
    """
    settings = {"capture_output": True, "stdin": subprocess.DEVNULL, "timeout": PATIENCE} | settings
    done = subprocess.run([COMMAND, *map(str, arguments)], encoding="utf-8", errors="replace", check=False, **settings)
    for text in (done.stdout, done.stderr):
        assert "Traceback" not in (text or "") and 'File "' not in (text or ""), text
    return done


def last_json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The object on the last line of standard output."""
    return json.loads(done.stdout.splitlines()[-1])


def document(path: Path, change: Callable[[dict[str, Any]], None] = lambda data: None) -> Path:
    """Write the digits, changed, to a file."""
    data = json.loads(DIGITS.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def wait_for(path: Path) -> None:
    """Return when a file is there."""
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < deadline, f"no {path}"
        time.sleep(0.01)


def _listen_to_interrupts() -> None:
    """A shell's background job, and so this process if the tests run in one, is started with Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Started:
    """The command while it runs; an end of the test ends it.

    Lines of standard error are collected as they come.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings.setdefault("preexec_fn", _listen_to_interrupts)
        self.process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            **settings,
        )
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Started:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()

    def _read(self) -> None:
        for line in self.process.stderr:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    @property
    def said(self) -> str:
        """All of standard error so far."""
        return "\n".join(self.lines)

    def until(self, text: str) -> None:
        """Wait until a line says `text`."""
        with self._news:
            found = self._news.wait_for(lambda: self._ended or any(text in line for line in self.lines), PATIENCE)
        assert found and text in self.said, self.said

    def end(self) -> int:
        """Wait for the end; the exit code."""
        code = self.process.wait(PATIENCE)
        self._thread.join(PATIENCE)
        assert "Traceback" not in self.said, self.said
        return code

    def worker(self) -> int:
        """The process id of its worker."""
        deadline = time.monotonic() + PATIENCE
        pid = self.process.pid
        while time.monotonic() < deadline:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if children:
                return int(children[0])
            time.sleep(0.01)
        raise AssertionError("it started no worker")

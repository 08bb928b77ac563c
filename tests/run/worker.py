"""A worker as a parent sees it: for tests of the protocol."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from spikeloom.worker import EventDecoder, worker_command

DIGITS = Path(__file__).parents[2] / "resources" / "examples" / "digits.snn"
PATIENCE = 30.0  # seconds; a machine may be busy

FOREVER = 10**6  # epochs


class Worker:
    """Starts a worker; an end of the test ends it.

    Parameters
    ----------
    prelude
        Python that runs in the worker before it starts.
    """

    def __init__(self, prelude: str = "", **settings: Any) -> None:
        command = worker_command()
        if prelude:
            code = f"{prelude}\nfrom spikeloom.worker.process import main\nmain()"
            command = [sys.executable, "-P", "-c", code]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, **settings
        )
        self.events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.seen: list[dict[str, Any]] = []
        self.printed = b""
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._keep, daemon=True),
        ]

    def __enter__(self) -> Worker:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def _read(self) -> None:
        decoder = EventDecoder()
        try:
            while data := self.process.stdout.read(1 << 16):
                for event in decoder.feed(data):
                    self.events.put(event)
        except ValueError:  # the test closed it
            pass
        self.events.put(None)

    def _keep(self) -> None:
        try:
            while data := self.process.stderr.read(1 << 16):
                self.printed += data
        except ValueError:
            pass

    def send(self, message: Any) -> None:
        """Write a line."""
        line = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.process.stdin.write(line + b"\n")

    def train(self, folder: Path, **options: Any) -> None:
        """Give it the digits to train."""
        task = {"task": "train", "document": str(DIGITS), "run_dir": str(folder), "epochs": FOREVER, "threads": 1}
        self.send(task | options)

    def command(self, name: str) -> None:
        """Give it a command."""
        self.send({"command": name})

    def until(self, *kinds: str) -> dict[str, Any]:
        """The next event of one of `kinds`."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            event = self.events.get(timeout=PATIENCE)
            assert event is not None, f"the worker ended before {kinds}: {self.seen[-3:]} {self.printed.decode()}"
            self.seen.append(event)
            if event["event"] in kinds:
                return event
        raise AssertionError(f"no {kinds}, only {[event['event'] for event in self.seen[-20:]]}")

    def rest(self) -> list[dict[str, Any]]:
        """The events up to the end of the process."""
        events = []
        while (event := self.events.get(timeout=PATIENCE)) is not None:
            events.append(event)
        self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        return events

    def ends_within(self, seconds: float) -> float:
        """How long it takes to end; fails if it takes longer."""
        started = time.monotonic()
        self.process.wait(seconds)
        return time.monotonic() - started


def alive(pid: int) -> bool:
    """Whether a process is there (and is no zombie)."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

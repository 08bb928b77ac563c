"""Run a task in the worker: pass its events on, let the user stop it, and say how it ended."""

from __future__ import annotations

import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from spikeloom.cli import console
from spikeloom.errors import RunError, SpikeloomError
from spikeloom.worker import (
    STOP_SECONDS,
    Course,
    EventDecoder,
    error_of,
    leave_in_log,
    mark_ended,
    what_is_kept,
    why_it_ended,
    worker_command,
)

POLL_SECONDS = 0.1
"""How soon a Ctrl-C is noticed."""

PRINTED = 16384  # bytes of what a worker prints that are kept, the last ones

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Display(Protocol):
    """Shows what happens."""

    def show(self, event: dict[str, Any]) -> None:
        """Show an event."""

    def note(self, text: str) -> None:
        """Show a line of text."""

    def close(self) -> None:
        """Leave the screen as it is."""


@dataclass
class Outcome:
    """How a task ended.

    Parameters
    ----------
    result
        The last event of a task that came to an end; None if it did not.
    error
        Why it failed.
    interrupted
        Whether the user ended it.
    forced
        Whether it had to be killed for that.
    stopped
        Whether the worker said that it stopped before there was a result.
    course
        How far it came, and its run's folder.
    """

    result: dict[str, Any] | None = None
    error: SpikeloomError | None = None
    interrupted: bool = False
    forced: bool = False
    stopped: bool = False
    course: Course = field(default_factory=Course)

    @property
    def exit_code(self) -> int:
        """Of the command."""
        if self.interrupted:
            return 130
        return self.error.exit_code if self.error else 0


def follow(task: dict[str, Any], display_of: Callable[[], Display]) -> Outcome:
    """Run `task` in a worker and show its events.

    Parameters
    ----------
    display_of
        Makes the display; called when the worker is on its way, since it may take its time.
    """
    outcome = Outcome()
    with _signals_counted() as count:
        worker = _Worker(task)
        display: Display | None = None
        try:
            display = display_of()
            _listen(worker, display, outcome, count)
        finally:
            worker.end()
            if display is not None:
                display.close()
    _judge(worker, outcome)
    return outcome


class _Worker:
    """The process, its events in a queue (None after the last one), and what it printed."""

    def __init__(self, task: dict[str, Any]) -> None:
        import json

        printed = None if console.wants_traceback() else subprocess.PIPE
        try:
            with _ctrl_c_held():
                self.process = subprocess.Popen(
                    worker_command(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=printed,
                    bufsize=0,
                    creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
                )
        except OSError as error:
            raise RunError(f"the worker does not start: {error.strerror}", place=worker_command()[0]) from None
        self.events: queue.SimpleQueue[dict[str, Any] | SpikeloomError | None] = queue.SimpleQueue()
        self.printed = bytearray()
        self._threads = [threading.Thread(target=self._read_events, args=(self.process.stdout,), daemon=True)]
        if self.process.stderr is not None:
            self._threads.append(threading.Thread(target=self._keep_print, args=(self.process.stderr,), daemon=True))
        for thread in self._threads:
            thread.start()
        self._write(json.dumps(task))

    def _write(self, line: str) -> None:
        assert self.process.stdin is not None
        with suppress(OSError):  # it is gone; the end of its events says so
            self.process.stdin.write(f"{line}\n".encode())

    def _read_events(self, stream: IO[bytes]) -> None:
        decoder = EventDecoder()
        try:
            while data := stream.read(1 << 16):
                for event in decoder.feed(data):
                    self.events.put(event)
        except SpikeloomError as error:
            self.events.put(error)
        self.events.put(None)

    def _keep_print(self, stream: IO[bytes]) -> None:
        while data := stream.read(1 << 12):
            self.printed += data
            del self.printed[:-PRINTED]

    def stop(self) -> None:
        self._write('{"command": "stop"}')

    def kill(self) -> None:
        with suppress(OSError):
            self.process.kill()

    def end(self) -> None:
        """Wait until the process has gone, which closing its input brings about."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(2 * STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
        for thread in self._threads:
            thread.join(1.0)


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Let a Ctrl-C wait until the worker is on its way.

    It reaches all processes of a terminal, and the worker, which inherits the wait, shall never die of it: it hears
    from us.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where a process group of its own does the same
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _signals_counted() -> Iterator[Callable[[], int]]:
    """Count the signals that ask for an end instead of obeying them; those that are ignored (nohup) stay ignored."""
    asked = 0

    def ask(*_: Any) -> None:
        nonlocal asked
        asked += 1

    before = {number: signal.getsignal(number) for number in SIGNALS}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, ask)
    try:
        yield lambda: asked
    finally:
        for number in heeded:
            signal.signal(number, before[number])


def _listen(worker: _Worker, display: Display, outcome: Outcome, count: Callable[[], int]) -> None:
    """Show events until there are no more; the first signal stops the worker, the second kills it."""
    obeyed = 0
    while True:
        if count() > obeyed == 0:
            obeyed = 1
            outcome.interrupted = True
            worker.stop()
            display.note("stopping; once more ends it at once")
        if count() > obeyed == 1:
            obeyed = 2
            outcome.forced = True
            worker.kill()
        try:
            event = worker.events.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        if event is None:
            return
        if isinstance(event, SpikeloomError):
            outcome.error = event
            worker.kill()
            return
        _take_note(event, outcome)
        display.show(event)


def _take_note(event: dict[str, Any], outcome: Outcome) -> None:
    outcome.course.hear(event)
    kind = event["event"]
    if kind == "result":
        outcome.result = event
    elif kind == "error" and event.get("kind") == "Stopped":
        outcome.interrupted = True
        outcome.stopped = True
    elif kind == "error":
        outcome.error = error_of(event)


def _judge(worker: _Worker, outcome: Outcome) -> None:
    """Make of an end without a last word what it was: forced by the user, or a death."""
    if outcome.result is not None:
        # A stop that came after the last epoch changed nothing; a stop from elsewhere is a stop all the same.
        stopped = outcome.result.get("result", {}).get("stopped")
        outcome.interrupted = bool(stopped)
        return
    if outcome.error is None and not outcome.stopped:
        if outcome.interrupted:
            outcome.forced = True
        else:
            outcome.error = why_it_ended(worker.process.returncode, outcome.course.doing)
    if outcome.course.folder is not None:
        mark_ended(outcome.course.folder, "stopped" if outcome.interrupted else "failed", outcome.error)
        if worker.printed and not outcome.interrupted:
            leave_in_log(outcome.course.folder, worker.printed.decode(errors="replace"))


def say_what_is_kept(outcome: Outcome, document: str) -> None:
    """After a run that did not come to its end: where it lies, and how to use what it has learned."""
    import shlex

    if outcome.course.folder is None or not outcome.course.folder.is_dir():
        return
    kept = what_is_kept(outcome.course.folder)
    if kept.checkpoint is None:
        console.note(f"  kept: the run folder {kept.folder}; no checkpoint had been written yet")
        return
    after = f"after epoch {kept.epoch}" if kept.epoch else "before the end of the first epoch"
    console.note(f"  kept: the run folder {kept.folder} with a checkpoint {after}")
    console.note(
        f"  evaluate it: spikeloom evaluate {shlex.quote(document)} --checkpoint {shlex.quote(str(kept.folder))}"
    )

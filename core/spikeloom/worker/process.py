"""What runs in the worker: it reads a task and commands, runs the task, and writes events.

The events have the standard output to themselves: whatever else prints goes to the standard error. The process ends
when the task does, when its parent is gone, or `STOP_SECONDS` after it was told to stop. What it writes, it writes
to a temporary file and renames, so that it may be ended at any moment.
"""

from __future__ import annotations

import dataclasses
import faulthandler
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from spikeloom.errors import RunError, SpikeloomError, UserError, nearest
from spikeloom.worker import STOP_SECONDS
from spikeloom.worker.commands import KNOWN, Commands, read_command
from spikeloom.worker.stream import encode_event

if TYPE_CHECKING:
    from spikeloom.run.control import Control

FAREWELL_SECONDS = 1.0
"""How long a worker whose parent is gone may take to end its run properly: checkpoint, run.json."""

NICENESS = 5  # of a worker in the background, so that the window stays smooth

TASKS = ("train", "evaluate", "export", "look", "download")


class EventWriter:
    """Writes events to a file descriptor, whole, from any thread.

    Parameters
    ----------
    descriptor
        Where to.
    on_broken
        Called once, when nobody reads any more; from then on events are dropped.
    """

    def __init__(self, descriptor: int, on_broken: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_broken = on_broken
        self._lock = threading.Lock()
        self._broken = False

    def __call__(self, event: Mapping[str, Any]) -> None:
        data = memoryview(encode_event(event))
        with self._lock:
            if self._broken:
                return
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
                return
            except OSError:
                self._broken = True
        self._on_broken()


def _leave(code: int) -> NoReturn:
    """End the process at once, without waiting for threads that read or compute."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    os._exit(code)


def main() -> NoReturn:
    """Run the worker."""
    faulthandler.enable()  # a crash says where, on standard error
    commands = Commands(lambda: _leave(1))
    stdin, stdout = _take_pipes()
    writer = EventWriter(stdout, on_broken=lambda: commands.stop(FAREWELL_SECONDS, gone=True))
    _heed_signals(commands)
    lines = _lines(stdin)
    first = next(lines, None)
    if first is None:
        _leave(0)
    threading.Thread(target=_read_commands, args=(lines, commands, writer), daemon=True).start()
    _leave(_perform(first, commands, writer))


def _take_pipes() -> tuple[int, int]:
    """Descriptors of our own for the parent's pipes; what else reads or prints in this process, gets neither."""
    stdin, stdout = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout


def _heed_signals(commands: Commands) -> None:
    """SIGINT and SIGHUP are the parent's to decide upon; SIGTERM is a stop, also while compiled code runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name != "posix":
        return
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # our parent may have held it back until now
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # Python calls handlers between two lines of the main thread, so a thread hears of the signal from a pipe.
    heard, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda number, frame: None)

    def listen() -> None:
        while os.read(heard, 1) != bytes([signal.SIGTERM]):
            pass
        commands.stop(STOP_SECONDS)

    threading.Thread(target=listen, daemon=True).start()


def _lines(descriptor: int) -> Iterator[bytes]:
    """The lines that arrive at a descriptor, until its other end is closed."""
    # A buffered file would hold a lock while it waits, and Python aborts when it exits then.
    rest = b""
    while True:
        try:
            data = os.read(descriptor, 65536)
        except OSError:
            return
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        yield from whole


def _read_commands(lines: Iterator[bytes], commands: Commands, writer: EventWriter) -> None:
    """Carry out commands until the parent is gone, and end the process then."""
    for line in lines:
        found = read_command(line)
        if found is None:
            writer({"event": "message", "text": f"a command was ignored; known are {KNOWN}", "level": "warning"})
        elif found[0] == "stop":
            commands.stop(STOP_SECONDS)
        else:
            commands.give(found[0], *found[1])
    commands.stop(FAREWELL_SECONDS, gone=True)


def _perform(line: bytes, commands: Commands, writer: EventWriter) -> int:
    """Run the task that a line describes; the exit code."""
    try:
        options = _task(line)
        if options.get("background") is True and hasattr(os, "nice"):
            os.nice(NICENESS)
        _run(options, commands, writer)
    except BaseException as error:
        return _report(error, writer)
    return 0


def _task(line: bytes) -> dict[str, Any]:
    try:
        options = json.loads(line)
    except (ValueError, RecursionError):
        raise UserError("the first line is no JSON", place="task") from None
    if not isinstance(options, dict) or not isinstance(options.get("task"), str):
        raise UserError('the first line is no task, such as {"task": "train", "document": "..."}', place="task")
    if options["task"] not in TASKS:
        raise UserError(f"no task '{options['task']}'{nearest(options['task'], TASKS)}", place="task")
    return options


def _run(options: dict[str, Any], commands: Commands, writer: EventWriter) -> None:
    # Here and not above: this loads numpy and pydantic, and commands are heard meanwhile.
    from spikeloom.run import tasks
    from spikeloom.run.control import Control

    control: Control = Control()
    if options["task"] == "export":
        _export(options, commands, writer, control)
        return
    commands.attach(control)
    control.on_linger(commands.spare)
    if options["task"] == "look":
        from spikeloom.run.looking import look

        look(options, writer, control)
        return
    getattr(tasks, options["task"])(options, writer, control)


def _export(options: dict[str, Any], commands: Commands, writer: EventWriter, control: Control) -> None:
    from spikeloom.worker.exporting import export_document

    control.on_interrupt(lambda: _leave(0))  # nobody waits for it any more, and it asks for no control
    commands.attach(control)
    export_document(options, writer)


def _report(error: BaseException, writer: EventWriter) -> int:
    """Tell the parent of an error; the exit code."""
    shown = error if isinstance(error, SpikeloomError) else _in_words(error)
    event = {"event": "error", **shown.as_dict()}
    problems = getattr(shown, "problems", None)
    if problems:
        event["problems"] = [dataclasses.asdict(problem) for problem in problems]
    writer(event)
    return shown.exit_code


def _in_words(error: BaseException) -> SpikeloomError:
    try:
        from spikeloom.run.failure import Defect, reported, where_it_arose
    except Exception:  # the installation is damaged: this cannot be imported either
        said = " ".join(str(error).split())[-200:]  # some packages print a page; the reason comes last
        message = f"Spikeloom cannot be loaded: {type(error).__name__}: {said}"
        return RunError(message, hint="Install it anew, or give it more memory.")
    shown = reported(error)
    if isinstance(shown, Defect):
        print(where_it_arose(error), file=sys.stderr)
    return shown

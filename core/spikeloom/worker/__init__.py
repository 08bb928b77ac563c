"""The worker: a process that runs one task, takes commands on its standard input and streams events back.

`process` is what runs in it (``python -m spikeloom.worker``). `stream` is how events travel, and `aftermath` what its
parent (the command line, the window) does about a worker that died. The parent's side imports neither numpy nor
pydantic, so that a window and a command start at once.

A parent starts `worker_command()` with pipes for standard input and output, and writes one line of JSON: the task
(``train``, ``evaluate`` or ``export``), ``{"task": "train", "document": "digits.snn", "epochs": 5}``. Further lines are
`commands`: ``{"command": "pause"}``, say, or ``{"command": "probe", "example": 7}`` to look at another example. Closing
the pipe, as a parent that is killed does, ends the worker. With ``"linger": true`` it stays after its result, holds the
network and does what it is told, until it is told to stop.
"""

from __future__ import annotations

import sys

from spikeloom.worker.aftermath import (
    Course,
    Kept,
    epoch_of,
    error_of,
    leave_in_log,
    mark_ended,
    what_is_kept,
    why_it_ended,
)
from spikeloom.worker.stream import EventDecoder, encode_event

STOP_SECONDS = 2.0
"""How long a worker that was asked to stop may go on, whatever its code does."""

__all__ = [
    "STOP_SECONDS",
    "Course",
    "EventDecoder",
    "Kept",
    "encode_event",
    "epoch_of",
    "error_of",
    "leave_in_log",
    "mark_ended",
    "what_is_kept",
    "why_it_ended",
    "worker_command",
]


def worker_command() -> list[str]:
    """The command line that starts a worker.

    With ``-P`` Python does not look for modules in the current folder, so a document may lie beside a ``numpy.py``.
    """
    return [sys.executable, "-P", "-m", "spikeloom.worker"]

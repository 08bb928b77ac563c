"""What a parent says to a worker while it works: a line of JSON each, and how it reaches the run.

``pause``, ``resume``, ``stop``; ``step`` (go on for one ``unit``, ``batch`` or ``epoch``, and hold then); ``probe``
(look at an ``example`` of a ``split``); ``watch`` (look at ``variables`` and ``weights``); ``set`` (a live parameter by
its ``path``, to a ``value``); ``evaluate`` (a ``split``, with the weights as they are); ``show`` (an example of a data
set that is looked at, `spikeloom.run.looking`).
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable
from typing import Any, Protocol


class Switches(Protocol):
    """What a command sets: `spikeloom.run.Control`."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    def step(self, unit: str) -> None: ...
    def probe(self, example: int, split: str | None = None) -> None: ...
    def watch(self, wanted: Any) -> None: ...
    def set(self, path: str, value: Any) -> None: ...
    def evaluate(self, split: str) -> None: ...
    def show(self, wanted: Any) -> None: ...


class Commands:
    """Carries commands to the run, also those that come before there is one to take them.

    Parameters
    ----------
    leave
        Ends the process at once.
    """

    def __init__(self, leave: Callable[[], object]) -> None:
        self._leave = leave
        self._lock = threading.Lock()
        self._waiting: list[tuple[str, tuple[Any, ...]]] = []
        self._control: Switches | None = None
        self._spared = threading.Event()
        self._gone = False

    def attach(self, control: Switches) -> None:
        """From now on commands go to `control`, first those that have waited."""
        with self._lock:
            self._control = control
            waiting, self._waiting = self._waiting, []
            for command, values in waiting:
                getattr(control, command)(*values)

    def give(self, command: str, *values: Any) -> None:
        """Carry out a command."""
        with self._lock:
            if self._control is None:
                self._waiting.append((command, values))
            else:
                getattr(self._control, command)(*values)

    def stop(self, seconds: float, *, gone: bool = False) -> None:
        """Stop the run, and end the process `seconds` from now whatever it does then.

        Parameters
        ----------
        gone
            Nobody is there any more to whom the worker could be of use.
        """
        self._gone = self._gone or gone
        spared = self._spared = threading.Event()
        threading.Thread(target=self._end_after, args=(seconds, spared), daemon=True).start()
        self.give("stop")

    def spare(self) -> None:
        """The run has stopped in time, and its network is still of use: the process goes on."""
        if not self._gone:
            self._spared.set()

    def _end_after(self, seconds: float, spared: threading.Event) -> None:
        if not spared.wait(seconds):
            self._leave()


def read_command(line: bytes) -> tuple[str, tuple[Any, ...]] | None:  # noqa: PLR0911 - a table, a command each
    """A command with its values, for `Commands.give`; None for what is none."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match message:
        case {"command": "pause" | "resume" | "stop" as command}:
            return command, ()
        case {"command": "step", "unit": "batch" | "epoch" as unit}:
            return "step", (unit,)
        case {"command": "probe", "example": example, **more} if type(example) is int and example >= 0:
            split = more.get("split")
            return ("probe", (example, split)) if split is None or isinstance(split, str) else None
        case {"command": "watch", **wanted}:
            return "watch", (wanted,)
        case {"command": "set", "path": str(path), "value": int() | float() as value} if math.isfinite(value):
            return "set", (path, value)
        case {"command": "evaluate", "split": str(split)}:
            return "evaluate", (split,)
        case {"command": "show", **wanted}:
            return "show", (wanted,)
    return None


KNOWN = "pause, resume, stop, step, probe, watch, set, evaluate, show"

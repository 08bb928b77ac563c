"""Pause, resume, step and stop, and what else is asked of a run from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

STEPS = ("batch", "epoch")


class Control:
    """What a run asks between chunks of work, and what a user (a button, a key, a signal) sets."""

    def __init__(self) -> None:
        self._going = threading.Event()
        self._going.set()
        self._stopped = False
        self._interrupts: list[Callable[[], None]] = []
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, Any], tuple[Any, ...]] = {}  # in the order in which they came
        self._handlers: dict[str, Callable[..., None]] = {}
        self._unit: str | None = None
        self._before_lingering: list[Callable[[], None]] = []

    # -- from outside ----------------------------------------------------------------------------------------------
    def pause(self) -> None:
        """Hold the run after the batch at hand."""
        self._unit = None
        self._going.clear()
        self._interrupt()

    def resume(self) -> None:
        """Go on."""
        self._unit = None
        self._go()

    def step(self, unit: str) -> None:
        """Go on for one of `STEPS`, and hold then; where nothing holds the run, it does after that one."""
        self._unit = unit
        self._go()

    def stop(self) -> None:
        """End the run after the batch at hand."""
        self._stopped = True
        self._interrupt()
        self._go()

    def request(self, kind: str, *values: Any, key: Any = None) -> None:
        """Ask for something that the run does between two chunks of work; of one kind and key the newest counts."""
        with self._lock:
            self._requests.pop((kind, key), None)
            self._requests[kind, key] = values
        self._woken.set()

    def probe(self, example: int, split: str | None = None) -> None:
        """Look at another example, now or, where the run does not hold, soon."""
        self.request("probe", example, split)

    def watch(self, wanted: Any) -> None:
        """Look at other variables and weights."""
        self.request("watch", wanted)

    def set(self, path: str, value: Any) -> None:
        """Change a parameter that may change while the network runs."""
        self.request("set", path, value, key=path)

    def evaluate(self, split: str) -> None:
        """Evaluate a split with the weights as they are."""
        self.request("evaluate", split, key=split)

    def show(self, wanted: Any) -> None:
        """Show an example of the data set that is looked at."""
        self.request("show", wanted)

    # -- from the run ----------------------------------------------------------------------------------------------
    @property
    def paused(self) -> bool:
        """Whether the run should hold."""
        return not self._going.is_set()

    @property
    def stopped(self) -> bool:
        """Whether the run should end."""
        return self._stopped

    @property
    def unit(self) -> str | None:
        """For what the run goes on before it holds: one of `STEPS`; None where it just goes on."""
        return self._unit

    def done(self, unit: str) -> None:
        """One of `STEPS` is done: hold, if that was what somebody wanted to see."""
        if self._unit is not None and unit in (self._unit, "epoch"):
            self._unit = None
            self._going.clear()

    def handle(self, kind: str, handler: Callable[..., None]) -> None:
        """Let `handler` do what is asked under the name `kind`, in the thread of the run."""
        self._handlers[kind] = handler

    def serve(self) -> None:
        """Do what was asked; what nobody handles yet has to wait."""
        with self._lock:
            mine = [key for key in self._requests if key[0] in self._handlers]
            found = [(key[0], self._requests.pop(key)) for key in mine]
        for kind, values in found:
            self._handlers[kind](*values)

    def wait(self) -> None:
        """Return when the run may go on (or should end); what is asked meanwhile is done in this thread."""
        while not self._going.is_set():
            self.serve()
            self._woken.wait()
            self._woken.clear()

    def linger(self) -> None:
        """After a run: do what is asked until somebody says stop."""
        self._stopped = False
        self.spare()
        while not self._stopped:
            self.serve()
            self._woken.wait()
            self._woken.clear()

    def spare(self) -> None:
        """The run has ended as it was told to and its network is still wanted: nobody need end the process."""
        for callback in self._before_lingering:
            callback()

    def on_linger(self, callback: Callable[[], None]) -> None:
        """Call `callback` when it is certain that a run will linger, and when it does."""
        self._before_lingering.append(callback)

    def on_interrupt(self, callback: Callable[[], None]) -> None:
        """Call `callback` when something is asked, so that long work ends early."""
        self._interrupts.append(callback)

    def _go(self) -> None:
        self._going.set()
        self._woken.set()

    def _interrupt(self) -> None:
        for callback in self._interrupts:
            callback()

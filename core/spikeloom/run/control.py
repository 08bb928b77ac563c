"""Pause, resume and stop, from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Control:
    """What a run asks between chunks of work, and what a user (a button, a key, a signal) sets."""

    def __init__(self) -> None:
        self._going = threading.Event()
        self._going.set()
        self._stopped = False
        self._interrupts: list[Callable[[], None]] = []
        self._woken = threading.Event()
        self._while_waiting: list[Callable[[], None]] = []
        self.example: int | None = None  # that somebody chose to look at

    def pause(self) -> None:
        """Hold the run after the batch at hand."""
        self._going.clear()
        self._interrupt()

    def resume(self) -> None:
        """Go on."""
        self._going.set()
        self._woken.set()

    def probe(self, example: int) -> None:
        """Look at another example, now or, where the run does not hold, soon."""
        self.example = example
        self._woken.set()

    def stop(self) -> None:
        """End the run after the batch at hand."""
        self._stopped = True
        self._interrupt()
        self._going.set()
        self._woken.set()

    @property
    def paused(self) -> bool:
        """Whether the run should hold."""
        return not self._going.is_set()

    @property
    def stopped(self) -> bool:
        """Whether the run should end."""
        return self._stopped

    def wait(self) -> None:
        """Return when the run may go on (or should end); what may be done meanwhile is done in this thread."""
        while not self._going.is_set():
            self._woken.wait()
            self._woken.clear()
            if not self._going.is_set():
                for callback in self._while_waiting:
                    callback()

    def while_waiting(self, callback: Callable[[], None]) -> None:
        """Call `callback` in the thread that waits, whenever something was asked that does not end the wait."""
        self._while_waiting.append(callback)

    def on_interrupt(self, callback: Callable[[], None]) -> None:
        """Call `callback` when something is asked, so that long work ends early."""
        self._interrupts.append(callback)

    def _interrupt(self) -> None:
        for callback in self._interrupts:
            callback()

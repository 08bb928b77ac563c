"""What is told of a build, which takes its time, and how it is stopped."""

from __future__ import annotations

import time

from spikeloom.run.control import Control
from spikeloom.run.events import Listener

STAGE_SECONDS = 0.25  # between two words about a build


class Building:
    """A build that goes on, from here to `done`.

    Parameters
    ----------
    backend
        The name of what builds.
    """

    def __init__(self, backend: str, listener: Listener, control: Control) -> None:
        self.listener, self.control = listener, control
        self.listener({"event": "build", "state": "started", "backend": backend})
        self._began = self._told = time.perf_counter()

    def cancelled(self) -> bool:
        """Whether to stop; asked again and again while a compiler is at work."""
        now = time.perf_counter()
        if now - self._told > STAGE_SECONDS:
            self._told = now
            words = {"text": "Compiling the simulator", "seconds": now - self._began}
            self.listener({"event": "build", "state": "stage", **words})
        return self.control.stopped

    def tell(self, text: str) -> None:
        """Pass on what a backend says of what it builds."""
        self.listener({"event": "message", "text": text, "level": "info"})

    def done(self) -> None:
        """Tell that it is built."""
        self.listener({"event": "build", "state": "done", "seconds": time.perf_counter() - self._began})

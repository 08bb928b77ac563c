"""Steps through a run: a timestep of the example that is shown, the next example, one batch, one epoch."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from spikeloom_app.runs.controller import RunController


class Stepping(QObject):
    """Takes a run a step further.

    Parameters
    ----------
    controller
        Whose run it is.

    Attributes
    ----------
    timestep_wanted
        Signal with 1 or -1: the play head shall move so many timesteps through the example that is shown.
    run_wanted
        Signal with ``batch`` or ``epoch``: nothing runs, so a run shall begin and hold after one of them.
    """

    timestep_wanted = Signal(int)
    run_wanted = Signal(str)

    def __init__(self, controller: RunController) -> None:
        super().__init__(controller)
        self._controller = controller
        self._examples = 0  # of the split that is looked at; 0: none has been shown
        controller.shown.connect(self._hear)

    @property
    def has_example(self) -> bool:
        """Whether an example is shown that one can go through."""
        return self._examples > 0

    @property
    def can_look(self) -> bool:
        """Whether there is a network to show another example to."""
        return self.has_example and self._controller.answers

    def step_time(self, timesteps: int) -> None:
        """Move through the example that is shown."""
        if self.has_example:
            self.timestep_wanted.emit(timesteps)

    def step_example(self, by: int) -> None:
        """Show the example after (or before) the one that is shown; after the last comes the first."""
        if self.can_look:
            self._controller.show_example((self._controller.example + by) % self._examples, self._controller.split)

    def step(self, unit: str) -> None:
        """Train for one ``batch`` or to the end of an ``epoch``, and hold."""
        if self._controller.state == "idle":
            self.run_wanted.emit(unit)
        else:
            self._controller.step(unit)

    def forget(self) -> None:
        """No example is shown any more."""
        self._examples = 0

    def _hear(self, event: Any) -> None:
        if event["event"] == "example":
            self._examples = int(event.get("examples") or 0)

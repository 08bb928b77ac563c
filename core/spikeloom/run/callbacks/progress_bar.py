"""How training goes on, in a terminal or a notebook."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

from spikeloom.run.callbacks.callback import Callback, Logs

SHOWN = ("loss", "accuracy", "validation_loss", "validation_accuracy")
LINE_SECONDS = 0.2  # between two lines in a notebook


class ProgressBar(Callback):
    """A bar over all epochs, with figures and the time that is left; in a notebook a line with the same figures."""

    def on_train_begin(self, logs: Logs) -> None:
        """Draw it."""
        self._held: dict[str, float] = {}
        # A hook of batches would make training stop after each of them: what events tell serves as well.
        listener = self.model.session.listener
        self._others, listener.listener = listener.listener, self._hear
        self._in_notebook, self._told = "ipykernel" in sys.modules, 0.0
        if not self._in_notebook:  # where a bar needs widgets that may not be there
            self._draw()

    def _draw(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[figures]}"))
        self.progress = Progress(*columns, TimeRemainingColumn())
        first, last = self.model.session.epoch, int(self.params["epochs"])
        self._first = first
        self._task = self.progress.add_task(f"epoch {first}/{last}", total=last - first, figures="")
        self.progress.start()

    def _hear(self, event: dict[str, Any]) -> None:
        self._others(event)
        if event["event"] == "progress":
            self._show(event["epoch"] - 1 + event["fraction"], event["epoch"], self._held | event)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Show the figures of the epoch."""
        self._held = {name: value for name, value in logs.items() if name.startswith("validation_")}
        self._show(epoch + 1, epoch + 1, logs)

    def _show(self, done: float, epoch: int, figures: Any) -> None:
        known = {name: figures[name] for name in SHOWN if math.isfinite(figures.get(name, math.nan))}
        words = "  ".join(f"{name} {value:.4f}" for name, value in known.items())
        text = f"epoch {epoch}/{self.params['epochs']}"
        if self._in_notebook:
            self._say(f"{text}  {words}", last=epoch == self.params["epochs"])
            return
        self.progress.update(self._task, description=text, completed=done - self._first, figures=words)

    def _say(self, line: str, *, last: bool) -> None:
        """Write over the line before, not more often than anybody can read."""
        if last or time.monotonic() - self._told > LINE_SECONDS:
            self._told = time.monotonic()
            print(f"\r{line}", end="", flush=True)

    def close(self) -> None:
        """Leave it as it is."""
        if getattr(self, "_in_notebook", False):
            print()
        if hasattr(self, "progress"):
            self.progress.stop()

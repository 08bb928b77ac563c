"""How training goes on, in a terminal or a notebook."""

from __future__ import annotations

import math
from typing import Any

from spikeloom.run.callbacks.callback import Callback, Logs

SHOWN = ("loss", "accuracy", "validation_loss", "validation_accuracy")


class ProgressBar(Callback):
    """A bar over all epochs, with figures and the time that is left."""

    def on_train_begin(self, logs: Logs) -> None:
        """Draw it."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[figures]}"))
        self.progress = Progress(*columns, TimeRemainingColumn())
        first, last = self.model.session.epoch, int(self.params["epochs"])
        self._first = first
        self._task = self.progress.add_task(f"epoch {first}/{last}", total=last - first, figures="")
        self._held: dict[str, float] = {}
        # A hook of batches would make training stop after each of them: what events tell serves as well.
        listener = self.model.session.listener
        self._others, listener.listener = listener.listener, self._hear
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
        self.progress.update(self._task, description=text, completed=done - self._first, figures=words)

    def close(self) -> None:
        """Leave it as it is."""
        if hasattr(self, "progress"):
            self.progress.stop()

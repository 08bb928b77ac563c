"""A run's figures as event files for TensorBoard, beside everything else in its folder.

They are an extra: whatever keeps them from being written (a full disk, a package that is missing) is said once, as a
message, and the run goes on.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from spikeloom.run.events import Listener

FOLDER = "tensorboard"
BATCH_SECONDS = 0.1  # between two figures of batches
FLUSH_SECONDS = 2.0  # between two times that they are brought to the disk
_EPOCH = {
    "loss": "loss/training",
    "validation_loss": "loss/validation",
    "accuracy": "accuracy/training",
    "validation_accuracy": "accuracy/validation",
    "learning_rate": "learning_rate",
}
_BATCH = {"batch_loss": "batch/loss", "batch_accuracy": "batch/accuracy"}


class EventFiles:
    """A listener that writes figures to event files and hands every event on.

    Figures of epochs lie over the epoch, those of batches over the number of batches.

    Parameters
    ----------
    folder
        Of the run.
    listener
        Who else hears the events.
    """

    def __init__(self, folder: Path, listener: Listener) -> None:
        self._folder = folder / FOLDER
        self._listener = listener
        self._writer: Any = None
        self._broken = False
        self._next_batch = self._next_flush = 0.0

    def __call__(self, event: dict[str, Any]) -> None:
        self._listener(event)
        kind = event["event"]
        if kind == "epoch":
            figures = {tag: event.get(name) for name, tag in _EPOCH.items()}
            rates = event.get("rates") or {}
            figures |= {f"rate/{name}": rate for name, rate in rates.items()}
            for part, key in (("training", "metrics"), ("validation", "validation_metrics")):
                figures |= {f"{name.replace(':', '/')}/{part}": v for name, v in (event.get(key) or {}).items()}
            self._add(figures, event["epoch"])
        elif kind == "progress" and "step" in event and time.monotonic() >= self._next_batch:
            self._next_batch = time.monotonic() + BATCH_SECONDS
            self._add({tag: event.get(name) for name, tag in _BATCH.items()}, event["step"])

    def close(self) -> None:
        """Bring to the disk what is not there yet."""
        writer, self._writer, self._broken = self._writer, None, True
        if writer is not None:
            with suppress(OSError):
                writer.close()

    def _add(self, figures: dict[str, Any], step: int) -> None:
        if self._broken:
            return
        try:
            self._write({tag: float(value) for tag, value in figures.items() if value is not None}, step)
        except Exception as error:  # whatever it is, the run is worth more
            self.close()
            reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
            text = f"the event files for TensorBoard are not written any more ({reason}); the run goes on"
            self._listener({"event": "message", "level": "warning", "text": text})

    def _write(self, figures: dict[str, float], step: int) -> None:
        # Late: it takes a fifth of a second, and a command that fails at once has no use for it.
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto import event_pb2, summary_pb2

        known = {tag: value for tag, value in figures.items() if math.isfinite(value)}
        if not known:
            return
        if self._writer is None:
            self._folder.mkdir(exist_ok=True)
            # Not its `SummaryWriter`: that writes in a thread, and hangs where the thread died of a full disk.
            self._writer = EventsWriter(str(self._folder / "events"))
        values = [summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag, value in known.items()]
        summary = summary_pb2.Summary(value=values)
        self._writer.write_event(event_pb2.Event(wall_time=time.time(), step=step, summary=summary))
        if time.monotonic() >= self._next_flush:
            self._writer.flush()
            self._next_flush = time.monotonic() + FLUSH_SECONDS

"""How far a run has come, on standard error: a progress bar on a terminal, some plain lines elsewhere."""

from __future__ import annotations

import math
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from spikeloom.cli import console
from spikeloom.cli.follow import Display

if TYPE_CHECKING:
    from rich.progress import Progress

LINES = 20
"""About how many epochs are told as plain lines."""

WIDE = 110
"""Columns of a terminal from which on words need no abbreviation."""

SILENCE_SECONDS = 10.0
"""After how long without a line one tells of the epoch at hand; the next waits twice as long."""


def display_for(title: str) -> Display:
    """The display that standard error can show.

    Parameters
    ----------
    title
        What is done: ``training digits``.
    """
    if sys.stderr.isatty() and os.environ.get("TERM", "") != "dumb":
        return Bar(title)
    return Lines(title)


class Lines:
    """A line per epoch, or per few epochs."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._last: dict[str, Any] = {}
        self._patience = SILENCE_SECONDS
        self._told = time.monotonic()

    def show(self, event: dict[str, Any]) -> None:
        """Print a line if this event is worth one."""
        kind = event["event"]
        if kind == "started":
            self.note(f"{self._title}: {event['examples']} examples, {event['epochs']} epochs, seed {event['seed']}")
            self.note(f"run folder: {event['run']}")
        elif kind == "progress":
            self._last = event
            if time.monotonic() - self._told > self._patience:
                self._patience *= 2
                self.note(f"epoch {event['epoch']}/{event['epochs']} at {event['fraction']:.0%}  {_figures(event)}")
        elif kind == "epoch":
            every = math.ceil(event["epochs"] / LINES)
            if event["epoch"] in {1, event["epochs"]} or event["epoch"] % every == 0:
                speed = {key: self._last.get(key) for key in ("examples_per_second", "remaining")}
                self.note(f"epoch {event['epoch']}/{event['epochs']}  {_figures(event | speed)}")
        elif kind == "download":
            at, before = (event["file"], event["doing"]), (self._last.get("file"), self._last.get("doing"))
            if at != before or time.monotonic() - self._told > self._patience:
                self._patience *= 2 if at == before else 1
                self.note(f"{_file(event)}  {_bytes(event)}".rstrip())
            self._last = event
        elif kind == "message":
            self.note(_message(event))

    def note(self, text: str) -> None:
        """Print a line."""
        self._told = time.monotonic()
        console.note(text)

    def close(self) -> None:
        """Do nothing: what is printed is printed."""


class Bar:
    """A bar over all epochs with the figures of the moment."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        # Texts are ours or the user's; markup in them would be read as colours.
        self._progress: Progress = Progress(
            SpinnerColumn(finished_text=" "),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[figures]}", markup=False),
            console=Console(stderr=True, highlight=False, markup=False, emoji=False),
            expand=True,
        )
        self._title = title
        self._has_figures = False
        self._held: dict[str, Any] = {}  # what is known of the validation examples
        self._short = self._progress.console.width < WIDE
        self._task = self._progress.add_task(title, total=None, figures="")
        self._progress.start()

    def show(self, event: dict[str, Any]) -> None:
        """Move the bar."""
        kind = event["event"]
        if kind == "build" and event.get("state") == "started":
            self._update("building the simulator")
        elif kind == "build":
            self._update(self._title)
        elif kind == "progress":
            done = event["epoch"] - 1 + event["fraction"]
            self._update(
                f"epoch {event['epoch']}/{event['epochs']}",
                total=event["epochs"],
                completed=done,
                figures=_figures(event | self._held, short=self._short),
            )
            if not self._has_figures:  # the first ones at once, not with the next frame
                self._has_figures = True
                self._progress.refresh()
        elif kind == "evaluating":
            figures = console.figures(event, 3) if "accuracy" in event else ""
            self._update("evaluating", total=1.0, completed=event["fraction"], figures=figures)
        elif kind == "epoch":
            self._held = {"validation_accuracy": event.get("validation_accuracy")}
            self._update(f"epoch {event['epoch']}/{event['epochs']}", total=event["epochs"], completed=event["epoch"])
        elif kind == "download":
            total, have = event["total"] or None, event["bytes"]
            self._update(_file(event), total=total, completed=have, figures=_bytes(event))
        elif kind == "message":
            self.note(_message(event))
        elif kind in {"paused", "resumed"}:
            self._update(kind)

    def _update(self, description: str, **values: Any) -> None:
        self._progress.update(self._task, description=description, **values)

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(text, soft_wrap=True)

    def close(self) -> None:
        """Leave the bar as it is."""
        self._progress.stop()


def _figures(event: dict[str, Any], *, short: bool = False) -> str:
    """Loss, accuracy, speed and time left, as far as they are known."""
    accuracy, validation, speed = ("acc", "val", "ex/s") if short else ("accuracy", "validation", "examples/s")
    parts = [f"loss {console.number(event.get('loss'))}"]
    if event.get("accuracy") is not None:
        parts.append(f"{accuracy} {console.number(event['accuracy'], 3)}")
    if event.get("validation_accuracy") is not None:
        parts.append(f"{validation} {console.number(event['validation_accuracy'], 3)}")
    if event.get("examples_per_second"):
        parts.append(f"{event['examples_per_second']:,.0f} {speed}")
    if event.get("remaining") is not None:
        parts.append(f"{console.duration(event['remaining'])} left")
    return "  ".join(parts)


def _file(event: dict[str, Any]) -> str:
    """What is done with which file of a data set."""
    return f"{event['doing']} {event['file']} ({event['number']}/{event['files']})"


def _bytes(event: dict[str, Any]) -> str:
    """How much of a file there is, and how long the rest takes."""
    if not event["bytes"]:
        return ""
    parts = [f"{event['bytes'] / 1e6:,.1f}" + (f" of {event['total'] / 1e6:,.1f} MB" if event["total"] else " MB")]
    if event.get("remaining") is not None and event["bytes"] < event["total"]:
        parts.append(f"{console.duration(event['remaining'])} left")
    return "  ".join(parts)


def _message(event: dict[str, Any]) -> str:
    level = event.get("level")
    return f"{level}: {event['text']}" if level else str(event["text"])

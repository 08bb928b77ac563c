"""A run as a row of the list: its figures and its state in the words of the window. Nothing here imports Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from spikeloom.history import EVALUATION, Run, metrics, read
from spikeloom_app import wording

STATUS_WORDS = {
    "running": "running",
    "done": "done",
    "stopped": "stopped",
    "failed": "failed",
    "lost": "ended without a word",
}
_CURVES = ("validation_accuracy", "accuracy", "validation_loss", "loss")
_SPLITS = ("test", "validation", "train")
SPLIT_WORDS = {"test": "test", "validation": "validation", "train": "training"}
_FILES = ("run.json", "label.json", "metrics.csv")
MOST_POINTS = 120  # of a curve in a row, which is some 60 px wide


@dataclass(frozen=True)
class Entry:
    """A run with what its row shows.

    Parameters
    ----------
    curve
        A figure per epoch, of the quantity that says most.
    state
        What its files were like when they were read (`state_of`).
    """

    run: Run
    curve: tuple[float, ...]
    state: tuple[Any, ...]

    @property
    def key(self) -> str:
        """What it is told apart by: its folder."""
        return str(self.run.folder)

    @property
    def status(self) -> str:
        """Its state in words."""
        return STATUS_WORDS[self.run.status]

    @property
    def figure(self) -> str:
        """The figure that says most: ``95.5 %``, or a loss where there are no classes; a dash where there is none."""
        name, split = _most_telling(self.run)
        if not split:
            return "–"
        value = self.run.final[split][name]
        return wording.percent(value) if name == "accuracy" else wording.figure(value)

    @property
    def figure_words(self) -> str:
        """What that figure is: ``test accuracy``."""
        name, split = _most_telling(self.run)
        if not split:
            return "no figures yet" if self.run.status == "running" else "no figures"
        return f"{SPLIT_WORDS[split]} {name}"

    @property
    def is_evaluation(self) -> bool:
        """Whether nothing was trained, so that there are no curves."""
        return self.run.kind == EVALUATION

    @property
    def kind(self) -> str:
        """``training``, or ``evaluation on the test examples``."""
        if not self.is_evaluation:
            return "training"
        return f"evaluation on the {SPLIT_WORDS.get(self.run.split, self.run.split)} examples"

    @property
    def below(self) -> str:
        """The second line: when, how long, how many epochs or on which examples."""
        run = self.run
        if self.is_evaluation:
            said = f"{SPLIT_WORDS.get(run.split, run.split)} evaluation"
            stopped = [self.status] if run.status in ("failed", "lost", "stopped") else []
            return " · ".join([*stopped, said, when(run.started), wording.duration(run.seconds)])
        epochs = wording.counted(run.epochs, "epoch")
        words = [when(run.started), wording.duration(run.seconds), epochs]
        return " · ".join([self.status, *words[:2]] if run.status in ("failed", "lost") else words)

    @property
    def spoken(self) -> str:
        """All of it, for a screen reader."""
        pinned = ["pinned"] if self.run.pinned else []
        return ", ".join([self.run.name, self.status, f"{self.figure_words} {self.figure}", self.below, *pinned])


def read_entry(folder: Path, known: Entry | None = None) -> Entry | None:
    """The entry of a run folder, or `known` where nothing of it has changed; None for what is no run."""
    state = state_of(folder)
    if known is not None and known.state == state and known.run.status != "running":
        return known
    run = read(folder)
    if run is None:
        return None
    columns = metrics(run, MOST_POINTS)
    found = (columns[name] for name in _CURVES if any(map(math.isfinite, columns.get(name, []))))
    return Entry(run, tuple(next(found, [])), state)


def state_of(folder: Path) -> tuple[Any, ...]:
    """What tells that a file of a run is another one."""
    found = []
    for name in _FILES:
        try:
            stat = (folder / name).stat()
            found.append((stat.st_mtime_ns, stat.st_size))
        except OSError:
            found.append((0, 0))
    return tuple(found)


def when(moment: datetime) -> str:
    """``today 14:05``, ``yesterday 9:30``, ``3 Nov 14:05``, ``3 Nov 2025``."""
    local, now = moment.astimezone(), datetime.now().astimezone()
    days = (now.date() - local.date()).days
    if days in (0, 1):
        return f"{'yesterday' if days else 'today'} {local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}" if local.year == now.year else f"{local.day} {local:%b %Y}"


def _most_telling(run: Run) -> tuple[str, str]:
    for name in ("accuracy", "loss"):
        for split in _SPLITS:
            if name in run.final.get(split, {}):
                return name, split
    return "", ""

"""A run as its folder tells of it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from spikeloom.history.figures import columns_of
from spikeloom.history.processes import is_running

FACTS, LABEL, METRICS = "run.json", "label.json", "metrics.csv"
LOST = "lost"
TRAINING, EVALUATION = "train", "evaluate"
STATUSES = ("running", "done", "stopped", "failed", LOST)
_FIGURES = ("loss", "accuracy")
_LARGEST = 2**24  # bytes of a file of facts; a larger one is not ours


@dataclass(frozen=True)
class Parent:
    """Where a run began, if not with first weights.

    Parameters
    ----------
    run
        The folder of the other run; None where the checkpoint lay elsewhere.
    checkpoint
        The checkpoint or run folder that was given.
    resumed
        Whether training went on there; else it began anew with the weights.
    epoch
        After how many epochs the checkpoint was taken.
    """

    run: Path | None
    checkpoint: Path
    resumed: bool
    epoch: int


@dataclass(frozen=True)
class Run:
    """A run.

    Parameters
    ----------
    folder
        All of it.
    facts
        What the run itself wrote (``run.json``).
    label
        What the user said of it (``label.json``).
    status
        ``running``, ``done``, ``stopped``, ``failed``, or ``lost``: it ended without a word.
    """

    folder: Path
    facts: dict[str, Any]
    label: dict[str, Any]
    status: str

    @property
    def name(self) -> str:
        """The title that the user gave, else that of the document, else the name of its file."""
        titles = (self.label.get("title"), self.facts.get("title"), self.facts.get("document"), self.folder.name)
        return next(title for title in titles if isinstance(title, str) and title)

    @property
    def kind(self) -> str:
        """``train`` or ``evaluate``."""
        return EVALUATION if self.facts.get("kind") == EVALUATION else TRAINING

    @property
    def split(self) -> str:
        """Which examples an evaluation saw: ``test``; empty for a training."""
        return str(self.facts.get("split") or "") if self.kind == EVALUATION else ""

    @property
    def pinned(self) -> bool:
        """Whether the user wants it on top."""
        return self.label.get("pinned") is True

    @property
    def started(self) -> datetime:
        """When it began, in universal time."""
        return _time(self.facts.get("started")) or datetime.fromtimestamp(0, UTC)

    @cached_property
    def ended(self) -> datetime | None:
        """When it ended, of a lost one when it was last heard of; None for one that goes on."""
        if self.status == "running":
            return None
        return _time(self.facts.get("ended")) or self._last_sign

    @property
    def _last_sign(self) -> datetime:
        times = [self.started.timestamp()]
        for name in (METRICS, "log.txt", FACTS):
            try:
                times.append((self.folder / name).stat().st_mtime)
            except OSError:
                continue
        return datetime.fromtimestamp(max(times), UTC)

    @property
    def seconds(self) -> float:
        """How long it took, or has taken until now."""
        known = _number(self._result.get("seconds"))
        if known is not None:
            return known
        return max(0.0, ((self.ended or datetime.now(UTC)) - self.started).total_seconds())

    @property
    def seed(self) -> int | None:
        """Of the first weights and of the order of examples."""
        seed = self.facts.get("seed")
        return seed if type(seed) is int else None

    @property
    def backend(self) -> str:
        """What it ran on."""
        return str(self.facts.get("backend") or "")

    @property
    def versions(self) -> dict[str, str]:
        """Package -> version of what its figures depend on."""
        return {str(name): str(version) for name, version in _dict(self.facts.get("versions")).items()}

    @cached_property
    def final(self) -> dict[str, dict[str, float]]:
        """``train``, ``validation``, ``test`` -> ``loss``, ``accuracy``, as far as there are any."""
        if self.kind == EVALUATION:
            found = {self.split: _figures(self._result)}
        elif self._result:
            found = {split: _figures(_dict(self._result.get(split))) for split in ("train", "validation", "test")}
        else:  # it has not come to its end: the last epoch says how far it came
            last = self._last
            held = {name: last.get(f"validation_{name}") for name in _FIGURES}
            found = {"train": _figures(last), "validation": _figures(held)}
        return {split: figures for split, figures in found.items() if figures}

    @cached_property
    def epochs(self) -> int:
        """After how many epochs its weights are, those of the runs that it goes on from included."""
        if self.kind == EVALUATION:
            return self.parent.epoch if self.parent is not None else 0
        known = self._result.get("epochs")
        if type(known) is int:
            return known
        done = _number(self._last.get("epoch"))
        if done is not None:
            return int(done)
        return self.parent.epoch if self.parent is not None and self.parent.resumed else 0

    @property
    def parent(self) -> Parent | None:
        """Where it began, if not with first weights."""
        found = _dict(self.facts.get("parent"))
        if not isinstance(found.get("checkpoint"), str):
            return None
        epoch, run = found.get("epoch"), found.get("run")
        folder = Path(run) if isinstance(run, str) and run else None
        resumed = found.get("resumed") is True
        return Parent(folder, Path(found["checkpoint"]), resumed, epoch if type(epoch) is int else 0)

    @property
    def error(self) -> dict[str, str]:
        """``message``, ``place`` and ``hint`` of what it failed of; empty for one that did not fail."""
        found = _dict(self.facts.get("error"))
        return {key: str(found.get(key) or "") for key in ("message", "place", "hint")} if found else {}

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The parameters that were moved while it ran: ``path``, ``old``, ``value``, ``epoch``, ``step``."""
        found = self.facts.get("live")
        return [dict(change) for change in found if isinstance(change, dict)] if isinstance(found, list) else []

    @property
    def document(self) -> Path:
        """The document as it ran."""
        return self.folder / "document.snn"

    @property
    def base(self) -> Path | None:
        """The folder to which its document names the files of its data set; None where it was never saved."""
        found = self.facts.get("base")
        return Path(found) if isinstance(found, str) and found else None

    @property
    def checkpoints(self) -> list[Path]:
        """Its checkpoints: the last one, the best one, then those of single epochs."""
        try:
            found = sorted((self.folder / "checkpoints").glob("*.safetensors"))
        except OSError:
            return []
        return sorted(found, key=lambda path: (path.stem != "last", path.stem != "best"))

    @property
    def monitor(self) -> str:
        """The figure by which its best epoch was chosen; empty where none was."""
        return str(self._result.get("monitor") or "")

    @property
    def best(self) -> tuple[int, float] | None:
        """Its best epoch by `monitor`, and the figure of that epoch."""
        epoch, value = self._result.get("best_epoch"), _number(self._result.get("best"))
        return (epoch, value) if type(epoch) is int and value is not None else None

    @property
    def stopped_early(self) -> bool:
        """Whether training ended because nothing got better."""
        return self._result.get("stopped_early") is True

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        """Split -> the numbers of the experiment's metrics, by name; what is no number is in `facts` alone."""
        found = {str(split): _dict(figures) for split, figures in _dict(self._result.get("metrics")).items()}
        known = {split: {n: _number(v) for n, v in figures.items()} for split, figures in found.items()}
        return {split: {n: v for n, v in figures.items() if v is not None} for split, figures in known.items()}

    @property
    def _result(self) -> dict[str, Any]:
        return _dict(self.facts.get("result"))

    @cached_property
    def _last(self) -> dict[str, float]:
        """The figures of the last epoch."""
        return {name: values[-1] for name, values in metrics(self, most=1).items() if values}


def read(folder: Path) -> Run | None:
    """The run that a folder holds; None for a folder that is damaged or holds something else."""
    facts = _read_json(folder / FACTS)
    if facts is None or facts.get("status") not in STATUSES or _time(facts.get("started")) is None:
        return None
    status = facts["status"]
    if status == "running":
        pid, birth = facts.get("pid"), facts.get("birth")
        if type(pid) is not int or not is_running(pid, birth if isinstance(birth, str) else ""):
            status = LOST
    return Run(folder.absolute(), facts, _read_json(folder / LABEL) or {}, status)


def metrics(run: Run, most: int | None = None) -> dict[str, list[float]]:
    """The columns of a run's ``metrics.csv``, a figure per epoch; NaN where there was none.

    Parameters
    ----------
    most
        About so many epochs, spread over the run, with the last one: soon read, however long the run was.
    """
    return columns_of(run.folder / METRICS, most)


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _figures(values: dict[str, Any]) -> dict[str, float]:
    numbers = {name: _number(values.get(name)) for name in _FIGURES}
    return {name: value for name, value in numbers.items() if value is not None}


def _number(value: Any) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if known else None


def _time(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)

"""The folder that a run owns: document as it ran, metrics, checkpoints, log, versions, result, picture of curves."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import platform
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.errors import RunError, SpikeloomError, UserError
from spikeloom.history import default_runs_folder
from spikeloom.history.processes import birth_of
from spikeloom.run.checkpoints import save_checkpoint, write_atomically
from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.event_files import FOLDER as EVENT_FILES
from spikeloom.run.failure import Defect, where_it_arose
from spikeloom.spec import Document

MOST_HISTORY = 4096  # epochs that are kept for the picture
_COLUMNS = ("epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "seconds")
_LATER_COLUMNS = ("step", "elapsed", "learning_rate")


class RunFolder:
    """A new run's folder.

    Parameters
    ----------
    path
        The folder; None: a new one, named after the document and the time, in `default_runs_folder`.

    Raises
    ------
    UserError
        If the folder already holds a run or anything else; nothing of it is touched.
    RunError
        If it cannot be written, or is a file.
    """

    def __init__(self, path: Path | None, name: str) -> None:
        self.history: list[EpochMetrics] = []
        self._facts: dict[str, Any] = {}
        self._last_checkpoint = self._last_best = 0.0
        self._best_epoch = 0
        self._more_columns: list[str] = []  # of the table, after those that every run has
        self._epochs_kept: list[Path] = []
        try:
            if path is None:
                self.path, self._is_new = _fresh_folder(name), True
            else:
                self.path, self._is_new = path.absolute(), not path.exists()
                self.path.mkdir(parents=True, exist_ok=True)
            occupied = any(self.path.iterdir())
        except OSError as error:
            raise _not_writable(path or default_runs_folder(), error) from None
        try:
            if not occupied:
                (self.path / "checkpoints").mkdir()
        except FileExistsError:  # another run took the folder just now
            occupied = True
        except OSError as error:
            raise _not_writable(self.path, error) from None
        if occupied:
            raise UserError(
                "the folder is not empty, and a run never overwrites anything",
                place=str(self.path),
                hint="choose a new folder with --run-dir",
            )

    # -- contents ----------------------------------------------------------------------------------------------
    def begin(self, document: Document, /, **facts: Any) -> None:
        """Write the document as it runs and the facts that reproduce it."""
        document.save(self.path / "document.snn")
        self._facts = {
            "status": "running",
            "pid": os.getpid(),
            "birth": birth_of(os.getpid()),
            "title": document.title or "",
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": versions(),
            **self._facts,
            **facts,
        }
        self._write_facts()

    def note(self, **facts: Any) -> None:
        """Add to what `run.json` says, from the next time on that it is written."""
        self._facts |= facts

    def end(self, status: str, **facts: Any) -> None:
        """Say how the run ended: ``done``, ``stopped`` or ``failed``."""
        self._facts |= {"status": status, "ended": datetime.now(UTC).isoformat(timespec="seconds"), **facts}
        self._write_facts()

    def note_live(self, event: dict[str, Any]) -> None:
        """Write down that a parameter moved while the network ran; of one that moves afterwards only the log tells."""
        unit = f" {event['unit']}" if event["unit"] else ""
        what = f"{event['path']}: {event['old']:g} -> {event['value']:g}{unit}"
        if self._facts.get("status") != "running":
            with suppress(RunError):  # the run may have been deleted meanwhile
                self.log(f"after the run {what}")
            return
        moved = {key: event[key] for key in ("path", "old", "value", "epoch", "step")}
        self._facts.setdefault("live", []).append(moved)
        self.log(f"{what} in epoch {event['epoch'] + 1}, step {event['step']}")
        self._write_facts()

    def fail(self, error: BaseException, shown: SpikeloomError, status: str = "failed") -> None:
        """Say how the run failed, as far as the folder can still be written.

        Parameters
        ----------
        error
            What was raised; of a defect of ours the log keeps the stack.
        shown
            What the user is told of it.
        """
        with suppress(RunError):
            self.log(f"{status}: {shown}")
            if isinstance(shown, Defect):
                self._append("log.txt", where_it_arose(error))
                shown.hint = f"This is a defect of Spikeloom; {self.path / 'log.txt'} says where it arose."
        with suppress(RunError):
            self.end(status, error=shown.as_dict())

    def discard(self) -> None:
        """Take the folder away again where nothing was run: it holds nothing that the user made."""
        with suppress(OSError):
            for name in ("document.snn", "document.safetensors", "run.json", "log.txt"):
                (self.path / name).unlink(missing_ok=True)
            (self.path / "checkpoints").rmdir()
            if (self.path / EVENT_FILES).is_dir():
                for path in (self.path / EVENT_FILES).iterdir():
                    path.unlink()
                (self.path / EVENT_FILES).rmdir()
            if self._is_new:
                self.path.rmdir()

    def _write_facts(self) -> None:
        text = json.dumps(_finite(self._facts), indent=2, allow_nan=False) + "\n"
        write_atomically(self.path / "run.json", text.encode())

    def add_epoch(self, metrics: EpochMetrics) -> None:
        """Append an epoch to ``metrics.csv``."""
        is_first = not self.history
        self.history.append(replace(metrics, tables={}, validation_tables={}))
        if len(self.history) > MOST_HISTORY:  # for the picture every second one will do
            del self.history[1:-1:2]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        more = dict(metrics.more)
        more |= {column: getattr(metrics, column) for column in _LATER_COLUMNS}
        more |= {f"rate:{population}": rate for population, rate in metrics.rates.items()}
        if is_first:
            self._more_columns = list(more)
            writer.writerow([*_COLUMNS, *more])
        values = [*(getattr(metrics, column) for column in _COLUMNS)]
        values += [more.get(column, math.nan) for column in self._more_columns]
        writer.writerow(["" if isinstance(value, float) and math.isnan(value) else value for value in values])
        self._append("metrics.csv", text.getvalue())

    def log(self, line: str) -> None:
        """Append a line with the time to ``log.txt``."""
        self._append("log.txt", f"{datetime.now():%H:%M:%S} {line}\n")

    def _append(self, name: str, text: str) -> None:
        path = self.path / name
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise RunError(f"could not be written ({error.strerror})", place=str(path)) from None

    def checkpoint(self, arrays: dict[str, np.ndarray], state: dict[str, Any], *, force: bool = False) -> None:
        """Write ``checkpoints/last.safetensors``, at most once a second unless forced."""
        now = time.monotonic()
        if force or now - self._last_checkpoint > 1.0:
            save_checkpoint(self.path / "checkpoints" / "last.safetensors", arrays, state)
            self._last_checkpoint = now

    def keep_best(self, arrays: dict[str, np.ndarray], state: dict[str, Any], *, force: bool = False) -> None:
        """Write ``checkpoints/best.safetensors`` where it is another one, at most once a second unless forced."""
        now, epoch = time.monotonic(), state["epoch"]
        if epoch != self._best_epoch and (force or now - self._last_best > 1.0):
            save_checkpoint(self.path / "checkpoints" / "best.safetensors", arrays, state)
            self._last_best, self._best_epoch = now, epoch

    def keep_epoch(self, arrays: dict[str, np.ndarray], state: dict[str, Any], kept: int | None) -> None:
        """Write a checkpoint of its own for an epoch; of those of this run, only the last `kept` stay."""
        path = self.path / "checkpoints" / f"epoch-{state['epoch']:04d}.safetensors"
        save_checkpoint(path, arrays, state)
        self._epochs_kept.append(path)
        while kept is not None and len(self._epochs_kept) > kept:
            with suppress(OSError):
                self._epochs_kept.pop(0).unlink()

    def draw_curves(self, title: str) -> Path | None:
        """Draw loss and accuracy over the epochs to ``curves.png``."""
        if not self.history:
            return None
        path = self.path / "curves.png"
        write_atomically(path, draw_curves(self.history, title))
        return path


def _fresh_folder(name: str) -> Path:
    """Make a new folder, named after a document and the time, in `default_runs_folder`."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60].strip("-") or "run"
    base = (default_runs_folder() / f"{stem}-{datetime.now():%Y%m%d-%H%M%S}").absolute()
    base.parent.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = base if number == 1 else base.with_name(f"{base.name}-{number}")
        try:
            path.mkdir()
        except FileExistsError:  # a run that began in the same second
            if not path.exists():
                raise
        else:
            return path
    raise AssertionError


def _not_writable(path: Path, error: OSError) -> RunError:
    in_the_way = isinstance(error, NotADirectoryError | FileExistsError)
    reason = f"{error.filename} is a file" if in_the_way else error.strerror
    return RunError(
        f"the run folder cannot be written ({reason})",
        place=str(path),
        hint="choose a folder of yours with --run-dir",
    )


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: null takes their place."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def versions() -> dict[str, str]:
    """Versions of what a run's figures depend on."""
    found = {"python": platform.python_version(), "platform": platform.platform(), "numpy": np.__version__}
    for name in ("spikeloom", "pydantic", "safetensors", "scikit-learn"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found | {"executable": Path(sys.executable).name}


def draw_curves(history: Sequence[EpochMetrics], title: str) -> bytes:
    """A PNG of loss (left) and, where there is one, accuracy (right) over the epochs, training and validation."""
    from matplotlib.figure import Figure  # not pyplot: no global state, no window

    figure = Figure(figsize=(9, 3.6), dpi=130, layout="constrained")
    figure.suptitle(title, fontsize=11)
    epochs = [metrics.epoch for metrics in history]
    # Of targets there is no accuracy.
    names = ["loss"] if all(math.isnan(metrics.accuracy) for metrics in history) else ["loss", "accuracy"]
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        axes.plot(epochs, [getattr(m, name) for m in history], color="#2f6fde", label="training")
        held = [getattr(m, f"validation_{name}") for m in history]
        if not all(math.isnan(value) for value in held):
            axes.plot(epochs, held, color="#e0702f", label="validation")
        axes.set_xlabel("epoch")
        axes.set_ylabel(name)
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()

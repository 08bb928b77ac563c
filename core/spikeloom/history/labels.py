"""What a user does to a run's folder: name it, pin it, take it away."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from spikeloom.errors import RunError, UserError
from spikeloom.history.record import FACTS, LABEL, Run, read

LONGEST_TITLE = 120  # characters
# What a run and the window write, and so all that is deleted with it.
_FILES = ("document.snn", "document.safetensors", "metrics.csv", "log.txt", "curves.png", LABEL)
_INNER = {"checkpoints": "*.safetensors", "tensorboard": "events.out.tfevents.*"}


def rename(run: Run, title: str) -> Run:
    """Give a run a title; an empty one gives it the name of its document again.

    Raises
    ------
    RunError
        If its folder cannot be written.
    """
    return _label(run, title=" ".join(title.split())[:LONGEST_TITLE])


def pin(run: Run, pinned: bool) -> Run:
    """Keep a run on top of the list, or no longer.

    Raises
    ------
    RunError
        If its folder cannot be written.
    """
    return _label(run, pinned=pinned)


def delete(run: Run) -> list[Path]:
    """Delete the files of a run, and its folder where nothing else lies in it; what was left there.

    Raises
    ------
    UserError
        If it is running, or is no run's folder.
    RunError
        If a file cannot be deleted.
    """
    now = read(run.folder)
    if now is None or run.folder.is_symlink():
        raise UserError("is not the folder of a run; nothing was deleted", place=str(run.folder))
    if now.status == "running":
        raise UserError("the run is going on; nothing was deleted", place=now.name, hint="Stop it first.")
    try:
        for path in _own(run.folder):
            path.unlink(missing_ok=True)
        for name in _INNER:
            with suppress(OSError):  # something else lies in it, or it is not there
                (run.folder / name).rmdir()
        (run.folder / FACTS).unlink()  # the last one: a run that is half deleted can be deleted again
    except OSError as error:
        raise RunError(f"cannot be deleted ({error.strerror})", place=str(error.filename or run.folder)) from None
    with suppress(OSError):
        run.folder.rmdir()
    return sorted(run.folder.iterdir()) if run.folder.is_dir() else []


def _own(folder: Path) -> list[Path]:
    """The files in a run's folder that a run writes, but for the one that says that it is one."""
    found = [folder / name for name in _FILES]
    found += [path for name in (*_FILES, FACTS) for path in folder.glob(f".{name}.*.tmp")]
    for name, pattern in _INNER.items():
        inner = folder / name
        if inner.is_dir() and not inner.is_symlink():
            found += [*inner.glob(pattern), *inner.glob(f".{pattern}.*.tmp")]
    return [path for path in found if path.is_symlink() or path.is_file()]


def _label(run: Run, **said: Any) -> Run:
    """Write into its label what the user said, and leave the rest of it as it is."""
    now = read(run.folder)
    label = {**(now or run).label, **said}
    path = run.folder / LABEL
    temporary = path.with_name(f".{LABEL}.{os.getpid()}.tmp")
    try:
        temporary.write_text(json.dumps(label, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise RunError(f"could not be written ({error.strerror})", place=str(path)) from None
    return replace(now or run, label=label)

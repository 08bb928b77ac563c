"""What differs between runs, and what they came to, as tables: rows of words, for the screen and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spikeloom.history import ABSENT, EVALUATION, TRAINING, Run, settings_of
from spikeloom_app import wording
from spikeloom_app.runs.history_entry import SPLIT_WORDS, STATUS_WORDS
from spikeloom_app.runs.history_wording import path_words, value_words
from spikeloom_app.whole_file import write_whole

KIND_WORDS = {TRAINING: "training", EVALUATION: "evaluation"}


@dataclass(frozen=True)
class Row:
    """A row: what it is, a value for each run, and whether they differ."""

    name: str
    values: tuple[str, ...]
    differs: bool


def setting_rows(runs: Sequence[Run], *, everything: bool = False) -> list[Row]:
    """The settings in which the runs differ, or all of them."""
    settings = [settings_of(run) for run in runs]
    rows = []
    for path in dict.fromkeys(path for found in settings for path in found):
        values = [found.get(path, ABSENT) for found in settings]
        differs = any(value != values[0] for value in values)
        if differs or everything:
            rows.append(Row(path_words(path), tuple(value_words(path, value) for value in values), differs))
    return rows


def figure_rows(runs: Sequence[Run]) -> list[Row]:
    """What the runs came to: figures of each split, epochs, duration, state."""
    rows = []
    for split, words in SPLIT_WORDS.items():
        for name, say in (("accuracy", wording.percent), ("loss", wording.figure)):
            found = [run.final.get(split, {}).get(name) for run in runs]
            if any(value is not None for value in found):
                rows.append(_row(f"{words.capitalize()} {name}", [say(value) for value in found]))
        counted = [run.metrics.get(split, {}) for run in runs]
        for name in dict.fromkeys(name for figures in counted for name in figures):
            if name not in ("accuracy", "loss"):
                values = [wording.figure_value(name, figures.get(name)) for figures in counted]
                rows.append(_row(f"{words.capitalize()} {wording.figure_words(name)}", values))
    if any(run.kind == EVALUATION for run in runs):
        rows.append(_row("Kind", [KIND_WORDS[run.kind] for run in runs]))
    rows.append(_row("Epochs", [str(run.epochs) for run in runs]))
    rows.append(_row("Duration", [wording.duration(run.seconds) for run in runs]))
    rows.append(_row("State", [STATUS_WORDS[run.status] for run in runs]))
    return rows


def _row(name: str, values: Sequence[str]) -> Row:
    return Row(name, tuple(values), any(value != values[0] for value in values))


def write_csv(path: Path, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Write rows below a line with the names of the runs.

    Raises
    ------
    RunError
        Where that fails; what was there before stays.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["", *names])
    writer.writerows([row.name, *row.values] for row in rows)
    written = text.getvalue().encode("utf-8-sig", "replace")  # with a mark, or spreadsheets guess wrong
    write_whole(path, lambda file: file.write(written))


def distinct_names(runs: Sequence[Run]) -> list[str]:
    """What the runs are called; two of one name are told apart by when they began."""
    names = [run.name for run in runs]
    return [
        run.name if names.count(run.name) == 1 else f"{run.name} ({run.started.astimezone():%d %b %H:%M:%S})"
        for run in runs
    ]

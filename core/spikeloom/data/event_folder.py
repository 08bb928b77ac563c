"""Recordings of event cameras of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.datasets import load_dataset
from spikeloom.data.event_files import SUFFIXES, read_events
from spikeloom.data.events import Events
from spikeloom.data.file_source import joined, recordings
from spikeloom.data.labelled_files import files_of
from spikeloom.errors import UserError
from spikeloom.spec import EventFolder


@load_dataset.register
def _(dataset: EventFolder, base: Path | None = None) -> dict[str, Any]:
    return recordings(dataset, files_of(dataset, base, SUFFIXES), partial(read_recordings, dataset))


def read_recordings(dataset: EventFolder, paths: Sequence[Path]) -> Events:
    """The events of some files; ids count in C order of (rows, columns, polarities)."""
    return joined([_recording(dataset, path) for path in paths])


def _recording(dataset: EventFolder, path: Path) -> tuple[np.ndarray, np.ndarray]:
    times, x, y, p = read_events(path, dataset.time_unit)
    for values, name, field, size in ((x, "x", "columns", dataset.columns), (y, "y", "rows", dataset.rows)):
        wrong = values[(values < 0) | (values >= size)]
        if len(wrong):
            hint = f"Set '{field}' of the data set to {int(wrong.max()) + 1} or more." if wrong.max() >= size else ""
            raise UserError(f"{name} = {wrong[0]} found, expected 0 to {size - 1}", place=str(path), hint=hint)
    if p.max(initial=0) > 1:
        raise UserError(f"polarity {p.max()} found, expected 0 or 1", place=str(path))
    times = times - times.min(initial=np.inf) if len(times) else times
    ids = (y * dataset.columns + x) * dataset.polarities + (p if dataset.polarities == 2 else 0)
    if dataset.duration is not None:
        inside = times < dataset.duration
        times, ids = times[inside], ids[inside]
    return times, ids.astype(np.int32)

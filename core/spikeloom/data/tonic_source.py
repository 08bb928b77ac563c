"""The recordings of a set of tonic's: each is read by tonic when it is wanted, and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.datasets import Arrays
from spikeloom.data.events import Events
from spikeloom.data.source import Source
from spikeloom.data.tonic_layouts import AGAIN, Check
from spikeloom.errors import UserError

MICROSECONDS = 1000.0  # in a millisecond


@dataclass(frozen=True)
class TonicSource(Source):
    """Recordings that tonic reads.

    Parameters
    ----------
    recordings
        The object of tonic's class: item n is its n-th recording, as an array of events and a target.
    numbers
        (examples,): the number of each example there. tonic's own order is that of the file system.
    files
        The file of each example, or the one of all.
    shape
        Rows, columns and polarities; or channels.
    check
        What is checked of a file before it is read.
    from_first
        Whether times count from the first event of a recording.
    name
        The identity, but for the files.
    """

    recordings: Any = field(kw_only=True)
    numbers: np.ndarray = field(kw_only=True)
    files: Sequence[Path] = field(kw_only=True)
    shape: tuple[int, ...] = field(kw_only=True)
    check: Check = field(kw_only=True)
    from_first: bool = field(kw_only=True)
    name: str = field(kw_only=True)

    @property
    def identity(self) -> str:
        """What is read how, and from which files."""
        return f"{self.name} {fingerprint(self.files)}"

    def read(self, examples: np.ndarray) -> Arrays:
        """Their events; times in ms."""
        found = [self._recording(int(example)) for example in examples]
        offsets = np.concatenate(([0], np.cumsum([len(ids) for _, ids in found]))).astype(np.int64)
        times = np.concatenate([np.zeros(0), *(times for times, _ in found)])
        ids = np.concatenate([np.zeros(0, np.int32), *(ids for _, ids in found)])
        groups = {name: values[examples] for name, values in self.groups.items()}
        return Arrays(Events(offsets, times, ids), self.labels[examples], groups=groups)

    def _file(self, example: int) -> Path:
        return self.files[example if len(self.files) == len(self.numbers) else 0]

    def _recording(self, example: int) -> tuple[np.ndarray, np.ndarray]:
        """The times (ms) and the numbers of its events."""
        path = self._file(example)
        try:
            if len(self.files) == len(self.numbers):
                self.check(path)
            events, _ = self.recordings[int(self.numbers[example])]
            columns = {axis: np.ravel(events[axis]) for axis in events.dtype.names}
        except (UserError, MemoryError):
            raise
        except ImportError as error:
            hint = f"Install it: pip install {error.name}."
            raise UserError(
                f"tonic reads it with '{error.name}', which is not installed", place=str(path), hint=hint
            ) from None
        except Exception as error:  # tonic and what it uses raise whatever comes first
            raise _damaged(path, example, error) from None
        place = f"{path}: example {example}" if len(self.files) != len(self.numbers) else str(path)
        return self._times(columns["t"], place), self._ids(columns, place)

    def _times(self, microseconds: np.ndarray, place: str) -> np.ndarray:
        times = microseconds.astype(np.int64)
        if self.from_first and len(times):
            times = times - times.min()
        if len(times) and times.min() < 0:
            raise UserError(f"an event at {times.min()} µs found, expected 0 or later", place=place, hint=AGAIN)
        return times / MICROSECONDS

    def _ids(self, columns: dict[str, np.ndarray], place: str) -> np.ndarray:
        """In C order of rows, columns and polarities."""
        if len(self.shape) == 1:
            return _inside(columns["x"], self.shape[0], "channel", "channels", place).astype(np.int32)
        rows, wide, polarities = self.shape
        y = _inside(columns["y"], rows, "row", "rows", place)
        x = _inside(columns["x"], wide, "column", "columns", place)
        p = _inside(columns["p"], polarities, "polarity", "polarities", place)
        return ((y * wide + x) * polarities + p).astype(np.int32)


def _inside(values: np.ndarray, size: int, one: str, many: str, place: str) -> np.ndarray:
    found = values.astype(np.int64)
    wrong = found[(found < 0) | (found >= size)]
    if len(wrong):
        message = f"an event in {one} {wrong[0]} found, expected 0 to {size - 1}"
        hint = f"The file is damaged, or of another sensor than one with {size} {many}. {AGAIN}"
        raise UserError(message, place=place, hint=hint)
    return found


def _damaged(path: Path, example: int, error: Exception) -> UserError:
    said = " ".join(str(error).split())[:200] or type(error).__name__
    return UserError(f"recording {example} cannot be read, the file is damaged: {said}", place=str(path), hint=AGAIN)


def fingerprint(files: Sequence[Path]) -> str:
    """The names, sizes and times of files, as a short text; none of them is read."""
    import hashlib

    found = hashlib.sha256()
    for path in files:
        about = path.stat()
        found.update(f"{path.parent.name}/{path.name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return found.hexdigest()

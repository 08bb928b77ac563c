"""Recordings in files of their own, one for each example."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from spikeloom.data.datasets import Arrays
from spikeloom.data.events import Events
from spikeloom.data.labelled_files import FileDataset, Files
from spikeloom.data.parts import in_parts
from spikeloom.data.source import Source
from spikeloom.errors import UserError

SMALL = 2**26  # bytes of files whose spikes are held in memory
OURS = ("label_names", "transforms", "augmentation", "split")  # fields that make no difference to what is read

Read = Callable[[Sequence[Path]], Events]


@dataclass(frozen=True)
class FileSource(Source):
    """Examples that are files.

    Parameters
    ----------
    files
        Which ones.
    reader
        What makes spikes of some of them, in their order.
    settings
        Of the reader, as text.
    """

    files: Files = field(kw_only=True)
    reader: Read = field(kw_only=True)
    settings: str = field(kw_only=True)

    @property
    def identity(self) -> str:
        """Names, sizes and times of the files, and the settings."""
        digest = hashlib.sha256(self.settings.encode())
        for path in self.files.paths:
            try:
                known = (self.files.root / path).stat()
            except OSError as error:
                raise _unreadable(self.files.root / path, error) from None
            digest.update(f"{path}\0{known.st_size}\0{known.st_mtime_ns}\n".encode())
        digest.update(self.labels.tobytes())
        return f"{self.files.root} {digest.hexdigest()}"

    def read(self, examples: np.ndarray) -> Arrays:
        """What the reader makes of their files."""
        events = self.reader([self.files.root / self.files.paths[number] for number in examples])
        groups = {name: values[examples] for name, values in self.groups.items()}
        return Arrays(events, self.labels[examples], groups=groups)


def recordings(
    dataset: FileDataset, parts: dict[str, Files], reader: Read, small: int = SMALL
) -> dict[str, Arrays] | dict[str, Source]:
    """The parts of a data set: in memory where all files together are small, otherwise to be read when needed."""
    settings = dataset.model_copy(update={name: [] if name != "split" else None for name in OURS})
    sources: dict[str, Source] = {
        part: FileSource(files.labels, files.groups, files=files, reader=reader, settings=settings.model_dump_json())
        for part, files in parts.items()
    }
    divided = in_parts(dataset, sources)
    if sum(_size(files) for files in parts.values()) > small:
        return divided
    return {part: source.read(np.arange(len(source))) for part, source in divided.items()}


def _size(files: Files) -> int:
    total = 0
    for path in files.paths:
        try:
            total += (files.root / path).stat().st_size
        except OSError as error:
            raise _unreadable(files.root / path, error) from None
    return total


def _unreadable(path: Path, error: OSError) -> UserError:
    return UserError(f"cannot be read: {error.strerror or error}", place=str(path))


def joined(trains: Sequence[tuple[np.ndarray, np.ndarray]]) -> Events:
    """The spikes of examples, each given as times (ms) and ids."""
    offsets = np.cumsum([0, *(len(times) for times, _ in trains)]).astype(np.int64)
    times = np.concatenate([np.zeros(0, np.float32), *(times for times, _ in trains)])
    return Events(offsets, times, np.concatenate([np.zeros(0, np.int32), *(ids for _, ids in trains)]))

"""Recorded spikes in the format of the Spiking Heidelberg Digits (SHD): two HDF5 files.

Cramer, Stradmann, Schemmel and Zenke (2022), The Heidelberg Spiking Data Sets for the Systematic Evaluation of Spiking
Neural Networks, IEEE Transactions on Neural Networks and Learning Systems 33.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.downloads import how_to_get
from spikeloom.data.events import Events
from spikeloom.data.folders import find_folder
from spikeloom.data.hdf5 import AGAIN, dataset, has, open_hdf5
from spikeloom.data.source import Source
from spikeloom.errors import UserError
from spikeloom.spec import SpikeHDF5

if TYPE_CHECKING:
    import h5py

TIMES, UNITS, LABELS, SPEAKERS = "spikes/times", "spikes/units", "labels", "extra/speaker"
KINDS = {TIMES: "f", UNITS: "iu"}  # of numbers, as numpy calls them
LARGE = 2**30  # bytes of the files from which on they are read a portion at a time
EXAMPLES_AT_ONCE = 1024
MOST_EXAMPLES = 10**7
MOST_SPIKES = 2**31 - 1
MILLISECONDS = 1000  # in a second


@load_dataset.register
def _(dataset: SpikeHDF5, base: Path | None = None) -> dict[str, Arrays | Source]:
    found = files(dataset, base)
    size = sum(path.stat().st_size for path in found.values())
    # A gzipped file would be unfolded for each portion.
    plain = all(path.suffix != ".gz" for path in found.values())
    read = on_disk if plain and size > LARGE else read_spikes
    parts: dict[str, Arrays | Source] = {
        split: read(path, dataset.channels, dataset.classes) for split, path in found.items()
    }
    for split, path in found.items():
        if not len(parts[split]):
            what = "training" if split == "train" else split
            raise UserError(f"no {what} examples found", place=str(path), hint="Every part needs some.")
    return parts


def files(dataset: SpikeHDF5, base: Path | None = None) -> dict[str, Path]:
    """The file of each split."""
    names = {"train": dataset.train_file, "test": dataset.test_file}
    if dataset.validation_file:
        names["validation"] = dataset.validation_file
    wanted = " and ".join(f"'{name}'" for name in names.values())
    hint = how_to_get(dataset, f"Put {wanted} there, gzipped or not")
    folder = find_folder(
        dataset.folder, base, lambda folder: any(_path(folder, name) is not None for name in names.values()), hint
    )
    found = {}
    for split, name in names.items():
        path = _path(folder, name)
        if path is None:
            raise UserError(f"no file '{name}' or '{name}.gz'", place=str(folder), hint=hint)
        found[split] = path
    return found


def _path(folder: Path, name: str) -> Path | None:
    # os.path.isfile says no, and does not fail, where a folder cannot be entered.
    return next((folder / file for file in (name, f"{name}.gz") if os.path.isfile(folder / file)), None)


def read_spikes(path: Path, channels: int, classes: int) -> Arrays:
    """The spikes and labels of a file, and the speakers where it tells of them.

    Raises
    ------
    UserError
        With the file and the key, where they are not what the format says or do not fit `channels` and `classes`.
    """
    with _opened(path) as file:
        labels = _labels(file, path, classes)
        everything = np.arange(len(labels))
        return Arrays(_events(file, path, everything, channels), labels, groups=_groups(file, path, len(labels)))


def on_disk(path: Path, channels: int, classes: int) -> SpikesOnDisk:
    """The labels and speakers of a file whose spikes are read later, a portion at a time; raises as `read_spikes`."""
    with _opened(path) as file:
        labels = _labels(file, path, classes)
        for key, kinds in KINDS.items():
            _trains(file, path, key, kinds, len(labels))
        return SpikesOnDisk(labels, _groups(file, path, len(labels)), path=path, channels=channels)


@dataclass(frozen=True)
class SpikesOnDisk(Source):
    """The examples of a file that is too large for memory, perhaps."""

    path: Path = field(kw_only=True)
    channels: int = field(kw_only=True)

    @property
    def identity(self) -> str:
        """The file with its size and time."""
        about = self.path.stat()
        return f"{self.path.name} {about.st_size} {about.st_mtime_ns} of {self.channels} channels"

    def read(self, examples: np.ndarray) -> Arrays:
        """Some examples; each is read once, in the order of the file."""
        wanted, back = np.unique(examples, return_inverse=True)
        with _opened(self.path) as file:
            events = _events(file, self.path, wanted, self.channels)
        if len(wanted) != len(examples) or not np.array_equal(wanted, examples):
            events = events.take(back)
        groups = {name: values[examples] for name, values in self.groups.items()}
        return Arrays(events, self.labels[examples], groups=groups)


@contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    with open_hdf5(path) as file:
        try:
            yield file
        except (OSError, RuntimeError, ValueError, OverflowError):
            raise UserError("the file is damaged or cut short", place=str(path), hint=AGAIN) from None


def _groups(file: h5py.File, path: Path, examples: int) -> dict[str, np.ndarray]:
    if not has(file, SPEAKERS, str(path)):
        return {}
    found, place = dataset(file, SPEAKERS, str(path)), f"{path}: {SPEAKERS}"
    if found.shape != (examples,) or found.dtype.kind not in "iu":
        message = f"{_described(found)} found, expected a whole number for each of {examples} examples"
        raise UserError(message, place=place)
    return {"speaker": found[:].astype(np.int32)}


def _labels(file: h5py.File, path: Path, classes: int) -> np.ndarray:
    found, place = dataset(file, LABELS, str(path)), f"{path}: {LABELS}"
    if found.ndim != 1 or found.dtype.kind not in "iu":
        raise UserError(f"{_described(found)} found, expected a whole number for each example", place=place)
    if len(found) > MOST_EXAMPLES:
        raise UserError(f"{len(found)} examples found, expected at most {MOST_EXAMPLES}", place=place)
    labels = found[:]
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong):
        message = f"label {wrong[0]} found, expected 0 to {classes - 1}"
        hint = f"Set 'classes' of the data set to {int(wrong.max()) + 1}." if wrong.max() >= classes else ""
        raise UserError(message, place=place, hint=hint)
    return labels.astype(np.int32)


def _events(file: h5py.File, path: Path, examples: np.ndarray, channels: int) -> Events:
    """The spikes of some examples, whose numbers ascend."""
    count = len(dataset(file, LABELS, str(path)))
    trains = {key: _trains(file, path, key, kinds, count) for key, kinds in KINDS.items()}
    lengths, times, ids = [np.zeros(0, int)], [np.zeros(0, np.float32)], [np.zeros(0, np.int32)]
    total = 0
    for at in range(0, len(examples), EXAMPLES_AT_ONCE):
        numbers = examples[at : at + EXAMPLES_AT_ONCE]
        first, span = int(numbers[0]), int(numbers[-1]) - int(numbers[0]) + 1
        # A slice is read much faster than a list.
        which = slice(first, first + span) if span == len(numbers) else numbers
        parts = {key: found[which] for key, found in trains.items()}
        counts, counts_of_units = (np.fromiter(map(len, part), int, len(part)) for part in parts.values())
        unequal = np.flatnonzero(counts != counts_of_units)
        if len(unequal):
            one = unequal[0]
            message = f"{counts[one]} times and {counts_of_units[one]} units found in example {numbers[one]}"
            raise UserError(f"{message}, expected as many", place=f"{path}: {UNITS}")
        total += int(counts.sum())
        if total > MOST_SPIKES:
            raise UserError(f"more than {MOST_SPIKES} spikes found", place=f"{path}: {TIMES}")
        if not counts.sum():
            lengths.append(counts)
            continue
        seconds, units = np.concatenate(parts[TIMES]), np.concatenate(parts[UNITS])
        _check_times(seconds, f"{path}: {TIMES}")
        _check_units(units, channels, f"{path}: {UNITS}")
        lengths.append(counts)
        times.append(_milliseconds(seconds))
        ids.append(units.astype(np.int32))
    offsets = np.concatenate(([0], np.cumsum(np.concatenate(lengths)))).astype(np.int64)
    return Events(offsets, np.concatenate(times), np.concatenate(ids))


def _trains(file: h5py.File, path: Path, key: str, kinds: str, examples: int) -> h5py.Dataset:
    """The data set of one array per example, of numbers of one of the numpy `kinds`."""
    import h5py

    found, place = dataset(file, key, str(path)), f"{path}: {key}"
    numbers = h5py.check_vlen_dtype(found.dtype)
    if found.ndim != 1 or not isinstance(numbers, np.dtype) or numbers.kind not in kinds:
        expected = "fractions" if kinds == "f" else "whole numbers"
        raise UserError(f"{_described(found)} found, expected an array of {expected} for each example", place=place)
    if len(found) != examples:
        raise UserError(f"{len(found)} examples found, but {examples} labels", place=place)
    return found


def _described(found: h5py.Dataset) -> str:
    import h5py

    inner = h5py.check_vlen_dtype(found.dtype)
    what = f"arrays of {inner}" if inner is not None else f"values of {found.dtype}"
    return f"{what}, shape {found.shape}"


def _check_times(seconds: np.ndarray, place: str) -> None:
    wrong = seconds[~(np.isfinite(seconds) & (seconds >= 0))]
    if len(wrong):
        raise UserError(f"a spike at {wrong[0]} s found, expected 0 or later", place=place)


def _check_units(units: np.ndarray, channels: int, place: str) -> None:
    wrong = units[(units < 0) | (units >= channels)]
    if len(wrong):
        message = f"channel {wrong[0]} found, expected 0 to {channels - 1}"
        hint = f"Set 'channels' of the data set to {int(wrong.max()) + 1} or more." if wrong.max() >= channels else ""
        raise UserError(message, place=place, hint=hint)


def _milliseconds(seconds: np.ndarray) -> np.ndarray:
    """In a type that holds the product exactly, or in double precision."""
    return seconds.astype(np.float32 if seconds.dtype.itemsize == 2 else np.float64) * MILLISECONDS

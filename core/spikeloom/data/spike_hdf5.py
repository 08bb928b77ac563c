"""Recorded spikes in the format of the Spiking Heidelberg Digits (SHD): two HDF5 files.

Cramer, Stradmann, Schemmel and Zenke (2022), The Heidelberg Spiking Data Sets for the Systematic Evaluation of Spiking
Neural Networks, IEEE Transactions on Neural Networks and Learning Systems 33.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.events import Events
from spikeloom.data.folders import find_folder
from spikeloom.data.hdf5 import AGAIN, dataset, open_hdf5
from spikeloom.errors import UserError
from spikeloom.settings import DATA_VARIABLE
from spikeloom.spec import SpikeHDF5

if TYPE_CHECKING:
    import h5py

TIMES, UNITS, LABELS = "spikes/times", "spikes/units", "labels"
EXAMPLES_AT_ONCE = 1024
MOST_EXAMPLES = 10**7
MOST_SPIKES = 2**31 - 1
MILLISECONDS = 1000  # in a second


@load_dataset.register
def _(dataset: SpikeHDF5, base: Path | None = None) -> dict[str, Arrays]:
    found = files(dataset, base)
    return {split: read_spikes(path, dataset.channels, dataset.classes) for split, path in found.items()}


def files(dataset: SpikeHDF5, base: Path | None = None) -> dict[str, Path]:
    """The file of each split."""
    hint = (
        f"Put '{dataset.train_file}' and '{dataset.test_file}' there, gzipped or not (zenkelab.org/datasets has SHD), "
        "or choose the folder in which your data sets lie: File > Data folder in the window, or the environment "
        f"variable {DATA_VARIABLE}."
    )
    names = {"train": dataset.train_file, "test": dataset.test_file}
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
    """The spikes and labels of a file.

    Raises
    ------
    UserError
        With the file and the key, where they are not what the format says or do not fit `channels` and `classes`.
    """
    with open_hdf5(path) as file:
        try:
            labels = _labels(file, path, classes)
            return Arrays(_events(file, path, len(labels), channels), labels)
        except (OSError, RuntimeError, ValueError, OverflowError):
            raise UserError("the file is damaged or cut short", place=str(path), hint=AGAIN) from None


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


def _events(file: h5py.File, path: Path, examples: int, channels: int) -> Events:
    trains = {key: _trains(file, path, key, kinds, examples) for key, kinds in ((TIMES, "f"), (UNITS, "iu"))}
    lengths, times, ids = [np.zeros(0, int)], [np.zeros(0, np.float32)], [np.zeros(0, np.int32)]
    total = 0
    for first in range(0, examples, EXAMPLES_AT_ONCE):
        parts = {key: found[first : first + EXAMPLES_AT_ONCE] for key, found in trains.items()}
        counts, counts_of_units = (np.fromiter(map(len, part), int, len(part)) for part in parts.values())
        unequal = np.flatnonzero(counts != counts_of_units)
        if len(unequal):
            at = unequal[0]
            message = f"{counts[at]} times and {counts_of_units[at]} units found in example {first + at}"
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

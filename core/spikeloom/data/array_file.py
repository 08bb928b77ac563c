"""Arrays of the user's own from NPZ, NPY and CSV files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spikeloom.data.array_files import Npz, open_npz, read_npy
from spikeloom.data.classes import check_labels, numbered
from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.events import Events
from spikeloom.data.folders import find_folder
from spikeloom.data.number_table import read_table
from spikeloom.data.parts import WHOLE, in_parts
from spikeloom.errors import UserError, nearest
from spikeloom.settings import DATA_VARIABLE
from spikeloom.spec import ArrayFile

VALUES_AT_ONCE = 2**24
USUAL_LABELS = "y"
PARTS = ("train", "test", "validation")
NAMES_OF_PARTS = {"train": "training ", "test": "test ", "validation": "validation ", WHOLE: ""}
ROUNDING = 1e-3  # of the range, by which a value may leave it


@dataclass(frozen=True)
class Found:
    """The arrays of a part as its file has them.

    Parameters
    ----------
    x
        (examples, ...).
    labels
        (examples,), numbers or text.
    place, place_of_labels
        What messages call them.
    """

    x: np.ndarray
    labels: np.ndarray
    place: str
    place_of_labels: str


@load_dataset.register
def _(dataset: ArrayFile, base: Path | None = None) -> dict[str, Arrays]:
    found = find_arrays(dataset, base)
    labels = _labels(dataset, found)
    return in_parts(dataset, {name: _part(dataset, part, labels[name]) for name, part in found.items()})


def find_arrays(dataset: ArrayFile, base: Path | None) -> dict[str, Found]:
    """The arrays of each part, as the files have them: numbers, and a label for each example."""
    folder = _folder(dataset, base)
    if dataset.test_file:
        found = {
            "train": _whole(dataset, folder / dataset.file, dataset.labels),
            "test": _whole(dataset, folder / dataset.test_file, dataset.test_labels or dataset.labels),
        }
    else:
        found = _divided(dataset, folder)
    for name, part in found.items():
        _check(name, part)
    return found


def _check(name: str, part: Found) -> None:
    x, labels = part.x, part.labels
    if x.dtype.kind not in "biuf" or x.ndim < 2:
        message = f"values of {x.dtype}, shape {x.shape}, found, expected numbers, (examples, ...)"
        raise UserError(message, place=part.place)
    if not len(x):
        hint = "Every part needs some."
        raise UserError(f"no {NAMES_OF_PARTS[name]}examples found", place=part.place, hint=hint)
    if labels.dtype.kind == "S":
        message = f"labels of bytes ({labels.dtype}) found, expected text or whole numbers"
        raise UserError(message, place=part.place_of_labels, hint="Save them as text: labels.astype(str).")
    if labels.ndim and len(x) != len(labels):
        raise UserError(f"{len(x)} examples found, but {len(labels)} labels", place=part.place)


def files(dataset: ArrayFile, base: Path | None = None) -> list[Path]:
    """All files that it names and that are there."""
    folder = _folder(dataset, base)
    names = [dataset.file, dataset.test_file]
    if dataset.file.lower().endswith(".npy"):
        names += [dataset.labels, dataset.test_labels]
    return [folder / name for name in names if name and os.path.isfile(folder / name)]


def _folder(dataset: ArrayFile, base: Path | None) -> Path:
    hint = (
        f"Put '{dataset.file}' there, or choose the folder in which your data sets lie: File > Data folder in the "
        f"window, or the environment variable {DATA_VARIABLE}."
    )
    return find_folder(dataset.folder, base, lambda folder: os.path.isfile(folder / dataset.file), hint)


def _divided(dataset: ArrayFile, folder: Path) -> dict[str, Found]:
    path = folder / dataset.file
    if path.suffix.lower() != ".npz":
        return {WHOLE: _whole(dataset, path, dataset.labels)}
    x, y = dataset.examples, dataset.labels or USUAL_LABELS
    with open_npz(path) as arrays:
        if f"{x}_train" not in arrays.names:
            return {WHOLE: _of_npz(arrays, x, y)}
        parts = [part for part in PARTS if part != "validation" or f"{x}_{part}" in arrays.names]
        return {part: _of_npz(arrays, f"{x}_{part}", f"{y}_{part}") for part in parts}


def _whole(dataset: ArrayFile, path: Path, labels: str) -> Found:
    match path.suffix.lower():
        case ".npz":
            with open_npz(path) as arrays:
                return _of_npz(arrays, dataset.examples, labels or USUAL_LABELS)
        case ".npy":
            if not labels.lower().endswith(".npy"):
                message = f"{f'{labels!r}' if labels else 'no file'} found, expected the NPY file of the labels"
                raise UserError(
                    message, place="experiment.dataset.labels", hint=f"'{path.name}' has no place for them."
                )
            beside = path.with_name(labels)
            return Found(read_npy(path), read_npy(beside), str(path), str(beside))
        case _:
            return _of_table(dataset, path, dataset.labels)


def _of_npz(arrays: Npz, x: str, y: str) -> Found:
    return Found(arrays.read(x), arrays.read(y), f"{arrays.path}: {x}", f"{arrays.path}: {y}")


def _of_table(dataset: ArrayFile, path: Path, labels: str) -> Found:
    def column(names: list[str]) -> int:
        if not labels:
            return len(names) - 1
        if labels in names:
            return names.index(labels)
        if labels.isdecimal() and 1 <= int(labels) <= len(names):
            return int(labels) - 1
        message = f"no column '{labels}'{nearest(labels, names)}"
        raise UserError(message, place=f"{path}:1", hint=f"It has {', '.join(names[:20])}.")

    table = read_table(path, dataset.header, column)
    texts = np.array(table.texts)
    try:
        values = texts.astype(np.float64)
        labels_found = values if np.isfinite(values).all() else texts
    except ValueError:
        labels_found = texts
    return Found(table.numbers, labels_found, str(path), f"{path}: {column(table.names) + 1}. column")


def _labels(dataset: ArrayFile, found: Mapping[str, Found]) -> dict[str, np.ndarray]:
    """The number of each example's class, by part."""
    words = {name: label_words(part.labels) for name, part in found.items()}
    known = [word for part in words.values() if part is not None for word in part]
    if all(part is not None for part in words.values()) and (
        set(known) <= set(dataset.label_names) or any(part.labels.dtype.kind == "U" for part in found.values())
    ):
        place = next(iter(found.values())).place_of_labels
        numbers = numbered(known, dataset.label_names, dataset.classes, place)
        ends = np.cumsum([len(part) for part in words.values() if part is not None])[:-1]
        return dict(zip(words, np.split(numbers, ends), strict=True))
    return {name: check_labels(part.labels, dataset.classes, part.place_of_labels) for name, part in found.items()}


def label_words(labels: np.ndarray) -> list[str] | None:
    """Labels in words: as they are, or their numbers; None where they are neither."""
    if labels.ndim != 1:
        return None
    if labels.dtype.kind == "U":
        return [str(label) for label in labels]
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels == np.floor(labels)).all():
        return [str(int(label)) for label in labels]
    return [str(int(label)) for label in labels] if labels.dtype.kind in "iub" else None


def _part(dataset: ArrayFile, found: Found, labels: np.ndarray) -> Arrays:
    x, place = found.x, found.place
    check_finite(x, place)
    if dataset.encoder is None:
        return Arrays(_spikes(dataset, x, place), labels)
    if x.shape[1:] != dataset.shape and int(np.prod(x.shape[1:])) != int(np.prod(dataset.shape)):
        hint = f"Set 'shape' of the data set to {list(x.shape[1:])}."
        message = f"examples of shape {list(x.shape[1:])} found, expected {list(dataset.shape)}"
        raise UserError(message, place=place, hint=hint)
    x = x.reshape(len(x), *dataset.shape)
    _check_range(dataset, x, place)
    if dataset.smallest == 0 and x.dtype.kind in "ub":
        return Arrays(x, labels, dataset.largest)
    scaled = np.empty(x.shape, np.float32)
    for first, last in portions(x):  # in double precision, which has room for all that the file may hold
        values = x[first:last].astype(np.float64)
        scaled[first:last] = (values - dataset.smallest) / (dataset.largest - dataset.smallest)
    return Arrays(scaled, labels)


def _check_range(dataset: ArrayFile, x: np.ndarray, place: str) -> None:
    """Refuse what leaves the range: it would be 0 or full intensity, whatever it is."""
    low, high = range_of(x)
    room = ROUNDING * (dataset.largest - dataset.smallest)
    if low >= dataset.smallest - room and high <= dataset.largest + room:
        return
    sets = [f"'smallest' of the data set to {low:g}"] if low < dataset.smallest else []
    if high > dataset.largest:
        largest = 255.0 if x.dtype == np.uint8 and high > 16 else high
        sets.append(f"'largest' {'of the data set ' if not sets else ''}to {largest:g}")
    message = f"values from {low:g} to {high:g} found, expected {dataset.smallest:g} to {dataset.largest:g}"
    raise UserError(message, place=place, hint=f"Set {' and '.join(sets)}.")


def range_of(x: np.ndarray) -> tuple[float, float]:
    """The least and the largest value, of some examples at a time."""
    found = [(float(x[first:last].min()), float(x[first:last].max())) for first, last in portions(x)]
    return min(low for low, _ in found), max(high for _, high in found)


def check_finite(x: np.ndarray, place: str) -> None:
    """Refuse NaN and infinity, with the number of the example."""
    if x.dtype.kind != "f":
        return
    for first, last in portions(x):
        wrong = ~np.isfinite(x[first:last]).reshape(last - first, -1).all(axis=1)
        if wrong.any():
            message = f"NaN or infinity found in example {first + int(np.argmax(wrong))}, expected finite numbers"
            raise UserError(message, place=place)


def portions(x: np.ndarray) -> list[tuple[int, int]]:
    """Ranges of examples that are looked at together."""
    rows = max(1, VALUES_AT_ONCE // max(1, int(np.prod(x.shape[1:]))))
    return [(first, min(first + rows, len(x))) for first in range(0, len(x), rows)]


def _spikes(dataset: ArrayFile, x: np.ndarray, place: str) -> Events:
    neurons = int(np.prod(dataset.shape))
    if x.ndim < 3 or int(np.prod(x.shape[2:])) != neurons:
        hint = f"Set 'shape' of the data set to {list(x.shape[2:])}." if x.ndim > 2 else ""
        message = (
            f"an array of shape {x.shape} found, expected (examples, timesteps, {', '.join(map(str, dataset.shape))})"
        )
        raise UserError(message, place=place, hint=hint)
    lengths, ids = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    times: list[np.ndarray] = [np.zeros(0)]
    for first, last in portions(x):
        examples, steps, neuron = np.nonzero(np.asarray(x[first:last]).reshape(last - first, x.shape[1], neurons))
        lengths.append(np.bincount(examples, minlength=last - first))
        times.append(steps * dataset.timestep)
        ids.append(neuron.astype(np.int32))
    offsets = np.concatenate(([0], np.cumsum(np.concatenate(lengths)))).astype(np.int64)
    return Events(offsets, np.concatenate(times), np.concatenate(ids))

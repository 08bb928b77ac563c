"""Data sets that tonic reads: found, opened, put in order, their labels and groups; no recording is read yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.datasets import load_dataset
from spikeloom.data.downloads import how_to_get
from spikeloom.data.folders import find_folder, folder_of
from spikeloom.data.hdf5 import dataset as dataset_in
from spikeloom.data.hdf5 import open_hdf5
from spikeloom.data.source import Source
from spikeloom.data.splits import stratified
from spikeloom.data.tonic_class import tonic_class
from spikeloom.data.tonic_layouts import AGAIN, LAYOUTS, Layout
from spikeloom.data.tonic_source import TonicSource
from spikeloom.errors import UserError
from spikeloom.spec import CIFAR10DVS, NMNIST, SMNIST, TonicDataset, TonicSet
from spikeloom.spec.datasets.tonic_dataset import SPEAKERS

# What the examples are, as opposed to which of them are shown and what is done to them then.
IRRELEVANT = {"folder", "transforms", "augmentation", "split", "test_fraction", "split_seed"}


@load_dataset.register
def _(dataset: TonicSet, base: Path | None = None) -> dict[str, Source]:
    folder = found_folder(dataset, base)
    layout = LAYOUTS[dataset.tonic_class]
    cls = tonic_class(dataset.tonic_class, folder)
    found: dict[str, Source] = {split: _opened(dataset, cls, layout, folder, split) for split in layout.parts}
    return _divided(dataset, found["all"]) if "all" in found else found


def found_folder(dataset: TonicSet, base: Path | None) -> Path:
    """The folder with all parts of the set.

    Raises
    ------
    UserError
        With what is missing, where it was looked for, and how to get it.
    """
    name = dataset.tonic_class
    layout = LAYOUTS[name]
    hint = how_to_get(dataset, "Or put its unpacked files there yourself")

    def has_files(path: Path) -> bool:
        return layout.is_there(path) or layout.is_there(path / name)  # the folder above is tonic's `save_to`

    folder = find_folder(folder_of(dataset), base, has_files, hint)
    folder = folder if layout.is_there(folder) else folder / name
    missing = next(filter(None, (layout.missing(folder, split) for split in layout.parts)), "")
    if missing:
        raise UserError(missing, place=str(folder), hint=hint)
    return folder


def files(dataset: TonicSet, base: Path | None = None) -> list[Path]:
    """All its files."""
    folder, layout = found_folder(dataset, base), LAYOUTS[dataset.tonic_class]
    return [path for split in layout.parts for path in layout.files(folder, split)]


def _divided(dataset: TonicSet, source: Source) -> dict[str, Source]:
    """A share of each class for the test, where the set has no split of its own."""
    assert isinstance(dataset, CIFAR10DVS | TonicDataset)
    rest, held = stratified(source.labels, dataset.test_fraction, dataset.split_seed)
    return {"train": source.take(rest), "test": source.take(held)}


def _opened(dataset: TonicSet, cls: Any, layout: Layout, folder: Path, split: str) -> TonicSource:
    layout.check_files(folder, split)
    files = layout.files(folder, split)
    try:
        recordings = cls(save_to=str(folder.parent), **layout.arguments(split), **_settings(dataset))
        numbers, labels, paths = _in_order(recordings, files, dataset)
    except (UserError, MemoryError):
        raise
    except Exception as error:  # tonic raises whatever comes first; a file that is damaged is named
        for path in files:
            layout.check(path)
        said = " ".join(str(error).split())[:200] or type(error).__name__
        message = f"tonic cannot read the set: {said}"
        raise UserError(
            message, place=str(folder), hint=f"Names of files or folders are not as published. {AGAIN}"
        ) from None
    _check_labels(labels, paths, dataset)
    shown = dataset.model_dump(mode="json", exclude=IRRELEVANT)
    return TonicSource(
        labels,
        _groups(recordings, numbers, paths, dataset.tonic_class),
        recordings=recordings,
        numbers=numbers,
        files=paths,
        shape=dataset.sample_shape,
        check=layout.check,
        from_first=layout.from_first,
        name=f"{split} of {shown}",
    )


@singledispatch
def _settings(dataset: TonicSet) -> Mapping[str, Any]:
    """What tonic's class is told besides the place and the split."""
    return {}


@_settings.register
def _(dataset: NMNIST) -> Mapping[str, Any]:
    return {"first_saccade_only": dataset.first_saccade_only, "stabilize": dataset.stabilise}


@_settings.register
def _(dataset: SMNIST) -> Mapping[str, Any]:
    return {"num_neurons": dataset.neurons, "duplicate": dataset.duplicate, "dt": dataset.step * 1000}


def _in_order(recordings: Any, files: list[Path], dataset: TonicSet) -> tuple[np.ndarray, np.ndarray, list[Path]]:
    """The numbers of the recordings in an order that does not depend on the file system, their labels and files."""
    match dataset.tonic_class:
        case "SMNIST":
            labels = np.asarray(recordings.label_data)
        case name if name in SPEAKERS:
            labels = _in_file(files[0], "labels")
        case "NTIDIGITS18":
            labels = np.array([recordings.class_map[name.split("-")[-1]] for name in recordings._samples], int)
        case "POKERDVS":  # it holds what it has read, class after class, each in the order of its files
            labels = np.asarray(recordings.targets, int)
            order = np.argsort(labels, kind="stable")
            paths = sorted(files, key=lambda path: (recordings.int_classes[path.parent.name], path.name))
            return order, labels[order].astype(np.int32), paths
        case _:
            paths = [Path(os.fspath(path)) for path in recordings.data]
            order = np.array(sorted(range(len(paths)), key=paths.__getitem__), int)
            labels = _numbered(recordings.targets)[order]
            return order, labels.astype(np.int32), [paths[number] for number in order]
    return np.arange(len(labels)), labels.astype(np.int32), files


def _numbered(targets: list[Any]) -> np.ndarray:
    """Labels as numbers; those that are names are numbered in alphabetical order."""
    if targets and isinstance(targets[0], str):
        return np.unique(targets, return_inverse=True)[1]
    return np.asarray(targets, int)


def _in_file(path: Path, key: str) -> np.ndarray:
    with open_hdf5(path) as file:
        return np.asarray(dataset_in(file, key, str(path))[:]).astype(int)


def _groups(recordings: Any, numbers: np.ndarray, paths: list[Path], name: str) -> dict[str, np.ndarray]:
    """By what the recordings are grouped."""
    if name in SPEAKERS:
        return {"speaker": _in_file(paths[0], "extra/speaker").astype(np.int32)}
    if hasattr(recordings, "users"):
        return {"subject": np.asarray(recordings.users, np.int32)[numbers]}
    return {}


def _check_labels(labels: np.ndarray, paths: list[Path], dataset: TonicSet) -> None:
    wrong = np.flatnonzero((labels < 0) | (labels >= dataset.num_classes))
    if len(wrong):
        place = paths[wrong[0]] if len(paths) == len(labels) else paths[0]
        message = f"label {labels[wrong[0]]} found, expected 0 to {dataset.num_classes - 1}"
        settable = isinstance(dataset, TonicDataset) and labels.max() >= dataset.num_classes
        hint = f"Set 'classes' of the data set to {labels.max() + 1}." if settable else AGAIN
        raise UserError(message, place=str(place), hint=hint)

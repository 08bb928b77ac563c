"""How tonic's sets lie on disk, and what is checked of a file before tonic reads it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data.hdf5 import dataset as dataset_in
from spikeloom.data.hdf5 import open_hdf5
from spikeloom.data.idx import read_idx
from spikeloom.errors import UserError
from spikeloom.spec import Dataset, TonicSet

AGAIN = "Download it again: `spikeloom data download FILE --again`."
RECORD = 5  # bytes of an event in N-MNIST's format

Check = Callable[[Path], None]


def _unchecked(path: Path) -> None:
    """Nothing can be said of it."""


def whole_records(path: Path) -> None:
    """Refuse a file that does not consist of whole events of five bytes."""
    size = path.stat().st_size
    if size % RECORD or not size:
        found = f"{size} bytes found, expected events of {RECORD} bytes each" if size else "the file is empty"
        raise UserError(f"{found}: the file is damaged or cut short", place=str(path), hint=AGAIN)


def four_columns(path: Path) -> None:
    """Refuse what is no array of numbers in four columns; only its header is read."""
    _array(path, lambda found: found.ndim == 2 and found.shape[1] == 4 and found.dtype.kind in "iuf", "four columns")


def named_columns(path: Path) -> None:
    """Refuse what is no array of events with names; only its header is read."""
    _array(path, lambda found: {"x", "y", "t", "p"} <= set(found.dtype.names or ()), "the columns x, y, t and p")


def _array(path: Path, is_right: Callable[[np.ndarray], bool], expected: str) -> None:
    try:
        # A map needs a header that the size of the file bears out, and takes no memory.
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError, TypeError, OverflowError):
        raise UserError("the file is no array, damaged or cut short", place=str(path), hint=AGAIN) from None
    if not isinstance(found, np.ndarray) or not is_right(found):
        raise UserError(f"an array with {expected} expected", place=str(path), hint=AGAIN)


def images(path: Path) -> None:
    """Refuse what are no images of 28 x 28 pixels."""
    shape = read_idx(path, 3).shape[1:]
    if shape != (28, 28):
        raise UserError(f"images of {shape[0]} x {shape[1]} pixels found, expected 28 x 28", place=str(path))


def labels_of_images(path: Path) -> None:
    """Refuse what are no labels."""
    read_idx(path, 1)


def spikes_of_heidelberg(path: Path) -> None:
    """Refuse a file that is damaged, or leads to another one."""
    with open_hdf5(path) as file:
        for key in ("labels", "spikes/times", "spikes/units", "extra/keys", "extra/speaker"):
            dataset_in(file, key, str(path))


def spikes_of_tidigits(path: Path) -> None:
    """Refuse a file that is damaged, or leads to another one."""
    with open_hdf5(path) as file:
        for part in ("train", "test"):
            names = dataset_in(file, f"{part}_labels", str(path))
            if names.ndim != 1 or names.dtype.kind not in "SO":
                raise UserError(f"'{part}_labels' holds no names", place=str(path), hint=AGAIN)
            for name in names[:]:
                for key in ("addresses", "timestamps"):
                    dataset_in(file, f"{part}_{key}/{name.decode()}", str(path))


@dataclass(frozen=True)
class Layout:
    """How a set lies in its folder.

    Parameters
    ----------
    parts
        Of each split the folder with its recordings, or its files with what is checked of each; the split ``all``
        where the set has none of its own.
    suffix
        Of the recordings; empty where the parts are files.
    check
        What is checked of a recording before tonic reads it.
    arguments
        With which arguments tonic's class reads a split.
    from_first
        Whether times count from the first event of a recording, since its clock started anywhere.
    at_once
        Whether tonic reads all recordings when it opens the set.
    published
        How many recordings the whole set has; 0 where that is not known.
    """

    parts: Mapping[str, str | Mapping[str, Check]]
    suffix: str = ""
    check: Check = _unchecked
    arguments: Callable[[str], dict[str, Any]] = field(default=lambda split: {"train": split == "train"})
    from_first: bool = False
    at_once: bool = False
    published: int = 0

    def files(self, folder: Path, split: str) -> list[Path]:
        """The files of a split that are there, in an order of their own."""
        part = self.parts[split]
        if isinstance(part, str):
            return sorted(_below(folder / part, self.suffix))
        # os.path.isfile says no, and does not fail, where a folder cannot be entered.
        return [folder / name for name in part if os.path.isfile(folder / name)]

    def missing(self, folder: Path, split: str) -> str:
        """What of a split is not there, in words; empty where all of it is."""
        part = self.parts[split]
        if isinstance(part, str):
            some = next(_below(folder / part, self.suffix), None)
            inside = f"in the folder '{part}'" if part else "in it"
            return "" if some is not None else f"no '*{self.suffix}' {inside}"
        there = self.files(folder, split)
        return next((f"no file '{name}'" for name in part if folder / name not in there), "")

    def is_there(self, folder: Path) -> bool:
        """Whether anything of the set is in a folder."""
        return any(not self.missing(folder, split) for split in self.parts)

    def check_files(self, folder: Path, split: str) -> None:
        """Check what is read when the set is opened."""
        part = self.parts[split]
        if not isinstance(part, str):
            for name, check in part.items():
                check(folder / name)
        elif self.at_once:
            for path in self.files(folder, split):
                self.check(path)


def _below(folder: Path, suffix: str) -> Iterator[Path]:
    """The files of a suffix in a folder and its folders, without following links to other folders."""
    for path, _, names in os.walk(folder):
        yield from (Path(path, name) for name in names if name.endswith(suffix))


def _mnist(prefix: str) -> dict[str, Check]:
    return {f"{prefix}-images-idx3-ubyte": images, f"{prefix}-labels-idx1-ubyte": labels_of_images}


def _of_split(split: str) -> dict[str, Any]:
    return {"split": {"validation": "valid"}.get(split, split)}


def _of_all(split: str) -> dict[str, Any]:
    return {}


LAYOUTS: dict[str, Layout] = {
    "NMNIST": Layout({"train": "Train", "test": "Test"}, ".bin", whole_records, published=70_000),
    "DVSGesture": Layout(
        {"train": "ibmGestureTrain", "test": "ibmGestureTest"}, ".npy", four_columns, from_first=True, published=1_341
    ),
    "POKERDVS": Layout({"train": "pips_train", "test": "pips_test"}, ".npy", four_columns, at_once=True, published=68),
    "SMNIST": Layout({"train": _mnist("train"), "test": _mnist("t10k")}, published=70_000),
    "CIFAR10DVS": Layout({"all": ""}, ".aedat4", arguments=_of_all, from_first=True, published=10_000),
    "ASLDVS": Layout({"all": ""}, ".mat", arguments=_of_all, from_first=True, published=100_800),
    "DVSLip": Layout({"train": "DVS-Lip/train", "test": "DVS-Lip/test"}, ".npy", named_columns, from_first=True),
    "NCALTECH101": Layout({"all": "Caltech101"}, ".bin", whole_records, _of_all, published=8_709),
    "NTIDIGITS18": Layout(
        {split: {"n-tidigits.hdf5": spikes_of_tidigits} for split in ("train", "test")},
        arguments=lambda split: {"train": split == "train", "single_digits": True},
    ),
    "SHD": Layout({split: {f"shd_{split}.h5": spikes_of_heidelberg} for split in ("train", "test")}),
    "SSC": Layout(
        {
            split: {f"ssc_{name}.h5": spikes_of_heidelberg}
            for split, name in (("train", "train"), ("validation", "valid"), ("test", "test"))
        },
        arguments=_of_split,
    ),
}


def published(dataset: Dataset) -> int:
    """How many recordings a set has where it is whole; 0 where that is not known, and for one that is not tonic's."""
    return LAYOUTS[dataset.tonic_class].published if isinstance(dataset, TonicSet) else 0

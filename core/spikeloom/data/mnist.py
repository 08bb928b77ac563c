"""MNIST and Fashion-MNIST: images and labels in files of the same names and format."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from spikeloom.data.datasets import Arrays, load_dataset, of_digits
from spikeloom.data.downloads import how_to_get
from spikeloom.data.folders import find_folder
from spikeloom.data.idx import read_idx
from spikeloom.errors import UserError
from spikeloom.spec import MNIST

PARTS = {"train": "train", "test": "t10k"}


@load_dataset.register
def _(dataset: MNIST, base: Path | None = None) -> dict[str, Arrays]:
    folder, hint = _folder(dataset, base)
    limits = {"train": dataset.train_limit, "test": dataset.test_limit}
    return {split: _split(folder, prefix, dataset, limits[split], hint) for split, prefix in PARTS.items()}


def files(dataset: MNIST, base: Path | None = None) -> list[Path]:
    """The four files."""
    folder, hint = _folder(dataset, base)
    kinds = (("images", "idx3-ubyte"), ("labels", "idx1-ubyte"))
    return [_file(folder, f"{prefix}-{stem}", kind, hint) for prefix in PARTS.values() for stem, kind in kinds]


def _folder(dataset: MNIST, base: Path | None) -> tuple[Path, str]:
    """Where the files are, and how to get those that are missing."""
    hint = how_to_get(dataset, "Or put the four files there yourself, gzipped or not")
    return find_folder(dataset.folder, base, _has_files, hint), hint


def _has_files(folder: Path) -> bool:
    return any(_path(folder, f"{prefix}-images", "idx3-ubyte") is not None for prefix in PARTS.values())


def _split(folder: Path, prefix: str, dataset: MNIST, limit: int | None, hint: str) -> Arrays:
    x = read_idx(_file(folder, f"{prefix}-images", "idx3-ubyte", hint), 3)
    labels = read_idx(_file(folder, f"{prefix}-labels", "idx1-ubyte", hint), 1)
    if x.shape[1:] != dataset.sample_shape:
        found, wanted = (" x ".join(map(str, shape)) for shape in (x.shape[1:], dataset.sample_shape))
        raise UserError(f"images of {found} pixels found, expected {wanted}", place=str(folder))
    if len(x) != len(labels):
        raise UserError(f"{len(x)} images and {len(labels)} labels found in '{prefix}-*'", place=str(folder))
    if len(labels) and labels.max() >= dataset.num_classes:
        message = f"label {labels.max()} found in '{prefix}-labels', expected 0 to {dataset.num_classes - 1}"
        raise UserError(message, place=str(folder))
    if limit is not None:
        # Copies, so that the rest of the file leaves the memory.
        x, labels = x[:limit].copy(), labels[:limit].copy()
    return of_digits(x, labels.astype(np.int32), largest=255)


def _names(stem: str, kind: str) -> list[str]:
    """The names by which a file is known."""
    return [f"{stem}{joint}{kind}{suffix}" for joint in ("-", ".") for suffix in ("", ".gz")]


def _path(folder: Path, stem: str, kind: str) -> Path | None:
    # os.path.isfile says no, and does not fail, where a folder cannot be entered.
    return next((folder / name for name in _names(stem, kind) if os.path.isfile(folder / name)), None)


def _file(folder: Path, stem: str, kind: str, hint: str) -> Path:
    path = _path(folder, stem, kind)
    if path is None:
        first, second, *_ = _names(stem, kind)
        raise UserError(f"no file '{first}' or '{second}'", place=str(folder), hint=hint)
    return path

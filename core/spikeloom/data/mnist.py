"""MNIST, and any set of images and labels in files of the same names and format (Fashion-MNIST)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.folders import VARIABLE, candidates
from spikeloom.data.idx import read_idx
from spikeloom.errors import UserError
from spikeloom.spec import MNIST

PARTS = {"train": "train", "test": "t10k"}
SOURCE = "github.com/cvdfoundation/mnist"


@load_dataset.register
def _(dataset: MNIST, base: Path | None = None) -> dict[str, Arrays]:
    folder = find_folder(dataset.folder, base)
    return {split: _split(folder, prefix, dataset) for split, prefix in PARTS.items()}


def find_folder(folder: str, base: Path | None) -> Path:
    """The folder of the four files."""
    tried = candidates(folder, base)
    for path in tried:
        if path.is_dir():
            return path
    found = f"was not found ({' or '.join(map(str, tried))})" if tried else "was not found: no data folder is chosen"
    raise UserError(
        f"the folder '{folder}' of the data set {found}",
        place="experiment.dataset.folder",
        hint=f"Put MNIST's four files into it, gzipped or not ({SOURCE} has them, 12 MB), or choose the folder "
        f"in which your data sets lie: File > Data folder in the window, or the environment variable {VARIABLE}.",
    )


def _split(folder: Path, prefix: str, dataset: MNIST) -> Arrays:
    x = read_idx(_file(folder, f"{prefix}-images", "idx3-ubyte"), 3)
    labels = read_idx(_file(folder, f"{prefix}-labels", "idx1-ubyte"), 1)
    if x.shape[1:] != dataset.sample_shape:
        found, wanted = (" x ".join(map(str, shape)) for shape in (x.shape[1:], dataset.sample_shape))
        raise UserError(f"images of {found} pixels found, expected {wanted}", place=str(folder))
    if len(x) != len(labels):
        raise UserError(f"{len(x)} images and {len(labels)} labels found in '{prefix}-*'", place=str(folder))
    if len(labels) and labels.max() >= dataset.num_classes:
        message = f"label {labels.max()} found in '{prefix}-labels', expected 0 to {dataset.num_classes - 1}"
        raise UserError(message, place=str(folder))
    return Arrays(x, labels.astype(np.int32))


def _file(folder: Path, stem: str, kind: str) -> Path:
    """A file under one of the names by which it is known."""
    names = [f"{stem}{joint}{kind}{suffix}" for joint in ("-", ".") for suffix in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    hint = f"MNIST has four files; {SOURCE} has them (12 MB)."
    raise UserError(f"no file '{names[0]}' or '{names[1]}'", place=str(folder), hint=hint)

"""Small files in SHD's format."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import h5py
import numpy as np

CHANNELS, CLASSES = 12, 3
SIZES = {"shd_train.h5": 40, "shd_test.h5": 15}


def trains(size: int, seed: int, most: int = 30) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Times (s), channels and labels of some examples; the first has no spikes."""
    rng = np.random.default_rng(seed)
    lengths = [0, *rng.integers(1, most, size - 1)]
    times = [np.sort(rng.uniform(0, 0.06, n)).astype(np.float16) for n in lengths]
    units = [rng.integers(0, CHANNELS, n).astype(np.uint16) for n in lengths]
    return times, units, rng.integers(0, CLASSES, size).astype(np.uint16)


def write_file(path: Path, times: list[Any], units: list[Any], labels: Any, *, kind: Any = np.float16) -> Path:
    """One file; `kind` is the type of the times."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        ragged(file, "spikes/times", times, kind)
        ragged(file, "spikes/units", units, np.uint16)
        file["labels"] = labels
        file["extra/speaker"] = np.zeros(len(labels), np.uint16)
    return path


def ragged(file: h5py.File, key: str, parts: list[Any], kind: Any) -> None:
    """One array of `kind` for each example."""
    found = file.create_dataset(key, (len(parts),), h5py.vlen_dtype(kind))
    for number, part in enumerate(parts):
        found[number] = part


def write_folder(folder: Path, *, zipped: bool = False) -> Path:
    """Both files, the training examples of seed 0 and the test examples of seed 1."""
    for seed, (name, size) in enumerate(SIZES.items()):
        path = write_file(folder / name, *trains(size, seed))
        if zipped:
            path.with_name(f"{name}.gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
    return folder

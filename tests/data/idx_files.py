"""Small sets of images in MNIST's files, in the true format."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

SIZES = {"train": 30, "t10k": 20}


def idx(values: np.ndarray) -> bytes:
    """An array of bytes as the published format has it."""
    return bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.astype(np.uint8).tobytes()


def contents(seed: int = 0) -> dict[str, bytes]:
    """The four files, small."""
    rng = np.random.default_rng(seed)
    files = {}
    for prefix, size in SIZES.items():
        files[f"{prefix}-images-idx3-ubyte"] = idx(rng.integers(0, 256, (size, 28, 28)))
        files[f"{prefix}-labels-idx1-ubyte"] = idx(rng.integers(0, 10, size))
    return files


def write(folder: Path, files: dict[str, bytes], *, zipped: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / (f"{name}.gz" if zipped else name)
        path.write_bytes(gzip.compress(content) if zipped else content)
    return folder

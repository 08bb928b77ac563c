"""scikit-learn's handwritten digits."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import numpy as np

from spikeloom.data.datasets import Arrays, load_dataset, of_digits
from spikeloom.data.splits import stratified
from spikeloom.spec import Digits


@load_dataset.register
def _(dataset: Digits, base: Path | None = None) -> dict[str, Arrays]:
    pixels, labels = digits()
    train, test = stratified(labels, dataset.test_fraction, dataset.split_seed)
    x = (pixels / 16.0).astype(np.float32).reshape(-1, *dataset.sample_shape)
    return {"train": of_digits(x[train], labels[train]), "test": of_digits(x[test], labels[test])}


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Pixels (1797, 64) in 0..16 and labels (1797,).

    The file is read where the installed package keeps it: importing `sklearn.datasets` takes longer than the first
    epoch of training.
    """
    spec = importlib.util.find_spec("sklearn")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        path = Path(folder) / "datasets" / "data" / "digits.csv.gz"
        if path.is_file():
            with gzip.open(path, "rt", encoding="ascii") as file:
                table = np.array([line.split(",") for line in file.read().split()], dtype=np.float32)
            return table[:, :-1], table[:, -1].astype(np.int32)
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return pixels.astype(np.float32), labels.astype(np.int32)

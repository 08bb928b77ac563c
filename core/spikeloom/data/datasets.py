"""Load the data set that a document names: training and test arrays before encoding."""

from __future__ import annotations

import gzip
import importlib.util
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path

import numpy as np

from spikeloom.data.splits import stratified
from spikeloom.errors import UserError
from spikeloom.spec import ArrayData, Dataset, Digits


@dataclass(frozen=True)
class Arrays:
    """Examples and labels, before encoding: x (examples, ...) float32 in [0, 1], labels (examples,) int32."""

    x: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


@singledispatch
def load_dataset(dataset: Dataset) -> dict[str, Arrays]:
    """The splits of a data set, ``train`` and ``test``."""
    raise UserError(f"no loader for data set '{dataset.type}'", place="experiment.dataset")


@load_dataset.register
def _(dataset: Digits) -> dict[str, Arrays]:
    pixels, labels = digits()
    train, test = stratified(labels, dataset.test_fraction, dataset.split_seed)
    x = (pixels / 16.0).astype(np.float32).reshape(-1, *dataset.sample_shape)
    return {"train": Arrays(x[train], labels[train]), "test": Arrays(x[test], labels[test])}


@load_dataset.register
def _(dataset: ArrayData) -> dict[str, Arrays]:
    raise UserError(
        "the document was made by a script and trains on arrays that only the script has",
        place="experiment.dataset",
        hint="load it there with spikeloom.load and train it, or choose a data set such as 'digits'",
    )


def digits() -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's handwritten digits: pixels (1797, 64) in 0..16 and labels (1797,).

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

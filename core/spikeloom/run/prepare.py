"""From the data set that a document names to the batches that a backend runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import EllipsisType

import numpy as np

from spikeloom.data import Arrays, encode, hold_out, load_dataset
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData
from spikeloom.spec import Document


def prepare(document: Document, input_population: str, base: Path | EllipsisType | None = ...) -> dict[str, BatchData]:
    """The splits ``train``, ``validation`` (may be empty) and ``test``, encoded to spikes.

    Validation examples come out of the training split; the test split chooses nothing.

    Parameters
    ----------
    base
        The folder to which the data set's files are named relative: the document's by default, None for none.
    """
    dataset = document.experiment.dataset
    if dataset is None:
        raise UserError(
            "the document names no data set",
            place="experiment.dataset",
            hint='add one, for example "dataset": "digits", or train it from Python with arrays',
        )
    splits = load_dataset(dataset, document.base if isinstance(base, EllipsisType) else base)
    training = document.experiment.training
    rest, held = hold_out(len(splits["train"]), training.validation_fraction, training.seed)
    train = splits["train"]
    parts = {
        "train": replace(train, x=train.x[rest], labels=train.labels[rest]),
        "validation": replace(train, x=train.x[held], labels=train.labels[held]),
        "test": splits["test"],
    }
    return {name: _encoded(document, input_population, arrays) for name, arrays in parts.items()}


def _encoded(document: Document, population: str, arrays: Arrays) -> BatchData:
    simulation, dataset = document.experiment.simulation, document.experiment.dataset
    assert dataset is not None
    encoder = getattr(dataset, "encoder", None)
    if encoder is None:
        raise UserError("the data set has no encoder", place="experiment.dataset.encoder")
    spikes = encode(encoder, arrays.x, simulation.dt, simulation.timesteps, arrays.largest)
    targets = one_hot(arrays.labels, dataset.num_classes)
    return BatchData({population: spikes}, {"labels": arrays.labels, "targets": targets})


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Targets of a mean-square loss for labels: 1 for the class, 0 for the others."""
    return np.eye(classes, dtype=np.float32)[labels]

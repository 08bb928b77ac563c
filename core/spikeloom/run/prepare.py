"""From the data set that a document names to the batches that a backend runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import EllipsisType
from typing import Any

import numpy as np

from spikeloom.compilers import inputs_of, outputs_of
from spikeloom.data import Arrays, Events, encode, hold_out, in_steps, load_dataset
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData, SpikeData
from spikeloom.spec import Dataset, Document, infer_shapes

SPLITS = ("train", "validation", "test")


class Splits(dict[str, BatchData]):
    """The splits as a backend takes them, and the examples as they were before: `arrays`."""

    def __init__(self, document: Document, arrays: Mapping[str, Arrays]) -> None:
        self.arrays = arrays
        super().__init__(_encoded_splits(document, arrays))

    def encode(self, document: Document) -> None:
        """Encode them anew, in place, after a change of the document's encoder."""
        for name, fresh in _encoded_splits(document, self.arrays).items():
            self[name].spikes, self[name].values = fresh.spikes, fresh.values

    def shown(self, document: Document, split: str, example: int) -> dict[str, Any]:
        """The input of an example as people know it, for the event that tells of it.

        ``source`` is the population that takes it, and ``input`` the numbers of the example, in their own shape and
        within 0..1, where it is numbers.
        """
        dataset, arrays = document.experiment.dataset, self.arrays[split]
        taken = next(iter(inputs_of(document.network)), None)
        if dataset is None or taken is None:
            return {}
        field = document.network.population(taken.population).field or dataset.field_names[0]
        x = arrays.more.get(field, arrays.x)
        found: dict[str, Any] = {"source": taken.population, "class_names": list(dataset.class_names)}
        found["input_shape"] = list(infer_shapes(document).get(taken.population, ()))
        if not isinstance(x, Events):
            found["input"] = np.asarray(x[example] / np.float32(arrays.largest), np.float32)
        return found


def prepare(document: Document, base: Path | EllipsisType | None = ...) -> Splits:
    """The splits ``train``, ``validation`` (may be empty) and ``test``, as the inputs and outputs take them.

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
    parts = {"train": train.take(rest), "validation": train.take(held), "test": splits["test"]}
    return Splits(document, parts)


def _encoded_splits(document: Document, parts: Mapping[str, Arrays]) -> dict[str, BatchData]:
    dataset = document.experiment.dataset
    assert dataset is not None  # `prepare` has loaded it
    return {name: _as_batch_data(document, dataset, arrays) for name, arrays in parts.items()}


def _as_batch_data(document: Document, dataset: Dataset, arrays: Arrays) -> BatchData:
    spikes: dict[str, SpikeData] = {}
    values: dict[str, np.ndarray] = {}
    encoded: dict[str, SpikeData] = {}  # by field: several inputs may take the same
    for taken in inputs_of(document.network):
        field = document.network.population(taken.population).field or dataset.field_names[0]
        x = arrays.more.get(field, arrays.x)
        if taken.key:
            if isinstance(x, Events):
                message = f"'{taken.population}' takes numbers, and the examples are spikes"
                raise UserError(message, place="experiment.dataset", hint="Use a spike input.")
            values[taken.key] = as_values(x, arrays.largest)
            continue
        if field not in encoded:
            encoded[field] = _encoded(document, dataset, x, arrays.largest)
        spikes[taken.population] = encoded[field]
    return BatchData(spikes, values | _judged(document, dataset, arrays))


def _judged(document: Document, dataset: Dataset, arrays: Arrays) -> dict[str, np.ndarray]:
    """What the outputs are trained on: labels and the targets they stand for, or targets that change with time."""
    outputs, simulation = outputs_of(document.network), document.experiment.simulation
    if arrays.curves is not None:
        targets = arrays.curves.sampled(simulation.dt, simulation.timesteps)
        return {output.targets: targets for output in outputs}
    values: dict[str, np.ndarray] = {}
    for output in outputs:
        field = document.network.population(output.population).field or dataset.field_names[1]
        labels = arrays.more.get(field, arrays.labels)
        if labels is None:
            raise UserError("the examples have neither labels nor targets", place="experiment.dataset")
        values[output.labels] = labels
        values[output.targets] = one_hot(labels, dataset.label_fields[field])
    return values


def _encoded(document: Document, dataset: Dataset, x: np.ndarray | Events, largest: float) -> SpikeData:
    simulation, encoder = document.experiment.simulation, dataset.encoder
    if isinstance(x, Events):
        return in_steps(x, simulation.dt, simulation.timesteps)
    if encoder is None:
        raise UserError("the data set has no encoder", place="experiment.dataset.encoder")
    return encode(encoder, x, simulation.dt, simulation.timesteps, largest)


def as_values(x: np.ndarray, largest: float = 1.0) -> np.ndarray:
    """Examples as an input takes them that makes its spikes itself: float32, (examples, values)."""
    flat = np.asarray(x).reshape(len(x), int(np.prod(np.shape(x)[1:])))
    return flat.astype(np.float32) if largest == 1.0 else (flat / np.float32(largest)).astype(np.float32)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Targets of a mean-square loss for labels: 1 for the class, 0 for the others."""
    return np.eye(classes, dtype=np.float32)[labels]

"""From the data set that a document names to the batches that a backend runs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import EllipsisType
from typing import Any

import numpy as np

from spikeloom.compilers import inputs_of, outputs_of
from spikeloom.data import Arrays, Curves, Events, Joined, Source, divide, hold_out, load_dataset
from spikeloom.errors import UserError
from spikeloom.genn.batch import BatchData, BatchView, SpikeData
from spikeloom.run.feeder import Feeder, TrainingExamples
from spikeloom.run.whole_set import FIXED_SEED, PARTS, WholeSet, fields_of, makings
from spikeloom.spec import Dataset, Document, infer_shapes

SPLITS = ("train", "validation", "test")
Examples = Arrays | Source


class Splits(dict[str, BatchData]):
    """The splits as a backend takes them, and the examples as they were before: `arrays`.

    Attributes
    ----------
    whole
        All examples as spikes, of which the splits are views; None where inputs take the numbers themselves, or where
        targets change with time.
    feeder
        Makes the training examples of each epoch; None where they are the same in all of them.
    """

    def __init__(self, document: Document, base: Path | None) -> None:
        super().__init__()
        dataset = document.experiment.dataset
        assert dataset is not None
        self._load = cache(lambda: load_dataset(dataset, base))
        self._joined = cache(lambda: joined([self._load()[name] for name in PARTS if name in self._load()]))
        self.feeder: Feeder | None = None
        self.whole = WholeSet.of(document, self._load, base) if _all_spikes(document) else None
        self._numbers: dict[str, np.ndarray] = {}
        if self.whole is None:
            self.update(self._plain(document))
            return
        self._numbers = split_numbers(document, self.whole.sizes, self._first_labels(), self.whole.groups)
        self._batch = BatchData(self._spikes(document), _judged(document, dataset, self.whole.labels))
        self.update({name: BatchView.of(self._batch, self._numbers[name]) for name in SPLITS})
        made = makings(document)
        if any(making.draws for making in made.values()):
            fields, seed = fields_of(document), document.experiment.training.seed
            self.feeder = Feeder(self.whole, made, fields, self._joined, seed)
            values, numbers = self["train"].values, self._numbers["train"]
            self["train"] = TrainingExamples({}, values, whole=self._batch, numbers=numbers, feeder=self.feeder)

    def _first_labels(self) -> np.ndarray:
        assert self.whole is not None
        return next(iter(self.whole.labels.values()))

    def _spikes(self, document: Document) -> dict[str, SpikeData]:
        assert self.whole is not None
        return {population: self.whole.spikes[name] for population, name in fields_of(document).items()}

    def _plain(self, document: Document) -> dict[str, BatchData]:
        """Each split for itself."""
        found = {}
        for name in SPLITS:
            arrays = self.arrays(document)[name]
            if isinstance(arrays, Source):
                arrays = arrays.read(np.arange(len(arrays)))
            found[name] = _as_batch_data(document, arrays)
        return found

    def arrays(self, document: Document) -> dict[str, Examples]:
        """The examples of each split before encoding; they are read when they are first asked for."""
        found = self._load()
        if found["train"].labels is None:  # nothing is split, and nothing held out but of the training
            training = document.experiment.training
            rest, held = hold_out(len(found["train"]), training.validation_fraction, training.seed)
            return {"train": found["train"].take(rest), "validation": found["train"].take(held), "test": found["test"]}
        whole = self._joined()
        if not self._numbers:
            sizes = {name: len(found[name]) for name in PARTS if name in found}
            assert whole.labels is not None
            self._numbers = split_numbers(document, sizes, whole.labels, whole.groups)
        return {name: whole.take(self._numbers[name]) for name in SPLITS}

    def numbers(self, split: str) -> np.ndarray:
        """The numbers that the examples of a split have among all, those for training first."""
        return self._numbers[split]

    def encode(self, document: Document) -> None:
        """Encode them anew, in place, after a change of the document's encoder."""
        if self.whole is None:
            for name, fresh in self._plain(document).items():
                self[name].spikes, self[name].values = fresh.spikes, fresh.values
            return
        fresh_set = WholeSet.of(document, self._load, None, keep=False)
        self.whole.spikes, self.whole.events = fresh_set.spikes, fresh_set.events
        self._batch.spikes = self._spikes(document)
        if self.feeder is not None:
            self.feeder.makings = makings(document)

    def shown(self, document: Document, split: str, example: int) -> dict[str, Any]:
        """The input of an example as people know it, for the event that tells of it.

        ``source`` is the population that takes it, and ``input`` the numbers of the example, in their own shape and
        within 0..1, where it is numbers.
        """
        dataset = document.experiment.dataset
        taken = next(iter(inputs_of(document.network)), None)
        if dataset is None or taken is None:
            return {}
        field = document.network.population(taken.population).field or dataset.field_names[0]
        found: dict[str, Any] = {"source": taken.population, "class_names": list(dataset.class_names)}
        found["input_shape"] = list(infer_shapes(document).get(taken.population, ()))
        if dataset.gives_spikes:
            return found
        arrays = self._example(document, split, example)
        x = arrays.more.get(field, arrays.x)
        if not isinstance(x, Events):
            found["input"] = np.asarray(x[0] / np.float32(arrays.largest), np.float32)
        return found

    def _example(self, document: Document, split: str, example: int) -> Arrays:
        """One example before encoding."""
        if self._numbers:
            whole, number = self._joined(), self._numbers[split][[example]]
        else:
            whole, number = self.arrays(document)[split], np.array([example])
        return whole.read(number) if isinstance(whole, Source) else whole.take(number)


def prepare(document: Document, base: Path | EllipsisType | None = ...) -> Splits:
    """The splits ``train``, ``validation`` (may be empty) and ``test``, as the inputs and outputs take them.

    Validation examples come out of the training split, or are those that the data set has for it; the test split
    chooses nothing.

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
    return Splits(document, document.base if isinstance(base, EllipsisType) else base)


def _all_spikes(document: Document) -> bool:
    """Whether all inputs take spikes and all examples have labels."""
    dataset, inputs = document.experiment.dataset, inputs_of(document.network)
    assert dataset is not None
    return not dataset.targets_over_time and bool(inputs) and not any(taken.key for taken in inputs)


def joined(parts: list[Examples]) -> Examples:
    """All examples, one part after the other."""
    found = parts[0]
    for other in parts[1:]:
        if isinstance(found, Source) or isinstance(other, Source):
            assert isinstance(found, Source) and isinstance(other, Source)
            found = Joined.of(found, other)
        else:
            found = found.joined(other)
    return found


def split_numbers(
    document: Document, sizes: dict[str, int], labels: np.ndarray, groups: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Which of all examples are of which split."""
    dataset, training = document.experiment.dataset, document.experiment.training
    assert dataset is not None
    ends = np.cumsum([0, *(sizes.get(name, 0) for name in PARTS)])
    train, test, own = (np.arange(first, last) for first, last in pairwise(ends))
    if dataset.split is not None:
        train, test = divide(dataset.split, labels, groups)
    elif training.validation_fraction == 0 and len(own):
        return {"train": train, "validation": own, "test": test}
    rest, held = hold_out(len(train), training.validation_fraction, training.seed)
    return {"train": train[rest], "validation": train[held], "test": test}


def _as_batch_data(document: Document, arrays: Arrays) -> BatchData:
    """Examples whose inputs take numbers, or whose targets change with time."""
    dataset = document.experiment.dataset
    assert dataset is not None
    spikes: dict[str, SpikeData] = {}
    values: dict[str, np.ndarray] = {}
    made = makings(document)
    encoded = {name: making.steps(making.prepared(arrays, _fixed(n))) for n, (name, making) in enumerate(made.items())}
    for taken in inputs_of(document.network):
        field = document.network.population(taken.population).field or dataset.field_names[0]
        x = arrays.more.get(field, arrays.x)
        if not taken.key:
            spikes[taken.population] = encoded[field]
            continue
        if isinstance(x, Events):
            message = f"'{taken.population}' takes numbers, and the examples are spikes"
            raise UserError(message, place="experiment.dataset", hint="Use a spike input.")
        values[taken.key] = as_values(x, arrays.largest)
    labels = None
    if arrays.labels is not None:
        labels = {dataset.field_names[1]: arrays.labels, **{n: arrays.more[n] for n in dataset.more_labels}}
    return BatchData(spikes, values | _judged(document, dataset, labels, arrays.curves))


def _fixed(number: int) -> np.random.Generator:
    """What an encoder draws from, where examples are the same in every epoch."""
    return np.random.default_rng([FIXED_SEED, number])


def _judged(
    document: Document, dataset: Dataset, labels: Mapping[str, np.ndarray] | None, curves: Curves | None = None
) -> dict[str, np.ndarray]:
    """What the outputs are trained on: labels and the targets they stand for, or targets that change with time."""
    outputs, simulation = outputs_of(document.network), document.experiment.simulation
    if curves is not None:
        targets = curves.sampled(simulation.dt, simulation.timesteps)
        return {output.targets: targets for output in outputs}
    values: dict[str, np.ndarray] = {}
    for output in outputs:
        field = document.network.population(output.population).field or dataset.field_names[1]
        if labels is None or field not in labels:
            raise UserError("the examples have neither labels nor targets", place="experiment.dataset")
        values[output.labels] = labels[field]
        values[output.targets] = one_hot(labels[field], dataset.label_fields[field])
    return values


def as_values(x: np.ndarray, largest: float = 1.0) -> np.ndarray:
    """Examples as an input takes them that makes its spikes itself: float32, (examples, values)."""
    flat = np.asarray(x).reshape(len(x), int(np.prod(np.shape(x)[1:])))
    return flat.astype(np.float32) if largest == 1.0 else (flat / np.float32(largest)).astype(np.float32)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Targets of a mean-square loss for labels: 1 for the class, 0 for the others."""
    return np.eye(classes, dtype=np.float32)[labels]

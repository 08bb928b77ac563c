"""The examples of a data set as a sequence of pairs."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.data import Arrays, Events, load_dataset
from spikeloom.errors import UserError
from spikeloom.run.arguments import made
from spikeloom.run.prepare import Examples, joined, split_numbers
from spikeloom.run.whole_set import PARTS
from spikeloom.spec import Dataset, Document, Experiment, Training


class Samples(Sequence[tuple[Any, int]]):
    """The examples of a split of a data set, as they are before they are encoded.

    ``samples[k]`` is a pair of an example and its label: an array of numbers in 0..1, or (times in ms, neurons) of
    recorded spikes. `Model.train` takes them as they are. A large set is read example by example.

    Attributes
    ----------
    shape
        Of an example; neurons of recorded spikes.
    classes
        How many there are.
    class_names
        What they are called; empty where they have no names.
    labels
        int32, (examples,).
    groups
        By what examples are grouped (``speaker``) -> int32, (examples,).
    """

    def __init__(self, dataset: Dataset, examples: Examples) -> None:
        assert examples.labels is not None
        self._examples = examples
        self.shape = dataset.input_fields.get(dataset.field_names[0], ())
        self.labels, self.groups = np.asarray(examples.labels), dict(examples.groups)
        self.classes = dataset.num_classes or int(self.labels.max(initial=-1)) + 1
        self.class_names = tuple(dataset.class_names)

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[k] for k in range(*number.indices(len(self)))]
        number = operator.index(number)
        place = number + len(self) if number < 0 else number
        if not 0 <= place < len(self):
            raise IndexError(f"example {number} found, there are {len(self)}")
        one = self._read(np.array([place]))
        return next(_inputs(one)), int(self.labels[place])

    def arrays(self) -> tuple[Any, np.ndarray]:
        """All examples and their labels: an array (examples, ...), or a list of (times, neurons)."""
        found = self._read(np.arange(len(self)))
        x = list(_inputs(found)) if isinstance(found.x, Events) else np.asarray(found.x) / np.float32(found.largest)
        return x, self.labels

    def _read(self, numbers: np.ndarray) -> Arrays:
        found = self._examples
        return found.take(numbers) if isinstance(found, Arrays) else found.read(numbers)


def _inputs(arrays: Arrays) -> Iterator[Any]:
    if not isinstance(arrays.x, Events):
        for example in arrays.x:
            yield np.asarray(example / np.float32(arrays.largest), np.float32)
        return
    events = arrays.x
    for first, last in zip(events.offsets[:-1], events.offsets[1:], strict=True):
        yield np.asarray(events.times[first:last], float), np.asarray(events.ids[first:last])


def load_samples(
    dataset: Dataset | str, folder: str | Path | None = None, *, validation_fraction: float = 0.0, seed: int = 0
) -> dict[str, Samples]:
    """The examples of a data set.

    Parameters
    ----------
    dataset
        ``"digits"``, ``MNIST(folder="mnist")``; its `split` counts.
    folder
        To which the data set's files are named relative, before the folder of all your data sets.
    validation_fraction, seed
        Share of the training examples that is held out, and the seed with which they are drawn.

    Returns
    -------
    dict
        ``train``, ``validation`` (may be empty) and ``test``.

    Raises
    ------
    UserError
        Where the files are not there, or damaged, or the examples have no labels.

    Examples
    --------
    >>> test = sl.load_samples("digits")["test"]
    >>> len(test), test.shape, test.classes
    (359, (8, 8), 10)
    """
    found = made(Dataset, dataset, "dataset")
    if found is None:
        raise UserError("no data set found", place="dataset")
    experiment = Experiment(dataset=found, training=Training(validation_fraction=validation_fraction, seed=seed))
    parts = load_dataset(found, Path(folder) if folder is not None else None)
    if any(part.labels is None for part in parts.values()):
        raise UserError(f"the examples of '{found.type}' have no labels", place="dataset")
    sizes = {name: len(parts[name]) for name in PARTS if name in parts}
    whole = joined([parts[name] for name in sizes])
    assert whole.labels is not None
    numbers = split_numbers(Document(experiment=experiment), sizes, whole.labels, whole.groups)
    return {name: Samples(found, whole.take(chosen)) for name, chosen in numbers.items()}

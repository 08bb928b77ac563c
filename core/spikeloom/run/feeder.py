"""Training examples that are drawn anew in each epoch, made beside the training of those before them.

A portion of the epoch is in the engine while the next one is made in a thread. Nothing of it depends on the machine:
what is drawn depends on the seed, the epoch and the number of the portion.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from spikeloom.data import PORTION, Arrays, Making, Source
from spikeloom.genn.batch import BatchData, BatchView
from spikeloom.run.whole_set import WholeSet

STREAM = 1  # of random numbers: others than those of the examples as they are


class Feeder:
    """Makes the training examples of each epoch.

    Parameters
    ----------
    whole
        All examples.
    makings
        How each field becomes spikes; those of a change of the encoder while it runs take their place.
    fields
        Spike input -> what it takes.
    load
        The examples as they were before encoding, one after the other as in `whole`.
    seed
        Of the training.
    """

    def __init__(
        self,
        whole: WholeSet,
        makings: dict[str, Making],
        fields: dict[str, str],
        load: Callable[[], Arrays | Source],
        seed: int,
    ) -> None:
        self.whole, self.makings, self.fields, self.load, self.seed = whole, makings, fields, load, seed

    def spikes(self, examples: np.ndarray, epoch: int, portion: int) -> BatchData:
        """Some examples, by their numbers in `whole`, as the network sees them in an epoch."""
        made = {}
        labels = next(iter(self.whole.labels.values()))[examples]
        for n, (name, making) in enumerate(self.makings.items()):
            rng = np.random.default_rng([self.seed, STREAM, epoch, portion, n])
            if name in self.whole.events:
                events = self.whole.events[name].take(examples)
            elif getattr(making.dataset.encoder, "draws", False):
                found = self.load()
                arrays = found.read(examples) if isinstance(found, Source) else found.take(examples)
                events = making.as_events(making.prepared(arrays, rng))
            else:
                events = making.as_events(self.whole.spikes[name].take(examples))
            made[name] = making.steps(making.augmented(events, labels, rng))
        return BatchData({population: made[name] for population, name in self.fields.items()})


@dataclass
class TrainingExamples(BatchView):
    """Training examples of which each epoch sees something else; as they are, they are those of a `BatchView`."""

    feeder: Feeder = field(kw_only=True)

    def feed(self, batches: list[np.ndarray], epoch: int) -> EpochFeed:
        """What an epoch sees of them, in these batches."""
        return EpochFeed(self.feeder, self, self.numbers, batches, epoch)


class EpochFeed:
    """The batches of one epoch.

    Parameters
    ----------
    feeder
        Makes them.
    data
        The training examples as they are, whose labels and targets count.
    numbers
        The number in the whole set of each of them.
    batches
        Of the epoch, in their order: numbers of examples of `data`.
    """

    def __init__(
        self, feeder: Feeder, data: BatchData, numbers: np.ndarray, batches: list[np.ndarray], epoch: int
    ) -> None:
        self.feeder, self.data, self.numbers, self.batches, self.epoch = feeder, data, numbers, batches, epoch
        self.size = max(1, PORTION // max(1, len(batches[0]) if batches else 1))  # batches of a portion
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="augmentation")
        self._waiting: dict[int, Future[BatchData]] = {}
        self._now: tuple[int, BatchData] | None = None
        self._ask(0)

    def left(self, done: int) -> int:
        """How many batches from number `done` on are of one portion."""
        return self.size - done % self.size

    def take(self, done: int, count: int) -> tuple[BatchData, list[np.ndarray]]:
        """`count` batches from number `done` on, which are of one portion: their data, and their examples in these."""
        portion = done // self.size
        if self._now is None or self._now[0] != portion:
            self._ask(portion)
            self._ask(portion + 1)  # beside the training of this one
            self._now = portion, self._waiting.pop(portion).result()
        first = portion * self.size
        starts = np.cumsum([0, *(len(batch) for batch in self.batches[first : first + self.size])])
        places = range(done - first, done - first + count)
        return self._now[1], [np.arange(starts[place], starts[place + 1]) for place in places]

    def _ask(self, portion: int) -> None:
        if portion not in self._waiting and portion * self.size < len(self.batches):
            self._waiting[portion] = self._thread.submit(self._make, portion)

    def _make(self, portion: int) -> BatchData:
        batches = self.batches[portion * self.size : (portion + 1) * self.size]
        examples = np.concatenate(batches)
        made = self.feeder.spikes(self.numbers[examples], self.epoch, portion)
        values = {key: np.asarray(array)[examples] for key, array in self.data.values.items()}
        return BatchData(made.spikes, values)

    def close(self) -> None:
        """Let go of what is being made."""
        self._thread.shutdown(wait=True, cancel_futures=True)

"""From examples to the spikes that an input takes: encoded, transformed, put into timesteps, a portion at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spikeloom.data.datasets import Arrays
from spikeloom.data.encoders import encode
from spikeloom.data.events import Events, in_steps
from spikeloom.data.source import Source
from spikeloom.data.transforms import Surroundings, apply
from spikeloom.errors import UserError
from spikeloom.genn.batch import SpikeData
from spikeloom.spec import Dataset, Transform

PORTION = 1024  # examples that are worked on at once; what is drawn depends on it
PLACE = "experiment.dataset"


@dataclass(frozen=True)
class Making:
    """How a field of a data set becomes the spikes of an input.

    Parameters
    ----------
    dataset
        With its encoder, transforms and augmentation.
    field
        What the input takes of it.
    dt, timesteps
        Of an example.
    """

    dataset: Dataset
    field: str
    dt: float
    timesteps: int

    @property
    def draws(self) -> bool:
        """Whether training examples are drawn anew in each epoch."""
        return bool(self.dataset.augmentation) or getattr(self.dataset.encoder, "draws", False)

    def of(self, arrays: Arrays) -> np.ndarray | Events:
        """What the field is of some examples."""
        return arrays.more.get(self.field, arrays.x)

    def prepared(self, arrays: Arrays, rng: np.random.Generator) -> Events | SpikeData:
        """The spikes of examples after the transforms; `Events` where those came in between."""
        x, dataset = self.of(arrays), self.dataset
        if not isinstance(x, Events):
            if dataset.encoder is None:
                raise UserError("the data set has no encoder", place=f"{PLACE}.encoder")
            more = {"rng": rng} if getattr(dataset.encoder, "draws", False) else {}
            spikes = encode(dataset.encoder, x, self.dt, self.timesteps, arrays.largest, **more)
            if not dataset.transforms:
                return spikes
            x = self.as_events(spikes)
        return self._apply(dataset.transforms, x, arrays.labels, self._shapes()[0], rng)

    def augmented(self, events: Events, labels: np.ndarray | None, rng: np.random.Generator) -> Events:
        """The spikes of training examples, changed as in one epoch."""
        return self._apply(self.dataset.augmentation, events, labels, self._shapes()[1], rng)

    def steps(self, found: Events | SpikeData) -> SpikeData:
        """In timesteps."""
        return found if isinstance(found, SpikeData) else in_steps(found, self.dt, self.timesteps)

    def as_events(self, spikes: Events | SpikeData) -> Events:
        """At the beginnings of their timesteps, where they are in these."""
        if isinstance(spikes, Events):
            return spikes
        return Events(spikes.offsets, spikes.steps * self.dt, spikes.ids)

    def _shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The shapes of an example before the transforms and after them."""
        shape = self.dataset.input_fields.get(self.field, ())
        first = self.dataset.encoder.input_shape(shape) if self.dataset.encoder is not None else shape
        after = first
        for transform in self.dataset.transforms:
            after = transform.shape_after(after)
        return first, after

    def _apply(
        self,
        transforms: list[Transform],
        events: Events,
        labels: np.ndarray | None,
        shape: tuple[int, ...],
        rng: np.random.Generator,
    ) -> Events:
        return apply(transforms, events, Surroundings(shape, labels, self.dt * self.timesteps, rng))


def portions(examples: Arrays | Source, size: int = PORTION) -> Iterator[Arrays]:
    """All examples in their order, `size` at a time."""
    for start in range(0, len(examples), size):
        numbers = np.arange(start, min(start + size, len(examples)))
        yield examples.read(numbers) if isinstance(examples, Source) else examples.take(numbers)
